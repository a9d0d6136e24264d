// What a client may send, read and checked.

internal import DiscordCore
internal import JSON
internal import SimulatorWorld

/// The opcodes of gateway v10 that this server sends or takes.
enum GatewayOpcode {
  static let dispatch: Int64 = 0
  static let heartbeat: Int64 = 1
  static let identify: Int64 = 2
  static let presenceUpdate: Int64 = 3
  static let voiceStateUpdate: Int64 = 4
  static let resume: Int64 = 6
  static let reconnect: Int64 = 7
  static let requestGuildMembers: Int64 = 8
  static let invalidSession: Int64 = 9
  static let hello: Int64 = 10
  static let heartbeatAcknowledge: Int64 = 11
  static let requestSoundboardSounds: Int64 = 31
  static let requestChannelInfo: Int64 = 43
}

/// The codes with which Discord closes a gateway connection, and what it says.
struct GatewayClose: Hashable, Sendable {
  var code: UInt16
  var reason: String

  static let unknownError = GatewayClose(code: 4000, reason: "Unknown error.")
  static let unknownOpcode = GatewayClose(code: 4001, reason: "Unknown opcode.")
  static let decodeError = GatewayClose(code: 4002, reason: "Error while decoding payload.")
  static let notAuthenticated = GatewayClose(code: 4003, reason: "Not authenticated.")
  static let authenticationFailed = GatewayClose(code: 4004, reason: "Authentication failed.")
  static let alreadyAuthenticated = GatewayClose(code: 4005, reason: "Already authenticated.")
  static let invalidSequence = GatewayClose(code: 4007, reason: "Invalid seq.")
  static let rateLimited = GatewayClose(code: 4008, reason: "You are being rate limited.")
  static let sessionTimedOut = GatewayClose(code: 4009, reason: "Session timed out.")
  static let invalidShard = GatewayClose(code: 4010, reason: "Invalid shard.")
  static let shardingRequired = GatewayClose(code: 4011, reason: "Sharding required.")
  static let invalidVersion = GatewayClose(code: 4012, reason: "Invalid API version.")
  static let invalidIntents = GatewayClose(code: 4013, reason: "Invalid intent(s).")
  static let disallowedIntents = GatewayClose(code: 4014, reason: "Disallowed intent(s).")
}

/// Op 2.
struct GatewayIdentify: Sendable, Equatable {
  var token: String
  var intents: EventIntents
  var shard: Int
  var shardCount: Int
  /// Whether large payloads come deflated one by one.
  var compress: Bool
  var largeThreshold: Int
  var presence: JSONValue?

  /// - Throws: the close that a payload of that form deserves.
  init(_ data: JSONValue) throws(GatewayClose) {
    guard let token = data["token"]?.string, data["properties"]?.object != nil else {
      throw .decodeError
    }
    self.token = token
    // People's sessions have no intents: they hear what their owner may see.
    let isPerson = token.hasPrefix("user.")
    guard let raw = data["intents"]?.int64 ?? (isPerson ? 0 : nil), let bits = UInt32(exactly: raw),
      EventIntents.all.isSuperset(of: EventIntents(rawValue: bits))
    else { throw .invalidIntents }
    intents = isPerson ? .all : EventIntents(rawValue: bits)
    (shard, shardCount) = (0, 1)
    if let pair = data["shard"], !pair.isNull {
      guard let numbers = pair.array?.map(\.int64), numbers.count == 2, let id = numbers[0],
        let count = numbers[1],
        count >= 1, count <= 1 << 20, id >= 0, id < count
      else { throw .invalidShard }
      (shard, shardCount) = (Int(id), Int(count))
    }
    compress = data["compress"]?.bool ?? false
    largeThreshold = Int(min(max(data["large_threshold"]?.int64 ?? 50, 50), 250))
    if let given = data["presence"], !given.isNull { presence = given }
  }
}

extension GatewayClose: Error {}

/// Op 6.
struct GatewayResume: Sendable, Equatable {
  var token: String
  var session: String
  var sequence: Int64

  /// - Throws: `.decodeError`.
  init(_ data: JSONValue) throws(GatewayClose) {
    guard let token = data["token"]?.string, let session = data["session_id"]?.string,
      let sequence = data["seq"]?.int64 ?? (data["seq"]?.isNull == true ? 0 : nil)
    else { throw .decodeError }
    (self.token, self.session, self.sequence) = (token, session, sequence)
  }
}

/// Op 8.
struct GatewayMemberRequest: Sendable, Equatable {
  var guild: GuildID
  var query: String?
  var limit: Int
  var presences: Bool
  var users: [UserID]?
  var nonce: String?

  /// Whether all members are asked for, which is limited to once in 30 s and guild.
  var isForEveryone: Bool { users == nil && query == "" && limit == 0 }

  /// - Throws: `.decodeError`.
  init(_ data: JSONValue) throws(GatewayClose) {
    // A list of one guild was allowed once, and clients still send it.
    let guild = data["guild_id"]?.array?.first ?? data["guild_id"]
    guard let id = guild?.snowflake else { throw .decodeError }
    self.guild = GuildID(id)
    query = data["query"]?.string
    limit = Int(max(0, data["limit"]?.int64 ?? 0))
    presences = data["presences"]?.bool ?? false
    if let ids = data["user_ids"], !ids.isNull {
      users = (ids.array ?? [ids]).compactMap { $0.snowflake.map { UserID($0) } }.prefix(100).map(\.self)
    }
    guard query != nil || users != nil else { throw .decodeError }
    // Longer ones are ignored.
    nonce = data["nonce"]?.string.flatMap { $0.utf8.count <= 32 ? $0 : nil }
  }
}
