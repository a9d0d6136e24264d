// Webhooks: only those that the plugin made itself, and always with tame mentions.

import EventLoop
import DiscordCore
import DiscordModels
import DiscordREST
import JSON
import PlatformPlugins
import SandboxContract
import Vault

extension DiscordCall {
  private var webhooks: WebhookStore { WebhookStore(store: call.store, plugin: call.plugin) }

  /// The plugin gets a token of ours: Discord's would let whoever has it write past every rule of the house.
  func createWebhook() async throws -> JSONValue {
    let name = try webhookName("name", isRequired: true) ?? ""
    let channel = try await channel()
    try need([.viewChannel, .manageWebhooks], in: channel)
    let webhook = try await act(.createWebhook(named: name, in: channel, reason: try reason()))
    guard let token = webhook.token?.text else {
      throw RPCError.discord(502, "the webhook came without a token")
    }
    try await webhooks.add(GuestWebhook(id: webhook.id, token: token), in: channel, at: time.now)
    return [
      "webhook": [
        "id": .id(webhook.id), "token": .string(try await webhooks.pass(of: webhook.id)),
        "channel_id": .id(webhook.channelID ?? channel), "name": .string(webhook.name ?? name),
      ]
    ]
  }

  func executeWebhook() async throws -> JSONValue {
    let given = try call.text("webhook_token", 1...200)
    var message = try messages.create(call.params, with: [])
    message.allowedMentions = .none
    let username = try webhookName("username", isRequired: false)
    let picture = try call.optionalText("avatar_url", 0...2_048).flatMap { $0.isEmpty ? nil : $0 }
    if let picture, !picture.lowercased().hasPrefix("https://") {
      throw RPCError.invalid("avatar_url must be an https address")
    }
    let webhook = try await ownWebhook()
    let pass = try await webhooks.pass(of: webhook.id)
    // Whether a webhook is there at all is nothing that a wrong token tells.
    guard ConstantTime.equal(pass, given) else { throw RPCError.unknown(.webhook) }
    let execute = WebhookExecute(message, username: username, avatarURL: picture)
    try spend()
    let sent = try await forgettingGone(webhook.id) {
      try await send(.executeWebhook(webhook.id, token: webhook.token, execute))
    }
    return ["ok": true, "message_id": .id(sent.id)]
  }

  func deleteWebhook() async throws -> JSONValue {
    let webhook = try await ownWebhook()
    try spend()
    _ = try await forgettingGone(webhook.id) {
      try await send(.deleteWebhook(webhook.id, token: webhook.token))
    }
    try await webhooks.remove(webhook.id)
    return Self.done
  }

  private func ownWebhook() async throws -> GuestWebhook {
    let id = WebhookID(try call.snowflake("webhook_id"))
    guard let webhook = try await webhooks.webhook(id) else { throw RPCError.unknown(.webhook) }
    return webhook
  }

  /// A webhook that somebody deleted at Discord is forgotten here.
  private func forgettingGone<Value>(_ id: WebhookID, _ body: () async throws -> Value) async throws -> Value
  {
    do {
      return try await body()
    } catch let error as RPCError where error.message.hasPrefix("Discord API error 404:") {
      try await webhooks.remove(id)
      throw RPCError.unknown(.webhook)
    }
  }

  private func webhookName(_ name: String, isRequired: Bool) throws(RPCError) -> String? {
    let given = isRequired ? try call.text(name, 1...80) : try call.optionalText(name, 0...80)
    guard let given, !given.isEmpty else { return nil }
    for word in ["discord", "clyde"] where given.lowercased().contains(word) {
      throw .invalid("\(name) must not have \"\(word)\" in it, which Discord keeps to itself")
    }
    return given
  }
}
