// Asking for members over the gateway: opcode 8, and its answer in chunks.

package import DiscordCore
package import JSON

/// Which members of a guild to ask for
/// (https://discord.com/developers/docs/events/gateway-events#request-guild-members).
package struct MemberRequest: Hashable, Sendable {
  /// How members are chosen.
  package enum Selection: Hashable, Sendable {
    /// All of them, once per guild in 30 s. Needs `.guildMembers`.
    case all
    /// Whose name or nickname begins with this; 1 to 100 of them.
    case prefix(String, limit: Int)
    /// 1 to 100 of them.
    case users([UserID])
  }

  /// The guild that is asked about.
  package var guild: GuildID
  /// Which of its members.
  package var selection: Selection
  /// Whether their presences come along. Needs `.guildPresences`.
  package var includesPresences: Bool

  package init(guild: GuildID, _ selection: Selection, includesPresences: Bool = false) {
    (self.guild, self.selection, self.includesPresences) = (guild, selection, includesPresences)
  }

  /// Checks what Discord would refuse, or answer with silence.
  ///
  /// - Throws: `.invalidPayload`, `.missingIntent`.
  package func validate(intents: Intents) throws(GatewayError) {
    switch selection {
    case .all:
      guard intents.contains(.guildMembers) else {
        throw GatewayError(.missingIntent, "all members need the intent GUILD_MEMBERS")
      }
    case .prefix(let text, let limit):
      guard !text.isEmpty else { throw .invalid("query is not empty; ask for all members instead") }
      guard (1...100).contains(limit) else { throw .invalid("limit is 1 to 100") }
    case .users(let users):
      guard (1...100).contains(users.count) else { throw .invalid("user_ids has 1 to 100 ids") }
    }
    guard !includesPresences || intents.contains(.guildPresences) else {
      throw GatewayError(.missingIntent, "presences need the intent GUILD_PRESENCES")
    }
  }

  func write(to json: inout JSONWriter, nonce: String) {
    json.object { json in
      json.field("guild_id", guild)
      switch selection {
      case .all:
        json.field("query", "")
        json.field("limit", 0)
      case .prefix(let text, let limit):
        json.field("query", text)
        json.field("limit", limit)
      case .users(let users):
        json.array("user_ids") { json in for user in users { json.id(user) } }
      }
      if includesPresences { json.field("presences", true) }
      json.field("nonce", nonce)
    }
  }
}

/// One part of the answer, lent on the shard's loop like a frame.
package struct MemberChunk: ~Copyable {
  package let guild: GuildID
  /// From zero.
  package let index: Int
  package let count: Int
  /// Member objects.
  package let members: JSONArrayView
  /// Presence objects, if they were asked for.
  package let presences: JSONArrayView?

  init(guild: GuildID, index: Int, count: Int, members: JSONArrayView, presences: JSONArrayView?) {
    (self.guild, self.index, self.count) = (guild, index, count)
    (self.members, self.presences) = (members, presences)
  }
}

/// What came of a request once all its chunks were there.
package struct MemberRequestSummary: Hashable, Sendable {
  package internal(set) var memberCount = 0
  package internal(set) var chunkCount = 0
  /// Ids that were asked for and are no members of the guild; at most 100.
  package internal(set) var notFound: [UserID] = []
}
