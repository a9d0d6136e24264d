// What can go wrong on order.

package import DiscordCore
package import EventLoop

/// One fault, as Discord or the network between would show it.
package enum Fault: Sendable, Hashable {
  // The gateway.
  /// The connection ends without a close frame.
  case dropConnection
  /// The connection is closed with a code of Discord's.
  case closeConnection(code: UInt16)
  /// Op 9; a session that cannot be resumed is forgotten.
  case invalidSession(resumable: Bool)
  /// Op 7: the client is asked to reconnect and resume.
  case reconnect
  /// Heartbeats get no answer.
  case swallowAcknowledgements
  case delayEvents(Duration)
  /// Each event comes twice, under two sequence numbers.
  case duplicateEvents
  /// Each event brings a field that nobody knows.
  case unknownFields
  /// Before each event comes one that nobody knows.
  case unknownEvents
  /// Each event brings a field of so many bytes.
  case hugePayloads(bytes: Int)
  // REST.
  /// 500 to 599 instead of an answer; nothing is done.
  case serverError(status: Int)
  /// As `serverError`, but the request was carried out.
  case lostAnswer(status: Int)
  case rateLimit(scope: RateLimitScope, retryAfter: Duration)
  case delayAnswer(Duration)
  /// The body comes in pieces over that time.
  case slowBody(Duration)
  /// The connection ends in the middle of the body.
  case cutBody

  /// The scopes of a 429.
  package enum RateLimitScope: String, Sendable, Hashable, CaseIterable { case user, global, shared }

  /// Whether it happens to a connection at once, rather than to what passes later.
  var strikesConnections: Bool {
    switch self {
    case .dropConnection, .closeConnection, .invalidSession, .reconnect: true
    default: false
    }
  }

  /// Whether it concerns REST rather than the gateway.
  var isREST: Bool {
    switch self {
    case .serverError, .lostAnswer, .rateLimit, .delayAnswer, .slowBody, .cutBody: true
    default: false
    }
  }
}

/// Where an ordered fault happens, and how often.
package struct FaultOrder: Sendable, Hashable {
  package var fault: Fault
  /// Nil: to every application, and to people's sessions.
  package var application: ApplicationID?
  /// Nil: in every guild. A request or event without a guild is not in any.
  package var guild: GuildID?
  /// A path template such as `/channels/{channel.id}/messages`, with or without a method before it. REST only.
  package var route: String?
  /// An event's name. Gateway only.
  package var event: String?
  /// How many times; nil: until it is cancelled, or `duration` is over.
  package var count: Int?
  /// For how long, in simulated time.
  package var duration: Duration?

  /// One fault, once, anywhere, unless told otherwise.
  package init(
    _ fault: Fault, application: ApplicationID? = nil, guild: GuildID? = nil, route: String? = nil,
    event: String? = nil, count: Int? = 1, duration: Duration? = nil
  ) {
    (self.fault, self.application, self.guild) = (fault, application, guild)
    (self.route, self.event, self.count, self.duration) = (route, event, count, duration)
  }
}

/// An order that is in force.
package struct StandingFault: Sendable, Hashable {
  package let id: Int
  package let order: FaultOrder
  /// How many times it will still happen; nil without a count.
  package internal(set) var remaining: Int?
  /// When it lapses, in simulated time.
  package let until: Timestamp?
}
