// Doing what was ordered: at once in the handler, or in slices by a desk's timer, and again after a crash.

import DiscordCore
import DiscordLimits
import DiscordModels
import DiscordREST
import EventLoop
import PlatformPlugins
import PlatformSchedule

/// Carries orders out.
///
/// An order is a row before anything of it is done. It is struck out when it is done, put off when Discord asks for
/// patience, and given up, on record, when Discord will never do it. Whoever takes orders has them for `OrderStore.lease`:
/// what a process that died had taken is taken by the next one. Each desk has a timer of its own, and takes its own orders
/// only: two firings never have the same order, and deletions never wait for time-outs.
enum OrderDesk {
  /// Its key is the desk.
  static let timer = "orders"
  /// For how long one firing begins new orders.
  private static let slice = Duration.seconds(2)
  private static let maximumAttempts = 12

  /// Has what is due done soon, outside of the lane; `delay` lets orders gather that Discord takes together.
  static func ring(_ context: PluginContext<AutoMod>, _ desks: [Desk], after delay: Duration) async throws {
    let now = context.time
    for desk in desks { try await ring(context, desk, at: now + delay, now) }
  }

  private static func ring(
    _ context: PluginContext<AutoMod>, _ desk: Desk, at due: Timestamp, _ now: Timestamp
  ) async throws {
    guard context.kept.wantsBell(of: desk, at: due, now: now) else { return }
    try await context.timers.set(timer, key: desk.rawValue, at: due)
  }

  /// After a start: orders of the process before this one are done.
  static func resume(_ context: PluginContext<AutoMod>) async throws {
    let store = OrderStore(store: context.store)
    for desk in Desk.allCases {
      guard let next = try await store.nextDue(of: desk) else { continue }
      try await context.timers.set(timer, key: desk.rawValue, at: max(next, context.time))
    }
  }

  @Sendable static func fire(_ context: PluginContext<AutoMod>, _ firing: TimerFiring) async throws
    -> TimerOutcome
  {
    guard let desk = Desk(rawValue: firing.name.key) else {
      // Set when all desks had one timer.
      try await resume(context)
      return .done
    }
    context.kept.bellRang(of: desk)
    // A timer may be sooner than the bot's connection.
    guard context.bot.isToldOfGuild else { return .again(at: context.time + .milliseconds(500)) }
    let store = OrderStore(store: context.store)
    let end = context.core.host.time.uptime + slice
    while context.core.host.time.uptime < end {
      let orders = try await store.take(desk.batch, of: desk, at: context.time)
      if orders.isEmpty { break }
      try await carryOut(orders, context)
    }
    guard let next = try await store.nextDue(of: desk) else { return .done }
    // Somebody may have rung meanwhile, for sooner or for later: the bell decides, and moves this timer if it must.
    try await ring(context, desk, at: max(next, context.time), context.time)
    return .done
  }

  // MARK: Doing

  /// Does orders that the caller holds, and writes down what came of each as soon as it is known.
  static func carryOut(
    _ orders: [Order], _ context: PluginContext<AutoMod>, priority: EgressPriority? = nil
  ) async throws {
    guard !orders.isEmpty else { return }
    let work = OrderWork(context: context, priority: priority)
    var lines: [Order] = []
    try await withThrowingTaskGroup(of: [OrderResult].self) { group in
      for order in orders {
        switch order.work {
        case .delete: break
        case .sanction: group.addTask { [await work.sanction(order)] }
        case .tell: group.addTask { [await work.say(order)] }
        case .log: lines.append(order)
        }
      }
      for (channel, chunk) in chunks(orders) { group.addTask { await work.delete(chunk, in: channel) } }
      while let results = try await group.next() { try await write(results, context) }
    }
    // One after another, so that the log reads as it happened.
    for order in lines { try await write([await work.say(order)], context) }
  }

  /// Does the deletions among the orders, and says what came of each.
  static func delete(_ orders: [Order], _ context: PluginContext<AutoMod>, priority: EgressPriority?) async
    -> [OrderResult]
  {
    let work = OrderWork(context: context, priority: priority)
    let chunks = chunks(orders)
    // Nearly always: a message.
    if chunks.count == 1 { return await work.delete(chunks[0].orders, in: chunks[0].channel) }
    return await withTaskGroup(of: [OrderResult].self) { group in
      for (channel, chunk) in chunks { group.addTask { await work.delete(chunk, in: channel) } }
      return await group.reduce(into: []) { $0 += $1 }
    }
  }

  /// The deletions among the orders, as many together as Discord takes: a hundred of one channel.
  private static func chunks(_ orders: [Order]) -> [(channel: ChannelID, orders: [Order])] {
    var deletions: [ChannelID: [Order]] = [:]
    for order in orders {
      if case .delete(let place) = order.work { deletions[place.channel, default: []].append(order) }
    }
    return deletions.flatMap { channel, orders in
      stride(from: 0, to: orders.count, by: 100).map { start in
        (channel, Array(orders[start..<min(start + 100, orders.count)]))
      }
    }
  }

  /// Writes down what came of orders.
  static func write(_ results: [OrderResult], _ context: PluginContext<AutoMod>) async throws {
    var done: [String] = []
    var later: [(key: String, until: Timestamp, wasTried: Bool)] = []
    var bells: [Desk: Timestamp] = [:]
    let now = context.time
    for result in results {
      let (order, pause, wasTried): (Order, Duration, Bool)
      switch result.outcome {
      case .done:
        done.append(result.order.key)
        continue
      case .later(let span): (order, pause, wasTried) = (result.order, span, true)
      case .refusedForNow(let span): (order, pause, wasTried) = (result.order, span, false)
      }
      if wasTried, order.attempts >= maximumAttempts {
        context.why(
          .failed, "givenUp", ["reason": order.kind], about: WhySubject(member: order.member))
        done.append(order.key)
      } else {
        later.append((order.key, now + pause, wasTried))
        bells[order.desk] = min(bells[order.desk] ?? now + pause, now + pause)
      }
    }
    let store = OrderStore(store: context.store)
    try await store.strike(done)
    try await store.postpone(later)
    for (desk, due) in bells { try await ring(context, desk, at: due, now) }
  }
}

/// What came of an order.
struct OrderResult: Sendable {
  enum Outcome: Sendable {
    /// Done, or given up for good.
    case done
    case later(Duration)
    /// Discord's limits are used up: nothing was tried, and that is no failure of the order's.
    case refusedForNow(Duration)
  }

  let order: Order
  let outcome: Outcome
}
