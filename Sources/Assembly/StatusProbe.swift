// Looks every half minute how the parts of the installation are, and tells the status board.

import Bus
import Dashboard
import DiscordBot
import DiscordCore
import EventLoop
import PlatformBots
import PlatformSite
import SQL
import Storage
import Synchronization

/// The eyes of the status page. Each process looks at what its roles let it see.
final class StatusProbe: Sendable {
  static let interval = Duration.seconds(30)
  /// How long a part may take to answer before it counts as down, and before it counts as impaired.
  private static let patience = Duration.seconds(5)
  private static let slow = Duration.seconds(1)

  private let board: StatusBoard
  private let storage: Storage
  private let bus: any Bus
  private let registry: BotRegistry
  private let supervisor: BotSupervisor
  private let roles: HouseRoles
  private let time: any TimeSource
  /// The shared bot, as it was registered last: the store may be what is down.
  private let shared = Mutex<UserID?>(nil)

  init(
    _ board: StatusBoard, storage: Storage, bus: any Bus, registry: BotRegistry, supervisor: BotSupervisor,
    roles: HouseRoles, time: any TimeSource
  ) {
    (self.board, self.storage, self.bus, self.registry) = (board, storage, bus, registry)
    (self.supervisor, self.roles, self.time) = (supervisor, roles, time)
  }

  /// Looks until the task is cancelled.
  func run() async {
    while !Task.isCancelled {
      await look()
      do { try await time.sleep(for: Self.interval) } catch { return }
    }
  }

  /// Looks once, at everything.
  func look() async {
    if roles.contains(.web) { await board.report(.web, .operational, at: time.now) }
    let storage = storage
    await report(.storage) { _ = try await storage.platform.rows("SELECT 1") }
    let bus = bus
    // There and back.
    await report(.bus) { _ = try await bus.add(1, to: "status.probe", lifetime: .seconds(60)) }
    if roles.contains(.gateway) { await lookAtBots() }
  }

  private func report(
    _ component: StatusComponent, _ attempt: @escaping @Sendable () async throws -> Void
  ) async {
    let begun = time.uptime
    let isDone = await Deadline.within(Self.patience, by: time) { try await attempt() } != nil
    guard !Task.isCancelled else { return }
    let state: ComponentState = !isDone ? .down : time.uptime - begun > Self.slow ? .degraded : .operational
    await board.report(component, state, at: time.now)
  }

  private func lookAtBots() async {
    let registry = registry
    let registrations = await Deadline.within(Self.patience, by: time) { try await registry.registrations() }
    if let registrations {
      shared.withLock { $0 = registrations.first { $0.kind == .shared && $0.wanted == .running }?.bot }
    }
    let view = BotsView(supervisor.statuses, shared: shared.withLock { $0 })
    if let state = view.bots { await board.report(.bot, state, at: time.now) }
    if let state = view.discord { await board.report(.discord, state, at: time.now) }
  }
}

/// What the states of bots say about the installation, and about Discord.
struct BotsView {
  private let statuses: [BotStatus]
  private let shared: UserID?

  /// `shared` is the bot the operator answers for; nil without one.
  init(_ statuses: [BotStatus], shared: UserID?) { (self.statuses, self.shared) = (statuses, shared) }

  /// How bots are; nil without any. The shared bot decides: a bot that an owner brought may have been given a wrong
  /// token, and that is no trouble of the installation's. Without a shared one, all owners' bots together would be.
  var bots: ComponentState? {
    if let shared { return statuses.first { $0.bot == shared }.map { Self.state($0.state) } ?? .down }
    let states = statuses.map { Self.state($0.state) }
    guard !states.isEmpty else { return nil }
    return states.contains(.operational) ? .operational : states.contains(.degraded) ? .degraded : .down
  }

  /// How Discord answers; nil when no bot can tell.
  var discord: ComponentState? {
    var isReached = false
    var isMissed = false
    for status in statuses {
      switch status.state {
      case .online: isReached = true
      case .degraded(let troubles):
        let isAway = troubles.contains { if case .unreachable = $0 { true } else { false } }
        if isAway { isMissed = true } else { isReached = true }
      case .stopped, .starting, .crashed: break
      }
    }
    guard isReached || isMissed else { return nil }
    return !isMissed ? .operational : isReached ? .degraded : .down
  }

  private static func state(_ state: BotState) -> ComponentState {
    switch state {
    case .online: .operational
    case .starting, .degraded: .degraded
    case .stopped, .crashed: .down
    }
  }
}
