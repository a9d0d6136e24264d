// Erasing a guild: its data, and what rooms keep of it beside the tables.

import EventLoop
import PlatformBots
import PlatformConfiguration
import PlatformData
import PlatformDispatch
import PlatformSchedule
import PlatformTenancy
import Sandbox
import Storage
import Synchronization

/// Erases guilds in every room: for the timer of those that left, and for whoever asks for it.
final class GuildErasing: Sendable {
  private let storage: Storage
  private let schedule: Schedule
  private let registry: BotRegistry
  private let configurations: Configuration
  private let sandbox: Sandbox
  private let time: any TimeSource
  /// Made after this: the dispatcher has the timer that erases.
  private let dispatcher = Mutex<Dispatcher?>(nil)

  init(
    storage: Storage, schedule: Schedule, registry: BotRegistry, configurations: Configuration,
    sandbox: Sandbox, time: any TimeSource
  ) {
    (self.storage, self.schedule, self.registry) = (storage, schedule, registry)
    (self.configurations, self.sandbox, self.time) = (configurations, sandbox, time)
  }

  func set(_ new: Dispatcher) { dispatcher.withLock { $0 = new } }

  func erase(_ guild: Tenant) async throws -> ErasureReport {
    try await sandbox.erase(guild.guild)
    let report = try await Erasure(storage, time: time).guild(guild)
    try await sandbox.erased(guild.guild)
    try await schedule.cancelAll(of: guild)
    try await registry.erase(guild)
    await configurations.forget(guild)
    dispatcher.withLock { $0 }?.forget(guild.guild)
    return report
  }
}
