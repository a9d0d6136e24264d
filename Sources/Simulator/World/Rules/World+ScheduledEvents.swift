// Scheduled events.

package import DiscordCore
internal import EventLoop
package import JSON

extension World {
  /// How many events that are scheduled or active a guild has at most.
  private static let eventLimit = 100

  /// Makes an event.
  ///
  /// - Throws: 10004, 10003, 30038 at 100 events, 50013, 50035.
  package func createEvent(in id: GuildID, by caller: UserID, body: JSONValue?, reason: String?)
    throws(RESTFailure) -> ScheduledEvent
  {
    let guild = try guild(id, for: caller)
    var reader = try BodyReader(body)
    reader.require("name", "privacy_level", "scheduled_start_time", "entity_type")
    let edit = EventEdit(&reader)
    let type = reader.choice("entity_type", [1, 2, 3]).value ?? 3
    if type == 3 {
      reader.require("scheduled_end_time", "entity_metadata")
    } else {
      reader.require("channel_id")
    }
    check(edit, &reader)
    try reader.finish()
    try requireEventRights(.createEvents, on: edit.channel.value, type, by: caller, in: guild)
    let live = guild.scheduledEvents.values.count { $0.status < 3 }
    guard live < Self.eventLimit else {
      throw .maximumReached(30038, "uncompleted guild scheduled events", Self.eventLimit)
    }
    var event = ScheduledEvent(id: newID(), name: "", creator: caller, startsAt: now, entityType: type)
    var changes = Changes()
    edit.apply(to: &event, image: keep(edit.image), &changes)
    guild.scheduledEvents[event.id] = event
    publishEvent("GUILD_SCHEDULED_EVENT_CREATE", event, guild)
    record(
      .scheduledEventCreate, in: guild, by: caller, target: event.id.description, changes: changes,
      reason: reason)
    return event
  }

  private func check(_ edit: EventEdit, _ reader: inout BodyReader) {
    if let start = edit.startsAt.value, start <= now {
      reader.fail(
        "scheduled_start_time", "GUILD_SCHEDULED_EVENT_SCHEDULE_PAST", "Cannot schedule event in the past")
    }
    if let start = edit.startsAt.value, let end = edit.endsAt.value, end <= start {
      reader.fail(
        "scheduled_end_time", "GUILD_SCHEDULED_EVENT_END_BEFORE_START",
        "Cannot schedule event with end time before start time")
    }
  }

  /// One's own events need CREATE_EVENTS, others' MANAGE_EVENTS; a voice event also the channel's permissions.
  private func requireEventRights(
    _ needed: Permissions, on channelID: ChannelID?, _ type: Int, by caller: UserID, in guild: Guild
  ) throws(RESTFailure) {
    guard let channelID, type != 3 else {
      let held = permissions(of: caller, in: guild)
      guard held.contains(needed) || held.contains(.manageEvents) else { throw .missingPermissions }
      return
    }
    let channel = try channel(channelID, for: caller)
    guard channel.guildID == guild.id, channel.kind == (type == 1 ? .stage : .voice) else {
      throw .invalid(
        "channel_id", code: "GUILD_SCHEDULED_EVENT_INVALID_CHANNEL", "Invalid channel for this event")
    }
    let held = permissions(of: caller, in: channel)
    guard held.contains(.connect), held.contains(needed) || held.contains(.manageEvents) else {
      throw .missingPermissions
    }
  }

  /// The event, if the caller can see where it is.
  ///
  /// - Throws: 10004, 10070, 50001.
  package func event(_ id: GuildScheduledEventID, in guildID: GuildID, for viewer: UserID) throws(RESTFailure)
    -> ScheduledEvent
  {
    let guild = try guild(guildID, for: viewer)
    guard let event = guild.scheduledEvents[id] else { throw .unknown(.scheduledEvent) }
    if let channel = event.channel.flatMap({ channels[$0] }), !canSee(channel, viewer) {
      throw .missingAccess
    }
    return event
  }

