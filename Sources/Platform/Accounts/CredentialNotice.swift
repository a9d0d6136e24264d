// What processes tell each other about sessions and API tokens that ended.

import Bus
import DiscordCore
import Storage
import Telemetry

/// Whose credentials are to be forgotten.
enum CredentialNotice: Hashable, Sendable {
  /// One, by its public id.
  case one(String)
  /// All of a person.
  case user(UserID)
  /// All of a guild.
  case guild(Tenant)

  /// Nil for a payload of a form that this version does not know.
  init?(_ payload: [UInt8]) {
    let parts = String(decoding: payload, as: UTF8.self).split(
      separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else { return nil }
    switch parts[0] {
    case "one": self = .one(String(parts[1]))
    case "user":
      guard let id = UInt64(parts[1]) else { return nil }
      self = .user(UserID(id))
    case "guild":
      guard let id = Int64(parts[1]) else { return nil }
      self = .guild(Tenant(id))
    default: return nil
    }
  }

  private var payload: [UInt8] {
    switch self {
    case .one(let id): Array("one:\(id)".utf8)
    case .user(let user): Array("user:\(user)".utf8)
    case .guild(let guild): Array("guild:\(guild)".utf8)
    }
  }

  /// Tells every process. What could not be told holds there within a minute, when they read anew; telling the caller
  /// that the change failed would be wrong, because it is stored.
  func publish(to topic: String, on bus: any Bus, _ log: Log) async {
    do {
      try await bus.publish(payload, to: topic)
    } catch {
      log.error("a revocation could not be announced", ["error": .string("\(error)")])
    }
  }
}
