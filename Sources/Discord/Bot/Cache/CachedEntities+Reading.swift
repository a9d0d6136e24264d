// The cache's entities, read from events. What has no id is nothing.

internal import DiscordCore
internal import DiscordModels
internal import EventLoop
internal import JSON

private enum RoleField: Int, JSONFieldName {
  case id, name, permissions, position, color, hoist, managed, mentionable
  static let keys = JSONKeys<RoleField>(
    "id", "name", "permissions", "position", "color", "hoist", "managed", "mentionable")
}

extension CachedRole {
  init?(_ json: JSONView) {
    guard let fields = try? json.fields(RoleField.keys), let id = fields[.id]?.id(Entity.Role.self) else {
      return nil  // Not an object, or nameless: nothing to keep.
    }
    self.init(
      id: id, name: fields[.name]?.string ?? "",
      permissions: Permissions(rawValue: fields[.permissions]?.snowflake ?? 0),
      position: Int32(clamping: fields[.position]?.int ?? 0),
      color: UInt32(clamping: fields[.color]?.int ?? 0), isHoisted: fields[.hoist]?.bool ?? false,
      isManaged: fields[.managed]?.bool ?? false, isMentionable: fields[.mentionable]?.bool ?? false)
  }
}

private enum ChannelField: Int, JSONFieldName {
  case id, name, type, parent, overwrites, position, rateLimit, userLimit, nsfw, owner, thread
  static let keys = JSONKeys<ChannelField>(
    "id", "name", "type", "parent_id", "permission_overwrites", "position", "rate_limit_per_user",
    "user_limit",
    "nsfw", "owner_id", "thread_metadata")
}

extension CachedChannel {
  init?(_ json: JSONView) {
    guard let fields = try? json.fields(ChannelField.keys), let id = fields[.id]?.id(Entity.Channel.self)
    else {
      return nil  // As above.
    }
    self.init(
      id: id, name: fields[.name]?.string ?? "", parent: fields[.parent]?.id(),
      overwrites: fields[.overwrites]?.array.map { $0.compactMap(PermissionOverwrite.init) } ?? [],
      position: Int32(clamping: fields[.position]?.int ?? 0),
      rateLimitPerUser: Int32(clamping: fields[.rateLimit]?.int ?? 0),
      userLimit: Int32(clamping: fields[.userLimit]?.int ?? 0),
      typeNumber: UInt8(clamping: fields[.type]?.int ?? 0), isNSFW: fields[.nsfw]?.bool ?? false)
  }
}

private enum OverwriteField: Int, JSONFieldName {
  case id, type, allow, deny
  static let keys = JSONKeys<OverwriteField>("id", "type", "allow", "deny")
}

extension PermissionOverwrite {
  fileprivate init?(_ json: JSONView) {
    guard let fields = try? json.fields(OverwriteField.keys), let id = fields[.id]?.snowflake else {
      return nil  // As above.
    }
    // 0 is a role, 1 a member; the type was a string once.
    let isMember = fields[.type]?.int == 1 || fields[.type]?.string == "member"
    self.init(
      isMember ? .member(UserID(id)) : .role(RoleID(id)),
      allow: Permissions(rawValue: fields[.allow]?.snowflake ?? 0),
      deny: Permissions(rawValue: fields[.deny]?.snowflake ?? 0))
  }
}

extension CachedThread {
  /// Nil for an archived thread too: those are not kept.
  init?(_ json: JSONView) {
    guard let fields = try? json.fields(ChannelField.keys), let id = fields[.id]?.id(Entity.Channel.self),
      let parent = fields[.parent]?.id(Entity.Channel.self)
    else {
      return nil  // As above.
    }
    let metadata = fields[.thread]
    if metadata?["archived"]?.bool == true { return nil }
    self.init(
      id: id, name: fields[.name]?.string ?? "", parent: parent, owner: fields[.owner]?.id(),
      rateLimitPerUser: Int32(clamping: fields[.rateLimit]?.int ?? 0),
      typeNumber: UInt8(clamping: fields[.type]?.int ?? 11), isLocked: metadata?["locked"]?.bool ?? false,
      isInvitable: metadata?["invitable"]?.bool ?? true)
  }
}

extension CachedEmoji {
  init?(_ json: JSONView) {
    guard let id = json["id"]?.id(Entity.Emoji.self) else { return nil }
    self.init(
      id: id, name: json["name"]?.string ?? "", isAnimated: json["animated"]?.bool ?? false,
      isAvailable: json["available"]?.bool ?? true, isManaged: json["managed"]?.bool ?? false)
  }
}

private enum VoiceField: Int, JSONFieldName {
  case user, channel, session, requested, deaf, mute, selfDeaf, selfMute, selfStream, selfVideo, suppress
  static let keys = JSONKeys<VoiceField>(
    "user_id", "channel_id", "session_id", "request_to_speak_timestamp", "deaf", "mute", "self_deaf",
    "self_mute", "self_stream", "self_video", "suppress")
}

extension CachedVoiceState {
  /// Nil for somebody who is in no channel.
  init?(_ json: JSONView, me: UserID) {
    guard let fields = try? json.fields(VoiceField.keys), let user = fields[.user]?.id(Entity.User.self),
      let channel = fields[.channel]?.id(Entity.Channel.self)
    else {
      return nil  // As above.
    }
    var flags: Flags = []
    for (field, flag) in Self.flagFields where fields[field]?.bool == true { flags.insert(flag) }
    self.init(
      user: user, channel: channel, sessionID: user == me ? fields[.session]?.string : nil,
      requestedToSpeakAt: fields[.requested]?.timestamp, flags: flags)
  }

  private static let flagFields: [(VoiceField, Flags)] = [
    (.deaf, .deaf), (.mute, .mute), (.selfDeaf, .selfDeaf), (.selfMute, .selfMute),
    (.selfStream, .selfStream), (.selfVideo, .selfVideo), (.suppress, .suppress),
  ]
}
