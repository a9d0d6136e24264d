// Guilds that came, changed hands, or were set differently: brought in order one after another.

import Bus
import DiscordBot
import DiscordCore
import EventLoop
import PlatformBots
import PlatformDispatch
import PlatformPlugins
import Storage
import Synchronization
import Telemetry

/// Settles guilds: recurring timers, commands at Discord, what plugins make good. A guild that is named several times
/// before its turn is settled once; one that cannot be settled now has its turn again later, some times.
final class GuildSettler: Sendable {
  private struct State {
    var waiting = FirstInFirstOut<GuildID>()
    var known: Set<GuildID> = []
    /// Guilds that failed: how often in a row, and when they are next.
    var failed: [GuildID: (times: Int, due: Duration)] = [:]
  }

  private let state = Mutex(State())
  private let bell = Doorbell()
  private let time: any TimeSource
  private let log = Log(room: "settling")
  /// Guilds at a time: a bot that comes up with thousands of them asks Discord for nothing in a hurry.
  private static let atOnce = 4
  /// After so many attempts a guild is left until it is named again.
  static let attempts = 6
  /// The pause after a first failure; four times as long after each further one.
  static let firstPause = Duration.seconds(2)

  init(time: any TimeSource) { self.time = time }

  /// Names a guild. From any thread.
  func add(_ guild: GuildID) {
    state.withLock { state in
      state.failed[guild] = nil
      if state.known.insert(guild).inserted { state.waiting.append(guild) }
    }
    bell.ring()
  }

  /// Settles until the task is cancelled.
  func run(_ dispatcher: Dispatcher, fleet: BotFleet) async {
    await run { guild in
      try await dispatcher.settle(guild)
      try await self.withdraw(guild, dispatcher, fleet)
    }
  }

  /// The same with another way to settle a guild.
  func run(settle: @escaping @Sendable (GuildID) async throws -> Void) async {
    await withDiscardingTaskGroup { group in
      for _ in 0..<Self.atOnce {
        group.addTask { await self.work(settle) }
      }
    }
  }

  private func work(_ settle: @Sendable (GuildID) async throws -> Void) async {
    while !Task.isCancelled {
      guard let guild = next() else {
        await bell.wait(atMost: .seconds(1), by: time)
        continue
      }
      do {
        try await settle(guild)
        settled(guild)
      } catch is CancellationError {
        return
      } catch {
        failed(guild, error)
      }
    }
  }

  // Not inlined into the async function, in which the compiler would take what a `Mutex` is locked with before an `await`
  // after which the function may be on another thread.
  @inline(never)
  private func next() -> GuildID? {
    let now = time.uptime
    return state.withLock { state in
      // Those that failed come after those that were not tried yet.
      if state.waiting.isEmpty {
        for (guild, failure) in state.failed where failure.due <= now {
          state.failed[guild]?.due = .seconds(Int64.max)
          state.known.insert(guild)
          state.waiting.append(guild)
        }
      }
      guard let guild = state.waiting.popFirst() else { return nil }
      state.known.remove(guild)
      return guild
    }
  }

  @inline(never)
  private func settled(_ guild: GuildID) {
    state.withLock { _ = $0.failed.removeValue(forKey: guild) }
  }

  @inline(never)
  private func failed(_ guild: GuildID, _ error: any Error) {
    let now = time.uptime
    let isGivenUp = state.withLock { state in
      let times = (state.failed[guild]?.times ?? 0) + 1
      guard times < Self.attempts else {
        state.failed[guild] = nil
        return true
      }
      state.failed[guild] = (times, now + Self.firstPause * (1 << (2 * (times - 1))))
      return false
    }
    log.warning(
      isGivenUp ? "a guild is not settled, and left until it comes again" : "a guild is not settled yet",
      ["guild": .string("\(guild)"), "error": .string("\(error)")])
  }

  /// Commands of the bots that do not serve the guild go away: nobody would answer them.
  private func withdraw(_ guild: GuildID, _ dispatcher: Dispatcher, _ fleet: BotFleet) async throws {
    for bot in fleet.bots where bot.cache.guild(guild) != nil {
      guard !dispatcher.bots.serves(bot.id, in: guild, at: nil) else { continue }
      try await CommandRegistrar(dispatcher).withdraw(guild, of: bot)
    }
  }
}
