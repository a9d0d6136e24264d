// An incident or a planned maintenance, with everything that was written about it.

import EventLoop
import HTML
import PlatformSite
import PlatformText
import Resources

/// Shown on the status page and on the operator's desk.
struct IncidentCard: HTMLComponent {
  let visit: Visit
  let incident: Incident
  /// Whether all updates are to be seen at once.
  var isOpen = true

  func render(into html: inout HTMLWriter) {
    let strings = visit.strings
    html.element(
      .article, .class("card incident tone-\(tone.rawValue)"), .id(ElementID("incident-\(incident.number)"))
    ) { html in
      html.element(.header, .class("card-head")) { html in
        html.element(.div, .class("card-title")) { html in
          html.element(.h3) { html in html.isolated(incident.title) }
          html.element(.p, .class("muted")) { html in when(&html) }
        }
        html.element(.div, .class("actions")) { html in
          html.add(Badge(visit.words(incident.status.title, of: .site), tone))
        }
      }
      html.element(.div, .class("card-body")) { html in
        let parts = StatusComponent.allCases.filter(incident.components.contains)
        if !parts.isEmpty {
          html.element(.p, .class("muted")) { html in
            let names = parts.map { visit.words($0.title, of: .site) }.joined(separator: ", ")
            html.text(strings("status.affects", ["parts": names]))
          }
        }
        if isOpen {
          updates(&html)
        } else {
          html.element(.details) { html in
            html.element(.summary, text: strings("status.updates", ["count": "\(incident.updates.count)"]))
            updates(&html)
          }
        }
      }
    }
  }

  private var tone: Tone {
    if incident.isResolved { return .success }
    if incident.status == .scheduled { return .info }
    switch incident.impact {
    case .none: return .info
    case .minor: return .warning
    case .major, .critical: return .error
    }
  }

  private func when(_ html: inout HTMLWriter) {
    let strings = visit.strings
    if let window = incident.maintenance {
      html.text(strings["status.window"] + " ")
      html.add(TimeText(window.starts))
      html.text(" – ")
      html.add(TimeText(window.ends))
      return
    }
    html.add(TimeText(incident.openedAt))
    guard let end = incident.resolvedAt else { return }
    html.text(" – ")
    html.add(TimeText(end))
    let length = HumanDuration.format(
      .milliseconds(max(0, end.milliseconds - incident.openedAt.milliseconds)))
    html.text(" (\(length))")
  }

  private func updates(_ html: inout HTMLWriter) {
    html.element(.ol, .class("incident-updates")) { html in
      for update in incident.updates {
        html.element(.li) { html in
          html.element(.p, .class("row")) { html in
            html.element(.strong, text: visit.words(update.status.title, of: .site))
            html.element(.span, .class("muted")) { html in html.add(TimeText(update.writtenAt)) }
          }
          html.prose(update.text)
        }
      }
    }
  }
}
