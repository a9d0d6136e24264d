// Events that a guild announces.

package import DiscordCore
package import EventLoop
package import JSON

/// A scheduled event begins or is cancelled; an active one ends; nothing comes back.
package struct ScheduledEventStatus: WireNumber {
  package let rawValue: Int
  package init(rawValue: Int) { self.rawValue = rawValue }
  package static let scheduled = ScheduledEventStatus(rawValue: 1)
  package static let active = ScheduledEventStatus(rawValue: 2)
  package static let completed = ScheduledEventStatus(rawValue: 3)
  package static let canceled = ScheduledEventStatus(rawValue: 4)
}

/// Where a scheduled event takes place.
package struct ScheduledEventEntityType: WireNumber {
  package let rawValue: Int
  package init(rawValue: Int) { self.rawValue = rawValue }
  package static let none = ScheduledEventEntityType(rawValue: 0)
  package static let stageInstance = ScheduledEventEntityType(rawValue: 1)
  package static let voice = ScheduledEventEntityType(rawValue: 2)
  package static let external = ScheduledEventEntityType(rawValue: 3)
}

/// https://discord.com/developers/docs/resources/guild-scheduled-event#guild-scheduled-event-object
package struct GuildScheduledEvent: Equatable, Sendable {
  package var id: GuildScheduledEventID
  package var guildID: GuildID
  /// Nil for one that takes place elsewhere.
  package var channelID: ChannelID?
  package var creatorID: UserID?
  package var creator: User?
  package var name: String
  package var description: String?
  package var scheduledStartTime: Timestamp?
  package var scheduledEndTime: Timestamp?
  /// 2: only for the guild. There is no other.
  package var privacyLevel: Int
  package var status: ScheduledEventStatus
  package var entityType: ScheduledEventEntityType
  /// The stage instance, while it goes on.
  package var entityID: StageInstanceID?
  package var location: String?
  /// Who is interested; only where asked for.
  package var userCount: Int?
  /// Hash of the cover.
  package var image: String?
  package var recurrenceRule: RecurrenceRule?
  package var exceptions: [ScheduledEventException]
  package var unknownFields = UnknownFields()
}

private enum GuildScheduledEventField: Int, JSONFieldName {
  case id, guildID, channelID, creatorID, creator, name, description, scheduledStartTime, scheduledEndTime,
    privacyLevel, status, entityType, entityID, location, userCount, image, recurrenceRule, exceptions
  static let keys = JSONKeys<GuildScheduledEventField>(
    "id", "guild_id", "channel_id", "creator_id", "creator", "name", "description", "scheduled_start_time",
    "scheduled_end_time", "privacy_level", "status", "entity_type", "entity_id", "entity_metadata",
    "user_count", "image", "recurrence_rule", "guild_scheduled_event_exceptions")
}

extension GuildScheduledEvent: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(GuildScheduledEventField.keys)
    id = try fields.value(.id)
    guildID = try fields.value(.guildID)
    channelID = fields.optional(.channelID)
    creatorID = fields.optional(.creatorID)
    creator = fields.optional(.creator)
    name = fields.value(.name, default: "")
    description = fields.optional(.description)
    scheduledStartTime = fields.optional(.scheduledStartTime)
    scheduledEndTime = fields.optional(.scheduledEndTime)
    privacyLevel = fields.value(.privacyLevel, default: 2)
    status = fields.value(.status, default: .scheduled)
    entityType = fields.value(.entityType, default: .none)
    entityID = fields.optional(.entityID)
    location = fields[.location]?.object("location")
    userCount = fields.optional(.userCount)
    image = fields.optional(.image)
    recurrenceRule = fields.optional(.recurrenceRule)
    exceptions = fields.list(.exceptions)
    unknownFields = UnknownFields(of: json, besides: fields)
  }
}

/// One date of a repeated event that differs or is cancelled.
package struct ScheduledEventException: Equatable, Sendable {
  package var eventID: GuildScheduledEventID
  /// Made of the date it replaces.
  package var id: ScheduledEventExceptionID?
  package var scheduledStartTime: Timestamp?
  package var scheduledEndTime: Timestamp?
  package var isCanceled: Bool
  package var unknownFields = UnknownFields()
}

private enum ScheduledEventExceptionField: Int, JSONFieldName {
  case eventID, id, scheduledStartTime, scheduledEndTime, isCanceled
  static let keys = JSONKeys<ScheduledEventExceptionField>(
    "event_id", "event_exception_id", "scheduled_start_time", "scheduled_end_time", "is_canceled")
}

extension ScheduledEventException: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(ScheduledEventExceptionField.keys)
    eventID = try fields.value(.eventID)
    id = fields.optional(.id)
    scheduledStartTime = fields.optional(.scheduledStartTime)
    scheduledEndTime = fields.optional(.scheduledEndTime)
    isCanceled = fields.value(.isCanceled, default: false)
    unknownFields = UnknownFields(of: json, besides: fields)
  }
}

/// Somebody who is interested.
package struct ScheduledEventUser: Equatable, Sendable {
  package var eventID: GuildScheduledEventID?
  package var exceptionID: ScheduledEventExceptionID?
  package var userID: UserID?
  package var user: User?
  package var member: GuildMember?
  /// 1 for interested, 0 for not.
  package var response: Int?
}

private enum ScheduledEventUserField: Int, JSONFieldName {
  case eventID, exceptionID, userID, user, member, response
  static let keys = JSONKeys<ScheduledEventUserField>(
    "guild_scheduled_event_id", "guild_scheduled_event_exception_id", "user_id", "user", "member",
    "response")
}

extension ScheduledEventUser: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(ScheduledEventUserField.keys)
    eventID = fields.optional(.eventID)
    exceptionID = fields.optional(.exceptionID)
    userID = fields.optional(.userID)
    user = fields.optional(.user)
    member = fields.optional(.member)
    response = fields.optional(.response)
  }
}
