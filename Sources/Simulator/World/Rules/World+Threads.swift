// Threads: starting, joining, changing, falling asleep.

package import DiscordCore
internal import EventLoop
package import JSON

extension World {
  /// How many members a thread has at most.
  private static let threadMemberLimit = 1_000

  /// Starts a thread from a message.
  ///
  /// - Throws: 10008, 50013, 50024, 50035, 160004 for a message that has one.
  package func startThread(
    from id: MessageID, in channelID: ChannelID, by caller: UserID, body: JSONValue?, reason: String?
  ) throws(RESTFailure) -> Channel {
    let (message, channel) = try message(id, in: channelID, for: caller)
    guard channel.kind == .text || channel.kind == .announcement else { throw .wrongChannelType }
    guard permissions(of: caller, in: channel).isSuperset(of: [.createPublicThreads, .readMessageHistory])
    else {
      throw .missingPermissions
    }
    guard message.thread == nil, channels[id.converted()] == nil else {
      throw RESTFailure(
        status: 400, code: 160004, message: "A thread has already been created for this message")
    }
    var reader = try BodyReader(body)
    let settings = ThreadSettings(&reader, in: channel)
    try reader.finish()
    let kind: ChannelKind = channel.kind == .announcement ? .announcementThread : .publicThread
    let thread = makeThread(settings, kind, under: channel, by: caller, id: id.converted())
    channel.messages.change(id) { message in
      message.thread = thread.id
      message.flags |= Message.Flag.hasThread
    }
    tellOfNew(thread, by: caller, reason: reason)
    if let changed = channel.messages[id] { publishUpdate(of: changed, in: channel) }
    return thread
  }

  /// Starts a thread without a message, or a post of a forum with its first message.
  ///
  /// - Throws: 50013, 50024, 50035, 40067 for a forum that wants a tag.
  package func startThread(
    in channelID: ChannelID, by caller: UserID, body: JSONValue?, files: [UploadedPart] = [], reason: String?
  ) throws(RESTFailure) -> (thread: Channel, message: Message?) {
    let channel = try channel(channelID, for: caller)
    if channel.kind.isForum {
      return try startPost(in: channel, by: caller, body: body, files: files, reason: reason)
    }
    guard channel.kind == .text || channel.kind == .announcement else { throw .wrongChannelType }
    var reader = try BodyReader(body)
    let settings = ThreadSettings(&reader, in: channel)
    let type = reader.choice("type", [10, 11, 12]).value ?? 12
    let invitable = reader.bool("invitable").value ?? true
    try reader.finish()
    let kind: ChannelKind =
      channel.kind == .announcement ? .announcementThread : ChannelKind(rawValue: type) ?? .privateThread
    let needed: Permissions = kind == .privateThread ? .createPrivateThreads : .createPublicThreads
    guard permissions(of: caller, in: channel).contains(needed) else { throw .missingPermissions }
    let thread = makeThread(settings, kind, under: channel, by: caller, id: newID())
    thread.thread?.invitable = invitable
    tellOfNew(thread, by: caller, reason: reason)
    if kind != .privateThread {
      var notice = Message(id: newID(), channel: channelID, author: .user(caller))
      notice.type = 18
      notice.content = thread.name
      notice.reference = Reference(channel: thread.id, guild: channel.guildID)
      post(notice, in: channel)
    }
    return (thread, nil)
  }

