// What the rules say about a message: which matched and why, what is to be done, who was exempt.

package import DiscordCore

/// What was seen. The raw value is the end of a catalog key (`match.<name>`), whose sentence names the parameters.
package enum MatchSign: String, CaseIterable, Sendable {
  /// `count` messages within `window` seconds.
  case flood
  /// The same text `count` times within `window` seconds.
  case copies
  /// The same text by `count` members within `window` seconds.
  case raid
  /// One more of a flood, of copies, of a raid that was acted upon already.
  case more
  /// `count` mentions, more than `limit`.
  case mentions
  /// `@everyone` by somebody who may not.
  case everyone
  /// A domain of a list: `host`.
  case listedScam
  /// `host` imitates `name`.
  case imitation
  /// A masked link shows another host than `host`.
  case disguisedLink
  /// A promise beside a link: `found`.
  case lure
  /// A link to `host`, which is denied, or is not allowed.
  case deniedLink, link
  /// An invite: `code`.
  case invite
  /// `count` percent of the letters are capitals, more than `limit`.
  case capitals
  /// `count` emoji and stickers, more than `limit`.
  case emoji
  /// `count` lines, characters, or one character in a row, more than `limit`.
  case lines, characters, repeats
  /// The entry `entry` of a list, in the word `found`.
  case word
  /// The same behind a disguise.
  case disguisedWord
  /// The regular expression `pattern`.
  case pattern
  /// A file called `name`, whose end is refused, or is not allowed.
  case refusedFile, fileNotAllowed
  /// `count` files, more than `limit`.
  case files
  /// `count` marks on one letter, or invisible characters, more than `limit`.
  case marks, invisible
  /// Heat `count`, at `limit`.
  case heat
  /// The conditions of a rule without words.
  case conditions
  /// Discord's AutoMod saw it, and says what only in part.
  case blocked
}

/// A rule that matched.
package struct RuleMatch: Hashable, Sendable {
  package let rule: RuleName
  package let sign: MatchSign
  /// What the sign's sentence names. Parts of the message are among them: for the server's own record, not for logs of
  /// the program.
  package let parameters: [String: String]

  package init(_ rule: RuleName, _ sign: MatchSign, _ parameters: [String: String] = [:]) {
    (self.rule, self.sign, self.parameters) = (rule, sign, parameters)
  }
}

/// Why something was left alone (`exempt.<name>`).
package enum ExemptionReason: Hashable, Sendable {
  case moderator
  case role(RoleID)
  case channel(ChannelID)

  /// The end of the catalog key.
  package var name: String {
    switch self {
    case .moderator: "moderator"
    case .role: "role"
    case .channel: "channel"
    }
  }
}

/// An exemption that applied.
package struct Exemption: Hashable, Sendable {
  /// nil when it is from everything.
  package let rule: RuleName?
  package let reason: ExemptionReason
}

/// What keeps a member from going on, the milder first.
package enum Containment: Hashable, Sendable, Comparable {
  case none
  case timeout(Duration)
  case kick
  case ban

  private var rank: Int {
    switch self {
    case .none: 0
    case .timeout: 1
    case .kick: 2
    case .ban: 3
    }
  }

  package static func < (left: Self, right: Self) -> Bool {
    if case .timeout(let shorter) = left, case .timeout(let longer) = right { return shorter < longer }
    return left.rank < right.rank
  }
}

/// A message and where it is.
package struct MessageReference: Hashable, Sendable {
  package let channel: ChannelID
  package let message: MessageID

  package init(channel: ChannelID, message: MessageID) { (self.channel, self.message) = (channel, message) }
}

/// What happens to one member.
package struct Sentence: Hashable, Sendable {
  package let member: UserID
  /// The strongest of what the matched rules ask for.
  package internal(set) var containment = Containment.none
  /// Whether a warning is recorded, and with how many points in all.
  package internal(set) var warns = false
  package internal(set) var points = 0
  /// Whether the member is told.
  package internal(set) var tells = false

  init(_ member: UserID) { self.member = member }

  /// Whether anything happens to the member.
  package var isEmpty: Bool { containment == .none && !warns && points == 0 && !tells }
}

/// What the rules say about a message.
package struct Verdict: Sendable, Equatable {
  /// In the order of the rules; empty when nothing is wrong.
  package internal(set) var matches: [RuleMatch] = []
  /// What rules saw that are on trial: nothing follows from it.
  package internal(set) var rehearsals: [RuleMatch] = []
  /// Exemptions that kept a rule, or all of them, from acting.
  package internal(set) var exemptions: [Exemption] = []
  /// What is removed: the message, and those before it that belong to the same burst. Each once.
  package internal(set) var deletes: [MessageReference] = []
  /// Who is acted upon: the author first, then others of a raid. Only those to whom something happens.
  package internal(set) var sentences: [Sentence] = []
  /// Whether the match is shown in the alert channel.
  package internal(set) var logs = false
  /// What must be remembered of a raid that somebody was sentenced for.
  package internal(set) var raid: RaidHold?
  /// The author's heat after the message.
  package internal(set) var heat = 0.0

  package init() {}

  /// Whether nothing is done.
  package var isQuiet: Bool { deletes.isEmpty && sentences.isEmpty && !logs }

  /// Whether nothing was seen that anybody may ask about.
  var isUnremarkable: Bool { matches.isEmpty && rehearsals.isEmpty && exemptions.isEmpty }

  /// Adds what a rule asks for. `isMore`: the rule has acted on this burst already, so the message goes and nothing else.
  mutating func add(
    _ match: RuleMatch, _ response: FilterResponse, _ author: UserID, removing messages: [MessageReference],
    and others: [UserID] = [], isMore: Bool = false
  ) {
    guard !response.isDryRun else { return rehearsals.append(match) }
    matches.append(match)
    if response.actions.contains(.delete) {
      for message in messages where !deletes.contains(message) { deletes.append(message) }
    }
    if isMore { return }
    logs = logs || response.actions.contains(.log)
    for member in [author] + others { sentence(member, response) }
  }

  private mutating func sentence(_ member: UserID, _ response: FilterResponse) {
    let place = sentences.firstIndex { $0.member == member }
    var sentence = place.map { sentences[$0] } ?? Sentence(member)
    for action in response.actions {
      switch action {
      case .timeout: sentence.containment = max(sentence.containment, .timeout(response.timeout))
      case .kick: sentence.containment = max(sentence.containment, .kick)
      case .ban: sentence.containment = max(sentence.containment, .ban)
      case .warn: sentence.warns = true
      case .log, .delete: break
      }
    }
    sentence.points += response.points
    sentence.tells = sentence.tells || response.tellsMember
    guard !sentence.isEmpty else { return }
    if let place { sentences[place] = sentence } else { sentences.append(sentence) }
  }
}
