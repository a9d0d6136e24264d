// Dispatch rows: many guilds at a high rate, and what one that floods does to the others.

import BenchmarkHarness
import TestKit

let dispatchBenchmarks: [Benchmark] = [
  Benchmark("dispatch: 20,000 events/s over 10,000 guilds, and one that floods") { try await dispatchRows() }
]

/// Fewer make a quick look of it: each guild is a file with its settings, which takes a while to make.
private let guildCount =
  ProcessEnvironment.current["GUILDHALL_BENCH_GUILDS"].flatMap { Int($0) } ?? 10_000

private func dispatchRows() async throws -> [BenchmarkRow] {
  let load = try await DispatchLoad(guilds: guildCount)
  let (calm, flooded) = try await load.run {
    // Snapshots, memories and code are warm.
    _ = try await load.hold(5_000, seconds: 6)
    _ = try await load.hold(20_000, seconds: 3)
    var calm: [DispatchLoad.Figures] = []
    var flooded: [DispatchLoad.Figures] = []
    for _ in 0..<7 {
      calm.append(try await load.hold(20_000, seconds: 4))
      flooded.append(try await load.hold(20_000, busy: 5_000, seconds: 4))
    }
    return (calm, flooded)
  }
  let name = "Dispatch, \(guildCount) guilds with 6 plugins each, 20,000 events/s"
  return [
    BenchmarkRow(
      name: "\(name): lane wait, p99", unit: "ms", ours: median(calm.map(\.p99)), peer: "bound",
      peerValue: 10,
      goal: .atMost(1)),
    BenchmarkRow(
      name: "\(name): processor time for each event", unit: "µs", ours: median(calm.map(\.cpuPerEvent)),
      peer: "two cores", peerValue: 100, goal: .atMost(1)),
    BenchmarkRow(
      name: "\(name), one more guild at 5,000: lane wait of the others, p50", unit: "ms",
      ours: median(flooded.map(\.p50)), peer: "without it", peerValue: median(calm.map(\.p50)),
      goal: .atMost(1.05)),
    BenchmarkRow(
      name: "\(name), one more guild at 5,000: lane wait of the others, p99", unit: "ms",
      ours: median(flooded.map(\.p99)), peer: "without it", peerValue: median(calm.map(\.p99)),
      goal: .atMost(1.05)),
  ]
}
