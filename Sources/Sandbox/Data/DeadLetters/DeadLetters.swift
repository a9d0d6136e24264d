// Events that were given up, kept for the people whose server it is.

package import DiscordCore
package import EventLoop
package import JSON
package import SandboxContract
package import Storage
import Synchronization
import Telemetry

/// An event that was given up, as it is kept.
package struct StoredDeadLetter: Hashable, Sendable {
  /// Rises with every letter of the plugin in the server.
  package let number: Int64
  /// When it was given up; what it is, what it holds, and how often it was tried.
  package let at: Timestamp
  package let type: String
  package let payload: JSONObject
  package let attempts: Int
}

/// Takes dead letters without waiting and writes them in a moment: at most 100 of a plugin in a server, for 14 days.
///
/// Each cost five processes, so that there are few; of many at once, those that find no room are not kept.
package final class DeadLetters: Sendable {
  /// How many wait to be written.
  private static let waitingLimit = 200

  private let storage: Storage
  private let time: any TimeSource
  private let wrote: @Sendable (GuildID) -> Void
  private let waiting = Mutex<[GuestDeadLetter]>([])
  private let gate = WriteGate()
  private let log = Log(room: "sandbox")

  /// `wrote` is told of each server that a letter was written of: pages that are open.
  package init(
    storage: Storage, time: any TimeSource, wrote: @escaping @Sendable (GuildID) -> Void = { _ in }
  ) {
    (self.storage, self.time, self.wrote) = (storage, time, wrote)
  }

  package func keep(_ letter: GuestDeadLetter) {
    waiting.withLock { if $0.count < Self.waitingLimit { $0.append(letter) } }
  }

  /// Writes every second until the task is cancelled, and once more then.
  package func run() async { await time.keepWriting(every: .seconds(1)) { await self.flush() } }

  /// Writes what waits, and returns when it, and what other calls took out, is written.
  package func flush() async {
    let ticket = gate.begin()
    let letters = waiting.withLock { waiting in
      defer { waiting = [] }
      return waiting
    }
    for letter in letters {
      do {
        try await DeadLetterStore(storage, guild: letter.delivery.guild).write(letter)
        wrote(letter.delivery.guild)
      } catch {
        // Whoever reads a page may have gone, and its task with it; then the letters are another flush's.
        keep(letter)
        guard !Task.isCancelled else { continue }
        log.warning(
          "a dead letter could not be written",
          ["plugin": .string(letter.delivery.plugin), "error": .string("\(error)")])
      }
    }
    gate.end(ticket)
    await gate.settled()
  }

  /// The letters of a plugin in a server, the newest first. What waits is written first.
  ///
  /// - Throws: what the store throws.
  package func all(of plugin: String, in guild: GuildID) async throws -> [StoredDeadLetter] {
    await flush()
    return try await DeadLetterStore(storage, guild: guild).all(of: plugin)
  }

  /// Takes a letter out, for one of those who ask at the same time.
  ///
  /// - Returns: the letter; nil when it is not there any more.
  /// - Throws: what the store throws.
  package func take(_ number: Int64, of plugin: String, in guild: GuildID) async throws -> StoredDeadLetter? {
    try await DeadLetterStore(storage, guild: guild).take(number, of: plugin)
  }

  /// Deletes a plugin's letters in a server, and drops those that wait.
  ///
  /// - Throws: what the store throws.
  package func erase(_ plugin: String, in guild: GuildID) async throws {
    waiting.withLock { waiting in
      waiting.removeAll { $0.delivery.plugin == plugin && $0.delivery.guild == guild }
    }
    await gate.settled()
    try await DeadLetterStore(storage, guild: guild).erase(plugin)
  }
}