  private func startPost(
    in channel: Channel, by caller: UserID, body: JSONValue?, files: [UploadedPart], reason: String?
  ) throws(RESTFailure) -> (thread: Channel, message: Message?) {
    let held = permissions(of: caller, in: channel)
    guard held.contains(.sendMessages) else { throw .missingPermissions }
    var reader = try BodyReader(body)
    reader.require("message")
    let settings = ThreadSettings(&reader, in: channel)
    let tags = reader.ids("applied_tags", upTo: 5, Entity.ForumTag.self).value ?? []
    try reader.finish()
    guard tags.allSatisfy({ tag in channel.availableTags.contains { $0.id == tag } }) else {
      throw .unknownTag
    }
    if channel.flags & 1 << 4 != 0, tags.isEmpty {
      throw RESTFailure(
        status: 400, code: 40067, message: "A tag is required to create a forum post in this channel")
    }
    let draft = try MessageDraft(body?["message"], files: files, in: channel.id, world: self)
    let id: ChannelID = newID()
    var message = Message(id: id.converted(), channel: id, author: .user(caller))
    compose(&message, draft, in: channel, mentioning: held)
    guard !isEmpty(message) else { throw .emptyMessage }
    try moderate(message, in: channel)
    let thread = makeThread(settings, .publicThread, under: channel, by: caller, id: id)
    thread.thread?.appliedTags = tags
    channel.lastMessageID = id.converted()
    tellOfNew(thread, by: caller, reason: reason)
    post(message, in: thread)
    return (thread, thread.messages[message.id])
  }

  private func makeThread(
    _ settings: ThreadSettings, _ kind: ChannelKind, under parent: Channel, by owner: UserID, id: ChannelID
  ) -> Channel {
    let thread = Channel(id: id, kind: kind, guildID: parent.guildID, name: settings.name)
    thread.parentID = parent.id
    thread.slowmode = settings.slowmode ?? parent.defaultThreadSlowmode
    var state = ThreadState(owner: owner, at: now)
    state.autoArchive = settings.autoArchive ?? parent.defaultAutoArchive ?? 4_320
    state.members[owner] = now
    thread.thread = state
    if let guild = parent.guildID.flatMap({ guilds[$0] }) { add(thread, to: guild) }
    scheduleArchive(of: thread)
    return thread
  }

  private func tellOfNew(_ thread: Channel, by caller: UserID, reason: String?) {
    guard let guild = thread.guildID.flatMap({ guilds[$0] }) else { return }
    var payload = Fields()
    payload.append(json(thread, for: caller))
    payload.put("newly_created", true)
    publish("THREAD_CREATE", payload.value, to: .guild(guild.id, .guilds, seeing: thread.id))
    var changes = Changes()
    changes.note("name", from: nil, to: thread.name)
    changes.note("type", from: nil, to: thread.kind.rawValue)
    changes.note("archived", from: nil, to: false)
    changes.note("locked", from: nil, to: false)
    changes.note("auto_archive_duration", from: nil, to: thread.thread?.autoArchive)
    changes.note("rate_limit_per_user", from: nil, to: thread.slowmode)
    record(
      .threadCreate, in: guild, by: caller, target: thread.id.description, changes: changes, reason: reason)
  }

  // MARK: Activity

  /// A message is about to stand in a thread: it wakes up, counts, and takes its author in.
  func prepareThread(_ channel: Channel, for message: inout Message) {
    guard var thread = channel.thread else { return }
    message.position = thread.totalSent
    // The message a post begins with is not counted.
    if message.id != channel.id.converted() {
      thread.messageCount += 1
      thread.totalSent += 1
    }
    let wakes = thread.archived
    if wakes {
      thread.archived = false
      thread.archiveChangedAt = now
    }
    channel.thread = thread
    if wakes, let guild = channel.guildID {
      publish("THREAD_UPDATE", json(channel), to: .guild(guild, .guilds, seeing: channel.id))
    }
    if let author = message.authorID, thread.members[author] == nil {
      addThreadMembers([author], to: channel)
    }
    for user in message.mentions where channel.thread?.members[user] == nil {
      if let guild = channel.guildID.flatMap({ guilds[$0] }), guild.members[user] != nil {
        addThreadMembers([user], to: channel)
      }
    }
    scheduleArchive(of: channel)
  }

