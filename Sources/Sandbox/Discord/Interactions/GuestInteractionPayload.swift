// An interaction as plugins read it: every name that a plugin has been seen to look for.

import DiscordCore
import DiscordModels
import JSON

/// The payload of `interaction_create` (plugin-host contract, section 7.1).
enum GuestInteractionPayload {
  /// The payload for an interaction of a command, a component or a form; `command` is the command's name in the plugin's
  /// manifest, whatever it is registered as.
  static func make(_ interaction: Interaction, command: String?) -> JSONObject {
    var payload = JSONObject()
    payload.set("interaction_id", JSONValue.id(interaction.id))
    payload.set("interaction_type", Int64(interaction.type.rawValue))
    payload.set("type", Int64(interaction.type.rawValue))
    payload.set(interaction.data, command: command)
    payload.set("message_id", interaction.message.map { JSONValue.id($0.id) })
    payload.set("channel_id", interaction.channelID.map { JSONValue.id($0) })
    payload.set("guild_id", interaction.guildID.map { JSONValue.id($0) })
    if let user = interaction.user {
      payload.set("user_id", JSONValue.id(user.id))
      for name in ["user_name", "user_username", "username"] { payload.set(name, user.username) }
      payload.set("display_name", interaction.member?.displayName ?? user.displayName)
    }
    if let member = interaction.member {
      let permissions = String((member.permissions ?? []).rawValue)
      payload.set("permissions", permissions)
      payload.set("member", Self.member(member, interaction.user, permissions, interaction.guildID))
    }
    payload.set("locale", interaction.locale?.rawValue)
    payload.set("guild_locale", interaction.guildLocale?.rawValue)
    return payload
  }

  private static func member(
    _ member: GuildMember, _ user: User?, _ permissions: String, _ guild: GuildID?
  ) -> JSONValue {
    var object = JSONObject()
    object.set("permissions", permissions)
    object.set("roles", JSONValue.roles(member.roles.filter { $0 != guild?.everyoneRole }))
    object.set("nick", member.nick.map { JSONValue.string($0) } ?? .null)
    if let user {
      object.set("user", ["id": JSONValue.id(user.id), "username": .string(user.username)])
    }
    return .object(object)
  }
}

extension JSONObject {
  fileprivate mutating func set(_ data: InteractionData, command: String?) {
    switch data {
    case .command(let invocation):
      let options = JSONValue.array(invocation.options.map { JSONValue($0) })
      set("command_name", command ?? invocation.name)
      set("command_type", Int64(invocation.type.rawValue))
      set("options", options)
      set("command_options", options)
    case .component(let component):
      set("custom_id", Self.own(component.customID))
      set("values", .array(component.values.map { .string($0) }))
    case .modal(let modal):
      set("custom_id", Self.own(modal.customID))
      var values = JSONObject()
      for input in modal.inputs { values.set(input.customID, input.value.string) }
      set("modal_values", .object(values))
    case .ping, .autocomplete, .unknown: break
    }
  }

  private static func own(_ id: String) -> String { GuestComponentID(id)?.customID ?? id }
}

extension JSONValue {
  /// An option as Discord sends it: ids are texts.
  fileprivate init(_ option: InvokedOption) {
    var object = JSONObject()
    object.set("name", option.name)
    object.set("type", Int64(option.kind.rawValue))
    switch option.value {
    case .subcommand(let options): object.set("options", .array(options.map { JSONValue($0) }))
    case .string(let text), .unfinished(let text): object.set("value", text)
    case .integer(let number): object.set("value", number)
    case .number(let number): object.set("value", JSONValue.double(number))
    case .boolean(let flag): object.set("value", flag)
    case .user(let id): object.set("value", JSONValue.id(id))
    case .channel(let id): object.set("value", JSONValue.id(id))
    case .role(let id): object.set("value", JSONValue.id(id))
    case .attachment(let id): object.set("value", JSONValue.id(id))
    case .mentionable(let id): object.set("value", String(id))
    case .unknown(let value): object.set("value", value)
    }
    self = .object(object)
  }
}
