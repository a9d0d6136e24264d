// The payloads that a client sends, as bytes.

internal import DiscordCore
internal import JSON
internal import Vault

/// Writes payloads (https://discord.com/developers/docs/events/gateway-events#payload-structure).
enum GatewayPayload {
  static func heartbeat(_ sequence: Int64?) -> [UInt8] {
    // By hand: it is sent for every idle bot.
    Array("{\"op\":1,\"d\":\(sequence.map(String.init) ?? "null")}".utf8)
  }

  /// - Throws: `.invalidPayload` when something in it cannot be written.
  static func identify(
    _ configuration: ShardConfiguration, intents: Intents, shard: ShardID, presence: PresenceUpdate?
  ) throws(GatewayError) -> [UInt8] {
    try payload(2) { json in
      json.object { json in
        json.field("token", configuration.token.text)
        json.field("intents", intents.rawValue)
        json.object("properties") { json in
          json.field("os", "linux")
          json.field("browser", "guildhall")
          json.field("device", "guildhall")
        }
        json.field("large_threshold", min(max(configuration.largeThreshold, 50), 250))
        json.array("shard") { json in
          json.integer(shard.index)
          json.integer(shard.count)
        }
        if let presence {
          json.key("presence")
          presence.write(to: &json)
        }
      }
    }
  }

  /// - Throws: as `identify`.
  static func resume(_ configuration: ShardConfiguration, id: String, sequence: Int64) throws(GatewayError)
    -> [UInt8]
  {
    try payload(6) { json in
      json.object { json in
        json.field("token", configuration.token.text)
        json.field("session_id", id)
        json.field("seq", sequence)
      }
    }
  }

  static func presence(_ update: PresenceUpdate) throws(GatewayError) -> [UInt8] {
    try payload(3) { update.write(to: &$0) }
  }

  static func voiceState(_ update: VoiceStateUpdate) throws(GatewayError) -> [UInt8] {
    try payload(4) { update.write(to: &$0) }
  }

  static func members(_ request: MemberRequest, nonce: String) throws(GatewayError) -> [UInt8] {
    try payload(8) { request.write(to: &$0, nonce: nonce) }
  }

  static func soundboardSounds(_ guilds: [GuildID]) throws(GatewayError) -> [UInt8] {
    try payload(31) { json in
      json.object { json in
        json.array("guild_ids") { json in for guild in guilds { json.id(guild) } }
      }
    }
  }

  static func channelInfo(_ guild: GuildID, fields: [ChannelInfoField]) throws(GatewayError) -> [UInt8] {
    try payload(43) { json in
      json.object { json in
        json.field("guild_id", guild)
        json.array("fields") { json in for field in fields { json.string(field.rawValue) } }
      }
    }
  }

  private static func payload(_ opcode: Int, _ data: (inout JSONWriter) -> Void) throws(GatewayError)
    -> [UInt8]
  {
    var json = JSONWriter()
    json.object { json in
      json.field("op", opcode)
      json.key("d")
      data(&json)
    }
    do throws(JSONError) {
      return try json.finish()
    } catch {
      throw .invalid("a value that JSON cannot carry")
    }
  }
}

extension Secret {
  /// The token as the wire needs it. The copy lives as long as the payload.
  fileprivate var text: String {
    withBytes { bytes in bytes.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) } }
  }
}