  /// Changes an event, starts it, ends it or calls it off.
  ///
  /// - Throws: 10070, 50013, 50035, 180000 for an event that is over.
  package func modifyEvent(
    _ id: GuildScheduledEventID, in guildID: GuildID, by caller: UserID, body: JSONValue?, reason: String?
  ) throws(RESTFailure) -> ScheduledEvent {
    let guild = try guild(guildID, for: caller)
    var event = try event(id, in: guildID, for: caller)
    try requireEventRights(
      event.creator == caller ? .createEvents : .manageEvents, on: event.channel, event.entityType,
      by: caller,
      in: guild)
    guard event.status < 3 else {
      throw RESTFailure(
        status: 400, code: 180_000, message: "Cannot update a finished event")
    }
    var reader = try BodyReader(body)
    let edit = EventEdit(&reader)
    let type = reader.choice("entity_type", [1, 2, 3])
    let status = reader.choice("status", [1, 2, 3, 4])
    if let wanted = status.value, wanted != event.status {
      let allowed = event.status == 1 ? [2, 4] : [3, 4]
      if !allowed.contains(wanted) {
        reader.fail("status", "GUILD_SCHEDULED_EVENT_INVALID_STATUS", "Invalid status transition")
      }
    }
    check(edit, &reader)
    try reader.finish()
    var changes = Changes()
    edit.apply(to: &event, image: keep(edit.image), &changes)
    changes.set("entity_type", type, &event.entityType)
    changes.set("status", status, &event.status)
    if event.entityType == 3 { event.channel = nil } else { event.location = nil }
    guard !changes.isEmpty else { return event }
    guild.scheduledEvents[id] = event
    publishEvent("GUILD_SCHEDULED_EVENT_UPDATE", event, guild)
    record(
      .scheduledEventUpdate, in: guild, by: caller, target: id.description, changes: changes, reason: reason)
    if event.status == 2, event.entityType == 3, let end = event.endsAt {
      agenda.set(.scheduledEvent(id), at: end) { $0.endEvent(id, in: guildID) }
    }
    return event
  }

  /// An event at some place ends by itself.
  private func endEvent(_ id: GuildScheduledEventID, in guildID: GuildID) {
    guard let guild = guilds[guildID], var event = guild.scheduledEvents[id], event.status == 2 else {
      return
    }
    event.status = 3
    guild.scheduledEvents[id] = event
    publishEvent("GUILD_SCHEDULED_EVENT_UPDATE", event, guild)
  }

  /// Deletes an event.
  ///
  /// - Throws: 10070, 50013.
  package func deleteEvent(
    _ id: GuildScheduledEventID, in guildID: GuildID, by caller: UserID, reason: String?
  ) throws(RESTFailure) {
    let guild = try guild(guildID, for: caller)
    let event = try event(id, in: guildID, for: caller)
    try requireEventRights(
      event.creator == caller ? .createEvents : .manageEvents, on: event.channel, event.entityType,
      by: caller,
      in: guild)
    guild.scheduledEvents[id] = nil
    agenda.cancel(.scheduledEvent(id))
    publishEvent("GUILD_SCHEDULED_EVENT_DELETE", event, guild)
    var changes = Changes()
    changes.note("name", from: event.name, to: nil)
    record(
      .scheduledEventDelete, in: guild, by: caller, target: id.description, changes: changes, reason: reason)
  }

  private func publishEvent(_ name: String, _ event: ScheduledEvent, _ guild: Guild) {
    publish(
      name, json(event, guild.id), to: .guild(guild.id, .guildScheduledEvents, seeing: event.channel))
  }

  // MARK: Subscribers

  /// Marks interest in an event, or takes it back.
  ///
  /// - Throws: 10004, 10070, 50001.
  package func setInterest(
    of user: UserID, in id: GuildScheduledEventID, of guildID: GuildID, to isInterested: Bool
  )
    throws(RESTFailure)
  {
    let guild = try guild(guildID, for: user)
    let event = try event(id, in: guildID, for: user)
    guard event.subscribers.contains(user) != isInterested else { return }
    if isInterested {
      guild.scheduledEvents[id]?.subscribers.append(user)
    } else {
      guild.scheduledEvents[id]?.subscribers.removeAll { $0 == user }
    }
    publish(
      isInterested ? "GUILD_SCHEDULED_EVENT_USER_ADD" : "GUILD_SCHEDULED_EVENT_USER_REMOVE",
      ["guild_scheduled_event_id": .id(id), "user_id": .id(user), "guild_id": .id(guildID)],
      to: .guild(guildID, .guildScheduledEvents))
  }

  /// A page of an event's subscribers by id.
  ///
  /// - Throws: 10004, 10070, 50001.
  package func subscribers(
    of id: GuildScheduledEventID, in guildID: GuildID, for viewer: UserID, withMember: Bool, before: UserID?,
    after: UserID?, limit: Int
  ) throws(RESTFailure) -> JSONValue {
    let guild = try guild(guildID, for: viewer)
    let event = try event(id, in: guildID, for: viewer)
    let matching = event.subscribers.sorted().filter { user in
      (before.map { user < $0 } ?? true) && (after.map { user > $0 } ?? true)
    }
    let page = before != nil && after == nil ? matching.suffix(limit) : matching.prefix(limit)
    return .array(
      page.map { user in
        var json = Fields()
        json.put("guild_scheduled_event_id", id)
        json.put("user_id", user)
        json.put("user", self.json(user: user))
        if withMember, let member = guild.members[user] { json.put("member", self.json(member)) }
        json.put("response", 1)
        return json.value
      })
  }

  // MARK: Exceptions

