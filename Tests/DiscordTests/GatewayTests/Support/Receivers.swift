// What receives events in tests, and what a shard needs around it.

import DiscordGateway
import DiscordModels
import EventLoop
import HTTPClient
import JSON
import Synchronization
import TestKit
import Vault

/// An event as a test remembers it.
struct Received: Sendable, Equatable {
  let shard: ShardID
  let position: GatewayPosition
  let event: String
  /// The number in the event's data, by which tests tell events apart.
  let number: Int?
}

/// Remembers everything.
final class Receiver: ShardDelegate {
  let events = Recorder<Received>()
  let states = Recorder<ShardState>()

  func shard(_ shard: Shard, received event: borrowing GatewayFrame) {
    events.record(
      Received(
        shard: event.shard, position: event.position, event: event.event.description,
        number: event.data["number"]?.int))
  }

  func shard(_ shard: Shard, changed state: ShardState) { states.record(state) }

  var numbers: [Int] { events.values.compactMap(\.number) }
}

/// The system's time, in which nobody sleeps: identifies need not wait 5 s for each other.
struct ImpatientTime: TimeSource {
  private let system = SystemTime()
  var now: Timestamp { system.now }
  var uptime: Duration { system.uptime }
  func sleep(for duration: Duration) async throws { try Task.checkCancellation() }
}

/// A scripted gateway, a loop, a gate and a store.
final class Stage: Sendable {
  let gateway: ScriptedGateway
  let context: GatewayLoop
  let gate: IdentifyGate
  let sessions = MemorySessionStore()
  let receiver = Receiver()

  init(shards: Int = 1, url: (@Sendable (ScriptedGateway) -> String)? = nil) throws {
    let gateway = try ScriptedGateway()
    try gateway.start()
    self.gateway = gateway
    context = try GatewayLoop(loop: try EventLoop(name: "shards"))
    gate = IdentifyGate(store: MemoryIdentifyStore(), time: ImpatientTime()) {
      var information = gateway.information(shards: shards)
      if let url { information.url = url(gateway) }
      return information
    }
  }

  var configuration: ShardConfiguration {
    var configuration = ShardConfiguration(token: Secret(utf8: "token"), intents: [.guilds, .guildMessages])
    configuration.backOff.first = .milliseconds(2)
    configuration.backOff.longest = .milliseconds(50)
    configuration.saveInterval = .milliseconds(5)
    return configuration
  }

  func shard(_ change: (inout ShardConfiguration) -> Void = { _ in }, receiver: (any ShardDelegate)? = nil)
    -> Shard
  {
    var configuration = configuration
    change(&configuration)
    return Shard(
      ShardID(0, of: 1), on: context, configuration: configuration, gate: gate, sessions: sessions,
      delegate: receiver ?? self.receiver)
  }

  func group(_ change: (inout ShardConfiguration) -> Void = { _ in }) -> ShardGroup {
    var configuration = configuration
    change(&configuration)
    return ShardGroup(
      configuration: configuration, gate: gate, sessions: sessions, loops: [context], delegate: receiver)
  }

  /// Emits numbered messages to guild 0, with something in them that does not compress.
  func emit(_ numbers: Range<Int>) async {
    await gateway.onLoop { gateway in
      for number in numbers {
        let filler = (0..<12).map { _ in String(UInt64.random(in: 0...(.max)), radix: 36) }.joined()
        gateway.emit("MESSAGE_CREATE", guild: 0, #"{"number":\#(number),"filler":"\#(filler)"}"#)
      }
    }
  }

  func stop() async {
    await gateway.stop()
    context.client.shutdown()
    context.loop.shutdown()
  }
}

func withStage(_ body: (Stage) async throws -> Void) async throws {
  let stage = try Stage()
  do {
    try await body(stage)
  } catch {
    await stage.stop()
    throw error
  }
  await stage.stop()
}

extension Shard {
  func currentState() async -> ShardState {
    await withCheckedContinuation { continuation in
      loop.execute { continuation.resume(returning: self.state) }
    }
  }

  func untilOnline() async throws {
    try await eventually("the shard is online") { await self.currentState().receivesEvents }
  }
}
