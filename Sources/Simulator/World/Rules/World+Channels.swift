// Channels of a guild: making, changing, ordering, deleting.

package import DiscordCore
internal import EventLoop
package import JSON

extension World {
  /// How many channels a guild has at most, categories included.
  static let channelLimit = 500
  /// How many channels a category has at most.
  static let categoryLimit = 50

  /// Makes a channel.
  ///
  /// - Throws: 50013, 30013 at 500 channels, 50035.
  package func createChannel(in id: GuildID, by caller: UserID, body: JSONValue?, reason: String?)
    throws(RESTFailure) -> Channel
  {
    let guild = try guild(id, for: caller, needing: .manageChannels)
    var reader = try BodyReader(body)
    reader.require("name")
    let kindNumber = reader.choice("type", [0, 2, 4, 5, 13, 15, 16]).value ?? 0
    let kind = ChannelKind(rawValue: kindNumber) ?? .text
    let edit = ChannelEdit(&reader, kind: kind)
    if [.announcement, .stage].contains(kind), !guild.features.contains("COMMUNITY") {
      reader.fail("type", "CHANNEL_TYPE_NOT_ALLOWED", "This guild cannot have channels of this type.")
    }
    try check(edit, in: guild, &reader, moving: nil)
    try reader.finish()
    guard guild.channels.count < Self.channelLimit else {
      throw .maximumReached(30013, "guild channels", Self.channelLimit)
    }
    try checkOverwrites(edit.overwrites.value ?? [], from: [], by: caller, in: guild, channel: nil)
    let channel = Channel(id: newID(), kind: kind, guildID: id, name: "")
    var changes = Changes()
    edit.apply(to: channel, &changes, mint: { self.newID() })
    if !edit.overwrites.isGiven, let parent = channel.parentID.flatMap({ channels[$0] }) {
      channel.overwrites = parent.overwrites
    }
    if !edit.position.isGiven { channel.position = nextPosition(in: guild, kind) }
    add(channel, to: guild)
    publish("CHANNEL_CREATE", json(channel), to: .guild(id))
    var made = Changes()
    made.note("name", from: nil, to: channel.name)
    made.note("type", from: nil, to: kind.rawValue)
    made.note("permission_overwrites", from: nil, to: channel.overwrites.map { json($0) })
    made.note("nsfw", from: nil, to: channel.nsfw)
    made.note("rate_limit_per_user", from: nil, to: channel.slowmode)
    record(
      .channelCreate, in: guild, by: caller, target: channel.id.description, changes: made, reason: reason)
    return channel
  }

  /// Puts a channel that was made into the world, without telling anybody.
  package func add(_ channel: Channel, to guild: Guild) {
    channels[channel.id] = channel
    if channel.kind.isThread { guild.threads.insert(channel.id) } else { guild.channels.insert(channel.id) }
  }

  private func nextPosition(in guild: Guild, _ kind: ChannelKind) -> Int {
    let peers = guild.channels.compactMap { channels[$0] }.filter {
      ($0.kind == .category) == (kind == .category) && $0.kind.isVoice == kind.isVoice
    }
    return (peers.map(\.position).max() ?? -1) + 1
  }

  /// Changes a channel or a thread.
  ///
  /// - Throws: 10003, 50001, 50013, 50083, 50035.
  package func modifyChannel(_ id: ChannelID, by caller: UserID, body: JSONValue?, reason: String?)
    throws(RESTFailure) -> Channel
  {
    let channel = try channel(id, for: caller)
    guard channel.guildID != nil else { throw .wrongChannelType }
    if channel.kind.isThread { return try modifyThread(channel, by: caller, body: body, reason: reason) }
    let guild = try guild(of: channel)
    guard permissions(of: caller, in: channel).contains(.manageChannels) else { throw .missingPermissions }
    var reader = try BodyReader(body)
    var kind = channel.kind
    if let wanted = reader.choice("type", [0, 5]).value.flatMap({ ChannelKind(rawValue: $0) }),
      wanted != channel.kind
    {
      if [.text, .announcement].contains(channel.kind), guild.features.contains("COMMUNITY") {
        kind = wanted
      } else {
        reader.fail("type", "CHANNEL_TYPE_INVALID", "Invalid channel type")
      }
    }
    let edit = ChannelEdit(&reader, kind: kind)
    try check(edit, in: guild, &reader, moving: channel)
    try reader.finish()
    if case .value(let wanted) = edit.overwrites {
      guard permissions(of: caller, in: channel).contains(.manageRoles) else { throw .missingPermissions }
      try checkOverwrites(wanted, from: channel.overwrites, by: caller, in: guild, channel: channel)
    }
    var changes = Changes()
    if kind != channel.kind {
      changes.note("type", from: channel.kind.rawValue, to: kind.rawValue)
      channel.kind = kind
    }
    let locks = reader.raw("lock_permissions")?.bool == true
    edit.apply(to: channel, &changes, mint: { self.newID() })
    if locks, let parent = channel.parentID.flatMap({ channels[$0] }) {
      channel.overwrites = parent.overwrites
    }
    guard !changes.isEmpty else { return channel }
    publish("CHANNEL_UPDATE", json(channel), to: .guild(guild.id))
    record(.channelUpdate, in: guild, by: caller, target: id.description, changes: changes, reason: reason)
    return channel
  }

