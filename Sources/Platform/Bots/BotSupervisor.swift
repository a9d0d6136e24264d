// Runs all registered bots as they are wanted.

package import Bus
package import DiscordBot
package import DiscordCore
package import EventLoop
package import PlatformTenancy
package import Storage
import Synchronization
import Telemetry

/// Starts, watches and stops the bots of the registry, decides who serves which guild, and writes down where they are.
///
///     let supervisor = BotSupervisor(registry: …, equip: { registration in BotEquipment(routing: commands) })
///     try await supervisor.run()
///
/// One per installation: two processes that run the same bot would both receive its events.
package final class BotSupervisor: Sendable {
  private let registry: BotRegistry
  private let directory: GuildDirectory
  private let serving: Serving
  private let watcher: GuildWatcher
  private let bus: any Bus
  private let time: any TimeSource
  private let house: BotKeeper.House
  private let keepers = Mutex<[UserID: BotKeeper]>([:])
  private let bell = Doorbell()
  private let log = Log(room: "bots")
  /// How long until a store that failed is asked again.
  private static let pause = Duration.seconds(2)

  /// The bots live in `fleet`, their sessions in `store`. `equip` says what a bot is run with and is asked before each
  /// start; `random` gives numbers from 0 up to 1; `onChange` hears of each change of a bot's state and must not block.
  package init(
    registry: BotRegistry, directory: GuildDirectory, serving: Serving, fleet: BotFleet,
    store: PlatformStore, bus: any Bus, time: any TimeSource = SystemTime(),
    rule: BotSupervision.Rule = BotSupervision.Rule(),
    random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) },
    equip: @escaping @Sendable (BotRegistration) -> BotEquipment,
    onChange: @escaping @Sendable (BotStatus) -> Void = { _ in }
  ) {
    (self.registry, self.directory, self.serving) = (registry, directory, serving)
    (self.bus, self.time) = (bus, time)
    let watcher = GuildWatcher(directory, time: time) { serving.notePresence($0, in: $1, $2) }
    self.watcher = watcher
    house = BotKeeper.House(
      registry: registry, fleet: fleet, store: store, serving: serving, time: time, random: random,
      rule: rule, equip: equip, watch: { watcher.watch($0) }, onChange: onChange)
  }

  /// How all registered bots are doing, in the order of their ids.
  package var statuses: [BotStatus] {
    keepers.withLock { Array($0.values) }.map(\.status).sorted { $0.bot < $1.bot }
  }

  /// How a bot is doing; nil for one that is not registered.
  package func status(of bot: UserID) -> BotStatus? { keepers.withLock { $0[bot] }?.status }

  /// Runs the bots until the task is cancelled; then stops them, their sessions kept for the next process.
  ///
  /// - Throws: what keeps it from beginning: the store, or the bus.
  package func run() async throws {
    let notices = try await bus.subscribe(to: [BotRegistry.topic], buffer: 256)
    try await serving.load()
    try await withThrowingDiscardingTaskGroup { group in
      group.addTask { try await self.serving.run() }
      group.addTask { await self.watcher.run() }
      group.addTask { for await _ in notices { self.bell.ring() } }
      while !Task.isCancelled {
        do {
          for keeper in try await newKeepers() {
            group.addTask { await self.keep(keeper.bot, keeper.keeper) }
          }
          await bell.wait()
        } catch {
          if Task.isCancelled { break }
          log.error("the bots' registrations cannot be read", ["error": .string("\(error)")])
          await bell.wait(atMost: Self.pause, by: time)
        }
      }
      group.cancelAll()
    }
  }

  /// Tells the keepers what is registered, and makes those that are missing.
  private func newKeepers() async throws -> [(bot: UserID, keeper: BotKeeper)] {
    let registrations = try await registry.registrations()
    let present = Dictionary(uniqueKeysWithValues: registrations.map { ($0.bot, $0) })
    return keepers.withLock { keepers in
      for (bot, keeper) in keepers { keeper.update(present[bot]) }
      return registrations.filter { keepers[$0.bot] == nil }.map { registration in
        let keeper = BotKeeper(registration, house)
        keepers[registration.bot] = keeper
        return (registration.bot, keeper)
      }
    }
  }

  private func keep(_ bot: UserID, _ keeper: BotKeeper) async {
    await keeper.run()
    keepers.withLock { _ = $0.removeValue(forKey: bot) }
    guard !Task.isCancelled else { return }
    // It was removed. What it told of its guilds before it stopped is written first, and then undone.
    await watcher.flush()
    do {
      try await directory.forget(bot, at: time.now)
    } catch {
      log.error("where a removed bot was could not be written", ["error": .string("\(error)")])
    }
    // It may have been registered again in the meantime.
    bell.ring()
  }
}
