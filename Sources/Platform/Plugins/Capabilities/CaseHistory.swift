// What is on record about members, for others than whoever keeps the cases.

package import DiscordCore
package import EventLoop
package import PlatformText

/// A case as others see it.
package struct CaseSummary: Hashable, Sendable {
  /// Who is behind it.
  package enum Actor: Hashable, Sendable {
    case person(UserID)
    /// A plugin, of its own accord.
    case plugin(String)
    /// A person whose data was erased.
    case erased
  }

  /// Counts up within the guild, from 1.
  package let number: Int64
  /// `warn`, `ban`, …: the raw value of the case's kind, for programs.
  package let kind: String
  /// The word for what was done, such as "Warning", in the catalog of the plugin that keeps the cases.
  package let title: Sentence
  package let target: UserID
  package let actor: Actor
  package let reason: String
  package let at: Timestamp
  /// How long it lasts; nil for good, or where nothing lasts.
  package let duration: Duration?
  /// When it ends by itself; nil for good.
  package let expiresAt: Timestamp?
  /// When it ended; nil while it lasts, or for what does not last.
  package let endedAt: Timestamp?
  /// As given.
  package let points: Double
  /// Whether it was deleted: it stays on record and weighs nothing.
  package let isVoid: Bool

  package init(
    number: Int64, kind: String, title: Sentence, target: UserID, actor: Actor, reason: String, at: Timestamp,
    duration: Duration?, expiresAt: Timestamp?, endedAt: Timestamp?, points: Double, isVoid: Bool
  ) {
    (self.number, self.kind, self.title, self.target, self.actor) = (number, kind, title, target, actor)
    (self.reason, self.at, self.duration) = (reason, at, duration)
    (self.expiresAt, self.endedAt, self.points, self.isVoid) = (expiresAt, endedAt, points, isVoid)
  }
}

/// What is on record about one member.
package struct MemberHistory: Hashable, Sendable {
  /// The newest, newest first.
  package let cases: [CaseSummary]
  /// How many there are in all.
  package let total: Int
  /// What is left of their points now.
  package let points: Double
  /// How many warnings count.
  package let warnings: Int

  package init(cases: [CaseSummary], total: Int, points: Double, warnings: Int) {
    (self.cases, self.total, self.points, self.warnings) = (cases, total, points, warnings)
  }
}

/// Reads the cases of a guild. Every call may throw what the store throws.
package protocol CaseHistory: Sendable {
  /// The id of the plugin that keeps them, below which its pages are.
  var plugin: String { get }
  /// What is on record about a member; `limit` of the cases, 1 to 100.
  func history(of user: UserID, limit: Int) async throws -> MemberHistory
  /// How many cases that count each of these members has; who has none is not in it.
  func counts(of users: [UserID]) async throws -> [UserID: Int]
  /// Cases after that number, newest first, `limit` of them, 1 to 100.
  func newest(after number: Int64, limit: Int) async throws -> [CaseSummary]
  /// The case of that number.
  func record(_ number: Int64) async throws -> CaseSummary?
  /// Cases with smaller numbers than `before`, newest first, `limit` of them, 1 to 200; of one member unless `target` is
  /// nil.
  func records(of target: UserID?, before: Int64?, limit: Int) async throws -> [CaseSummary]
  /// How many cases were made since an instant.
  func count(since instant: Timestamp) async throws -> Int
}

extension Capability<any CaseHistory> {
  /// Provided by moderation.
  package static let caseHistory = Capability<any CaseHistory>("case_history")
}