  private func scheduleArchive(of channel: Channel) {
    guard let thread = channel.thread, !thread.archived else { return agenda.cancel(.archive(channel.id)) }
    let id = channel.id
    agenda.set(.archive(id), at: now + .seconds(thread.autoArchive * 60)) { world in
      guard let channel = world.channels[id], channel.thread?.archived == false else { return }
      channel.thread?.archived = true
      channel.thread?.archiveChangedAt = world.now
      guard let guild = channel.guildID else { return }
      world.publish("THREAD_UPDATE", world.json(channel), to: .guild(guild, .guilds, seeing: id))
    }
  }

  // MARK: Members

  private func addThreadMembers(_ users: [UserID], to channel: Channel) {
    let added = users.filter { channel.thread?.members[$0] == nil }
    guard !added.isEmpty else { return }
    for user in added { channel.thread?.members[user] = now }
    publishMembers(of: channel, added: added, removed: [])
  }

  private func publishMembers(of channel: Channel, added: [UserID], removed: [UserID]) {
    guard let guild = channel.guildID.flatMap({ guilds[$0] }) else { return }
    func payload(_ added: [UserID], _ removed: [UserID]) -> JSONValue {
      var payload = Fields()
      payload.put("id", channel.id)
      payload.put("guild_id", guild.id)
      payload.put("member_count", min(channel.thread?.members.count ?? 0, 50))
      let members = added.map { user -> JSONValue in
        var json = Fields()
        json.append(
          self.json(
            threadMember: user, of: channel, joined: now, member: guild.members[user]))
        json.put("presence", self.json(presenceOf: user, guild: guild.id))
        return json.value
      }
      if !members.isEmpty { payload.put("added_members", .array(members)) }
      if !removed.isEmpty { payload.put("removed_member_ids", removed) }
      return payload.value
    }
    let concerned = Set(added + removed)
    publish(
      "THREAD_MEMBERS_UPDATE", payload(added, removed),
      to: .guild(guild.id, .guildMembers, seeing: channel.id, except: concerned))
    for user in concerned {
      publish(
        "THREAD_MEMBERS_UPDATE", payload(added.filter { $0 == user }, removed.filter { $0 == user }),
        to: .users([user], .guilds, in: guild.id))
      if added.contains(user), channel.thread?.owner != user {
        // Whoever is added learns of the thread itself.
        publish("THREAD_CREATE", json(channel, for: user), to: .users([user], .guilds, in: guild.id))
      }
    }
  }

  /// Adds somebody to a thread: oneself, or another.
  ///
  /// - Throws: 10003, 10007, 50001, 50013, 50024, 50083, 30033.
  package func joinThread(_ id: ChannelID, _ user: UserID, by caller: UserID) throws(RESTFailure) {
    let channel = try channel(id, for: caller)
    guard let thread = channel.thread else { throw .wrongChannelType }
    let guild = try guild(of: channel)
    guard !thread.archived else { throw .archivedThread }
    if user != caller {
      let held = permissions(of: caller, in: channel)
      guard held.contains(.sendMessagesInThreads) else { throw .missingPermissions }
      guard guild.members[user] != nil else { throw .unknown(.member) }
      if channel.kind == .privateThread, !thread.invitable, thread.owner != caller,
        !held.contains(.manageThreads)
      {
        throw .missingPermissions
      }
    }
    guard thread.members[user] != nil || thread.members.count < Self.threadMemberLimit else {
      throw .maximumReached(30033, "thread participants", Self.threadMemberLimit)
    }
    addThreadMembers([user], to: channel)
  }

  /// Takes somebody out of a thread.
  ///
  /// - Throws: 10003, 50001, 50013, 50024, 50083.
  package func leaveThread(_ id: ChannelID, _ user: UserID, by caller: UserID) throws(RESTFailure) {
    let channel = try channel(id, for: caller)
    guard let thread = channel.thread else { throw .wrongChannelType }
    guard !thread.archived else { throw .archivedThread }
    if user != caller {
      let isOwnerOfPrivate = channel.kind == .privateThread && thread.owner == caller
      guard isOwnerOfPrivate || permissions(of: caller, in: channel).contains(.manageThreads) else {
        throw .missingPermissions
      }
    }
    guard thread.members[user] != nil else { return }
    channel.thread?.members[user] = nil
    publishMembers(of: channel, added: [], removed: [user])
  }

