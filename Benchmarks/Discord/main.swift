// Discord's table: `guildhall bench discord`; with a word of the switch below as the first, one of its processes.

import BenchmarkHarness
import DiscordCrashKit
import DiscordGateway
import Telemetry

// The table is for people.
LogSystem.process.levels = LogLevels(standard: .error)

let words = Array(CommandLine.arguments.dropFirst())

func word(_ index: Int) -> String? { index < words.count ? words[index] : nil }

func compression(_ name: String?) -> GatewayCompression {
  switch name {
  case "zlib": .zlibStream
  case "none": .none
  default: .zstdStream
  }
}

switch words.first {
case "feeder":
  var plan = FeedPlan()
  let numbers = words.dropFirst().compactMap { Int($0) }
  if numbers.count == 4 {
    (plan.guilds, plan.members, plan.events, plan.perSecond) = (
      numbers[0], numbers[1], numbers[2], numbers[3]
    )
  }
  try await GatewayFeeder(plan).run()
case "client":
  try await runFeedClient(
    port: word(1) ?? "", guilds: word(2).flatMap { Int($0) } ?? 0, compression: compression(word(3)),
    readsModels: word(4) == "models")
case "idle":
  try await runIdleBots(
    port: word(1) ?? "", count: word(2).flatMap { Int($0) } ?? 0, compression: compression(word(3)),
    seconds: word(4).flatMap { Int($0) } ?? 45)
case "deleter": try await runDeletingBot(port: word(1) ?? "")
case "crash-bot": try await runCrashBot(Array(words.dropFirst()))
default:
  await runBenchmarks(
    CommandLine.arguments,
    suites: ["discord": gatewayBenchmarks + deletionBenchmarks + egressBenchmarks + crashBenchmarks])
}
