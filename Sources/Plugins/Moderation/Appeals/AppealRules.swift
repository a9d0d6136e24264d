// Appeals against cases: what they are, who may make one, and what an approval undoes.

package import DiscordCore
package import EventLoop
import PlatformPlugins

/// How an appeal stands.
package enum AppealStatus: String, Sendable, Hashable, CaseIterable {
  /// The staff's turn.
  case open
  /// The person's turn: the staff has asked something.
  case asked
  case approved, denied

  /// Whether it is still to be decided.
  package var isPending: Bool { self == .open || self == .asked }
}

/// Where an appeal was written.
package enum AppealOrigin: String, Sendable, Hashable, CaseIterable {
  case server
  /// On the dashboard, by somebody who signed in with the account that the case is about.
  case web
}

/// What is decided.
package enum AppealVerdict: String, Sendable, Hashable, CaseIterable {
  case approve, deny

  var status: AppealStatus { self == .approve ? .approved : .denied }
}

/// An appeal against a case.
package struct Appeal: Sendable, Hashable {
  /// 1 and up in each guild.
  package let number: Int64
  package let caseNumber: Int64
  /// Whose case it is, and who alone may appeal against it.
  package let person: UserID
  package let status: AppealStatus
  package let origin: AppealOrigin
  package let createdAt: Timestamp
  /// When the staff is reminded next; nil once it is decided.
  package let dueAt: Timestamp?
  package let decidedBy: UserID?
  package let decidedAt: Timestamp?
  let queueChannel: ChannelID?
  let queueMessage: MessageID?
}

/// One thing that was said in the course of an appeal.
package struct AppealEntry: Sendable, Hashable {
  /// What it is.
  package enum Kind: String, Sendable, Hashable, CaseIterable {
    case submitted, asked, answered, approved, denied, reopened
  }

  package let kind: Kind
  /// nil when their data was erased.
  package let author: UserID?
  package let text: String
  package let at: Timestamp
}

enum AppealRules {
  /// A decision that somebody began and did not end may be taken over after so long.
  static let decisionSpan = Duration.seconds(120)
  /// Characters of what is said at once.
  static let textLength = 10...3_000

  /// Why that person cannot appeal against that case; nil when they can.
  static func refusal(_ record: CaseRecord?, person: UserID) -> Refusal? {
    // Whether a case of somebody else exists is nobody's business.
    guard let record, record.target == person else { return Refusal("appeal.noCase") }
    if record.void != nil { return Refusal("appeal.void", ["case": "\(record.number)"]) }
    guard record.kind.isPunishment else {
      return Refusal("appeal.notAppealable", ["case": "\(record.number)"])
    }
    return nil
  }

  /// When one may appeal again after a refusal; nil when one may.
  static func pausedUntil(lastDenial: Timestamp?, pause: Duration, now: Timestamp) -> Timestamp? {
    guard let lastDenial, now < lastDenial + pause else { return nil }
    return lastDenial + pause
  }

  /// What has to be taken back besides the case itself; nil when nothing of it lasts, or something later took its place.
  static func remedy(for record: CaseRecord, newest: CaseRecord?, at now: Timestamp) -> SanctionKind? {
    guard record.endedAt == nil, record.expiresAt.map({ $0 > now }) ?? true,
      newest?.number ?? record.number == record.number
    else { return nil }
    return switch record.kind {
    case .ban: .unban
    case .timeout: .untimeout
    case .quarantine: .release
    default: nil
    }
  }
}
