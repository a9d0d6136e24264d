// Where a bot's interactions come in: each handled once, no more at a time than allowed.

internal import DiscordCore
internal import DiscordModels
internal import EventLoop
internal import Synchronization
internal import Telemetry

/// Runs the handlers of one bot's interactions.
///
/// An interaction that was here before is not handled again: gateways repeat what was not acknowledged, and requests
/// can be replayed.
final class InteractionDesk: Sendable {
  private static let log = Log(room: "bot")
  /// How many interactions are remembered.
  private static let memory = 2_048
  /// Replayed after a crash, it cannot be answered any more. Wide, because Discord's clock is not ours.
  private static let tooOld = Duration.seconds(60)

  private struct State {
    var running: [InteractionID: Task<Void, Never>] = [:]
    var seen: Set<InteractionID> = []
    var order: [InteractionID] = []
    var oldest = 0
    var isOpen = true

    /// - Returns: whether it is new.
    mutating func remember(_ id: InteractionID) -> Bool {
      guard seen.insert(id).inserted else { return false }
      if order.count < InteractionDesk.memory {
        order.append(id)
      } else {
        seen.remove(order[oldest])
        order[oldest] = id
        oldest = (oldest + 1) % InteractionDesk.memory
      }
      return true
    }
  }

  let routing: any InteractionRouting
  private let bound: Int
  private let time: any TimeSource
  private let state = Mutex(State())

  init(routing: any InteractionRouting, bound: Int, time: any TimeSource) {
    (self.routing, self.bound, self.time) = (routing, bound, time)
  }

  /// Handles an interaction in a task of its own.
  ///
  /// - Parameters:
  ///   - interaction: as it came.
  ///   - make: makes what the handler gets, if it comes to that.
  ///   - onFailure: called when the handler throws.
  ///   - done: called in any case, when it is handled or was refused.
  func accept(
    _ interaction: Interaction, make: (InteractionRoute, InteractionMachine.Kind) -> ReceivedInteraction,
    onFailure: @escaping @Sendable (ReceivedInteraction, any Error) async -> Void,
    done: @escaping @Sendable () -> Void
  ) {
    guard let kind = interaction.answerKind, let route = routing.route(for: interaction) else {
      Self.log.debug("interaction without a handler")
      return done()
    }
    guard interaction.id.createdAt > time.now - Self.tooOld else {
      Self.log.notice("interaction came too late to be answered")
      return done()
    }
    let received = make(route, kind)
    let isAccepted = state.withLock { state in
      guard state.isOpen, state.running.count < bound, state.remember(interaction.id) else { return false }
      // Outlives the event or request that brought it; ended by `close`.
      state.running[interaction.id] = Task { [weak self] in
        await Self.run(received, route, onFailure)
        self?.finished(interaction.id)
        done()
      }
      return true
    }
    guard !isAccepted else { return }
    Self.log.notice("interaction not accepted", ["running": .integer(Int64(runningCount))])
    done()
  }

  var runningCount: Int { state.withLock { $0.running.count } }

  private static func run(
    _ received: ReceivedInteraction, _ route: InteractionRoute,
    _ onFailure: @Sendable (ReceivedInteraction, any Error) async -> Void
  ) async {
    do {
      try await received.run(route.handler)
      if received.phase == .received { log.notice("a handler returned without an answer") }
    } catch is CancellationError {
      // The bot is being stopped.
    } catch {
      await onFailure(received, error)
    }
  }

  private func finished(_ id: InteractionID) { state.withLock { $0.running[id] = nil } }

  func open() { state.withLock { $0.isOpen = true } }

  /// Takes no more, cancels what runs, and returns when it has ended.
  func close() async {
    let running = state.withLock { state in
      state.isOpen = false
      return Array(state.running.values)
    }
    for task in running { task.cancel() }
    for task in running { await task.value }
  }
}
