// Events about members of guilds.

package import DiscordCore
package import JSON

/// GUILD_MEMBER_ADD and GUILD_MEMBER_UPDATE.
///
/// The update need not say whether the member is deafened or muted; `GuildMember` then says no.
package struct GuildMemberEvent: Equatable, Sendable {
  package var guildID: GuildID
  package var user: User
  /// With its user.
  package var member: GuildMember
}

extension GuildMemberEvent: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    guildID = try GuildID(from: try json.require("guild_id"))
    member = try GuildMember(from: json)
    guard let user = member.user else { throw json.mismatch() }
    self.user = user
  }
}

/// GUILD_MEMBER_REMOVE: left, kicked or banned.
package struct GuildMemberRemoveEvent: Equatable, Sendable {
  package var guildID: GuildID
  package var user: User
}

private enum GuildMemberRemoveEventField: Int, JSONFieldName {
  case guildID, user
  static let keys = JSONKeys<GuildMemberRemoveEventField>(
    "guild_id", "user")
}

extension GuildMemberRemoveEvent: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(GuildMemberRemoveEventField.keys)
    guildID = try fields.value(.guildID)
    user = try fields.value(.user)
  }
}

/// GUILD_MEMBERS_CHUNK: one of the answers to a request for members.
package struct GuildMembersChunkEvent: Equatable, Sendable {
  package var guildID: GuildID
  /// At most 1,000.
  package var members: [GuildMember]
  /// Counts from zero.
  package var index: Int
  package var count: Int
  /// Which of the ids asked for are no members.
  package var notFound: [UserID]
  package var presences: [Presence]
  /// Which request it answers.
  package var nonce: String?
}

private enum GuildMembersChunkEventField: Int, JSONFieldName {
  case guildID, members, index, count, notFound, presences, nonce
  static let keys = JSONKeys<GuildMembersChunkEventField>(
    "guild_id", "members", "chunk_index", "chunk_count", "not_found", "presences", "nonce")
}

extension GuildMembersChunkEvent: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(GuildMembersChunkEventField.keys)
    guildID = try fields.value(.guildID)
    members = fields.list(.members)
    index = fields.value(.index, default: 0)
    count = fields.value(.count, default: 1)
    notFound = fields.list(.notFound)
    presences = fields.list(.presences)
    nonce = fields.optional(.nonce)
  }
}
