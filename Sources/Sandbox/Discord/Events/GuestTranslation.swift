// One event on its way to a payload: what all translations have in common.

import DiscordBot
import DiscordCore
import DiscordGateway
import JSON
import PlatformPlugins

/// Reads one event, fills its payload, and remembers what later events will need.
struct GuestTranslation {
  let event: GuildEvent
  let bot: GuildBot?
  let keepsContent: Bool
  var memory = GuestGuildMemory()

  var guild: GuildID { event.guild }

  mutating func payloads(_ data: JSONView) -> [JSONObject] {
    switch event.name {
    case .messageDeleteBulk: return deletedTogether(data)
    default: return payload(data).map { [$0] } ?? []
    }
  }

  private mutating func payload(_ data: JSONView) -> JSONObject? {
    switch event.name {
    case .messageCreate: messageCreate(data)
    case .messageUpdate: messageEdit(data)
    case .messageDelete: messageDelete(data["id"], in: data["channel_id"])
    case .messageReactionAdd: reaction(data, isNew: true)
    case .messageReactionRemove: reaction(data, isNew: false)
    case .guildMemberAdd: memberJoin(data)
    case .guildMemberRemove: memberLeave(data)
    case .guildMemberUpdate: memberUpdate(data)
    case .voiceStateUpdate: voiceState(data)
    case .channelCreate, .channelDelete, .channelUpdate: channel(data)
    case .guildRoleCreate, .guildRoleUpdate: role(data)
    case .guildRoleDelete: roleDelete(data)
    default: nil
    }
  }

  /// Whether somebody is the bot that received the event.
  func isOwn(_ user: UserID?) -> Bool { user == event.bot }

  /// A channel's or thread's name; nil for one that nobody told.
  func channelName(_ id: ChannelID?) -> String? {
    guard let id else { return nil }
    return bot?.channel(id)?.name ?? bot?.thread(id)?.name ?? memory.channels[id]
  }

  /// Keeps what an event shows of a member.
  mutating func remember(_ member: JSONView?, of user: UserID?) {
    guard let member, !member.isNull, let user else { return }
    memory.members.put(
      GuestGuildMemory.RememberedMember(
        nick: member["nick"]?.string, joinedAt: member["joined_at"]?.string, roles: member.roleIDs ?? []),
      for: user)
  }
}

extension JSONView {
  /// The ids of a member's roles; nil where they are not told.
  var roleIDs: [RoleID]? { self["roles"]?.array?.compactMap { $0.id() } }
}

extension JSONValue {
  /// An id as plugins get it: always a string.
  init?(idOf view: JSONView?) {
    guard let id = view?.snowflake else { return nil }
    self = .string(String(id))
  }

  static func roles(_ roles: [RoleID]) -> JSONValue { .array(roles.map { JSONValue.id($0) }) }
}

extension JSONObject {
  /// A text; left out where it is not known.
  mutating func set(_ key: String, _ text: String?) { if let text { self[key] = .string(text) } }
  /// A truth value; left out where it is not known.
  mutating func set(_ key: String, _ flag: Bool?) { if let flag { self[key] = .bool(flag) } }
  /// A number; left out where it is not known.
  mutating func set(_ key: String, _ number: Int64?) { if let number { self[key] = .integer(number) } }
  /// A value; left out where there is none.
  mutating func set(_ key: String, _ value: JSONValue?) { if let value { self[key] = value } }
}
