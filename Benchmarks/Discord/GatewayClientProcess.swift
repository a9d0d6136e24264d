// Our client as a process of its own, measured like the foreign ones.

import CSystem
import DiscordGateway
import DiscordModels
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

/// Counts events, and says when the guilds are there and when the feed is over. Confined to one loop.
final class FeedReceiver: ShardDelegate, @unchecked Sendable {
  private let guilds: Int
  private var guildsSeen = 0
  private var count = 0
  private var start = 0.0
  private let result: @Sendable (_ events: Int, _ seconds: Double) -> Void
  /// What is measured besides the gateway: a cache, say.
  private let handle: ((borrowing GatewayFrame) -> Void)?

  init(
    guilds: Int, handle: ((borrowing GatewayFrame) -> Void)? = nil,
    result: @escaping @Sendable (_ events: Int, _ seconds: Double) -> Void
  ) {
    (self.guilds, self.handle, self.result) = (guilds, handle, result)
  }

  func shard(_ shard: Shard, received event: borrowing GatewayFrame) {
    handle?(event)
    switch event.event {
    case .guildCreate:
      guildsSeen += 1
      guard guildsSeen == guilds else { return }
      start = processorSeconds()
      // The feed begins when the bot shows itself.
      Task { try await shard.updatePresence(PresenceUpdate()) }
    case .ready: break
    case .messageCreate:
      count += 1
      if event.data["content"]?.text?.elementsEqual(FeedEvents.end.utf8) ?? false {
        result(count, processorSeconds() - start)
      }
    default: count += 1
    }
  }

  func shard(_ shard: Shard, changed state: ShardState) {}
}

/// Connects to a feeder, takes the whole feed, and prints events, processor seconds and peak KiB.
func runFeedClient(port: String, guilds: Int, compression: GatewayCompression) async throws {
  let context = try GatewayLoop(loop: try EventLoop(name: "client"))
  let gate = IdentifyGate(store: MemoryIdentifyStore()) {
    GatewayInformation(
      url: "ws://127.0.0.1:\(port)", shards: 1,
      sessionStartLimit: .init(
        total: 1000, remaining: 1000, resetAfter: .seconds(86_400), maxConcurrency: 1))
  }
  var configuration = ShardConfiguration(token: Secret(utf8: "feed"), intents: .documented)
  configuration.compression = compression
  let (stream, finished) = AsyncStream<(Int, Double)>.makeStream()
  let receiver = FeedReceiver(guilds: guilds) { events, seconds in finished.yield((events, seconds)) }
  let shard = Shard(
    ShardID(0, of: 1), on: context, configuration: configuration, gate: gate, sessions: MemorySessionStore(),
    delegate: receiver)
  shard.start()
  for await (events, seconds) in stream {
    say("\(events) \(seconds) \(peakKibibytes())")
    break
  }
  await shard.stop()
}

/// Counts who is online.
private final class IdleReceiver: ShardDelegate {
  let online = Recorder<ShardID>()

  func shard(_ shard: Shard, received event: borrowing GatewayFrame) {}

  func shard(_ shard: Shard, changed state: ShardState) {
    if state == .online { online.record(shard.id) }
  }
}

/// So many bots with one shard each, at rest: prints their number, the share of a core and the resident KiB, after
/// `seconds` of rest.
func runIdleBots(port: String, count: Int, compression: GatewayCompression, seconds: Int) async throws {
  let context = try GatewayLoop(loop: try EventLoop(name: "client"))
  let receiver = IdleReceiver()
  var shards: [Shard] = []
  for number in 0..<count {
    let gate = IdentifyGate(store: MemoryIdentifyStore()) {
      GatewayInformation(
        url: "ws://127.0.0.1:\(port)", shards: 1,
        sessionStartLimit: .init(
          total: 1000, remaining: 1000, resetAfter: .seconds(86_400), maxConcurrency: 1))
    }
    var configuration = ShardConfiguration(token: Secret(utf8: "bot \(number)"), intents: .documented)
    configuration.compression = compression
    let shard = Shard(
      ShardID(0, of: 1), on: context, configuration: configuration, gate: gate,
      sessions: MemorySessionStore(), delegate: receiver)
    shard.start()
    shards.append(shard)
    // A gentle start: nobody starts a thousand at once.
    if number % 50 == 49 {
      try await eventually("\(number + 1) online", within: .seconds(60)) {
        receiver.online.values.count == number + 1
      }
    }
  }
  let start = processorSeconds()
  try await Task.sleep(for: .seconds(seconds))
  let share = (processorSeconds() - start) / Double(seconds)
  say("\(receiver.online.values.count) \(share) \(csystem_resident_bytes() / 1024)")
  for shard in shards { await shard.stop() }
}
