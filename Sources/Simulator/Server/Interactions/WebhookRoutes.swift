// Webhooks: making, changing and removing them.

internal import DiscordCore
internal import EventLoop
internal import HTTPTypes
internal import JSON
internal import SimulatorWorld
internal import Vault

/// The limits of webhooks.
enum WebhookLimits {
  static let perChannel = 15
  static let perGuild = 1_000
}

extension RESTCall {
  fileprivate var webhookID: WebhookID { get throws(RESTFailure) { try id("webhook.id") } }
}

extension RouteTable {
  static let webhookRoutes: [RESTRoute] = [
    RESTRoute(.post, "/channels/{channel.id}/webhooks") { call, world throws(RESTFailure) in
      let actor = try call.actor
      let channel = try world.channel(try call.channelID, for: actor, needing: .manageWebhooks)
      return .ok(try world.makeWebhook(in: channel, by: actor, call))
    },
    RESTRoute(.get, "/channels/{channel.id}/webhooks") { call, world throws(RESTFailure) in
      let channel = try world.channel(try call.channelID, for: try call.actor, needing: .manageWebhooks)
      let hooks = world.webhooks.values.filter { $0.channel == channel.id }.sorted { $0.id < $1.id }
      return .ok(.array(hooks.map { world.json($0, for: call) }))
    },
    RESTRoute(.get, "/guilds/{guild.id}/webhooks") { call, world throws(RESTFailure) in
      let guild = try world.guild(try call.guildID, for: try call.actor, needing: .manageWebhooks)
      let hooks = world.webhooks.values.filter { $0.guild == guild.id }.sorted { $0.id < $1.id }
      return .ok(.array(hooks.map { world.json($0, for: call) }))
    },
    RESTRoute(.get, "/webhooks/{webhook.id}") { call, world throws(RESTFailure) in
      .ok(world.json(try world.webhook(call), for: call))
    },
    RESTRoute(.patch, "/webhooks/{webhook.id}") { call, world throws(RESTFailure) in
      let hook = try world.webhook(call)
      let actor = try call.actor
      if let target = call.body?["channel_id"]?.snowflake {
        let channel = try world.channel(ChannelID(target), for: actor, needing: .manageWebhooks)
        guard channel.guildID == hook.guild else { throw .missingPermissions }
      }
      return .ok(world.json(try world.change(hook, call, by: actor), for: call))
    },
    RESTRoute(.delete, "/webhooks/{webhook.id}") { call, world throws(RESTFailure) in
      world.delete(try world.webhook(call), by: try call.actor, reason: call.reason)
      return .noContent
    },
    RESTRoute(.get, "/webhooks/{webhook.id}/{webhook.token}", isPublic: true) {
      call, world throws(RESTFailure) in
      .ok(world.json(try world.webhookByToken(call), for: nil))
    },
    RESTRoute(.patch, "/webhooks/{webhook.id}/{webhook.token}", isPublic: true) {
      call, world throws(RESTFailure) in
      .ok(world.json(try world.change(try world.webhookByToken(call), call, by: nil), for: nil))
    },
    RESTRoute(.delete, "/webhooks/{webhook.id}/{webhook.token}", isPublic: true) {
      call, world throws(RESTFailure) in
      world.delete(try world.webhookByToken(call), by: nil, reason: nil)
      return .noContent
    },
  ]
}

extension World {
  /// A webhook. Whoever may manage it is told who made it; the token is for those who can use it, so that other
  /// applications' ones stay theirs.
  func json(_ hook: Webhook, for call: RESTCall?) -> JSONValue {
    var json = Fields()
    json.put("id", hook.id)
    json.put("type", hook.type)
    json.put("guild_id", hook.guild)
    json.put("channel_id", hook.channel)
    json.put("name", hook.name)
    json.put("avatar", hook.avatar)
    json.put("application_id", hook.application)
    if let call {
      if let creator = hook.creator { json.put("user", self.json(user: creator)) }
      let isOurs = hook.application == nil || hook.application == call.application
      if hook.type == 1, isOurs, let token = hook.token { json.put("token", token) }
    } else if let token = hook.token {
      json.put("token", token)
    }
    if hook.type == 1, let token = hook.token {
      json.put("url", "\(cdnBase)/api/webhooks/\(hook.id)/\(token)")
    }
    return json.value
  }

  /// The webhook of the path, if the caller may manage it.
  fileprivate func webhook(_ call: RESTCall) throws(RESTFailure) -> Webhook {
    guard let hook = webhooks[try call.webhookID] else { throw .unknown(.webhook) }
    _ = try channel(hook.channel, for: try call.actor, needing: .manageWebhooks)
    return hook
  }

