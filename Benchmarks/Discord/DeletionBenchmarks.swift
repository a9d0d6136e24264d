// From a message's arrival to its deletion on the way, at 2,000 events a second and on one core.

import BenchmarkHarness
import DiscordBot
import DiscordCore
import DiscordGateway
import DiscordLimits
import DiscordREST
import EventLoop
import Glibc
import HTTPServer
import HTTPTypes
import JSON
import Synchronization
import TestKit

let deletionBenchmarks: [Benchmark] = [
  Benchmark("bot: message received to delete request") { try await deletionRows() }
]

/// The bot on the last core, the feeder, which is the server of the requests too, on the others.
private func deletionRows() async throws -> [BenchmarkRow] {
  let cores = Int(sysconf(CInt(_SC_NPROCESSORS_ONLN)))
  guard cores > 1 else { throw TestKitError("a core for the bot alone needs another one") }
  let plan = FeedPlan(guilds: 100, members: 100, events: 30_000, perSecond: 2_000)
  let feeder = try await ChildProcess.start(
    ["taskset", "-c", "0-\(cores - 2)", ownProgram, "feeder"] + plan.words)
  defer { feeder.kill() }
  guard let port = await feeder.nextLine(timeout: .seconds(120)) else {
    throw TestKitError("the feeder did not start")
  }
  let bot = try await ChildProcess.start(["taskset", "-c", "\(cores - 1)", ownProgram, "deleter", port])
  defer { bot.kill() }
  let line = await feeder.nextLine(timeout: .seconds(90)) ?? "nothing"
  let numbers = line.split(separator: " ").compactMap { Double($0) }
  guard numbers.count == 4 else { throw TestKitError("the feeder said: \(line)") }
  func row(_ what: String, _ value: Double, bound: Double) -> BenchmarkRow {
    BenchmarkRow(
      name:
        "Message received to delete request at the server, 2,000 events/s, \(Int(numbers[0])) deletes, \(what)",
      unit: "ms", ours: value / 1_000, peer: "the bound", peerValue: bound, goal: .atMost(1))
  }
  return [row("p50", numbers[1], bound: 5), row("p99", numbers[2], bound: 5)]
}

/// A bot that deletes every message, in a process of its own; runs until it is killed.
///
/// When the message was read from the socket goes along as the reason, so that the server can tell how long it took.
func runDeletingBot(port: String) async throws {
  var environment = try feedEnvironment(port: port)
  environment.rest.limits.globalLimit = 1_000_000
  let loop = environment.loops[0].loop
  let bot = try feedBot(0, environment, compression: .zstdStream)
  let seen = Atomic(0)
  let subscriptions = [
    bot.events.subscribe(to: .guildCreate) { _ in
      guard seen.wrappingAdd(1, ordering: .relaxed).newValue == 100 else { return }
      // The feed begins when the bot shows itself.
      Task { try await bot.shards?.updatePresence(PresenceUpdate()) }
    },
    bot.events.subscribe(to: .messageCreate) { event in
      guard let message = event.data["id"]?.id(Entity.Message.self),
        let channel = event.data["channel_id"]?.id(Entity.Channel.self)
      else { return }
      let (guild, receivedAt, hold) = (event.guild, event.receivedAt, event.hold())
      Task(executorPreference: loop) {
        do {
          _ = try await bot.rest.send(
            .deleteMessage(message, in: channel, reason: "\(receivedAt / .microseconds(1))").of(guild))
        } catch {
          complain("a message is not deleted: \(error)")
        }
        hold.finish()
      }
    },
  ]
  // Used until the end, or else they would be let go of, and be over.
  defer { for subscription in subscriptions { subscription.cancel() } }
  try await bot.start()
  while true { try await Task.sleep(for: .seconds(3_600)) }
}

private func complain(_ line: String) {
  let bytes = Array("\(line)\n".utf8)
  _ = write(2, bytes, bytes.count)
}

/// The server's side: how long each deletion took to arrive.
final class DeletionRecorder: Sendable {
  private let expected: Int
  private let delays = Mutex<[Double]>([])

  /// - Parameter expected: how many deletions there will be; then the figures are printed: how many count, and their
  ///   median, 99th percentile and maximum in microseconds.
  init(expected: Int) { self.expected = expected }

  func add(_ reason: String?) {
    guard let sentAt = reason.flatMap({ Double($0) }) else { return }
    let delay = SystemTime().uptime / .microseconds(1) - sentAt
    let all = delays.withLock { delays in
      delays.append(delay)
      return delays.count == expected ? delays : nil
    }
    guard let all else { return }
    // The first fifth is for connections to be made.
    let counted = all.dropFirst(expected / 5).sorted()
    say(
      "\(counted.count) \(counted[counted.count / 2]) \(counted[counted.count * 99 / 100]) \(counted.last ?? 0)"
    )
  }
}
