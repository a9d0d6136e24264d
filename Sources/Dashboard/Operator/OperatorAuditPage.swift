// Who changed what about the installation.

import DiscordCore
import HTML
import HTTPServer
import JSON
import PlatformAudit
import Resources
import Storage

/// Writes `/operator/audit`.
struct OperatorAuditPage: Sendable {
  private let visit: AccountVisit

  init(_ visit: AccountVisit) { self.visit = visit }

  func page() async throws -> HTTPResponse {
    let strings = visit.strings
    var filter = AuditFilter()
    filter.before = try visit.visit.query("before").flatMap { Int64($0) }
    let text = try visit.visit.query("q")
    // An id is whom or what it was done to; anything else is an action or the beginning of one.
    if let text, GuildID(text) != nil {
      filter.target = text
    } else {
      filter.action = text.map { $0.contains(".") ? $0 : "\($0)." }
    }
    let entries = try await OperatorAudit(visit.house.storage.platform).entries(filter)
    let isFull = entries.count == filter.limit
    return try visit.deskPage(
      strings["nav.operator.audit"], "operator.audit", lead: strings["desk.audit.lead"]
    ) { html in
      html.add(
        Toolbar(
          "audit-search", action: "/operator/audit", searchLabel: strings["desk.audit.search"],
          query: text ?? ""))
      html.add(table(entries))
      if isFull, let last = entries.last {
        let query = [("q", text), ("before", "\(last.number)")].compactMap { name, value in
          value.map { (name: name, value: $0) }
        }
        html.element(.div, .class("row")) { html in
          html.add(
            Button(
              strings["desk.more"], act: .follow(SafeURL(segments: ["operator", "audit"], query: query))))
        }
      }
    }
  }

  private func table(_ entries: [AuditEntry]) -> HTML.Table {
    let strings = visit.strings
    return HTML.Table(
      strings["nav.operator.audit"],
      columns: [
        .init(strings["desk.audit.action"]), .init(strings["desk.audit.target"]),
        .init(strings["desk.audit.actor"]), .init(strings["desk.audit.change"]),
        .init(strings["desk.audit.when"]),
      ],
      rows: entries.map { entry in
        HTML.Table.Row([
          { html in html.element(.code, text: entry.action) },
          { html in html.isolated(entry.target.isEmpty ? "–" : entry.target) },
          { html in
            html.text(who(entry.actor))
            if let address = entry.address { html.element(.span, .class("muted"), text: " \(address)") }
          },
          { html in html.isolated(change(entry)) },
          { html in html.add(TimeText(entry.at)) },
        ])
      }, empty: EmptyState(strings["desk.audit.none"], strings["desk.audit.none.help"]))
  }

  private func who(_ actor: AuditEntry.Actor) -> String {
    switch actor {
    case .user(let user): "\(user)"
    case .operator: visit.strings["desk.audit.line"]
    case .system: visit.strings["site.name"]
    }
  }

  private func change(_ entry: AuditEntry) -> String {
    func word(_ value: JSONValue) -> String? {
      if let text = value.string { return String(text.prefix(200)) }
      if let number = value.int64 { return "\(number)" }
      return nil
    }
    switch (word(entry.before), word(entry.after)) {
    case (let before?, let after?): return "\(before) → \(after)"
    case (let one?, nil), (nil, let one?): return one
    case (nil, nil): return "–"
    }
  }
}
