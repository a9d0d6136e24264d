// Gateway rows: events per processor second and peak memory, against discord.py and hikari on the same feed.

import BenchmarkHarness
import DiscordGateway
import Glibc
import TestKit

let gatewayBenchmarks: [Benchmark] = [
  Benchmark("gateway: events per processor second") { try await gatewayEvents() },
  Benchmark("gateway: peak memory") { try await gatewayMemory() },
  Benchmark("gateway: 1,000 idle bots") { try await idleBots() },
]

/// What a client process printed.
private struct FeedResult {
  let events: Double
  let seconds: Double
  let peakMebibytes: Double

  var rate: Double { events / seconds }
}

/// This program, for processes of its own.
let ownProgram = "/proc/\(getpid())/exe"

private func withFeeder<Result>(_ plan: FeedPlan, _ body: (String) async throws -> Result) async throws
  -> Result
{
  let feeder = try await ChildProcess.start(
    [ownProgram, "feeder"] + plan.words)
  defer { feeder.kill() }
  guard let port = await feeder.nextLine(timeout: .seconds(120)) else {
    throw TestKitError("the feeder did not start")
  }
  return try await body(port)
}

private func measure(_ arguments: [String]) async throws -> FeedResult {
  let client = try await ChildProcess.start(arguments)
  defer { client.kill() }
  guard let line = await client.nextLine(timeout: .seconds(300)) else {
    throw TestKitError("the client said nothing: \(arguments.joined(separator: " "))")
  }
  let numbers = line.split(separator: " ").compactMap { Double($0) }
  guard numbers.count == 3 else { throw TestKitError("the client said: \(line)") }
  return FeedResult(events: numbers[0], seconds: numbers[1], peakMebibytes: numbers[2] / 1024)
}

private func ours(_ port: String, _ plan: FeedPlan, _ compression: String, models: Bool = false) async throws
  -> FeedResult
{
  try await measure([ownProgram, "client", port, "\(plan.guilds)", compression, models ? "models" : "views"])
}

private func foreign(_ name: String, _ port: String, _ plan: FeedPlan) async throws -> FeedResult {
  try await measure([testPython, "Benchmarks/Discord/Clients/feed_\(name).py", port, "\(plan.events)"])
}

/// The realistic mix through one shard to a handler that does nothing, with all that can be cached cached, zlib-stream
/// for all: what both peers speak without further packages.
///
/// Our handlers get a view of the event and decode what they need; the foreign ones get models. The rows "with models"
/// decode every message as a handler does that wants all of it; their bound is our own, not to become slower unnoticed.
private func gatewayEvents() async throws -> [BenchmarkRow] {
  let plan = FeedPlan(guilds: 100, members: 100, events: 60_000)
  return try await withFeeder(plan) { port in
    var rates: [String: [Double]] = [:]
    // The first request for a compression prepares its feed.
    _ = try await ours(port, plan, "zlib")
    for _ in 0..<3 {
      rates["ours", default: []].append(try await ours(port, plan, "zlib").rate)
      rates["zstd", default: []].append(try await ours(port, plan, "zstd").rate)
      rates["models", default: []].append(try await ours(port, plan, "zlib", models: true).rate)
      rates["discord_py", default: []].append(try await foreign("discord_py", port, plan).rate)
      rates["hikari", default: []].append(try await foreign("hikari", port, plan).rate)
    }
    func rate(_ name: String) -> Double { median(rates[name] ?? []) }
    func row(_ name: String, _ key: String, _ peer: String, _ goal: Double) -> BenchmarkRow {
      BenchmarkRow(
        name: name, unit: "events/CPU s", ours: rate(key), peer: peer.replacing("_py", with: ".py"),
        peerValue: rate(peer), goal: .atLeast(goal))
    }
    return [
      row("Gateway: one shard, realistic mix, zlib-stream", "ours", "discord_py", 12),
      row("Gateway: one shard, realistic mix, zlib-stream", "ours", "hikari", 8),
      row("Gateway: the same, ours over zstd-stream", "zstd", "discord_py", 12),
      row("Gateway: the same, ours over zstd-stream", "zstd", "hikari", 8),
      row("Gateway: the same, zlib-stream, every message read as a model", "models", "discord_py", 5),
      row("Gateway: the same, zlib-stream, every message read as a model", "models", "hikari", 5),
    ]
  }
}

/// 1,000 guilds with 100 members each, and some events.
private func gatewayMemory() async throws -> [BenchmarkRow] {
  let plan = FeedPlan(guilds: 1_000, members: 100, events: 2_000)
  return try await withFeeder(plan) { port in
    let own = try await ours(port, plan, "zlib")
    let peer = try await foreign("discord_py", port, plan)
    return [
      BenchmarkRow(
        name: "Gateway: peak memory, 1,000 guilds of 100 members", unit: "MiB", ours: own.peakMebibytes,
        peer: "discord.py", peerValue: peer.peakMebibytes, goal: .atMost(1.0 / 6))
    ]
  }
}

/// 1,000 bots of one shard each, with five guilds of twenty members, over zstd-stream, at rest for one heartbeat.
private func idleBots() async throws -> [BenchmarkRow] {
  let plan = FeedPlan(guilds: 5, members: 20, events: 0)
  return try await withFeeder(plan) { port in
    let result = try await measure([ownProgram, "idle", port, "1000", "zstd", "45"])
    return [
      BenchmarkRow(
        name: "Gateway: 1,000 idle bots, resident", unit: "MiB", ours: result.peakMebibytes, peer: "bound",
        peerValue: 1024, goal: .atMost(1)),
      BenchmarkRow(
        name: "Gateway: 1,000 idle bots, share of a core", unit: "%", ours: result.seconds * 100,
        peer: "bound",
        peerValue: 5, goal: .atMost(1)),
    ]
  }
}
