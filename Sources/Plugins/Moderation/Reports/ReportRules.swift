// Reports of members: what they are, and what may become of them.

import DiscordCore
import EventLoop
import PlatformPlugins

/// How a report stands.
enum ReportStatus: String, Hashable, Sendable {
  case open
  /// Somebody of the staff looks after it.
  case taken
  case closed
}

/// What came of a report.
enum ReportOutcome: String, Hashable, Sendable, CaseIterable {
  case warned, timedOut, banned, dismissed

  /// What reporters are told: that something was done or not, and never what.
  var reporterKey: String { self == .dismissed ? "report.told.dismissed" : "report.told.acted" }
}

/// What the staff can do with a report.
enum ReportAction: String, Hashable, Sendable, CaseIterable {
  case take, warn, timeout, ban, dismiss

  /// What it takes.
  var permission: Permissions { self == .ban ? .banMembers : .moderateMembers }

  var sanction: SanctionKind? {
    switch self {
    case .warn: .warn
    case .timeout: .timeout
    case .ban: .ban
    case .take, .dismiss: nil
    }
  }

  var outcome: ReportOutcome? {
    switch self {
    case .warn: .warned
    case .timeout: .timedOut
    case .ban: .banned
    case .dismiss: .dismissed
    case .take: nil
    }
  }
}

/// A report: of a message, or of a member as such.
struct Report: Hashable, Sendable {
  var number: Int64
  var target: UserID
  var channel: ChannelID?
  var message: MessageID?
  var status: ReportStatus
  /// Who of the staff looks after it, or decided it.
  var handler: UserID?
  var outcome: ReportOutcome?
  var caseNumber: Int64?
  var queueChannel: ChannelID?
  var queueMessage: MessageID?
  var createdAt: Timestamp
}

/// Who reported it, and why.
struct Reporter: Hashable, Sendable {
  var user: UserID
  var reason: String
  var at: Timestamp
}

/// How often one may report.
enum ReportRules {
  /// Reports of one person in an hour.
  static let hourlyLimit = 5
  /// Closed reports are remembered for so long.
  static let retention = Duration.seconds(90 * 86_400)
  /// A decision that somebody began and did not end may be taken over after so long.
  static let decisionSpan = Duration.seconds(120)
  /// Reporters that are told and named.
  static let namedReporters = 25

  /// When one may report again; nil when one may. `earlier` are the instants of one's reports.
  static func mayReport(after earlier: [Timestamp], at now: Timestamp) -> Timestamp? {
    let recent = earlier.filter { now - $0 < .seconds(3600) }.sorted()
    guard recent.count >= hourlyLimit else { return nil }
    return recent[recent.count - hourlyLimit] + .seconds(3600)
  }
}
