// A bulk job: one role for many members, and how far it has come.

import DiscordCore
import EventLoop

/// Giving or taking a role, member by member, in the order of their ids.
struct BulkJob: Hashable, Sendable {
  enum Verb: String, Hashable, Sendable, CaseIterable { case give, take }
  enum Who: String, Hashable, Sendable, CaseIterable {
    case all, bots, humans
    /// Those who have the role `within`.
    case role
  }
  /// *Running* may become each of the others; those are final.
  enum State: String, Hashable, Sendable, CaseIterable { case running, finished, cancelled, failed }

  var number: Int64 = 0
  let verb: Verb
  let who: Who
  let within: RoleID?
  let role: RoleID
  let startedBy: UserID
  let startedAt: Timestamp
  var state = State.running
  /// Everybody up to this one is done.
  var lastUser = UserID(0)
  /// Members looked at, changed, and not changed because Discord refused.
  var seen = 0
  var done = 0
  var failed = 0
  /// How many members the guild had when it began.
  var expected: Int
  let channel: ChannelID
  /// Where its progress is shown.
  var message: MessageID?
  /// When its progress was shown last.
  var toldAt = Timestamp(milliseconds: 0)

  init(
    _ verb: Verb, _ role: RoleID, to who: Who, within: RoleID? = nil, by user: UserID, at now: Timestamp,
    expected: Int, in channel: ChannelID
  ) {
    (self.verb, self.role, self.who, self.within) = (verb, role, who, within)
    (startedBy, startedAt, self.expected, self.channel) = (user, now, expected, channel)
  }

  /// Whether a member is meant and does not have already what the job is for.
  func wants(roles: [RoleID], isBot: Bool) -> Bool {
    let isMeant =
      switch who {
      case .all: true
      case .bots: isBot
      case .humans: !isBot
      case .role: within.map(roles.contains) ?? false
      }
    return isMeant && roles.contains(role) == (verb == .take)
  }

  /// Part of the members that were looked at, 0 to 100.
  var percentage: Int { expected > 0 ? min(100, seen * 100 / expected) : 0 }
}
