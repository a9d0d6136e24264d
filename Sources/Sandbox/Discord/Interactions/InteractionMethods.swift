// `interaction.*`: how plugins answer people (plugin-host contract, section 10.7).

import DiscordBot
package import DiscordCore
import DiscordModels
package import JSON
package import SandboxContract

/// Answers `interaction.respond`, `defer`, `followup` and `send_modal`.
///
/// An interaction is found by `_interaction_id`, which is a plugin's word: it must be one that is open for this plugin in
/// this server.
package struct InteractionMethods: GuestMethods {
  private let desk: GuestInteractionDesk

  package init(_ desk: GuestInteractionDesk) { self.desk = desk }

  package let names = [
    "interaction.respond", "interaction.defer", "interaction.followup", "interaction.send_modal",
  ]

  package func answer(_ call: GuestCall) async throws -> JSONValue {
    let open = try interaction(of: call)
    let messages = GuestMessages(plugin: call.plugin, guild: call.guild)
    switch call.method {
    case "interaction.respond":
      if try call.flag("update_message") {
        try await open.update(try messages.edit(call.params, cuttingContent: true), bot: call.bot)
      } else {
        _ = try await open.reply(try message(call, messages))
      }
    case "interaction.followup":
      // Before there is an answer it is the answer.
      guard let id = try await open.reply(try message(call, messages)) else { return [:] }
      var result = JSONObject()
      result.set("message_id", JSONValue.id(id))
      result.set("channel_id", open.received.interaction.channelID.map { JSONValue.id($0) })
      return .object(result)
    case "interaction.defer": try await open.postpone(isEphemeral: try call.flag("ephemeral"))
    case "interaction.send_modal": try await open.open(try messages.modal(call.params))
    default: throw RPCError(.unknownMethod, "no such method")
    }
    return ["ok": true]
  }

  package func withdrew(_ plugin: String, from guild: GuildID) async { desk.close(plugin, in: guild) }

  private func message(
    _ call: GuestCall, _ messages: GuestMessages
  ) throws(RPCError) -> MessageCreate {
    try messages.create(call.params, cuttingContent: true).ephemeral(try call.flag("ephemeral"))
  }

  private func interaction(of call: GuestCall) throws(RPCError) -> OpenInteraction {
    guard let id = try call.optionalText("_interaction_id"), !id.isEmpty else {
      throw .invalid("this works only while an interaction is handled: _interaction_id is empty")
    }
    guard let open = desk.interaction(id, of: call.plugin, in: call.guild) else {
      throw .invalid("_interaction_id is no open interaction of this plugin")
    }
    return open
  }
}
