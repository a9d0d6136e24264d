// A raid against the program: how soon the first raider is held, and how soon everything is gone.

import BenchmarkHarness
import TestKit

let raidBenchmarks: [Benchmark] = [
  Benchmark("raid: 500 messages against the program") { try await raidRows() }
]

private func raidRows() async throws -> [BenchmarkRow] {
  var runs: [RaidFigures] = []
  for _ in 0..<3 { runs.append(try await raid()) }
  let name = "Raid, 500 messages by 50 accounts in 5 s, from the message that makes it one"
  // The worst: what counts is the raid that comes, not the usual one.
  func row(_ what: String, _ unit: String, _ figure: KeyPath<RaidFigures, Double>, _ bound: Double)
    -> BenchmarkRow
  {
    BenchmarkRow(
      name: "\(name): \(what), worst of 3", unit: unit, ours: runs.map { $0[keyPath: figure] }.max() ?? .nan,
      peer: "bound", peerValue: bound, goal: .atMost(1))
  }
  return [
    row("first time-out asked for", "ms", \.firstContainment, 100),
    row("first deletion asked for", "ms", \.firstDeletion, 100),
    // Discord lets through one deletion by the hundred a second, and people write for five.
    row("last message deleted", "s", \.lastDeletion, 10),
  ]
}

/// A town and the program as it comes, which has deleted something before and held nobody.
private func raid() async throws -> RaidFigures {
  let folder = try TemporaryDirectory()
  let town = try await TownProcess.start("raid-town")
  defer { town.end() }
  let process = try await BotProcess.guardedGuildhall.start(town.invitation, folder.path, town.freeCore)
  defer { process.kill() }
  _ = try await town.ask("probe", within: .seconds(120))
  let figures = try RaidFigures(line: await town.ask("raid", within: .seconds(120)))
  guard figures.left == 0, figures.held > 0 else {
    throw TestKitError("\(figures.left) messages of the raid stayed, and \(figures.held) raiders were held")
  }
  return figures
}