  /// Makes one occurrence of a recurring event different, or changes what is different about it (`exception`).
  ///
  /// - Throws: 10070, 50013, 50035.
  package func setException(
    _ exception: GuildScheduledEventID?, of id: GuildScheduledEventID, in guildID: GuildID, by caller: UserID,
    body: JSONValue?
  ) throws(RESTFailure) -> JSONValue {
    let guild = try guild(guildID, for: caller)
    var event = try event(id, in: guildID, for: caller)
    try requireEventRights(
      event.creator == caller ? .createEvents : .manageEvents, on: event.channel, event.entityType,
      by: caller,
      in: guild)
    var reader = try BodyReader(body)
    if exception == nil { reader.require("original_scheduled_start_time") }
    let original = reader.instant("original_scheduled_start_time").value
    let start = reader.instant("scheduled_start_time")
    let end = reader.instant("scheduled_end_time")
    let canceled = reader.bool("is_canceled")
    try reader.finish()
    guard event.recurrence != nil else {
      throw .invalid(
        "original_scheduled_start_time", code: "GUILD_SCHEDULED_EVENT_NOT_RECURRING",
        "The event does not recur")
    }
    // The id of an exception is the snowflake of the occurrence it replaces.
    let key = exception ?? original.map { GuildScheduledEventID(earliestAt: $0) } ?? id
    var entry = event.exceptions.first { $0.id == key } ?? ScheduledEventException(id: key)
    if exception != nil, !event.exceptions.contains(where: { $0.id == key }) {
      throw .unknown(.scheduledEvent)
    }
    if start.isGiven { entry.startsAt = start.value }
    if end.isGiven { entry.endsAt = end.value }
    if let value = canceled.value { entry.isCanceled = value }
    event.exceptions.removeAll { $0.id == key }
    event.exceptions.append(entry)
    guild.scheduledEvents[id] = event
    publish(
      exception == nil ? "GUILD_SCHEDULED_EVENT_EXCEPTION_CREATE" : "GUILD_SCHEDULED_EVENT_EXCEPTION_UPDATE",
      json(entry, of: id), to: .guild(guildID, .guildScheduledEvents, seeing: event.channel))
    return json(entry, of: id)
  }

  /// Takes an exception back.
  ///
  /// - Throws: 10070, 50013.
  package func deleteException(
    _ exception: GuildScheduledEventID, of id: GuildScheduledEventID, in guildID: GuildID, by caller: UserID
  ) throws(RESTFailure) {
    let guild = try guild(guildID, for: caller)
    let event = try event(id, in: guildID, for: caller)
    try requireEventRights(
      event.creator == caller ? .createEvents : .manageEvents, on: event.channel, event.entityType,
      by: caller,
      in: guild)
    guard let entry = event.exceptions.first(where: { $0.id == exception }) else {
      throw .unknown(.scheduledEvent)
    }
    guild.scheduledEvents[id]?.exceptions.removeAll { $0.id == exception }
    publish(
      "GUILD_SCHEDULED_EVENT_EXCEPTION_DELETE", json(entry, of: id),
      to: .guild(guildID, .guildScheduledEvents, seeing: event.channel))
  }
}

/// What a body says about an event.
private struct EventEdit {
  let name: Given<String>
  let description: Given<String>
  let channel: Given<ChannelID>
  let location: Given<String>
  let startsAt: Given<Timestamp>
  let endsAt: Given<Timestamp>
  let image: Given<Picture>
  let recurrence: Given<JSONValue>

  init(_ reader: inout BodyReader) {
    name = reader.text("name", 1...100, trims: true)
    description = reader.text("description", 0...1_000)
    channel = reader.id("channel_id")
    location = reader.object("entity_metadata") { $0.text("location", 1...100).value ?? "" }
    startsAt = reader.instant("scheduled_start_time")
    endsAt = reader.instant("scheduled_end_time")
    image = reader.picture("image")
    _ = reader.choice("privacy_level", [2])
    recurrence = reader.object("recurrence_rule") { Self.recurrence(&$0) }
  }

  private static func recurrence(_ rule: inout BodyReader) -> JSONValue {
    rule.require("start", "frequency", "interval")
    var json = Fields()
    json.put("start", rule.instant("start").value)
    json.put("end", rule.instant("end").value)
    json.put("frequency", rule.choice("frequency", [0, 1, 2, 3]).value)
    json.put("interval", rule.int("interval", 1...2).value)
    for name in ["by_weekday", "by_n_weekday", "by_month", "by_month_day", "by_year_day"] {
      json.put(name, rule.array(name, 0...31).value.map { .array($0) } ?? .null)
    }
    json.put("count", rule.int("count", 0...1_000).value)
    return json.value
  }

  func apply(to event: inout ScheduledEvent, image hash: Given<String>, _ changes: inout Changes) {
    changes.set("name", name, &event.name)
    changes.set("description", description, &event.description)
    changes.set("channel_id", channel, &event.channel)
    changes.set("location", location, &event.location)
    changes.set("image_hash", hash, &event.image)
    if let start = startsAt.value, start != event.startsAt {
      changes.note("scheduled_start_time", from: event.startsAt, to: start)
      event.startsAt = start
    }
    changes.set("scheduled_end_time", endsAt, &event.endsAt)
    changes.set("recurrence_rule", recurrence, &event.recurrence)
  }
}
