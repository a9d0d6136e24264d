// The bench table: what was measured, against whom, in the same run, and whether the goal holds.

import CSystem

/// One row of the table that `./guildhall bench` prints.
package struct BenchmarkRow: Sendable {
  /// What is measured, as the issue names it.
  package let name: String
  /// The unit of both figures, such as `events/s`, `MiB` or `ms`.
  package let unit: String
  package let ours: Double
  /// Who is compared with; for an absolute bound, the bound's name.
  package let peer: String
  package let peerValue: Double
  /// What `ratio` must reach.
  package let goal: Goal

  /// The direction in which a figure is good.
  package enum Goal: Sendable {
    /// ours / peer must be at least this.
    case atLeast(Double)
    /// ours / peer must be at most this.
    case atMost(Double)
  }

  package init(name: String, unit: String, ours: Double, peer: String, peerValue: Double, goal: Goal) {
    (self.name, self.unit, self.ours, self.peer, self.peerValue, self.goal) = (
      name, unit, ours, peer, peerValue, goal
    )
  }

  /// ours / peer.
  package var ratio: Double { ours / peerValue }

  package var holds: Bool {
    switch goal {
    case .atLeast(let bound): ratio >= bound
    case .atMost(let bound): ratio <= bound
    }
  }
}

/// A benchmark: runs, and returns one row or several.
package struct Benchmark: Sendable {
  package let name: String
  package let run: @Sendable () async throws -> [BenchmarkRow]

  package init(_ name: String, run: @escaping @Sendable () async throws -> [BenchmarkRow]) {
    self.name = name
    self.run = run
  }
}

/// The median of some figures; NaN of none.
package func median(_ values: [Double]) -> Double {
  guard !values.isEmpty else { return .nan }
  let sorted = values.sorted()
  let middle = sorted.count / 2
  return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/// Measures two contenders in turn, A B A B …, so that drift of the machine hits both, and returns the median of
/// each. Five rounds unless told.
package func paired(
  rounds: Int = 5, _ ours: () async throws -> Double, _ peer: () async throws -> Double
) async rethrows -> (ours: Double, peer: Double) {
  var left: [Double] = []
  var right: [Double] = []
  for _ in 0..<rounds {
    left.append(try await ours())
    right.append(try await peer())
  }
  return (median(left), median(right))
}

/// How long `body` took, in seconds of wall time.
package func seconds(_ body: () async throws -> Void) async rethrows -> Double {
  let clock = ContinuousClock()
  let start = clock.now
  try await body()
  let (seconds, attoseconds) = start.duration(to: clock.now).components
  return Double(seconds) + Double(attoseconds) / 1e18
}
