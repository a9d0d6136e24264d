// Which bot serves a guild, from when on: what decides whose an event is.

package import DiscordCore
package import EventLoop

/// Who answers in a guild.
package enum GuildServer: Hashable, Sendable {
  /// The bot that serves every guild without one of its own.
  case shared
  /// The guild's own.
  case own(UserID)
}

/// The hand-overs of one guild, each with the instant from which the next bot serves it.
///
/// *Rule*: an event belongs to the bot that serves the guild at the event's own instant, whenever and however often it is
/// received. So of two bots that both receive it exactly one answers, also when one of them hears of it late, from a
/// session that it resumed.
package struct ServingHistory: Hashable, Sendable {
  /// From an instant on, one server.
  package struct Epoch: Hashable, Sendable {
    /// Grows by one with each hand-over.
    package let number: Int64
    package let server: GuildServer
    package let from: Timestamp

    package init(number: Int64, server: GuildServer, from: Timestamp) {
      (self.number, self.server, self.from) = (number, server, from)
    }
  }

  /// How many hand-overs are remembered. An event from before them is nobody's.
  package static let memory = 16

  /// Oldest first, never empty; numbers and instants grow.
  package private(set) var epochs: [Epoch]

  /// A guild that was always served by the shared bot.
  package init() { epochs = [Epoch(number: 0, server: .shared, from: .longAgo)] }

  /// What was stored. Epochs that are out of order are left out.
  package init(stored: [Epoch]) {
    self.init()
    for epoch in stored.sorted(by: { $0.number < $1.number }) { append(epoch) }
  }

  /// Who serves it after all hand-overs that are decided.
  package var latest: Epoch { epochs[epochs.count - 1] }

  /// Whose an event of that instant is; nil for one from before what is remembered.
  package func server(at instant: Timestamp) -> GuildServer? {
    epochs.last { $0.from <= instant }?.server
  }

  /// Adds a hand-over.
  ///
  /// - Returns: whether it was added: it must follow the latest one in number and instant.
  @discardableResult
  package mutating func append(_ epoch: Epoch) -> Bool {
    // Of what is remembered no more, only the first stored epoch can skip numbers.
    let follows = epoch.number == latest.number + 1 || (epochs.count == 1 && latest.number == 0)
    guard follows, epoch.number > latest.number, epoch.from > latest.from else { return false }
    if epoch.number > latest.number + 1 { epochs = [] }
    epochs.append(epoch)
    if epochs.count > Self.memory { epochs.removeFirst() }
    return true
  }
}

extension Timestamp {
  /// Before anything that Discord ever told.
  static let longAgo = Timestamp(milliseconds: 0)
}
