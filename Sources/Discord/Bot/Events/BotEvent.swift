// One event on its way to the handlers.

package import DiscordCore
package import DiscordGateway
package import DiscordModels
internal import EventLoop
package import JSON
internal import Synchronization

/// An event as handlers get it, on the shard's loop: lent for the call, decoded only as far as somebody asks.
///
///     bot.events.subscribe(to: .messageCreate) { event in
///       guard let guild = event.guild else { return }
///       let hold = event.hold()
///       Task { await lanes[guild].handle(…); hold.finish() }
///     }
package struct BotEvent: ~Copyable {
  package let name: GatewayEventName
  /// The `d`. Points into the parser's memory: it must not leave the call.
  package let data: JSONView
  /// When its last byte was read, as `TimeSource.uptime` tells it.
  package let receivedAt: Duration
  package let position: GatewayPosition
  private let receiver: Shard
  private var completion: EventCompletion?

  init(_ frame: borrowing GatewayFrame, from shard: Shard) {
    (name, data, receivedAt, position) = (frame.event, frame.data, frame.receivedAt, frame.position)
    receiver = shard
  }

  /// The shard it came by.
  package var shard: ShardID { receiver.id }

  /// Names the event for good: the same when Discord sends it again to a later process that resumes the session.
  package var replayKey: String { "\(receiver.sessionID ?? "-"):\(position.sequence)" }

  /// The guild it is about; nil for what belongs to none, as direct messages.
  package var guild: GuildID? {
    switch name {
    case .guildCreate, .guildUpdate, .guildDelete: data["id"]?.id()
    default: data["guild_id"]?.id()
    }
  }

  /// Reads the event's data as a model.
  ///
  /// - Throws: what the model cannot be without.
  package func decode<Model: WireDecodable>(as model: Model.Type = Model.self) throws(JSONError) -> Model {
    try Model(from: data)
  }

  /// Keeps the event from being acknowledged until the hold is finished or let go: for handlers that go on after
  /// they returned. After a crash, events that were not acknowledged come again.
  package mutating func hold() -> EventHold {
    if completion == nil { receiver.expectAcknowledgement() }
    let completion = completion ?? EventCompletion(receiver, position)
    self.completion = completion
    completion.retain()
    return EventHold(completion)
  }

  /// All handlers have returned.
  consuming func finish() {
    if let completion { completion.release() } else { receiver.acknowledge(position) }
  }
}

/// A part in an event that is still being handled. Finished at the latest when the last reference goes away.
package final class EventHold: Sendable {
  private let completion: EventCompletion
  private let isFinished = Atomic(false)

  init(_ completion: EventCompletion) { self.completion = completion }

  deinit { finish() }

  /// The part is done. From any thread; a second time does nothing.
  package func finish() {
    guard !isFinished.exchange(true, ordering: .acquiringAndReleasing) else { return }
    completion.release()
  }
}

/// Counts who is busy with an event, and acknowledges it when nobody is.
final class EventCompletion: Sendable {
  private let shard: Shard
  private let position: GatewayPosition
  /// The dispatch itself is the first.
  private let busy = Atomic(1)

  init(_ shard: Shard, _ position: GatewayPosition) {
    (self.shard, self.position) = (shard, position)
  }

  func retain() { busy.wrappingAdd(1, ordering: .relaxed) }

  func release() {
    guard busy.wrappingSubtract(1, ordering: .acquiringAndReleasing).newValue == 0 else { return }
    shard.acknowledgeSoon(position)
  }
}
