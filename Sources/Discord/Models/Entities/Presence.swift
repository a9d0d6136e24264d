// Who is online, and what they do.

package import DiscordCore
package import JSON

/// Somebody's state; the invisible are offline to others.
package struct PresenceStatus: WireWord {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }
  package static let online: PresenceStatus = "online"
  package static let doNotDisturb: PresenceStatus = "dnd"
  package static let idle: PresenceStatus = "idle"
  package static let invisible: PresenceStatus = "invisible"
  package static let offline: PresenceStatus = "offline"
}

/// https://discord.com/developers/docs/events/gateway-events#activity-object-activity-types
package struct ActivityType: WireNumber {
  package let rawValue: Int
  package init(rawValue: Int) { self.rawValue = rawValue }
  package static let playing = ActivityType(rawValue: 0)
  package static let streaming = ActivityType(rawValue: 1)
  package static let listening = ActivityType(rawValue: 2)
  package static let watching = ActivityType(rawValue: 3)
  package static let custom = ActivityType(rawValue: 4)
  package static let competing = ActivityType(rawValue: 5)
}

/// https://discord.com/developers/docs/events/gateway-events#activity-object-activity-flags
package struct ActivityFlags: WireFlags {
  package let rawValue: UInt64
  package init(rawValue: UInt64) { self.rawValue = rawValue }
  package static let instance = ActivityFlags(bit: 0)
  package static let join = ActivityFlags(bit: 1)
  package static let spectate = ActivityFlags(bit: 2)
  package static let joinRequest = ActivityFlags(bit: 3)
  package static let sync = ActivityFlags(bit: 4)
  package static let play = ActivityFlags(bit: 5)
  package static let partyPrivacyFriends = ActivityFlags(bit: 6)
  package static let partyPrivacyVoiceChannel = ActivityFlags(bit: 7)
  package static let embedded = ActivityFlags(bit: 8)
}

/// What somebody does (https://discord.com/developers/docs/events/gateway-events#activity-object).
package struct Activity: Equatable, Sendable {
  package var name: String
  package var type: ActivityType
  package var url: String?
  /// Milliseconds since 1970, as are its neighbours.
  package var createdAt: Int?
  package var startedAt: Int?
  package var applicationID: ApplicationID?
  package var details: String?
  /// Of a custom status, its text.
  package var state: String?
  package var emoji: EmojiReference?
  package var flags: ActivityFlags
}

private enum ActivityField: Int, JSONFieldName {
  case name, type, url, createdAt, startedAt, applicationID, details, state, emoji, flags
  static let keys = JSONKeys<ActivityField>(
    "name", "type", "url", "created_at", "timestamps", "application_id", "details", "state", "emoji",
    "flags")
}

extension Activity: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(ActivityField.keys)
    name = fields.value(.name, default: "")
    type = fields.value(.type, default: .playing)
    url = fields.optional(.url)
    createdAt = fields.optional(.createdAt)
    startedAt = fields[.startedAt]?["start"]?.int
    applicationID = fields.optional(.applicationID)
    details = fields.optional(.details)
    state = fields.optional(.state)
    emoji = fields.optional(.emoji)
    flags = fields.value(.flags, default: [])
  }
}

/// Where somebody is online; nil where not.
package struct ClientStatus: Equatable, Sendable {
  package var desktop: PresenceStatus?
  package var mobile: PresenceStatus?
  package var web: PresenceStatus?
}

private enum ClientStatusField: Int, JSONFieldName {
  case desktop, mobile, web
  static let keys = JSONKeys<ClientStatusField>(
    "desktop", "mobile", "web")
}

extension ClientStatus: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(ClientStatusField.keys)
    desktop = fields.optional(.desktop)
    mobile = fields.optional(.mobile)
    web = fields.optional(.web)
  }
}

/// A presence: in GUILD_CREATE, in chunks of members, and by itself as PRESENCE_UPDATE.
package struct Presence: Equatable, Sendable {
  package var userID: UserID
  /// Not inside GUILD_CREATE.
  package var guildID: GuildID?
  package var status: PresenceStatus
  package var activities: [Activity]
  package var clientStatus: ClientStatus?
}

private enum PresenceField: Int, JSONFieldName {
  case user, guildID, status, activities, clientStatus
  static let keys = JSONKeys<PresenceField>("user", "guild_id", "status", "activities", "client_status")
}

extension Presence: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(PresenceField.keys)
    // Of the user nothing but the id is certain.
    userID = try UserID(from: try fields.require(.user).require("id"))
    guildID = fields.optional(.guildID)
    status = fields.value(.status, default: .offline)
    activities = fields.list(.activities)
    clientStatus = fields.optional(.clientStatus)
  }
}
