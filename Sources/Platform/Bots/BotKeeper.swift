// Keeps one registered bot as it is wanted.

import DiscordBot
import DiscordCore
import DiscordModels
import EventLoop
import PlatformText
import Storage
import Synchronization
import Telemetry
import Vault

/// Runs one bot: starts it, watches it, starts it anew, stops it. `run` returns when the bot is registered no longer.
final class BotKeeper: Sendable {
  /// What all keepers share.
  struct House: Sendable {
    let registry: BotRegistry
    let fleet: BotFleet
    let store: PlatformStore
    let serving: Serving
    let time: any TimeSource
    let random: @Sendable () -> Double
    let rule: BotSupervision.Rule
    let equip: @Sendable (BotRegistration) -> BotEquipment
    let watch: @Sendable (Bot) -> any Sendable
    let onChange: @Sendable (BotStatus) -> Void
  }

  private struct State {
    var registration: BotRegistration?
    var supervision: BotSupervision
    var status: BotStatus

    var wish: BotSupervision.Wish? {
      registration.map {
        BotSupervision.Wish(
          isRunning: $0.wanted == .running, generation: $0.generation, restarts: $0.restarts)
      }
    }
  }

  private let bot: UserID
  private let house: House
  private let state: Mutex<State>
  private let bell = Doorbell()
  private let log = Log(room: "bots")

  init(_ registration: BotRegistration, _ house: House) {
    (bot, self.house) = (registration.bot, house)
    state = Mutex(
      State(
        registration: registration, supervision: BotSupervision(rule: house.rule),
        status: BotStatus(
          bot: registration.bot, state: .stopped, since: house.time.now, crashes: 0, nextStart: nil)))
  }

  var status: BotStatus { state.withLock { $0.status } }

  /// What is registered now; nil when it is removed.
  func update(_ registration: BotRegistration?) {
    state.withLock { $0.registration = registration }
    bell.ring()
  }

  func run() async {
    while !Task.isCancelled {
      switch step() {
      case .start: await live()
      case .stop: break
      case .wait(let until):
        guard state.withLock({ $0.registration != nil }) else { return }
        await wait(until: until)
      }
    }
  }

  // MARK: One life after another

  /// Starts the bot and stays with it until it is to be stopped.
  private func live() async {
    var isToStart = true
    while isToStart, !Task.isCancelled {
      isToStart = false
      guard let (running, attachments) = await make() else { return }
      await withDiscardingTaskGroup { group in
        group.addTask {
          for await state in running.states() { await self.hear(state, of: running) }
        }
        do throws(BotCrash) {
          try await running.start()
        } catch {
          log.notice(
            "a bot did not start", ["bot": .string("\(bot)"), "reason": .string(error.sentence.key)])
          await hear(running.state, of: running)
        }
        isToStart = await stay()
        group.cancelAll()
      }
      await stop()
      withExtendedLifetime(attachments) {}
    }
  }

  /// Returns when something is to be done: whether that is a start.
  private func stay() async -> Bool {
    while !Task.isCancelled {
      switch step() {
      case .wait(let until): await wait(until: until)
      case .start: return true
      case .stop: return false
      }
    }
    return false
  }

  /// Nil when it could not be made; the supervision knows then what comes next.
  private func make() async -> (Bot, [any Sendable])? {
    guard let registration = state.withLock({ $0.registration }) else { return nil }
    let token: Secret?
    do {
      token = try await house.registry.token(of: bot)
    } catch {
      log.error("a bot's token cannot be read", ["bot": .string("\(bot)"), "error": .string("\(error)")])
      failed(Sentence("bot.problem.tokenUnreadable"))
      return nil
    }
    // Removed meanwhile: the registry says so in a moment.
    guard let token else { return nil }
    let equipment = house.equip(registration)
    let routing = ServedRouting(
      bot: bot, serving: house.serving, base: equipment.routing, elsewhere: equipment.elsewhere)
    do throws(BotCrash) {
      let made = try house.fleet.add(
        token: token, configuration: equipment.configuration, routing: routing,
        stores: StoredBotState(of: bot, in: house.store).stores)
      show { $0.problem = nil }
      return (made, [house.watch(made)] + equipment.attach(made))
    } catch {
      note(.crashed(error))
      return nil
    }
  }

  private func stop() async {
    // Started again, here or by the next process, it goes on where it was.
    let goesOn = Task.isCancelled || state.withLock { $0.wish?.isRunning ?? false }
    if goesOn { house.serving.note(.interrupted(nil), of: bot) }
    let (fleet, bot) = (house.fleet, bot)
    // Finished even when the keeper is cancelled: the sessions have to be written down.
    await Task { await fleet.remove(bot, keepsSessions: goesOn) }.value
    if !goesOn { note(.stopped) }
  }

  // MARK: State

  private func step() -> BotSupervision.Step {
    state.withLock { $0.supervision.next($0.wish, at: house.time.uptime) }
  }

  private func wait(until: Duration?) async {
    guard let until else { return await bell.wait() }
    await bell.wait(atMost: max(until - house.time.uptime, .milliseconds(1)), by: house.time)
  }

  private func hear(_ new: BotState, of running: Bot) async {
    // A bot that is made anew tells that it is stopped before it is started.
    if new == .stopped { return }
    note(new)
    guard new == .online, let application = running.application,
      let known = state.withLock({ $0.registration }), known.applicationName != application.name
    else { return }
    do {
      try await house.registry.setNames(
        application: application.id, application.name, bot: bot,
        application.bot?.username ?? application.name)
    } catch {
      log.warning("a bot's name could not be written", ["error": .string("\(error)")])
    }
  }

  private func note(_ new: BotState) {
    let (now, random) = (house.time.uptime, house.random())
    let comesBack = state.withLock { state in
      state.supervision.note(new, at: now, random: random)
      return state.supervision.comesBack
    }
    show { $0.state = new }
    house.serving.note(BotLiveness(new, comesBack: comesBack), of: bot)
    bell.ring()
  }

  private func failed(_ problem: Sentence) {
    let (now, random) = (house.time.uptime, house.random())
    state.withLock { $0.supervision.failedToStart(at: now, random: random) }
    show { $0.problem = problem }
  }

  private func show(_ change: (inout BotStatus) -> Void) {
    let (now, uptime) = (house.time.now, house.time.uptime)
    let status = state.withLock { state -> BotStatus? in
      let before = state.status
      change(&state.status)
      state.status.crashes = state.supervision.crashes
      state.status.nextStart = state.supervision.nextStart.map { now + ($0 - uptime) }
      guard state.status != before else { return nil }
      if state.status.state != before.state { state.status.since = now }
      return state.status
    }
    if let status { house.onChange(status) }
  }
}
