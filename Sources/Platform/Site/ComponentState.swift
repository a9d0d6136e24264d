// The parts of an installation, and how they may be.

package import EventLoop
package import PlatformText

/// A part of the installation that the status page tells of.
package enum StatusComponent: String, Hashable, Sendable, CaseIterable {
  /// The dashboard and the API.
  case web
  /// The database.
  case storage
  /// What processes talk over.
  case bus
  /// Discord's API, as it answers us.
  case discord
  /// The bots' connections to Discord.
  case bot

  /// What it is called (`site.component.<component>`).
  package var title: Sentence { Sentence("site.component.\(rawValue)") }
}

/// How a part is.
package enum ComponentState: String, Hashable, Sendable, CaseIterable {
  case operational
  /// It works, less well than it should.
  case degraded
  case down
  /// Nobody reported for three minutes.
  case unknown

  /// In a word (`site.state.<state>`).
  package var title: Sentence { Sentence("site.state.\(rawValue)") }
}

/// How a part is at a moment.
package struct ComponentStatus: Hashable, Sendable {
  package let component: StatusComponent
  package let state: ComponentState
  /// Since when it is so; nil when nobody ever reported.
  package let since: Timestamp?
  /// When somebody reported last; nil when nobody ever did.
  package let reportedAt: Timestamp?

  /// A part of which nobody knows anything.
  package static func unknown(_ component: StatusComponent) -> ComponentStatus {
    ComponentStatus(component: component, state: .unknown, since: nil, reportedAt: nil)
  }
}

/// How a part was during one day, UTC.
package struct UptimeDay: Hashable, Sendable {
  package let component: StatusComponent
  package let day: CivilDate
  /// How long it was in each state. What is missing of the day is not over, or was before the first report.
  package let durations: [ComponentState: Duration]

  /// The share of the time that was counted in which it worked, also if less well: 0 to 1. What nobody reported on
  /// does not count as working, because a program that is not running cannot say so. Nil when nothing was counted.
  package var uptime: Double? { Self.uptime([self]) }

  /// The same over several days.
  package static func uptime(_ days: some Sequence<UptimeDay>) -> Double? {
    var (up, all) = (Int64(0), Int64(0))
    for day in days {
      for (state, duration) in day.durations {
        all += duration.wholeMilliseconds
        if state == .operational || state == .degraded { up += duration.wholeMilliseconds }
      }
    }
    return all > 0 ? Double(up) / Double(all) : nil
  }
}
