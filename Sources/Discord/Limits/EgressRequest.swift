// What the egress machine is asked, told, and answers.

package import DiscordCore

/// What the machine needs to know of a call that wants to leave.
package struct EgressRequest: Sendable {
  package var route: RouteKey
  package var major: MajorParameter
  package var hiddenLimit: HiddenLimit?
  package var priority: EgressPriority
  package var guild: GuildID?
  /// Whether it counts against the bot's global limit.
  package var isGloballyLimited: Bool
  /// Whether it carries the bot's token, so that the token's breaker is about it.
  package var carriesToken: Bool
  /// When it is too late for it to leave.
  package var deadline: Duration
  /// Whether it goes before others of its kind: it was sent already, and is to be repeated.
  package var goesFirst: Bool

  package init(
    route: RouteKey, major: MajorParameter = .none, hiddenLimit: HiddenLimit? = nil,
    priority: EgressPriority = .reply, guild: GuildID? = nil, isGloballyLimited: Bool = true,
    carriesToken: Bool = true, deadline: Duration, goesFirst: Bool = false
  ) {
    (self.route, self.major, self.hiddenLimit, self.priority) = (route, major, hiddenLimit, priority)
    (self.guild, self.isGloballyLimited) = (guild, isGloballyLimited)
    (self.carriesToken, self.deadline, self.goesFirst) = (carriesToken, deadline, goesFirst)
  }
}

/// Names a request of one machine. Later requests have larger ones.
package struct EgressTicket: Hashable, Comparable, Sendable {
  let number: UInt64

  package static func < (left: Self, right: Self) -> Bool { left.number < right.number }
}

/// Why a request may not leave.
package enum EgressRefusal: Hashable, Sendable {
  /// Its deadline passed while it waited.
  case waitedTooLong
  /// A limit leaves no room before its deadline; there is room after so long.
  case noRoom(after: Duration)
  /// The bot's queue, or its guild's, is full of requests that matter as much.
  case queueFull
  /// It was the oldest background request when the queue was full.
  case displaced
  /// The bot's token was rejected.
  case tokenRejected
  /// Too many refused calls from this address; calls go on after so long.
  case budgetSpent(after: Duration)
  /// The webhook has answered that it does not exist.
  case webhookGone
}

/// What the shell has to do.
package enum EgressAction: Hashable, Sendable {
  /// The request may leave: claim its permit and send it.
  case start(EgressTicket)
  /// The request will not leave.
  case refuse(EgressTicket, EgressRefusal)
  /// Discord has rejected the token: tell the operator. Said once for each token.
  case reportRejectedToken
}

/// What became of a call.
package enum EgressOutcome: Hashable, Sendable {
  /// An answer, whatever its status.
  case answered(EgressAnswer)
  /// No answer, and nobody knows whether the call arrived.
  case lost
  /// It surely never left.
  case notSent
}

/// What of an answer matters to the limits.
package struct EgressAnswer: Hashable, Sendable {
  package var status: Int
  /// Nil when the answer has no rate-limit headers.
  package var limits: BucketHeaders?
  /// For a 429.
  package var limitRefusal: LimitRefusal?
  /// Whether Discord said that the webhook does not exist (404 with code 10015).
  package var isUnknownWebhook: Bool

  package init(
    status: Int, limits: BucketHeaders? = nil, limitRefusal: LimitRefusal? = nil,
    isUnknownWebhook: Bool = false
  ) {
    (self.status, self.limits, self.limitRefusal) = (status, limits, limitRefusal)
    self.isUnknownWebhook = isUnknownWebhook
  }

  /// Whether it counts towards the address's ban.
  package var isInvalidRequest: Bool {
    switch status {
    case 401, 403: true
    case 429: limitRefusal?.scope != .shared
    default: false
    }
  }
}

/// What a 429 says.
package struct LimitRefusal: Hashable, Sendable {
  /// Whose limit it was.
  package enum Scope: String, Hashable, Sendable, CaseIterable {
    /// The bot's for this resource.
    case user
    /// The bot's for everything.
    case global
    /// The resource's, over all who use it. Does not count towards the ban.
    case shared
    /// The address's: not Discord answers but Cloudflare.
    case address
  }

  /// Whose limit it was, and how long to wait.
  package var scope: Scope
  package var retryAfter: Duration

  package init(scope: Scope, retryAfter: Duration) { (self.scope, self.retryAfter) = (scope, retryAfter) }
}