  // MARK: Changing

  /// Changes a thread: its name, whether it sleeps, whether it is locked.
  ///
  /// - Throws: 50013, 50035, 50083.
  func modifyThread(_ channel: Channel, by caller: UserID, body: JSONValue?, reason: String?)
    throws(RESTFailure) -> Channel
  {
    guard var thread = channel.thread else { throw .wrongChannelType }
    let guild = try guild(of: channel)
    var reader = try BodyReader(body)
    let name = reader.text("name", 1...100, trims: true)
    let archived = reader.bool("archived")
    let locked = reader.bool("locked")
    let invitable = reader.bool("invitable")
    let autoArchive = reader.choice("auto_archive_duration", [60, 1_440, 4_320, 10_080])
    let slowmode = reader.int("rate_limit_per_user", 0...21_600)
    let flags = reader.int("flags", 0...Int(Int32.max))
    let tags = reader.ids("applied_tags", upTo: 5, Entity.ForumTag.self)
    try reader.finish()
    let held = permissions(of: caller, in: channel)
    let isManager = held.contains(.manageThreads)
    if !isManager {
      let wakesOnly = archived.value == false && !locked.isGiven && !name.isGiven
      guard !slowmode.isGiven, !locked.isGiven, !flags.isGiven else { throw .missingPermissions }
      guard thread.owner == caller || (wakesOnly && !thread.locked && held.contains(.sendMessagesInThreads))
      else { throw .missingPermissions }
      if thread.locked, archived.value == false { throw .missingPermissions }
    }
    if thread.archived, archived.value != false, name.isGiven || slowmode.isGiven || autoArchive.isGiven {
      throw .archivedThread
    }
    let available = channel.parentID.flatMap { channels[$0] }?.availableTags ?? []
    guard (tags.value ?? []).allSatisfy({ tag in available.contains { $0.id == tag } }) else {
      throw .unknownTag
    }
    var changes = Changes()
    changes.set("name", name, &channel.name)
    changes.set("rate_limit_per_user", slowmode, &channel.slowmode)
    changes.set("flags", flags, &channel.flags)
    if let wanted = archived.value, wanted != thread.archived { thread.archiveChangedAt = now }
    changes.set("archived", archived, &thread.archived)
    changes.set("locked", locked, &thread.locked)
    changes.set("invitable", invitable, &thread.invitable)
    changes.set("auto_archive_duration", autoArchive, &thread.autoArchive)
    changes.set("applied_tags", tags, &thread.appliedTags)
    guard !changes.isEmpty else { return channel }
    channel.thread = thread
    scheduleArchive(of: channel)
    publish("THREAD_UPDATE", json(channel), to: .guild(guild.id, .guilds, seeing: channel.id))
    record(
      .threadUpdate, in: guild, by: caller, target: channel.id.description, changes: changes, reason: reason)
    return channel
  }
}

extension RESTFailure {
  /// 400: a tag that the forum has not got.
  static let unknownTag = RESTFailure(status: 400, code: 10087, message: "Unknown Tag")
}

/// What every way of starting a thread says about it.
private struct ThreadSettings {
  let name: String
  let autoArchive: Int?
  let slowmode: Int?

  init(_ reader: inout BodyReader, in channel: Channel) {
    reader.require("name")
    name = reader.text("name", 1...100, trims: true).value ?? ""
    autoArchive = reader.choice("auto_archive_duration", [60, 1_440, 4_320, 10_080]).value
    slowmode = reader.int("rate_limit_per_user", 0...21_600).value
  }
}
