// Egress rows: 300 calls a second against the simulator's limits, and how soon a call is on its way.

import BenchmarkHarness
import DiscordCore
import DiscordLimits
import DiscordREST
import EventLoop
import HTTPClient
import HTTPServer
import HTTPTypes
import JSON
import Simulator
import SimulatorWorld
import Synchronization
import Telemetry
import TestKit
import Vault

let egressBenchmarks: [Benchmark] = [
  Benchmark("egress: 300 calls/s, five minutes") { try await EgressLoad().run() },
  Benchmark("egress: from send to arrival") { try await sendToArrival() },
]

// MARK: 300 calls a second

/// Bots that together make 300 calls a second for five minutes of the simulator's time, which stands still whenever a
/// call is on its way.
private final class EgressLoad: Sendable {
  /// Six, so that what the global limit counts (five calls of six) is within the 50 a second that each of them has.
  private static let botCount = 6
  private static let callsPerSecond = 300
  private static let seconds = 300
  private static let tick: Duration = .milliseconds(20)

  private struct Counts {
    var spawned = 0
    var finished = 0
    var waits: [EgressPriority: [Duration]] = [:]
    var limited = 0
  }

  private let time = ManualTime()
  private let counts = Mutex(Counts())

  func run() async throws -> [BenchmarkRow] {
    var configuration = SimulatorConfiguration()
    configuration.time = time
    configuration.onExchange = { [self] exchange in
      if exchange.status == 429 { counts.withLock { $0.limited += 1 } }
    }
    let simulator = try await Simulator.start(configuration)
    let loop = try EventLoop(name: "bench-egress")
    let http = try HTTPClient(loop: loop)
    let result: Result<[BenchmarkRow], any Error>
    do {
      let bots = try await makeBots(simulator, loop, http)
      try await offer(to: bots)
      for bot in bots { await bot.shutdown() }
      result = .success(rows())
    } catch { result = .failure(error) }
    http.shutdown()
    await simulator.stop()
    loop.execute { loop.shutdown() }
    return try result.get()
  }

  private func makeBots(_ simulator: Simulator, _ loop: EventLoop, _ http: HTTPClient) async throws
    -> [RESTClient]
  {
    let tokens = try await simulator.withWorld { world in
      guard let owner = world.users.keys.first else { throw TestKitError("a world without people") }
      return (0..<Self.botCount).map { world.makeApplication("Load \($0)", owner: owner).botToken }
    }
    var configuration = RESTClient.Configuration()
    configuration.base = simulator.apiBase
    configuration.time = time
    let metrics = MetricRegistry()
    let budget = AddressBudget(time: time, metrics: metrics)
    return tokens.map {
      RESTClient(
        loop: loop, http: http, token: Secret(utf8: $0), configuration: configuration, budget: budget,
        metrics: metrics)
    }
  }

  private func offer(to bots: [RESTClient]) async throws {
    var numbers = LoadNumbers(state: 1)
    let ticks = Self.seconds * 50
    let perTick = Self.callsPerSecond / 50
    try await withThrowingDiscardingTaskGroup { group in
      for _ in 0..<ticks {
        for _ in 0..<perTick {
          let bot = bots[Int.random(in: bots.indices, using: &numbers)]
          let endpoint = Self.endpoint(&numbers)
          counts.withLock { $0.spawned += 1 }
          group.addTask { await self.perform(endpoint, with: bot) }
        }
        try await settle(bots)
        time.advance(by: Self.tick)
      }
      // What still waits may take as long as it wants, but not for ever.
      for _ in 0..<60_000 where counts.withLock({ $0.finished < $0.spawned }) {
        try await settle(bots)
        time.advance(by: Self.tick)
      }
      guard counts.withLock({ $0.finished == $0.spawned }) else { throw TestKitError("calls starve") }
    }
  }

  private func perform(_ endpoint: Endpoint<Empty>, with bot: RESTClient) async {
    let start = time.uptime
    do throws(RESTError) {
      _ = try await bot.send(endpoint)
    } catch {
      // None of what is asked for exists: the limits count the calls all the same.
      guard error.kind == .gone else { return fail(error) }
    }
    counts.withLock { counts in
      counts.finished += 1
      counts.waits[endpoint.call.priority, default: []].append(time.uptime - start)
    }
  }

  private func fail(_ error: RESTError) {
    print("egress benchmark: \(error)")
    counts.withLock { $0.finished += 1 }
  }

  /// Returns when every call has been answered or waits for time to pass.
  private func settle(_ bots: [RESTClient]) async throws {
    let deadline = ContinuousClock.now + .seconds(30)
    while ContinuousClock.now < deadline {
      var waiting = 0
      for bot in bots { waiting += await bot.state.waiting.values.reduce(0, +) }
      if counts.withLock({ $0.spawned == $0.finished + waiting }) { return }
      await Task.yield()
    }
    throw TestKitError("calls hang")
  }

