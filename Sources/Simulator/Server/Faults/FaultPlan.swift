// Which orders are in force, and which of them what passes now runs into.

internal import DiscordCore
internal import EventLoop

/// What passes, as orders are compared with it.
struct FaultSite: Sendable {
  var application: ApplicationID?
  var guild: GuildID?
  var method: String?
  var route: String?
  var event: String?

  func matches(_ order: FaultOrder) -> Bool {
    if let wanted = order.application, wanted != application { return false }
    if let wanted = order.guild, wanted != guild { return false }
    if let wanted = order.event, wanted != event { return false }
    guard let wanted = order.route else { return true }
    guard let route else { return false }
    return wanted == route || wanted == "\(method ?? "") \(route)"
  }
}

/// The orders in force. Bounded: the oldest order goes when there are too many.
struct FaultPlan: Sendable {
  private(set) var standing: [StandingFault] = []
  private var nextID = 1
  static let capacity = 256

  init() {}

  /// Puts an order in force.
  mutating func order(_ order: FaultOrder, at now: Timestamp) -> StandingFault {
    if standing.count >= Self.capacity { standing.removeFirst() }
    let fault = StandingFault(
      id: nextID, order: order, remaining: order.count, until: order.duration.map { now + $0 })
    nextID += 1
    standing.append(fault)
    return fault
  }

  /// Takes an order back; false when it is not in force.
  mutating func cancel(_ id: Int) -> Bool {
    let count = standing.count
    standing.removeAll { $0.id == id }
    return standing.count < count
  }

  mutating func cancelAll() { standing = [] }

  /// The faults that strike here, each counted as having happened.
  mutating func strike(_ site: FaultSite, at now: Timestamp, where isWanted: (Fault) -> Bool) -> [Fault] {
    guard !standing.isEmpty else { return [] }
    standing.removeAll { fault in fault.until.map { $0 <= now } ?? false }
    var struck: [Fault] = []
    for index in standing.indices
    where isWanted(standing[index].order.fault) && site.matches(standing[index].order) {
      struck.append(standing[index].order.fault)
      standing[index].remaining? -= 1
    }
    standing.removeAll { ($0.remaining ?? 1) <= 0 }
    return struck
  }
}
