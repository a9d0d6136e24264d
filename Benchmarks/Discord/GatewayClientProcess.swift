// Our client as a process of its own, measured like the foreign ones.

import CSystem
import DiscordBot
import DiscordGateway
import DiscordModels
import DiscordREST
import EventLoop
import Glibc
import JSON
import TestKit
import Vault

/// Tells the process that started this one, at once.
func say(_ line: String) {
  let bytes = Array("\(line)\n".utf8)
  _ = write(1, bytes, bytes.count)
}

/// How many seconds of processor time this process has had.
func processorSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// The most memory this process has had, in KiB.
func peakKibibytes() -> Int {
  guard let file = fopen("/proc/self/status", "r") else { return 0 }
  defer { fclose(file) }
  var line = [CChar](repeating: 0, count: 256)
  while fgets(&line, 256, file) != nil {
    let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    if text.hasPrefix("VmHWM:") { return Int(text.filter(\.isNumber)) ?? 0 }
  }
  return 0
}

/// What the processes of the benchmarks share: one loop, on which all their bots live.
func feedEnvironment(port: String) throws -> BotEnvironment {
  var environment = BotEnvironment(loops: [try GatewayLoop(loop: try EventLoop(name: "client"))])
  environment.rest.base = "http://127.0.0.1:\(port)/api/v10"
  return environment
}

/// A bot of the feed that caches all that it can, by presences too.
func feedBot(_ number: Int, _ environment: BotEnvironment, compression: GatewayCompression) throws -> Bot {
  var configuration = BotConfiguration()
  configuration.intents = .documented
  configuration.cache = .everything
  configuration.cache.membersFromPresences = true
  configuration.compression = compression
  // The first part is the feed's bot; the parts after it make each token another one.
  return try Bot(
    token: Secret(utf8: "OTAwMDAwMDAwMDAwMDAwMDAx.feed.bot\(number)"), configuration: configuration,
    routing: NoInteractions(), environment: environment)
}

/// Leaves the commands that there are, and answers none: the handlers do nothing.
private struct NoInteractions: InteractionRouting {
  var definitions: [ApplicationCommandDefinition]? { nil }
  func route(for interaction: Interaction) -> InteractionRoute? { nil }
}

/// The handler: counts events, and says when the guilds are there and when the feed is over.
private final class FeedReceiver: @unchecked Sendable {
  // `@unchecked`: touched on the bot's loop only.
  private let guilds: Int
  private let readsModels: Bool
  private var guildsSeen = 0
  private var count = 0
  private var start = 0.0
  private let begin: @Sendable () -> Void
  private let result: @Sendable (_ events: Int, _ seconds: Double) -> Void

  init(
    guilds: Int, readsModels: Bool, begin: @escaping @Sendable () -> Void,
    result: @escaping @Sendable (_ events: Int, _ seconds: Double) -> Void
  ) {
    (self.guilds, self.readsModels, self.begin, self.result) = (guilds, readsModels, begin, result)
  }

  func receive(_ event: borrowing BotEvent) {
    switch event.name {
    case .guildCreate:
      guildsSeen += 1
      guard guildsSeen == guilds else { return }
      start = processorSeconds()
      begin()
    case .ready: break
    case .messageCreate, .messageUpdate:
      count += 1
      if readsModels { read(event) }
      if event.data["content"]?.text?.elementsEqual(FeedEvents.end.utf8) ?? false {
        result(count, processorSeconds() - start)
      }
    default: count += 1
    }
  }

  /// As a handler does that wants all of a message.
  private func read(_ event: borrowing BotEvent) {
    do {
      let message: Message = try event.decode()
      withExtendedLifetime(message) {}
    } catch {
      say("a message cannot be read: \(error)")
    }
  }
}

/// Connects a bot to a feeder, takes the whole feed, and prints events, processor seconds and peak KiB.
func runFeedClient(port: String, guilds: Int, compression: GatewayCompression, readsModels: Bool) async throws
{
  let bot = try feedBot(0, try feedEnvironment(port: port), compression: compression)
  let (stream, finished) = AsyncStream<(Int, Double)>.makeStream()
  let receiver = FeedReceiver(
    guilds: guilds, readsModels: readsModels,
    // The feed begins when the bot shows itself.
    begin: { Task { try await bot.shards?.updatePresence(PresenceUpdate()) } },
    result: { events, seconds in finished.yield((events, seconds)) })
  let subscription = bot.events.subscribeToAll { receiver.receive($0) }
  try await bot.start()
  for await (events, seconds) in stream {
    say("\(events) \(seconds) \(peakKibibytes())")
    break
  }
  await bot.stop()
  subscription.cancel()
}

/// So many bots with one shard each, at rest: prints their number, the share of a core and the resident KiB, after
/// `seconds` of rest.
func runIdleBots(port: String, count: Int, compression: GatewayCompression, seconds: Int) async throws {
  let environment = try feedEnvironment(port: port)
  var bots: [Bot] = []
  for number in 0..<count {
    let bot = try feedBot(number, environment, compression: compression)
    try await bot.start()
    bots.append(bot)
    // A gentle start: nobody starts a thousand at once.
    if number % 50 == 49 {
      try await eventually("\(number + 1) online", within: .seconds(60)) { bots.allSatisfy { $0.isOnline } }
    }
  }
  let start = processorSeconds()
  try await Task.sleep(for: .seconds(seconds))
  let share = (processorSeconds() - start) / Double(seconds)
  guard bots.allSatisfy({ $0.isOnline && $0.cache.guildCount > 0 }) else {
    throw TestKitError("not all bots are online")
  }
  say("\(bots.count) \(share) \(csystem_resident_bytes() / 1024)")
  for bot in bots { await bot.stop() }
}

extension Bot {
  fileprivate var isOnline: Bool { shards?.states.values.allSatisfy { $0 == .online } ?? false }
}