  /// The webhook of the path, by its token.
  func webhookByToken(_ call: RESTCall) throws(RESTFailure) -> Webhook {
    guard let hook = webhooks[try call.webhookID] else { throw .unknown(.webhook) }
    guard let token = hook.token, ConstantTime.equal(token, call.parameters["webhook.token"] ?? "") else {
      throw RESTFailure(status: 401, code: 50027, message: "Invalid Webhook Token")
    }
    return hook
  }

  fileprivate func makeWebhook(in channel: Channel, by actor: UserID, _ call: RESTCall) throws(RESTFailure)
    -> JSONValue
  {
    guard let guild = channel.guildID, !channel.kind.isThread, channel.kind != .category else {
      throw .wrongChannelType
    }
    let name = try Self.webhookName(call.body?["name"])
    guard webhooks.values.count(where: { $0.channel == channel.id }) < WebhookLimits.perChannel else {
      throw .maximumReached(30007, "webhooks", WebhookLimits.perChannel)
    }
    guard webhooks.values.count(where: { $0.guild == guild }) < WebhookLimits.perGuild else {
      throw .maximumReached(30058, "webhooks per guild", WebhookLimits.perGuild)
    }
    var hook = Webhook(id: newID(), guild: guild, channel: channel.id, name: name)
    hook.creator = actor
    hook.application = call.application
    hook.token = SecureRandom.token(byteCount: 51)
    hook.avatar = try avatar(call).value
    webhooks[hook.id] = hook
    var changes = Changes()
    changes.note("name", from: nil, to: name)
    changes.note("channel_id", from: nil, to: channel.id)
    announce(.webhookCreate, hook, changes, by: actor, reason: call.reason)
    return json(hook, for: call)
  }

  fileprivate func change(_ old: Webhook, _ call: RESTCall, by actor: UserID?) throws(RESTFailure) -> Webhook
  {
    var hook = old
    if let name = call.body?["name"] { hook.name = try Self.webhookName(name) }
    let avatar = try avatar(call)
    if avatar.isGiven { hook.avatar = avatar.value }
    if actor != nil, let target = call.body?["channel_id"]?.snowflake { hook.channel = ChannelID(target) }
    webhooks[hook.id] = hook
    var changes = Changes()
    if hook.name != old.name { changes.note("name", from: old.name, to: hook.name) }
    if hook.avatar != old.avatar { changes.note("avatar_hash", from: old.avatar, to: hook.avatar) }
    if hook.channel != old.channel { changes.note("channel_id", from: old.channel, to: hook.channel) }
    announce(.webhookUpdate, hook, changes, by: actor, reason: call.reason)
    return hook
  }

  fileprivate func delete(_ hook: Webhook, by actor: UserID?, reason: String?) {
    webhooks[hook.id] = nil
    var changes = Changes()
    changes.note("name", from: hook.name, to: nil)
    changes.note("channel_id", from: hook.channel, to: nil)
    announce(.webhookDelete, hook, changes, by: actor, reason: reason)
  }

  /// Tells who manages webhooks, and the audit log. What is done with the token alone has nobody who did it.
  private func announce(
    _ action: AuditAction, _ hook: Webhook, _ changes: Changes, by actor: UserID?, reason: String?
  ) {
    publish(
      "WEBHOOKS_UPDATE", ["guild_id": .id(hook.guild), "channel_id": .id(hook.channel)],
      to: .guild(hook.guild, .guildWebhooks, seeing: hook.channel))
    guard let guild = guilds[hook.guild] else { return }
    record(action, in: guild, by: actor, target: hook.id.description, changes: changes, reason: reason)
  }

  /// A name that is no pretence: Discord refuses those with its own name in them.
  private static func webhookName(_ value: JSONValue?) throws(RESTFailure) -> String {
    let name = value?.string ?? ""
    var errors = FormErrors()
    if value == nil || value == .null {
      errors.required(["name"])
    } else {
      errors.length(["name"], name.unicodeScalars.count, 1...80)
    }
    for word in ["clyde", "discord"] where name.lowercased().contains(word) {
      errors.add(["name"], "USERNAME_INVALID_CONTAINS", "Username cannot contain \"\(word)\"")
    }
    guard errors.isEmpty else { throw errors.failure }
    return name
  }

  /// The uploaded avatar's hash, if the body says anything of one.
  private func avatar(_ call: RESTCall) throws(RESTFailure) -> Given<String> {
    var reader = try BodyReader(call.body)
    let picture = reader.picture("avatar")
    try reader.finish()
    return keep(picture)
  }
}
