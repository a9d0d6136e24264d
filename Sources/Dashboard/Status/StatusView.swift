// The page `/status`.

import EventLoop
import HTML
import HTTPServer
import PlatformSite
import PlatformText
import Resources

/// Writes the page.
struct StatusView: Sendable {
  let visit: Visit
  let report: StatusReport

  private var strings: StringCatalog { visit.strings }

  func page() throws -> HTTPResponse {
    try visit.page(
      PageHead(strings["status.title"], section: "status", lead: strings["status.lead"]),
      actions: { html in
        html.add(Button(strings["status.follow"], icon: .bell, act: .follow("/status.atom")))
      },
      { html in
        html.element(.div, .class("stack status-page")) { html in
          html.add(
            Notice(Self.tone(report.overall), strings[dynamic: "status.overall.\(report.overall.rawValue)"]))
          if !report.isCurrent {
            html.add(Notice(.warning, strings["status.stale"]))
          }
          for incident in report.current { html.add(IncidentCard(visit: visit, incident: incident)) }
          for incident in report.planned { html.add(IncidentCard(visit: visit, incident: incident)) }
          components(&html)
          history(&html)
        }
      })
  }

  private func components(_ html: inout HTMLWriter) {
    html.add(
      Card(strings["status.components"], subtitle: strings["status.days"]) { html in
        html.element(.ul, .class("status-parts")) { html in
          for status in report.components { component(status, &html) }
        }
      })
  }

  private func component(_ status: ComponentStatus, _ html: inout HTMLWriter) {
    let name = visit.words(status.component.title, of: .site)
    let days = report.days[status.component] ?? []
    html.element(.li, .class("status-part")) { html in
      html.element(.div, .class("status-part-head")) { html in
        html.element(.h3, text: name)
        html.add(StatusDot(visit.words(status.state.title, of: .site), Self.tone(status.state)))
        if let since = status.since {
          html.element(.span, .class("muted")) { html in
            html.text(strings["status.since"] + " ")
            html.add(TimeText(since, .relative))
          }
        }
      }
      html.add(UptimeBar(visit: visit, days: days, today: report.readAt))
    }
  }

  private func history(_ html: inout HTMLWriter) {
    html.element(.section, .class("stack"), .ariaLabelledBy("past")) { html in
      html.element(.h2, .id("past"), text: strings["status.past"])
      if report.past.isEmpty { html.element(.p, .class("muted"), text: strings["status.past.none"]) }
      for incident in report.past { html.add(IncidentCard(visit: visit, incident: incident, isOpen: false)) }
    }
  }

  static func tone(_ state: ComponentState) -> Tone {
    switch state {
    case .operational: .success
    case .degraded: .warning
    case .down: .error
    case .unknown: .neutral
    }
  }
}

/// Ninety days of a part, a cell for each; told in a sentence to who does not see it.
struct UptimeBar: HTMLComponent {
  let visit: Visit
  let days: [UptimeDay]
  let today: Timestamp

  func render(into html: inout HTMLWriter) {
    let strings = visit.strings
    let last = Int(today.milliseconds / 86_400_000)
    let known = Dictionary(days.map { ($0.day.daysSince1970, $0) }, uniquingKeysWith: { first, _ in first })
    let sentence = UptimeDay.uptime(days).map { strings("status.uptime", ["share": Figures.percent($0)]) }
    let troubled = days.filter { ($0.uptime ?? 1) < 1 }
    html.element(
      .div, .class("uptime"), .role("img"),
      .ariaLabel(
        sentence.map { "\($0). \(strings("status.troubledDays", ["count": "\(troubled.count)"]))" }
          ?? strings["status.uptime.none"])
    ) { html in
      for number in (last - Int(StatusBoard.daysKept) + 1)...last {
        let share = known[number]?.uptime
        let day = CivilDate(daysSince1970: number)
        html.element(
          .span, .class("uptime-day \(Self.kind(share))"),
          .title("\(day.text): \(share.map(Figures.percent) ?? strings["status.uptime.none"])"))
      }
    }
    html.element(.div, .class("uptime-foot muted")) { html in
      html.element(.span, text: strings["status.from"])
      html.element(.span, text: sentence ?? strings["status.uptime.none"])
      html.element(.span, text: strings["status.until"])
    }
  }

  private static func kind(_ share: Double?) -> String {
    guard let share else { return "uptime-none" }
    return share >= 0.999 ? "tone-success" : share >= 0.95 ? "tone-warning" : "tone-error"
  }
}

extension CivilDate {
  /// `2026-11-28`
  var text: String { "\(year)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)" }
}
