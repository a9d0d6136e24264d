// A case: one thing that was done to a member, or said about them.

package import DiscordCore
package import EventLoop
package import PlatformPlugins

/// What a case is about.
package enum CaseKind: String, Sendable, Hashable, CaseIterable {
  case note, warn, timeout, untimeout, kick, ban, unban, softban, quarantine, release, role
}

/// Who is behind a case.
package enum CaseSource: Hashable, Sendable {
  /// Somebody who asked Guildhall for it.
  case person(UserID)
  /// Somebody who did it in Discord, past Guildhall.
  case byHand(UserID)
  /// A plugin, of its own accord, and which of its rules.
  case automatic(plugin: String, rule: String)
  /// A person whose data was erased.
  case erased

  /// The person, when it was one.
  package var user: UserID? {
    switch self {
    case .person(let user), .byHand(let user): user
    case .automatic, .erased: nil
    }
  }
}

/// Whether the member was told.
package enum CaseNotice: String, Sendable, Hashable, CaseIterable {
  case sent
  /// They take no direct messages from the bot.
  case closed
  /// The server, or who acted, did not want it.
  case off
}

/// Where a message is.
package struct MessagePlace: Hashable, Sendable {
  package let channel: ChannelID
  package let message: MessageID
}

/// A case as it is kept.
package struct CaseRecord: Sendable, Equatable {
  /// Deleting a case leaves this.
  package struct Void: Sendable, Hashable {
    package let at: Timestamp
    /// nil when their data was erased.
    package let by: UserID?
    package let reason: String
  }

  /// Counts up within the guild, from 1, without gaps.
  package let number: Int64
  /// What made it; unique in the guild.
  package let effectKey: String
  package let kind: CaseKind
  package let target: UserID
  package let source: CaseSource
  /// As it is now; earlier ones are revisions.
  package let reason: String
  package let at: Timestamp
  /// How long it lasts; nil for good, or where nothing lasts.
  package let duration: Duration?
  /// As given; what is left of them is `Points`' to say.
  package let points: Double
  /// The case whose points led to this one.
  package let parent: Int64?
  /// Of the kind `role`, and of quarantine: the role that was given.
  package let role: RoleID?
  /// The message it is about.
  package let message: MessagePlace?
  /// What was said and shown, sealed: `CaseStore.evidence(of:)` opens it.
  let sealedEvidence: [UInt8]?
  /// Whether the member was told, when the case was made.
  package let notice: CaseNotice
  /// The step of the ladder that this case reached.
  package let step: LadderStep?
  /// Whether all that follows from the case is done: timers, log, ladder.
  package let isFinished: Bool
  /// When what lasted was over: by its timer or earlier.
  package let endedAt: Timestamp?
  /// Its line in the mod log.
  package let logMessage: MessagePlace?
  /// nil while it counts.
  package let void: Void?

  /// When it ends by itself; nil when it does not.
  package var expiresAt: Timestamp? { duration.map { at + $0 } }
}

/// A case that is about to be written down.
package struct CaseDraft: Sendable {
  package var kind: CaseKind
  package var target: UserID
  package var source: CaseSource
  package var reason: String
  package var effectKey: String
  package var at: Timestamp
  package var duration: Duration?
  package var points = 0.0
  package var parent: Int64?
  package var role: RoleID?
  package var message: MessageLinkEvidence?
  package var notice = CaseNotice.off
  /// Whether nothing follows from it.
  package var isFinished = false

  package init(
    _ kind: CaseKind, of target: UserID, by source: CaseSource, because reason: String, effectKey: String,
    at: Timestamp
  ) {
    (self.kind, self.target, self.source, self.reason) = (kind, target, source, reason)
    (self.effectKey, self.at) = (effectKey, at)
  }
}

/// A reason as it was before somebody changed it.
package struct CaseRevision: Sendable, Hashable {
  package let reason: String
  package let replacedAt: Timestamp
  package let replacedBy: UserID
}

/// What a message said and showed, as it was kept with a case.
package struct CaseEvidence: Sendable, Hashable {
  package let content: String
  package let repliedTo: MessageID?
  package let attachments: [String]
}

/// Which cases to find.
package struct CaseFilter: Sendable, Hashable {
  package var target: UserID?
  package var moderator: UserID?
  package var kind: CaseKind?
  /// Stands in the reason, in capitals or not.
  package var text: String?
  package var since: Timestamp?
  package var until: Timestamp?
  package var includesVoid = true
  /// How many of the newest to leave out, and how many to return: 1 to 100.
  package var offset = 0
  package var limit = 25

  package init() {}

  /// Whether it leaves anything out, but for the part that is returned.
  var hasConditions: Bool {
    target != nil || moderator != nil || kind != nil || text != nil || since != nil || until != nil
      || !includesVoid
  }
}

/// A part of what was found.
package struct CasePage: Sendable {
  /// Newest first.
  package let cases: [CaseRecord]
  /// How many there are in all.
  package let total: Int
}
