// `ephemeral.*`: what a plugin keeps for a moment, in memory (plugin-host contract, section 10.4).

package import DiscordCore
package import EventLoop
package import JSON
package import SandboxContract
import Synchronization

/// The methods of `ephemeral.*`. All of it is lost at a restart, and some of it at the bounds.
package final class EphemeralMethods: GuestMethods {
  private static let keyLength = 256
  private static let seconds = 1.0...86_400.0

  private let time: any TimeSource
  private let table: Mutex<EphemeralTable>

  /// - Parameters:
  ///   - time: whose uptime ends things.
  ///   - tenantLimit: how many entries a plugin has in a server; a busy counter is as many as 21.
  ///   - limit: how many there are of all.
  package init(time: any TimeSource, tenantLimit: Int = 10_000, limit: Int = 200_000) {
    self.time = time
    table = Mutex(EphemeralTable(tenantLimit: tenantLimit, limit: limit))
  }

  package let names = [
    "ephemeral.counter", "ephemeral.cooldown_set", "ephemeral.cooldown_check", "ephemeral.dedup",
    "ephemeral.flag_set", "ephemeral.flag_check",
  ]

  package func answer(_ call: GuestCall) async throws -> JSONValue {
    let key = try call.text("key", 1...Self.keyLength)
    let tenant = EphemeralTable.Tenant(plugin: call.plugin, guild: call.guild)
    let now = time.uptime
    switch call.method {
    case "ephemeral.counter":
      let window = try Self.span("window_seconds", call)
      return ["count": .integer(Int64(table.withLock { $0.count(key, of: tenant, at: now, window: window) }))]
    case "ephemeral.cooldown_set":
      let end = now + (try Self.span("ttl_seconds", call))
      table.withLock { $0.set(key, in: .cooldown, of: tenant, at: now, until: end) }
      return ["ok": true]
    case "ephemeral.cooldown_check":
      let rest = table.withLock { $0.remaining(key, in: .cooldown, of: tenant, at: now) }
      return [
        "active": .bool(rest != nil),
        "remaining_seconds": .double(Double((rest ?? .zero).wholeMilliseconds) / 1_000),
      ]
    case "ephemeral.dedup":
      let end = now + (try Self.span("ttl_seconds", call))
      let isNew = table.withLock { table in
        guard table.remaining(key, in: .seen, of: tenant, at: now) == nil else { return false }
        table.set(key, in: .seen, of: tenant, at: now, until: end)
        return true
      }
      return ["is_new": .bool(isNew)]
    case "ephemeral.flag_set":
      let end = now + (try Self.span("ttl_seconds", call))
      table.withLock { $0.set(key, in: .flag, of: tenant, at: now, until: end) }
      return ["ok": true]
    case "ephemeral.flag_check":
      let isSet = table.withLock { $0.remaining(key, in: .flag, of: tenant, at: now) != nil }
      return ["active": .bool(isSet)]
    default: throw RPCError(.unknownMethod, "unknown method: \(call.method)")
    }
  }

  package func erase(_ plugin: String, in guild: GuildID) async throws {
    table.withLock { $0.forget(EphemeralTable.Tenant(plugin: plugin, guild: guild)) }
  }

  /// How many units are held, of all plugins in all servers.
  package var weight: Int { table.withLock { $0.weight } }

  private static func span(_ name: String, _ call: GuestCall) throws(RPCError) -> Duration {
    guard let seconds = call.params[name]?.double, Self.seconds.contains(seconds) else {
      throw .invalid("\(name) must be a number from 1 to 86400")
    }
    return .milliseconds(Int64((seconds * 1_000).rounded()))
  }
}
