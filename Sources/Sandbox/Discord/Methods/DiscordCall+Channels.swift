// Channels, their permissions, and threads.

import DiscordBot
import DiscordCore
import DiscordModels
import DiscordREST
import JSON
import PlatformPlugins
import SandboxContract

extension DiscordCall {
  /// What no plugin hands out in a channel, whatever it asks for.
  static let strippedPermissions: Permissions = [
    .administrator, .manageGuild, .manageRoles, .manageWebhooks, .kickMembers, .banMembers,
  ]
  private static let kinds: [Int64] = [0, 2, 4, 13, 15]
  private static let archiveMinutes: [Int64] = [60, 1_440, 4_320, 10_080]

  // MARK: Channels

  func createChannel() async throws -> JSONValue {
    let name = try call.text("name", 1...100)
    let kind = try call.optionalInteger("channel_type", 0...100) ?? 0
    guard Self.kinds.contains(kind) else { throw RPCError.invalid("channel_type must be 0, 2, 4, 13 or 15") }
    let type = ChannelType(rawValue: Int(kind))
    let topic = try call.optionalText("topic", 0...1_024)
    let limit = try call.optionalInteger("user_limit", 0...99)
    var category: ChannelID?
    if try optionalID("category_id", of: Entity.Channel.self) != nil {
      let id = try await channel("category_id")
      guard bot.channel(id)?.type == .guildCategory else {
        throw RPCError.invalid("category_id must be a category")
      }
      guard type != .guildCategory else { throw RPCError.invalid("a category has no category_id") }
      category = id
    }
    try need(.manageChannels, in: category)
    let create = ChannelCreate(name, type: type) { edit in
      if let category { edit.parent = .set(category) }
      // Fields that a kind of channel does not have are left out, as the SDK documents them.
      if let topic, !topic.isEmpty, !type.isVocal, type != .guildCategory { edit.topic = .set(topic) }
      if let limit, type.isVocal { edit.userLimit = Int(limit) }
    }
    return Self.described(try await act(.createGuildChannel(create, in: call.guild, reason: try reason())))
  }

  func editChannel() async throws -> JSONValue {
    let name = try call.optionalText("name", 1...100)
    let topic = try call.optionalText("topic", 0...1_024)
    let limit = try call.optionalInteger("user_limit", 0...99)
    guard name != nil || topic != nil || limit != nil else {
      throw RPCError.invalid("name, topic or user_limit is required")
    }
    let channel = try await channel()
    try need(
      bot.thread(channel) == nil ? [.viewChannel, .manageChannels] : [.viewChannel, .manageThreads],
      in: channel)
    let edit = ChannelEdit { edit in
      edit.name = name
      if let topic { edit.topic = topic.isEmpty ? .clear : .set(topic) }
      edit.userLimit = limit.map { Int($0) }
    }
    return Self.described(try await act(.modifyChannel(channel, edit, reason: try reason())))
  }

  func deleteChannel() async throws -> JSONValue {
    let channel = try await channel()
    try need(
      bot.thread(channel) == nil ? [.viewChannel, .manageChannels] : [.viewChannel, .manageThreads],
      in: channel)
    _ = try await act(.deleteChannel(channel, reason: try reason()))
    return Self.done
  }

  private static func described(_ channel: Channel) -> JSONValue {
    [
      "ok": true, "id": .id(channel.id), "name": channel.name.map { .string($0) } ?? .null,
      "type": .integer(Int64(channel.type.rawValue)),
    ]
  }

  // MARK: Permissions

  func setChannelPermissions() async throws -> JSONValue {
    let asked = try (allow: bits("allow"), deny: bits("deny"))
    let type = try call.optionalInteger("target_type", 0...1) ?? 0
    let channel = try await channel()
    try need([.viewChannel, .manageRoles], in: channel)
    let target = try await target(isMember: type == 1)
    guard let own = bot.ownPermissions(in: channel) else {
      throw RPCError.discord(503, "the bot does not know its permissions yet")
    }
    // One gives away only what one has, and of that not what makes others masters of the server.
    let allow = asked.allow.subtracting(Self.strippedPermissions).intersection(own).intersection(.all)
    let deny = asked.deny.intersection(.all).subtracting(allow)
    if isOwn(target), !deny.isEmpty { throw RPCError.forbidden("the bot does not act on itself") }
    let lacking = own.notGrantable(of: deny)
    guard lacking.isEmpty else { throw RPCError.lacking(lacking) }
    try await act(
      .setChannelPermissions(
        PermissionOverwrite(target, allow: allow, deny: deny), in: channel, reason: try reason()))
    return Self.done
  }

