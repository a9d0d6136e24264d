// A bot killed with -9 a hundred times under load.

import BenchmarkHarness
import DiscordCrashKit

let crashBenchmarks: [Benchmark] = [
  Benchmark("bot: killed with -9 a hundred times") {
    let outcome = try await CrashProof(command: [ownProgram, "crash-bot"]).run(kills: 100)
    let title = "Bot killed with -9 \(outcome.kills) times under load, \(outcome.handlings) handlings"
    return [
      BenchmarkRow(
        name: "\(title): messages never handled", unit: "of \(outcome.posted)", ours: Double(outcome.lost),
        peer: "the bound: none", peerValue: 1, goal: .atMost(0)),
      BenchmarkRow(
        name: "\(title): sessions", unit: "sessions", ours: Double(outcome.sessions), peer: "always resumed",
        peerValue: 1, goal: .atMost(1)),
    ]
  }
]
