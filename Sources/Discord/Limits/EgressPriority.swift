// Which calls go first when not all can go at once.

/// The class of a call, most urgent first.
package enum EgressPriority: Int, CaseIterable, Hashable, Comparable, Sendable {
  /// Stops damage that is being done: bans and role changes of an anti-nuke or anti-raid response. Goes on when the
  /// budget of invalid requests has stopped everything else.
  case containment
  /// Somebody looks at a spinner: answers to interactions.
  case interaction
  /// Deletes, timeouts, bans and their messages.
  case moderation
  /// Messages somebody expects, without a deadline of Discord's.
  case reply
  /// Everything nobody waits for: reads of lists, role syncs, statistics. Refused first when queues are full.
  case background

  package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

  /// The name as metrics and logs have it.
  package var name: String { "\(self)" }
}
