// The sandbox's rows: how soon plugins answer, what that costs, what they take, and what one that attacks does to others.

import BenchmarkHarness
import TestKit

let sandboxBenchmarks: [Benchmark] = [
  Benchmark("echo: 50 events/s to one plugin, and what a call costs") { try await echoRows() },
  Benchmark("cold: the first event of a plugin whose process ended") { try await coldRows() },
  Benchmark("memory: 50 plugins") { try await memoryRows() },
  Benchmark("attack: other servers while a plugin is in the way") { try await attackRows() },
]

/// At 50 a second and 60 actions a minute for each guild.
private let echoGuilds = 60

private func echoRows() async throws -> [BenchmarkRow] {
  try await GuestHouse.run { house in
    try await house.install("echo", in: Array(0..<echoGuilds), offers: true)
    // Every server's first event, which the SDK does more for.
    _ = try await house.echo(perSecond: 30, seconds: 4, first: 0, count: echoGuilds)
    var runs: [EchoFigures] = []
    for _ in 0..<5 { runs.append(try await echo(house)) }
    var rows = [
      BenchmarkRow(
        name:
          "A message to a warm plugin and its answer out, 50/s over \(echoGuilds) servers, one process: p99",
        unit: "ms", ours: median(runs.map(\.p99)), peer: "bound", peerValue: 20, goal: .atMost(1)),
      BenchmarkRow(
        name: "The same: p50", unit: "ms", ours: median(runs.map(\.p50)), peer: "bound", peerValue: 20,
        goal: .atMost(1)),
    ]
    for (kind, what) in [("flag", "ephemeral.flag_check"), ("kv", "kv.get")] {
      let cost = try await costOfCall(kind, house)
      rows.append(
        BenchmarkRow(
          name: "A call of a plugin (\(what)): processor time of Guildhall, the engine and its helpers",
          unit: "µs",
          ours: cost, peer: "bound", peerValue: 200, goal: .atMost(1)))
    }
    return rows
  }
}

private func echo(_ house: GuestHouse, seconds: Double = 10) async throws -> EchoFigures {
  let figures = try await house.echo(perSecond: 50, seconds: seconds, first: 0, count: echoGuilds)
  guard figures.answered == figures.written else {
    throw TestKitError("\(figures.answered) of \(figures.written) messages were answered")
  }
  return figures
}

/// Microseconds, of the median round.
private func costOfCall(_ kind: String, _ house: GuestHouse) async throws -> Double {
  let count = 5_000
  _ = try await house.ask("!calls \(kind) 500", in: 0)
  var costs: [Double] = []
  for _ in 0..<5 {
    let before = house.host.processorSeconds
    _ = try await house.ask("!calls \(kind) \(count)", in: 0, seconds: 60)
    costs.append((house.host.processorSeconds - before) / Double(count) * 1_000_000)
  }
  return median(costs)
}

private func coldRows() async throws -> [BenchmarkRow] {
  try await GuestHouse.run { house in
    var delays: [Double] = []
    // Five ends within ten minutes would open a breaker, so that each of several plugins takes some.
    let plugins = 5
    for plugin in 0..<plugins {
      try await house.install("echo", as: ["bench_echo": "bench_cold_\(plugin)"], in: [plugin])
    }
    for _ in 0..<4 {
      for plugin in 0..<plugins { _ = try await house.ask("!echo warm", in: plugin) }
      house.workers.kill()
      try await eventually("the processes are gone") { house.workers.count == 0 }
      try await Task.sleep(for: .seconds(1))
      for plugin in 0..<plugins { delays.append(try await house.ask("!echo cold", in: plugin).after) }
    }
    return [
      BenchmarkRow(
        name: "A message to a plugin without a process and its answer out, worst of \(delays.count)",
        unit: "ms",
        ours: delays.max() ?? .nan, peer: "bound", peerValue: 1_500, goal: .atMost(1)),
      BenchmarkRow(
        name: "The same: median", unit: "ms", ours: median(delays), peer: "bound", peerValue: 1_500,
        goal: .atMost(1)),
    ]
  }
}

private func memoryRows() async throws -> [BenchmarkRow] {
  try await GuestHouse.run { house in
    let count = 50
    let alone = house.processes.memory
    for plugin in 0..<count {
      try await house.install("idle", as: ["NUMBER": "\(plugin)"], in: [0])
    }
    try await eventually("each has its process", within: .seconds(120)) { house.workers.count >= count }
    try await Task.sleep(for: .seconds(3))
    let (all, workers, host) = (house.processes.memory, house.workers.memory, house.host.memory)
    func mebibytes(_ bytes: Int) -> Double { Double(bytes) / 1_048_576 }
    return [
      BenchmarkRow(
        name: "Memory of everything with \(count) plugins installed and ready", unit: "MiB",
        ours: mebibytes(all),
        peer: "bound", peerValue: 2_048, goal: .atMost(1)),
      BenchmarkRow(
        name: "One ready plugin's processes in its container", unit: "MiB",
        ours: mebibytes(workers) / Double(count), peer: "its soft limit", peerValue: 256, goal: .atMost(1)),
      BenchmarkRow(
        name: "What the host takes for each, besides", unit: "MiB",
        ours: mebibytes(host - alone) / Double(count), peer: "bound", peerValue: 16, goal: .atMost(1)),
    ]
  }
}

private func attackRows() async throws -> [BenchmarkRow] {
  try await GuestHouse.run { house in
    try await house.install("echo", in: Array(0..<echoGuilds), offers: true)
    let attacker = townGuilds - 1
    try await house.install("attack", in: [attacker])
    _ = try await house.echo(perSecond: 30, seconds: 4, first: 0, count: echoGuilds)
    var calm: [EchoFigures] = []
    var attacked: [String: [EchoFigures]] = [:]
    let kinds = ["processor", "calls", "output", "lines", "forks", "memory"]
    for _ in 0..<3 {
      for kind in kinds {
        calm.append(try await echo(house, seconds: 6))
        try await house.say("!attack \(kind) 9", in: attacker)
        try await Task.sleep(for: .seconds(1))
        attacked[kind, default: []].append(try await echo(house, seconds: 6))
        try await Task.sleep(for: .seconds(3))
      }
    }
    let without = median(calm.map(\.p99))
    return kinds.map { kind in
      BenchmarkRow(
        name: "Answers in other servers while a plugin attacks by \(kind): p99", unit: "ms",
        ours: median((attacked[kind] ?? []).map(\.p99)), peer: "without it", peerValue: without,
        goal: .atMost(1.1))
    }
  }
}
