// Events for those who would rather await them: copied, and within a bound.

package import DiscordCore
package import DiscordGateway
package import DiscordModels
internal import JSON
internal import Synchronization

/// A copy of an event, to keep and to hand around.
package struct OwnedEvent: Sendable {
  package let name: GatewayEventName
  /// Nil for what belongs to no guild.
  package let guild: GuildID?
  package let shard: ShardID
  package let position: GatewayPosition
  /// As `TimeSource.uptime` tells it.
  package let receivedAt: Duration
  /// The event's data as JSON text.
  package let json: [UInt8]
  /// Keeps the event from being acknowledged; finish it when the event is handled.
  package let hold: EventHold

  /// Reads the data as a model.
  ///
  /// - Throws: `JSONError`: what the model cannot be without.
  package func decode<Model: WireDecodable>(as model: Model.Type = Model.self) throws -> Model {
    try JSONParser().parse(json) { try Model(from: $0) }
  }
}

/// Events of some names, one after another, for one task.
///
///     for await event in bot.events.stream(of: [.messageCreate], bound: 1_000) {
///       …
///       event.hold.finish()
///     }
///
/// *At the bound* the newest event is left out and counted in `dropped`. With a bound of at least what the shards may
/// have in hand (`BotConfiguration.eventsInHand` for each), that cannot happen: the shards stop reading first.
package final class EventStream: AsyncSequence, Sendable {
  package typealias Element = OwnedEvent

  private let stream: AsyncStream<OwnedEvent>
  private let continuation: AsyncStream<OwnedEvent>.Continuation
  private let subscription: EventSubscription
  private let counter: DropCounter

  /// How many events were left out so far.
  package var dropped: Int { counter.count.load(ordering: .relaxed) }

  fileprivate init(_ names: [GatewayEventName]?, bound: Int, of dispatcher: EventDispatcher) {
    let counter = DropCounter()
    let (stream, continuation) = AsyncStream.makeStream(
      of: OwnedEvent.self, bufferingPolicy: .bufferingOldest(bound))
    let handler: EventDispatcher.Handler = { event in
      guard let copy = OwnedEvent(&event) else { return }
      if case .dropped = continuation.yield(copy) { counter.add() }
    }
    (self.stream, self.continuation) = (stream, continuation)
    self.counter = counter
    subscription = names.map { dispatcher.subscribe(to: $0, handler) } ?? dispatcher.subscribeToAll(handler)
  }

  deinit { cancel() }

  /// Ends the subscription; what is buffered can still be read.
  package func cancel() {
    subscription.cancel()
    continuation.finish()
  }

  package func makeAsyncIterator() -> Iterator {
    Iterator(owner: self, base: stream.makeAsyncIterator())
  }

  /// Keeps the subscription alive while it is read.
  package struct Iterator: AsyncIteratorProtocol {
    private let owner: EventStream
    private var base: AsyncStream<OwnedEvent>.Iterator

    fileprivate init(owner: EventStream, base: AsyncStream<OwnedEvent>.Iterator) {
      (self.owner, self.base) = (owner, base)
    }

    package mutating func next(isolation actor: isolated (any Actor)?) async -> OwnedEvent? {
      await base.next(isolation: actor)
    }

    package mutating func next() async -> OwnedEvent? { await next(isolation: #isolation) }
  }
}

/// Shared by the stream and its handler.
private final class DropCounter: Sendable {
  let count = Atomic(0)
  func add() { count.wrappingAdd(1, ordering: .relaxed) }
}

extension OwnedEvent {
  /// Nil if the data cannot be written again, which would be a mistake of ours.
  fileprivate init?(_ event: inout BotEvent) {
    var writer = JSONWriter()
    writer.value(event.data)
    guard let json = try? writer.finish() else { return nil }  // What was parsed can be written.
    self.init(
      name: event.name, guild: event.guild, shard: event.shard, position: event.position,
      receivedAt: event.receivedAt, json: json, hold: event.hold())
  }
}

extension EventDispatcher {
  /// Events of these names as a sequence for one task, at most `bound` of them waiting.
  package func stream(of names: [GatewayEventName], bound: Int) -> EventStream {
    EventStream(names, bound: bound, of: self)
  }

  /// All events as a sequence for one task, at most `bound` of them waiting.
  package func streamOfAll(bound: Int) -> EventStream { EventStream(nil, bound: bound, of: self) }
}
