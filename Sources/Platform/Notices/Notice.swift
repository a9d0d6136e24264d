// What operators and guild owners should hear of without having asked.

package import EventLoop
package import PlatformText
package import Storage

/// Whom a notice is for.
package enum NoticeAudience: Hashable, Sendable {
  /// Who hosts the installation.
  case operators
  /// Who looks after the guild.
  case guild(Tenant)
}

/// How much a notice matters.
package enum NoticeSeverity: Int, Hashable, Sendable, Comparable, CaseIterable {
  /// Good to know.
  case info = 1
  /// Something works less well than it should.
  case warning = 2
  /// Something does not work.
  case problem = 3

  package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

  /// The name in documents.
  package var name: String { "\(self)" }
}

/// A notice before it is stored.
package struct NoticeDraft: Hashable, Sendable {
  package var severity: NoticeSeverity
  /// Who has something to say: a plugin's id, or a room's name.
  package var source: String
  /// What makes two notices the same: the failing thing, without numbers or times. Unique within `source`.
  package var key: String
  package var sentence: Sentence
  /// A path of the dashboard, or an address, where something can be done; nil for none.
  package var link: String?

  package init(
    _ severity: NoticeSeverity, from source: String, key: String, _ sentence: Sentence, link: String? = nil
  ) {
    (self.severity, self.source, self.key) = (severity, source, key)
    (self.sentence, self.link) = (sentence, link)
  }
}

/// A notice as it is kept.
package struct Notice: Hashable, Sendable {
  /// What a reader has done with it.
  package enum Status: String, Hashable, Sendable {
    case unread, read
    /// Not shown any more, unless asked for.
    case dismissed
  }

  /// How far it got to the channel or person it is also sent to.
  package enum Delivery: String, Hashable, Sendable {
    /// Nobody wanted it sent.
    case none
    case pending, delivered
    /// Given up; it is in the list all the same.
    case failed
  }

  /// Grows with each notice of the audience.
  package let number: Int64
  package let severity: NoticeSeverity
  package let source: String
  package let key: String
  /// Of the last occurrence.
  package let sentence: Sentence
  package let link: String?
  /// How often it occurred.
  package let count: Int64
  package let firstAt: Timestamp
  package let lastAt: Timestamp
  package let status: Status
  package let delivery: Delivery
}

/// Which notices to list, newest first.
package struct NoticeFilter: Hashable, Sendable {
  /// Also those that were dismissed.
  package var includesDismissed = false
  package var atLeast = NoticeSeverity.info
  /// Nil for every source.
  package var source: String?
  /// Only those before this number: the last of the page before.
  package var before: Int64?
  /// 1 to 100.
  package var limit = 50

  package init() {}
}
