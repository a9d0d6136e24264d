// Discord's table: `discord-bench`; with `feeder` or `client` as first word, one of its processes.

import BenchmarkHarness
import DiscordGateway

let words = Array(CommandLine.arguments.dropFirst())

switch words.first {
case "feeder":
  var plan = FeedPlan()
  let numbers = words.dropFirst().compactMap { Int($0) }
  if numbers.count == 3 { (plan.guilds, plan.members, plan.events) = (numbers[0], numbers[1], numbers[2]) }
  try await GatewayFeeder(plan).run()
case "client":
  let compression: GatewayCompression =
    switch words.dropFirst(3).first {
    case "zlib": .zlibStream
    case "none": .none
    default: .zstdStream
    }
  try await runFeedClient(
    port: words.dropFirst().first ?? "", guilds: words.dropFirst(2).first.flatMap { Int($0) } ?? 0,
    compression: compression)
default:
  await runBenchmarks(CommandLine.arguments, suites: ["discord": gatewayBenchmarks])
}
