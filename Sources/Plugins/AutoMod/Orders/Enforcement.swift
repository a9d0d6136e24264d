// From orders to deeds: what the lane does at once, and what it leaves to the desks.

import DiscordLimits
import EventLoop
import PlatformPlugins

enum Enforcement {
  /// How long orders gather that are done together.
  private static let gathering = Duration.milliseconds(200)

  /// Writes orders down, and does at once what cannot wait: deletions, and the first measures. The lane waits for those;
  /// what Discord may let wait, words and further measures, the desks do meanwhile.
  ///
  /// Deletions are on their way while they are written down, and one message that is all there is to delete is written
  /// down only if Discord lets it wait: who deletes twice has deleted once, and an event whose handling was cut off comes
  /// again. Everything else is written first.
  static func enforce(
    _ orders: [Order], _ pace: OrderPlan.Pace, _ raid: RaidHold?, _ cause: String,
    _ context: PluginContext<AutoMod>
  ) async throws {
    guard !orders.isEmpty || raid != nil else { return }
    let now = context.time
    let (mine, others) = pace == .gathered ? ([], orders) : share(orders, context)
    let effects = context.keyed(by: cause).effects
    let priority: EgressPriority? = pace == .urgent ? .containment : nil
    if raid == nil, orders.count == 1, mine.first?.desk == .deletions {
      return try await deleteAlone(mine, cause, context, priority)
    }
    let deletions = mine.filter { $0.desk == .deletions }
    async let deleted = OrderDesk.delete(deletions, context, priority: priority)
    let isNew = try await OrderStore(store: context.store).add(
      others, mine: mine, raid: raid, by: effects, at: now)
    guard isNew else {
      _ = await deleted
      // Written down before: the event came twice. What is left of it is somebody's, or will be soon.
      return try await OrderDesk.ring(context, orders.desks, after: .zero)
    }
    // Should this process stop here, or the call be cut off, the timers find what is left.
    async let bells: Void = OrderDesk.ring(context, mine.desks, after: OrderStore.lease)
    async let otherBells: Void = OrderDesk.ring(
      context, others.desks, after: pace == .gathered ? gathering : .zero)
    async let measures: Void = OrderDesk.carryOut(
      mine.filter { $0.desk != .deletions }, context, priority: priority)
    try await OrderDesk.write(deleted, context)
    try await measures
    _ = try await (bells, otherBells)
  }

  /// Deletes one message; writes down what Discord puts off.
  private static func deleteAlone(
    _ orders: [Order], _ cause: String, _ context: PluginContext<AutoMod>, _ priority: EgressPriority?
  ) async throws {
    for result in await OrderDesk.delete(orders, context, priority: priority) {
      let pause: Duration
      switch result.outcome {
      case .done: continue
      case .later(let span), .refusedForNow(let span): pause = span
      }
      _ = try await OrderStore(store: context.store).add(
        [result.order], mine: [], raid: nil, by: context.keyed(by: cause).effects, at: context.time)
      try await OrderDesk.ring(context, [result.order.desk], after: pause)
    }
  }

  /// Which orders the lane does, and which it leaves.
  private static func share(_ orders: [Order], _ context: PluginContext<AutoMod>) -> (
    mine: [Order], others: [Order]
  ) {
    let sanctions = orders.count { $0.desk == .sanctions }
    var hands = sanctions > 0 ? context.kept.sanctionsInLane(of: sanctions, at: context.time) : 0
    var (mine, others): ([Order], [Order]) = ([], [])
    for order in orders {
      switch order.desk {
      case .deletions: mine.append(order)
      case .sanctions where hands > 0:
        hands -= 1
        mine.append(order)
      case .sanctions, .words: others.append(order)
      }
    }
    return (mine, others)
  }
}

extension [Order] {
  /// The desks that have to do with any of them.
  fileprivate var desks: [Desk] { Desk.allCases.filter { desk in contains { $0.desk == desk } } }
}