  func deleteChannelPermission() async throws -> JSONValue {
    let id = try call.snowflake("target_id")
    let channel = try await channel()
    try need([.viewChannel, .manageRoles], in: channel)
    let target: PermissionOverwrite.Target =
      bot.role(RoleID(id)) != nil ? .role(RoleID(id)) : .member(UserID(id))
    if isOwn(target) { throw RPCError.forbidden("the bot does not act on itself") }
    try await act(.deleteChannelPermissions(of: target, in: channel, reason: try reason()))
    return Self.done
  }

  private func target(isMember: Bool) async throws -> PermissionOverwrite.Target {
    guard isMember else { return .role(try role("target_id").id) }
    let user = try user("target_id")
    if user != bot.user { _ = try await freshMember(user) }
    return .member(user)
  }

  /// Whether it is the bot, or a role that the bot has besides @everyone.
  private func isOwn(_ target: PermissionOverwrite.Target) -> Bool {
    switch target {
    case .member(let user): user == bot.user
    case .role(let role): bot.ownMember?.roles.contains(role) ?? false
    }
  }

  /// Permissions as decimal digits; a number is taken too.
  private func bits(_ name: String) throws(RPCError) -> Permissions {
    guard let value = call.params[name], !value.isNull else { return [] }
    if let text = value.string, text.isEmpty { return [] }
    guard let bits = value.snowflake else { throw .invalid("\(name) must be permissions as decimal digits") }
    return Permissions(rawValue: bits)
  }

  // MARK: Threads

  func createThread() async throws -> JSONValue {
    let name = try call.text("name", 1...100)
    let kind = try call.optionalInteger("thread_type", 0...100) ?? 11
    guard kind == 11 || kind == 12 else { throw RPCError.invalid("thread_type must be 11 or 12") }
    let minutes = try archiveMinutes() ?? 1_440
    let channel = try await channel()
    let isAnnouncement = bot.channel(channel)?.type == .guildAnnouncement
    let type: ChannelType = kind == 12 ? .privateThread : isAnnouncement ? .announcementThread : .publicThread
    try need([.viewChannel, kind == 12 ? .createPrivateThreads : .createPublicThreads], in: channel)
    let thread = try await act(
      .startThread(
        ThreadCreate(name, autoArchiveMinutes: minutes), as: type, in: channel, reason: try reason()))
    return [
      "thread": [
        "id": .id(thread.id), "name": thread.name.map { .string($0) } ?? .null,
        "type": .integer(Int64(thread.type.rawValue)),
        "archived": .bool(thread.threadMetadata?.isArchived ?? false),
      ]
    ]
  }

  func editThread() async throws -> JSONValue {
    let name = try call.optionalText("name", 1...100)
    let minutes = try archiveMinutes()
    let (archived, locked) = (try optionalFlag("archived"), try optionalFlag("locked"))
    guard name != nil || minutes != nil || archived != nil || locked != nil else {
      throw RPCError.invalid("archived, locked, name or auto_archive_duration is required")
    }
    let thread = try await channel("thread_id")
    let isKnown = bot.thread(thread) != nil
    // Archived threads are not kept, so Discord says whether it is one; anything else is none.
    if !isKnown, bot.channel(thread) != nil { throw RPCError.unknown(.channel) }
    if !isKnown, try await !ask(.getChannel(thread)).type.isThread { throw RPCError.unknown(.channel) }
    if bot.thread(thread)?.owner != bot.user || locked != nil {
      try need([.viewChannel, .manageThreads], in: thread)
    }
    let edit = ThreadEdit { edit in
      (edit.name, edit.isArchived, edit.isLocked) = (name, archived, locked)
      edit.autoArchiveMinutes = minutes
    }
    _ = try await act(.modifyThread(thread, edit, reason: try reason()))
    return Self.done
  }

  private func archiveMinutes() throws(RPCError) -> Int? {
    guard let minutes = try call.optionalInteger("auto_archive_duration", 0...100_000) else { return nil }
    guard Self.archiveMinutes.contains(minutes) else {
      throw .invalid("auto_archive_duration must be 60, 1440, 4320 or 10080")
    }
    return Int(minutes)
  }

  private func optionalFlag(_ name: String) throws(RPCError) -> Bool? {
    guard let value = call.params[name], !value.isNull else { return nil }
    return try call.flag(name)
  }
}
