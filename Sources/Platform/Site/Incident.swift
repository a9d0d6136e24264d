// What the operator tells of: something that went wrong, or will be worked on.

package import DiscordCore
package import EventLoop
package import PlatformText

/// How much an incident hurts.
package enum IncidentImpact: String, Hashable, Sendable, CaseIterable {
  /// Nothing that people notice.
  case none
  case minor, major, critical

  /// In a word (`site.impact.<impact>`).
  package var title: Sentence { Sentence("site.impact.\(rawValue)") }
}

/// How far an incident has come.
package enum IncidentStatus: String, Hashable, Sendable, CaseIterable {
  /// Maintenance that has not begun.
  case scheduled
  case investigating, identified, monitoring
  /// Over, for good.
  case resolved

  /// In a word (`site.status.<status>`).
  package var title: Sentence { Sentence("site.status.\(rawValue)") }
}

/// When planned work begins and ends.
package struct MaintenanceWindow: Hashable, Sendable {
  package let starts: Timestamp
  package let ends: Timestamp

  package init(starts: Timestamp, ends: Timestamp) { (self.starts, self.ends) = (starts, ends) }
}

/// An incident or a planned maintenance before it is published.
package struct IncidentDraft: Hashable, Sendable {
  /// One line, 1 to 200 characters.
  package var title: String
  /// Markdown, 1 to 10,000 characters.
  package var text: String
  package var impact: IncidentImpact
  package var components: Set<StatusComponent>
  /// For planned maintenance; nil for an incident.
  package var maintenance: MaintenanceWindow?
  /// How far it has come; nil for `scheduled` or `investigating`.
  package var status: IncidentStatus?

  package init(
    _ title: String, text: String, impact: IncidentImpact = .minor, components: Set<StatusComponent> = [],
    maintenance: MaintenanceWindow? = nil, status: IncidentStatus? = nil
  ) {
    (self.title, self.text, self.impact) = (title, text, impact)
    (self.components, self.maintenance, self.status) = (components, maintenance, status)
  }
}

/// What the operator wrote at some moment.
package struct IncidentUpdate: Hashable, Sendable {
  /// From 1.
  package let number: Int64
  package let status: IncidentStatus
  /// Markdown.
  package let text: String
  package let writtenAt: Timestamp
  /// Nil for who used the command line, and for somebody whose data was erased.
  package let writtenBy: UserID?
}

/// An incident or a planned maintenance as it is published.
package struct Incident: Hashable, Sendable {
  /// Grows with each.
  package let number: Int64
  package let title: String
  package let impact: IncidentImpact
  package let status: IncidentStatus
  package let components: Set<StatusComponent>
  /// For planned maintenance; nil for an incident.
  package let maintenance: MaintenanceWindow?
  package let openedAt: Timestamp
  /// Nil while it goes on.
  package let resolvedAt: Timestamp?
  /// Nil for who used the command line, and for somebody whose data was erased.
  package let openedBy: UserID?
  /// The newest first.
  package let updates: [IncidentUpdate]

  package var isResolved: Bool { resolvedAt != nil }
}

/// Why something about an incident was not written.
package enum IncidentRefusal: Error, Hashable, Sendable {
  /// No incident has that number.
  case unknown
  /// It is over; open another.
  case resolved
  /// The title is empty, too long, or has more than one line.
  case badTitle
  /// The text is empty or too long.
  case badText
  /// The maintenance ends before it begins.
  case badWindow
  /// It has `IncidentBook.updateLimit` updates.
  case tooManyUpdates
}
