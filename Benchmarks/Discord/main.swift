// Discord's table: `guildhall bench discord`; with `feeder`, `client` or `idle` as first word, one of its processes.

import BenchmarkHarness
import DiscordGateway

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
  if numbers.count == 3 { (plan.guilds, plan.members, plan.events) = (numbers[0], numbers[1], numbers[2]) }
  try await GatewayFeeder(plan).run()
case "client":
  try await runFeedClient(
    port: word(1) ?? "", guilds: word(2).flatMap { Int($0) } ?? 0, compression: compression(word(3)))
case "idle":
  try await runIdleBots(
    port: word(1) ?? "", count: word(2).flatMap { Int($0) } ?? 0, compression: compression(word(3)),
    seconds: word(4).flatMap { Int($0) } ?? 45)
default:
  await runBenchmarks(CommandLine.arguments, suites: ["discord": gatewayBenchmarks])
}
