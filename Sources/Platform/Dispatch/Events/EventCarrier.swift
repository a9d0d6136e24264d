// From the shards' loops into the lanes.

import Bus
import DiscordBot
import DiscordCore
import EventLoop
import PlatformPlugins
import Synchronization
import Telemetry

/// Carries events into their guilds' lanes: through a few queues, by guild, each emptied by one task, so that order
/// within a guild is kept. A guild whose lane is full steps aside, and its events wait without holding up others.
final class EventCarrier: Sendable {
  private struct Parcel: Sendable {
    let event: GuildEvent
    let hold: EventHold?
  }

  private static let queueCount = 8
  private let queues: [AsyncStream<Parcel>.Continuation]
  private let streams: [AsyncStream<Parcel>]
  private let log = Log(room: "dispatch")

  init() {
    var queues: [AsyncStream<Parcel>.Continuation] = []
    var streams: [AsyncStream<Parcel>] = []
    for _ in 0..<Self.queueCount {
      // Bounded by what the shards may have in hand: they stop reading first.
      let (stream, continuation) = AsyncStream.makeStream(of: Parcel.self, bufferingPolicy: .unbounded)
      queues.append(continuation)
      streams.append(stream)
    }
    (self.queues, self.streams) = (queues, streams)
  }

  /// Takes an event. From any thread; waits for nothing. `hold` ends when the event is done, or safe in its lane.
  func take(_ event: GuildEvent, holding hold: EventHold?) {
    queues[Int(event.guild.rawValue >> 22) % Self.queueCount].yield(Parcel(event: event, hold: hold))
  }

  /// Carries until the task is cancelled. What is left then was not acknowledged, and comes again.
  func run(to dispatcher: Dispatcher) async {
    await withDiscardingTaskGroup { group in
      for stream in streams {
        group.addTask { await self.empty(stream, into: dispatcher) }
      }
    }
  }

  private func empty(_ stream: AsyncStream<Parcel>, into dispatcher: Dispatcher) async {
    let aside = SteppedAside()
    await withDiscardingTaskGroup { group in
      for await parcel in stream {
        if aside.take(parcel) { continue }
        do throws(BusError) {
          try await carry(parcel, to: dispatcher)
        } catch {
          guard error.code != .closed else { return }
          let guild = parcel.event.guild
          aside.begin(with: parcel)
          log.warning(
            "events wait for their lane", ["guild": .string("\(guild)"), "reason": .string("\(error)")])
          group.addTask { await self.carryOn(guild, aside, to: dispatcher) }
        }
      }
    }
  }

  /// Carries the events of a guild that stepped aside, until there are none or the task is cancelled.
  private func carryOn(_ guild: GuildID, _ aside: SteppedAside, to dispatcher: Dispatcher) async {
    var pause = Duration.milliseconds(20)
    while let parcel = aside.next(of: guild) {
      do throws(BusError) {
        try await carry(parcel, to: dispatcher)
        aside.done(with: guild)
        pause = .milliseconds(20)
      } catch {
        guard error.code != .closed else { return }
        do { try await dispatcher.time.sleep(for: pause) } catch { return }
        pause = min(pause * 2, .seconds(1))
      }
    }
  }

  private func carry(_ parcel: Parcel, to dispatcher: Dispatcher) async throws(BusError) {
    let key = parcel.event.key
    if let hold = parcel.hold { dispatcher.holds.keep(hold, of: key) }
    try await dispatcher.lanes.append(EventEnvelope.encode(parcel.event), key: "\(parcel.event.guild)")
    // Over Redis the lane keeps it from here on.
    if dispatcher.lanesOutliveProcess { dispatcher.holds.finish(key) }
  }

  /// What waits of guilds that stepped aside. Bounded by what the shards may have in hand.
  private final class SteppedAside: Sendable {
    private let waiting = Mutex<[GuildID: FirstInFirstOut<Parcel>]>([:])

    /// Puts an event behind those of its guild that wait; false when none do.
    func take(_ parcel: Parcel) -> Bool {
      waiting.withLock { waiting in
        guard !waiting.isEmpty else { return false }
        return waiting[parcel.event.guild]?.append(parcel) != nil
      }
    }

    func begin(with parcel: Parcel) {
      waiting.withLock { $0[parcel.event.guild, default: FirstInFirstOut()].append(parcel) }
    }

    /// The first that waits, which stays; when there is none, the guild is back in line.
    func next(of guild: GuildID) -> Parcel? {
      waiting.withLock { waiting in
        if let first = waiting[guild]?.first { return first }
        waiting[guild] = nil
        return nil
      }
    }

    func done(with guild: GuildID) {
      waiting.withLock { _ = $0[guild]?.popFirst() }
    }
  }
}
