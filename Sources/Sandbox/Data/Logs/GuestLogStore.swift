// What happened around plugins, kept for the people whose server it is.

package import DiscordCore
package import EventLoop
package import SandboxContract
package import Storage
import Synchronization
import Telemetry

/// A line and its place in the plugin's log.
package struct StoredLogLine: Hashable, Sendable {
  /// Rises with every line of the plugin in the server: the cursor of pages.
  package let number: Int64
  package let line: GuestLogLine
}

/// Takes lines without waiting and writes them in batches, without values of secrets: each server's into its store, those
/// of no server into the platform's. At most 5,000 lines of a plugin are kept in a server, for 14 days.
///
/// Lines are cut to the contract's limits after they were masked, so that no cut leaves half a secret. A line whose values
/// cannot be looked up is not written, and waits like all that cannot be. Two of one second may be written in another order than those of another plugin.
package final class GuestLogStore: Sendable {
  private let storage: Storage
  private let time: any TimeSource
  private let mask: SecretMask
  private let wrote: @Sendable (GuildID) -> Void
  private let queue: Mutex<LogQueue>
  private let gate = WriteGate()
  private let log = Log(room: "sandbox")

  /// - Parameters:
  ///   - storage: where they are kept.
  ///   - time: paces writing, and says what a day is.
  ///   - mask: knows the secrets.
  ///   - placeLimit: how many lines of a plugin in a server wait for the next write.
  ///   - limit: how many lines wait, of all.
  ///   - wrote: is told of each server that lines were written of: pages that are open.
  package init(
    storage: Storage, time: any TimeSource, mask: SecretMask, placeLimit: Int = 1_000, limit: Int = 20_000,
    wrote: @escaping @Sendable (GuildID) -> Void = { _ in }
  ) {
    (self.storage, self.time, self.mask, self.wrote) = (storage, time, mask, wrote)
    queue = Mutex(LogQueue(placeLimit: placeLimit, limit: limit))
  }

  package func note(_ line: GuestLogLine) {
    // Bounds the queue in bytes; what people see is cut after masking.
    let line = LogLimits.roughly(line)
    queue.withLock { $0.note(line) }
  }

  /// Writes every second until the task is cancelled, and once more then. What is noted after that, `flush` writes.
  package func run() async { await time.keepWriting(every: .seconds(1)) { await self.flush() } }

  /// Writes what waits, and returns when it, and what other calls took out, is written.
  package func flush() async { await flush { _ in true } }

  /// As `flush()`, of some places only.
  private func flush(_ isWanted: @Sendable (LogQueue.Place) -> Bool) async {
    let ticket = gate.begin()
    let waiting = queue.withLock { $0.take(isWanted) }
    var guilds: Set<GuildID> = []
    for (place, waiting) in waiting {
      do {
        try await write(waiting, place)
        if let guild = place.guild { guilds.insert(guild) }
      } catch {
        // Whoever reads a page may have gone, and its task with it; then, too, the lines are another flush's.
        queue.withLock { $0.putBack(waiting, of: place) }
        guard !Task.isCancelled else { continue }
        log.warning(
          "lines of a plugin could not be written",
          [
            "plugin": .string(place.plugin), "count": .integer(Int64(waiting.lines.count)),
            "error": .string("\(error)"),
          ])
      }
    }
    gate.end(ticket)
    for guild in guilds { wrote(guild) }
    await gate.settled()
  }

  private func write(_ waiting: LogQueue.Waiting, _ place: LogQueue.Place) async throws {
    let secrets = try await mask.snapshot(of: place.plugin, in: place.guild)
    var lines = waiting.lines.map { LogLimits.finally($0, secrets) }
    if waiting.dropped > 0 {
      lines.append(
        GuestLogLine(
          at: time.now, guild: place.guild, plugin: place.plugin, source: .host, level: .warning,
          message: "\(waiting.dropped) lines were not kept: too many at once"))
    }
    try await LogStore(storage, guild: place.guild).write(lines, of: place.plugin)
  }

  // MARK: Reading

  /// Lines of a plugin in a server, or with nil of no server, newest first: at most `limit`, up to 500, of these levels, and
  /// with a smaller number than `before`, the last of the page before. What waits is written first. Throws what the store
  /// throws.
  package func newest(
    _ limit: Int = 100, of plugin: String, in guild: GuildID?,
    levels: Set<GuestLogLine.Level> = Set(GuestLogLine.Level.allCases), before: Int64? = nil
  ) async throws -> [StoredLogLine] {
    await flush { $0.plugin == plugin && $0.guild == guild }
    return try await LogStore(storage, guild: guild).newest(
      min(max(limit, 1), 500), of: plugin, levels: levels, before: before ?? .max)
  }

  /// How many errors each plugin had in a server, or outside of any, in the last day; a plugin that had none is not there.
  ///
  /// - Throws: what the store throws.
  package func errors(in guild: GuildID?) async throws -> [String: Int] {
    await flush { $0.guild == guild }
    return try await LogStore(storage, guild: guild).counts(.error, since: time.now - .seconds(86_400))
  }

  /// Deletes a plugin's lines in a server, or with nil those of no server, and drops those that wait.
  ///
  /// - Throws: what the store throws.
  package func erase(_ plugin: String, in guild: GuildID?) async throws {
    queue.withLock { $0.erase(LogQueue.Place(plugin: plugin, guild: guild)) }
    await gate.settled()
    try await LogStore(storage, guild: guild).erase(plugin)
  }
}
