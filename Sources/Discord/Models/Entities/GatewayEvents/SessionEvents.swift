// Events about the session itself.

package import DiscordCore
package import JSON

/// READY: the session begins (https://discord.com/developers/docs/events/gateway-events#ready).
package struct ReadyEvent: Equatable, Sendable {
  package var version: Int
  package var user: User
  /// All the shard's guilds; each follows as GUILD_CREATE.
  package var guilds: [UnavailableGuild]
  package var sessionID: String
  /// Where to resume.
  package var resumeGatewayURL: String?
  /// Number of the shard and count of shards.
  package var shard: [Int]
  package var applicationID: ApplicationID?
  package var applicationFlags: ApplicationFlags
}

private enum ReadyEventField: Int, JSONFieldName {
  case version, user, guilds, sessionID, resumeGatewayURL, shard, applicationID
  static let keys = JSONKeys<ReadyEventField>(
    "v", "user", "guilds", "session_id", "resume_gateway_url", "shard", "application")
}

extension ReadyEvent: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(ReadyEventField.keys)
    version = fields.value(.version, default: 10)
    user = try fields.value(.user)
    guilds = fields.list(.guilds)
    sessionID = try fields.value(.sessionID)
    resumeGatewayURL = fields.optional(.resumeGatewayURL)
    shard = fields.list(.shard)
    applicationID = fields[.applicationID]?.object("id")
    applicationFlags = json["application"]?.object("flags") ?? []
  }
}

/// RATE_LIMITED: a request over the gateway was refused.
package struct RateLimitedEvent: Equatable, Sendable {
  package var opcode: Int
  /// Seconds.
  package var retryAfter: Double
  /// Of a request for members: which one it was.
  package var guildID: GuildID?
  package var nonce: String?
}

private enum RateLimitedEventField: Int, JSONFieldName {
  case opcode, retryAfter, guildID
  static let keys = JSONKeys<RateLimitedEventField>(
    "opcode", "retry_after", "meta")
}

extension RateLimitedEvent: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(RateLimitedEventField.keys)
    opcode = try fields.value(.opcode)
    retryAfter = fields.value(.retryAfter, default: 0)
    guildID = fields[.guildID]?.object("guild_id")
    nonce = json["meta"]?["nonce"]?.string
  }
}
