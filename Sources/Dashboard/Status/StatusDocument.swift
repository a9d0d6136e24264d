// The status for programs.

import EventLoop
import JSON
import PlatformSite
import Resources

/// `/status.json`.
struct StatusDocument {
  let visit: Visit
  let report: StatusReport

  var json: JSONValue {
    [
      "status": .string(report.overall.rawValue), "read_at": .string(report.readAt.iso8601),
      "current": .bool(report.isCurrent),
      "components": .array(report.components.map(component)),
      "incidents": .array(report.current.map(incident)),
      "maintenance": .array(report.planned.map(incident)),
      "history": .array(report.past.map(incident)),
    ]
  }

  private func component(_ status: ComponentStatus) -> JSONValue {
    let days = report.days[status.component] ?? []
    return [
      "id": .string(status.component.rawValue),
      "name": .string(visit.words(status.component.title, of: .site)),
      "state": .string(status.state.rawValue), "since": text(status.since),
      "reported_at": text(status.reportedAt),
      "uptime_90_days": UptimeDay.uptime(days).map { .double($0) } ?? .null,
    ]
  }

  private func incident(_ incident: Incident) -> JSONValue {
    [
      "number": .integer(incident.number), "title": .string(incident.title),
      "impact": .string(incident.impact.rawValue), "status": .string(incident.status.rawValue),
      "components": .array(
        StatusComponent.allCases.filter(incident.components.contains).map { .string($0.rawValue) }),
      "opened_at": .string(incident.openedAt.iso8601), "resolved_at": text(incident.resolvedAt),
      "starts_at": text(incident.maintenance?.starts), "ends_at": text(incident.maintenance?.ends),
      "updates": .array(
        incident.updates.map { update in
          [
            "number": .integer(update.number), "status": .string(update.status.rawValue),
            "written_at": .string(update.writtenAt.iso8601), "text": .string(update.text),
          ]
        }),
    ]
  }

  private func text(_ instant: Timestamp?) -> JSONValue { instant.map { .string($0.iso8601) } ?? .null }
}
