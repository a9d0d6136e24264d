// An event as it lies in a lane: bytes that any process can read.

import DiscordCore
import DiscordGateway
import EventLoop
package import PlatformPlugins

/// Writes events and reads them back. Little-endian numbers and counted texts in front of Discord's own JSON, which is
/// not touched: events are many, and most of each is that JSON.
package enum EventEnvelope {
  private static let version: UInt8 = 1

  /// The bytes of an event.
  package static func encode(_ event: GuildEvent) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(event.json.count + 128)
    bytes.append(version)
    bytes.append(event.bot.rawValue)
    bytes.append(event.guild.rawValue)
    bytes.append(UInt64(bitPattern: event.receivedAt.milliseconds))
    bytes.append(text: event.key)
    bytes.append(text: event.name.description)
    let roles = event.priorRoles
    // One more than there are: zero says that nobody knew.
    bytes.append(UInt64(roles.map { $0.count + 1 } ?? 0))
    for role in roles ?? [] { bytes.append(role.rawValue) }
    bytes += event.json
    return bytes
  }

  /// The event of such bytes; nil for anything else.
  package static func decode(_ bytes: [UInt8]) -> GuildEvent? {
    var reader = Reader(bytes: bytes)
    guard reader.byte() == version, let bot = reader.number(), let guild = reader.number(),
      let receivedAt = reader.number(), let key = reader.text(), let name = reader.text(),
      let count = reader.number(), count <= 1_001
    else { return nil }
    var roles: [RoleID]?
    if count > 0 {
      var read: [RoleID] = []
      for _ in 1..<count {
        guard let role = reader.number() else { return nil }
        read.append(RoleID(role))
      }
      roles = read
    }
    return GuildEvent(
      name: GatewayEventName(name), guild: GuildID(guild), bot: UserID(bot), key: key,
      receivedAt: Timestamp(milliseconds: Int64(bitPattern: receivedAt)), priorRoles: roles,
      json: Array(bytes[reader.position...]))
  }

  private struct Reader {
    let bytes: [UInt8]
    var position = 0

    mutating func byte() -> UInt8? {
      guard position < bytes.count else { return nil }
      defer { position += 1 }
      return bytes[position]
    }

    mutating func number() -> UInt64? {
      guard position + 8 <= bytes.count else { return nil }
      var number: UInt64 = 0
      for offset in 0..<8 { number |= UInt64(bytes[position + offset]) << UInt64(8 * offset) }
      position += 8
      return number
    }

    mutating func text() -> String? {
      guard let count = byte(), position + Int(count) <= bytes.count else { return nil }
      defer { position += Int(count) }
      return String(decoding: bytes[position..<position + Int(count)], as: UTF8.self)
    }
  }
}

extension [UInt8] {
  fileprivate mutating func append(_ number: UInt64) {
    for offset in 0..<8 { append(UInt8(truncatingIfNeeded: number >> UInt64(8 * offset))) }
  }

  fileprivate mutating func append(text: String) {
    let utf8 = text.utf8.prefix(255)
    append(UInt8(utf8.count))
    self += utf8
  }
}
