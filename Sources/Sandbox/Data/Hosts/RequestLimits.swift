// How many requests a minute the operator lets a plugin make (plugin-host contract, sections 15.1 and 17).

package import EventLoop
import SQL
import SandboxContract
package import Storage
import Synchronization
import Telemetry

/// The table of limits, in the platform's store.
enum RequestLimitSchema {
  static let owner = SchemaOwner(
    "sandbox_request_limit",
    migrations: [
      Migration(
        1,
        [
          """
          CREATE TABLE sandbox_request_limit (
            plugin TEXT NOT NULL, per_minute BIGINT NOT NULL, changed_at BIGINT NOT NULL, PRIMARY KEY (plugin))
          """
        ])
    ],
    tables: [
      Table(
        "sandbox_request_limit",
        columns: [
          .init("plugin", .text), .init("per_minute", .integer), .init("changed_at", .integer),
        ], key: ["plugin"],
        data: TableData(
          "How many web requests a minute third-party plugins may make in each server, where the operator changed it",
          kept: .until("the operator puts it back, or the plugin is removed")))
    ])
}

/// The limits that the operator set, and the one that holds otherwise. Of a plugin that the operator offers alone: a zip that
/// a server brought gains nothing by a famous id, since whose code it is has another name (`GuestRelease.developer`).
///
/// What another process changes holds here within five seconds, what this one changes at once.
package final class RequestLimits: Sendable {
  /// Requests a minute, in each server, where nobody changed it; and what it may be changed to.
  package static let standard = 60
  package static let bounds = 1...1_000
  /// How long what was read is relied on.
  private static let age = Duration.seconds(5)

  private struct State {
    var limits: [String: Int] = [:]
    var readAt: Duration?
  }

  private let storage: Storage
  private let time: any TimeSource
  private let state = Mutex(State())
  private let log = Log(room: "sandbox")

  package init(storage: Storage, time: any TimeSource) { (self.storage, self.time) = (storage, time) }

  /// The limit in force. Looks into the store once in five seconds, whoever asks; when that fails, what was known holds on.
  package func perMinute(of developer: String) async -> Int {
    let now = time.uptime
    let isDue = state.withLock { state in
      if let readAt = state.readAt, now - readAt < Self.age { return false }
      // One looks; whoever comes meanwhile goes by what is known.
      state.readAt = now
      return true
    }
    if isDue { await refresh() }
    return state.withLock { $0.limits[developer] } ?? Self.standard
  }

  /// What the operator set; nil where nothing is set.
  ///
  /// - Throws: what the store throws.
  package func stored(of developer: String) async throws -> Int? {
    try await storage.platform.rows(
      "SELECT per_minute FROM sandbox_request_limit WHERE plugin = \(developer)"
    ).first.map { try $0.get(0, as: Int.self) }
  }

  /// Sets a limit; nil puts it back to what every plugin has.
  ///
  /// - Throws: `RPCError` for a number out of `bounds`; what the store throws.
  package func set(_ perMinute: Int?, of developer: String) async throws {
    guard let perMinute else { return try await erase(developer) }
    guard Self.bounds.contains(perMinute) else {
      throw RPCError.invalid(
        "a limit is a number from \(Self.bounds.lowerBound) to \(Self.bounds.upperBound)")
    }
    try await storage.platform.execute(
      """
      INSERT INTO sandbox_request_limit (plugin, per_minute, changed_at)
      VALUES (\(developer), \(perMinute), \(time.now.milliseconds))
      ON CONFLICT (plugin) DO UPDATE SET per_minute = excluded.per_minute, changed_at = excluded.changed_at
      """)
    await refresh()
  }

  func erase(_ developer: String) async throws {
    try await storage.platform.execute("DELETE FROM sandbox_request_limit WHERE plugin = \(developer)")
    await refresh()
  }

  private func refresh() async {
    do {
      var limits: [String: Int] = [:]
      for row in try await storage.platform.rows("SELECT plugin, per_minute FROM sandbox_request_limit") {
        let limit = try row.get(1, as: Int.self)
        limits[try row.get(0)] = min(max(limit, Self.bounds.lowerBound), Self.bounds.upperBound)
      }
      let (read, now) = (limits, time.uptime)
      state.withLock { ($0.limits, $0.readAt) = (read, now) }
    } catch {
      log.warning("the limits of plugins cannot be read", ["error": .string("\(error)")])
    }
  }
}
