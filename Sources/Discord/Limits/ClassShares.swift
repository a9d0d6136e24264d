// Which class of calls goes next, when several want to.

/// The most urgent class goes first, but every class that waits gets at least its share, so none starves.
///
/// Whenever something leaves, each waiting class earns its share of a turn; one that has earned a whole turn goes before
/// the order of urgency. Together the shares are a quarter: the most urgent class always has three quarters for itself.
package struct ClassShares: Sendable {
  /// Earned by each departure, in hundredths of a turn.
  package static let shares = [0, 10, 8, 5, 2]
  private static let turn = 100

  private var earned = [Int](repeating: 0, count: EgressPriority.allCases.count)

  package init() {}

  /// The class to go next of those that can, by `EgressPriority.rawValue`; nil when none can.
  package func next(_ canGo: (Int) -> Bool) -> Int? {
    var urgent: Int?
    for index in earned.indices where canGo(index) {
      if earned[index] >= Self.turn { return index }
      if urgent == nil { urgent = index }
    }
    return urgent
  }

  /// A call of this class has left while these classes wait.
  package mutating func note(departure index: Int, waiting: (Int) -> Bool) {
    for other in earned.indices where other != index {
      earned[other] = waiting(other) ? min(Self.turn, earned[other] + Self.shares[other]) : 0
    }
    earned[index] = max(0, earned[index] - Self.turn)
  }
}