  /// A mix like a busy bot's, over 24 channels in eight guilds, none of which exist.
  private static func endpoint(_ numbers: inout LoadNumbers) -> Endpoint<Empty> {
    let guild = GuildID(UInt64.random(in: 1...8, using: &numbers))
    let channel = ChannelID(UInt64.random(in: 100..<124, using: &numbers))
    let message = MessageID(UInt64.random(in: 1...1_000_000, using: &numbers))
    let endpoint: Endpoint<Empty> =
      switch Int.random(in: 0..<100, using: &numbers) {
      case ..<3:
        Endpoint(.put, "/guilds/{guild.id}/bans/{user.id}", guild, UserID(1)).json { $0.object { _ in } }
          .at(.containment)
      case ..<20:
        Endpoint(
          .post, "/interactions/{interaction.id}/{interaction.token}/callback",
          InteractionID(message.rawValue), "token-\(message)"
        ).json { json in json.object { $0.field("type", 5) } }
      case ..<45:
        Endpoint(.delete, "/channels/{channel.id}/messages/{message.id}", channel, message).at(.moderation)
      case ..<75:
        Endpoint(.post, "/channels/{channel.id}/messages", channel)
          .json { json in json.object { $0.field("content", "hello") } }
      case ..<85:
        Endpoint(
          .put, "/channels/{channel.id}/messages/{message.id}/reactions/{emoji}/@me", channel, message, "🔥")
      default: Endpoint(.get, "/channels/{channel.id}/messages", channel)
      }
    return endpoint.of(guild)
  }

  private func rows() -> [BenchmarkRow] {
    let counts = counts.withLock { $0 }
    let bounds: [(EgressPriority, Double)] = [
      (.containment, 500), (.interaction, 100), (.moderation, 2_000), (.reply, 8_000), (.background, 15_000),
    ]
    var rows = [
      BenchmarkRow(
        name: "Egress, 300 calls/s for five minutes: 429s", unit: "of \(counts.spawned)",
        ours: Double(counts.limited), peer: "the bound: none", peerValue: 1, goal: .atMost(0))
    ]
    for (priority, bound) in bounds {
      let waits = (counts.waits[priority] ?? []).sorted()
      guard !waits.isEmpty else { continue }
      let p99 = Double(waits[waits.count * 99 / 100].wholeMilliseconds)
      rows.append(
        BenchmarkRow(
          name: "Egress, 300 calls/s: p99 of \(priority.name) (\(waits.count) calls)", unit: "ms", ours: p99,
          peer: "the bound", peerValue: bound, goal: .atMost(1)))
    }
    return rows
  }
}

/// Numbers that are the same in every run.
private struct LoadNumbers: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state ^ (state >> 29)
  }
}

// MARK: How soon a call is on its way

/// 2,000 calls a second from handing them over to their arrival at a server in this process: more than the way to the
/// socket, by the kernel and the server.
private func sendToArrival() async throws -> [BenchmarkRow] {
  let (loop, serverLoop) = (try EventLoop(name: "bench-egress"), try EventLoop(name: "bench-server"))
  let arrivals = Recorder<(number: Int, at: ContinuousClock.Instant)>()
  var router = Router()
  router.useAroundAll { request, _ in
    arrivals.record((Int(request.path.segments.last ?? "") ?? 0, .now))
    return HTTPResponse(status: .noContent)
  }
  let server = try HTTPServer(
    .tcp(host: "127.0.0.1", port: 0), router: router, loop: serverLoop, metrics: MetricRegistry(),
    writesAccessLog: false)
  guard case .tcp(_, let port) = try server.start() else { throw TestKitError("no port") }
  let http = try HTTPClient(loop: loop)
  var configuration = RESTClient.Configuration()
  configuration.base = "http://127.0.0.1:\(port)"
  configuration.limits.globalLimit = 100_000
  let metrics = MetricRegistry()
  let rest = RESTClient(
    loop: loop, http: http, token: Secret(utf8: "token"), configuration: configuration,
    budget: AddressBudget(metrics: metrics), metrics: metrics)
  let count = 10_000
  let departures = await depart(count, perSecond: 2_000, from: rest, on: loop)
  await rest.shutdown()
  http.shutdown()
  await server.shutdown(grace: .zero)
  for loop in [loop, serverLoop] { loop.execute { loop.shutdown() } }
  // The first fifth is for connections to be made.
  let delays = arrivals.values.filter { $0.number >= count / 5 }
    .map { departures[$0.number].duration(to: $0.at).microseconds }.sorted()
  guard delays.count >= count * 3 / 4 else { throw TestKitError("calls were lost") }
  return [
    BenchmarkRow(
      name: "Egress, 2,000 calls/s: send to arrival, p99", unit: "ms",
      ours: Double(delays[delays.count * 99 / 100]) / 1_000, peer: "the bound", peerValue: 5, goal: .atMost(1)
    )
  ]
}

/// Sends calls at a steady rate from tasks on the egress's loop, where events are handled.
private func depart(_ count: Int, perSecond: Int, from rest: RESTClient, on loop: EventLoop) async
  -> [ContinuousClock.Instant]
{
  var departures: [ContinuousClock.Instant] = []
  let start = ContinuousClock.now
  await withDiscardingTaskGroup { group in
    for number in 0..<count {
      let due = start + .microseconds(1_000_000 / perSecond * number)
      // Late wake-ups are made up for: the rate holds.
      if due > .now { try? await Task.sleep(until: due) }
      departures.append(.now)
      group.addTask(executorPreference: loop) {
        // An error shows as a call that did not arrive.
        _ = try? await rest.send(
          Endpoint<Empty>(
            .delete, "/channels/{channel.id}/messages/{message.id}", ChannelID(1), MessageID(UInt64(number)))
        )
      }
    }
  }
  return departures
}

extension Duration {
  fileprivate var microseconds: Int64 {
    components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
  }
}