  private func check(
    _ edit: ChannelEdit, in guild: Guild, _ reader: inout BodyReader, moving channel: Channel?
  )
    throws(RESTFailure)
  {
    guard let parent = edit.parent.value, parent != channel?.parentID else { return }
    guard let category = channels[parent], category.guildID == guild.id, category.kind == .category else {
      return reader.fail(
        "parent_id", "CHANNEL_PARENT_INVALID_TYPE", "Not a category")
    }
    let children = guild.channels.count { channels[$0]?.parentID == parent }
    if children >= Self.categoryLimit {
      reader.fail(
        "parent_id", "CHANNEL_PARENT_MAX_CHANNELS",
        "Maximum number of channels in category reached (\(Self.categoryLimit))")
    }
  }

  /// Deletes a channel or thread, or closes direct messages.
  ///
  /// - Throws: 10003, 50001, 50013; 50074 for what a community guild needs.
  package func deleteChannel(_ id: ChannelID, by caller: UserID, reason: String?) throws(RESTFailure)
    -> JSONValue
  {
    let channel = try channel(id, for: caller)
    guard channel.guildID != nil else { return json(channel, for: caller) }
    let guild = try guild(of: channel)
    let needed: Permissions = channel.kind.isThread ? .manageThreads : .manageChannels
    guard permissions(of: caller, in: channel).contains(needed) else { throw .missingPermissions }
    if guild.features.contains("COMMUNITY"),
      [guild.rulesChannelID, guild.publicUpdatesChannelID].contains(id)
    {
      throw RESTFailure(
        status: 400, code: 50074, message: "Cannot delete a channel required for Community guilds")
    }
    let rendered = json(channel)
    remove(channel, from: guild)
    var changes = Changes()
    changes.note("name", from: channel.name, to: nil)
    changes.note("type", from: channel.kind.rawValue, to: nil)
    record(
      channel.kind.isThread ? .threadDelete : .channelDelete, in: guild, by: caller,
      target: id.description, changes: changes, reason: reason)
    return rendered
  }

  /// Takes a channel out of the world, with its threads, invites and webhooks, and tells everybody.
  func remove(_ channel: Channel, from guild: Guild) {
    for thread in guild.threads.compactMap({ channels[$0] }) where thread.parentID == channel.id {
      remove(thread, from: guild)
    }
    // Told before it is gone: whoever could see it hears of its end.
    if channel.kind.isThread {
      var payload = Fields()
      payload.put("id", channel.id)
      payload.put("guild_id", guild.id)
      payload.put("parent_id", channel.parentID)
      payload.put("type", channel.kind.rawValue)
      publish("THREAD_DELETE", payload.value, to: .guild(guild.id, seeing: channel.id))
    } else {
      publish("CHANNEL_DELETE", json(channel), to: .guild(guild.id))
    }
    for child in guild.channels.compactMap({ channels[$0] }) where child.parentID == channel.id {
      child.parentID = nil
      publish("CHANNEL_UPDATE", json(child), to: .guild(guild.id))
    }
    for state in guild.voiceStates.values where state.channel == channel.id {
      guild.voiceStates[state.user] = nil
      publishVoice(nil, state.user, guild)
    }
    for message in channel.messages.all { forget(message) }
    for (code, invite) in invites where invite.channel == channel.id { invites[code] = nil }
    for (hook, webhook) in webhooks where webhook.channel == channel.id { webhooks[hook] = nil }
    guild.stageInstances[channel.id] = nil
    agenda.cancel(.archive(channel.id))
    guild.channels.remove(channel.id)
    guild.threads.remove(channel.id)
    channels[channel.id] = nil
    if guild.systemChannelID == channel.id { guild.systemChannelID = nil }
    if guild.afkChannelID == channel.id { guild.afkChannelID = nil }
  }

  /// Moves channels.
  ///
  /// - Throws: 10003, 50013, 50035.
  package func moveChannels(in id: GuildID, by caller: UserID, body: JSONValue?, reason: String?)
    throws(RESTFailure)
  {
    let guild = try guild(id, for: caller, needing: .manageChannels)
    guard let list = body?.array else {
      throw RESTFailure(status: 400, code: 50035, message: "Invalid Form Body")
    }
    var moves: [(channel: Channel, position: Int?, parent: Given<ChannelID>, locks: Bool)] = []
    for entry in list {
      var reader = try BodyReader(entry)
      reader.require("id")
      let channel = reader.id("id", Entity.Channel.self)
      let position = reader.int("position", 0...100_000)
      let parent = reader.id("parent_id", Entity.Channel.self)
      let locks = reader.bool("lock_permissions").value ?? false
      try reader.finish()
      guard let found = channel.value.flatMap({ channels[$0] }), guild.channels.contains(found.id) else {
        throw .unknown(.channel)
      }
      if let category = parent.value {
        guard channels[category]?.kind == .category, channels[category]?.guildID == id,
          found.kind != .category
        else { throw .invalid("parent_id", code: "CHANNEL_PARENT_INVALID_TYPE", "Not a category") }
      }
      moves.append((found, position.value, parent, locks))
    }
    for move in moves {
      var changes = Changes()
      if let position = move.position { changes.set("position", .value(position), &move.channel.position) }
      changes.set("parent_id", move.parent, &move.channel.parentID)
      if move.locks, let parent = move.channel.parentID.flatMap({ channels[$0] }) {
        move.channel.overwrites = parent.overwrites
      }
      guard !changes.isEmpty || move.locks else { continue }
      publish("CHANNEL_UPDATE", json(move.channel), to: .guild(id))
      record(
        .channelUpdate, in: guild, by: caller, target: move.channel.id.description, changes: changes,
        reason: reason)
    }
  }
}
