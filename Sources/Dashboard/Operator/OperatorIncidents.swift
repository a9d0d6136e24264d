// Incidents and maintenance, as the operator writes of them.

import EventLoop
import HTML
import HTTPServer
import HTTPTypes
import JSON
import PlatformSite
import PlatformText
import Resources

/// `/operator/incidents`.
enum OperatorIncidents {
  static func addRoutes(to routes: inout DashboardRoutes) {
    routes.operators(.get, "/operator/incidents", name: "operator.incidents") { visit in try await page(visit)
    }
    routes.operators(.post, "/operator/incidents", name: "operator.incidents.open") { visit in
      try await open(visit)
    }
    routes.operators(
      .post, "/operator/incidents/{number}", .text, name: "operator.incidents.update"
    ) { visit, number in
      guard let number = Int64(number) else { throw HTTPProblem.notFound }
      return try await update(number, visit)
    }
  }

  // MARK: What forms do

  private static func open(_ visit: AccountVisit) async throws -> HTTPResponse {
    var draft = IncidentDraft(
      visit.visit.field("title") ?? "", text: visit.visit.field("text") ?? "",
      impact: visit.visit.field("impact").flatMap { IncidentImpact(rawValue: $0) } ?? .minor,
      components: Set(StatusComponent.allCases.filter { visit.visit.field("part-\($0.rawValue)") == "on" }))
    if visit.visit.field("kind") == "maintenance" {
      guard let starts = instant(visit.visit.field("starts")), let ends = instant(visit.visit.field("ends"))
      else {
        return try await refuse(.badWindow, visit)
      }
      draft.maintenance = MaintenanceWindow(starts: starts, ends: ends)
    }
    do {
      let number = try await visit.house.status.incidents.open(draft, by: visit.user, at: visit.now)
      try await visit.onRecord(
        draft.maintenance == nil ? "incident.open" : "maintenance.announce", "\(number)",
        after: .string(draft.title))
      return try visit.visit.done("desk.incident.opened", next: "/operator/incidents")
    } catch let refusal as IncidentRefusal {
      return try await refuse(refusal, visit)
    }
  }

  private static func update(_ number: Int64, _ visit: AccountVisit) async throws -> HTTPResponse {
    guard let status = visit.visit.field("status").flatMap({ IncidentStatus(rawValue: $0) }) else {
      throw HTTPProblem.badRequest("There is no such status.")
    }
    do {
      let before = try await visit.house.status.incidents.incident(number)?.status
      try await visit.house.status.incidents.update(
        number, text: visit.visit.field("text") ?? "", status: status,
        impact: visit.visit.field("impact").flatMap { IncidentImpact(rawValue: $0) }, by: visit.user,
        at: visit.now)
      try await visit.onRecord(
        status == .resolved ? "incident.resolve" : "incident.update", "\(number)",
        before: before.map { .string($0.rawValue) } ?? .null, after: .string(status.rawValue))
      return try visit.visit.done("desk.incident.updated", next: "/operator/incidents")
    } catch let refusal as IncidentRefusal {
      if refusal == .unknown { throw HTTPProblem.notFound }
      return try await refuse(refusal, visit)
    }
  }

  /// The page again, with what was written and why it was not taken.
  private static func refuse(_ refusal: IncidentRefusal, _ visit: AccountVisit) async throws -> HTTPResponse {
    let sentence = visit.strings[dynamic: "desk.incident.refused.\(refusal)"]
    if visit.wantsJSON { return try visit.visit.refusal(sentence) }
    return try await page(visit, refusal: sentence)
  }

  /// `2026-11-28T20:00`, UTC.
  private static func instant(_ text: String?) -> Timestamp? {
    text.flatMap { $0.utf8.count == 16 ? Timestamp(iso8601: "\($0):00Z") : nil }
  }

  // MARK: The page

  private static func page(_ visit: AccountVisit, refusal: String? = nil) async throws -> HTTPResponse {
    let strings = visit.strings
    let open = try await visit.house.status.incidents.unresolved()
    let all = try await visit.house.status.incidents.list(limit: 20)
    return try visit.deskPage(
      strings["nav.operator.incidents"], "operator.incidents", lead: strings["desk.incidents.lead"],
      status: refusal == nil ? .ok : HTTPStatus(422),
      actions: { html in html.add(Button(strings["nav.status"], icon: .chart, act: .follow("/status"))) },
      { html in
        if let refusal { html.add(Notice(.error, refusal)) }
        for incident in open {
          html.add(IncidentCard(visit: visit.visit, incident: incident))
          html.add(
            Card(strings["desk.incident.write"]) { html in updateForm(incident, visit, &html) })
        }
        html.add(Card(strings["desk.incident.new"]) { html in openForm(visit, &html) })
        html.element(.h2, text: strings["status.past"])
        for incident in all where incident.isResolved {
          html.add(IncidentCard(visit: visit.visit, incident: incident, isOpen: false))
        }
      })
  }

  private static func updateForm(_ incident: Incident, _ visit: AccountVisit, _ html: inout HTMLWriter) {
    let strings = visit.strings
    let id = "incident-\(incident.number)"
    html.form(
      visit.visit.post(SafeURL(segments: ["operator", "incidents", "\(incident.number)"])), .class("stack")
    ) { html in
      html.element(.div, .class("form-grid")) { html in
        html.add(
          SelectInput(
            Field("status", label: strings["desk.incident.status"], id: ElementID("\(id)-status")),
            choices: IncidentStatus.allCases.map {
              Choice($0.rawValue, label: visit.visit.words($0.title, of: .site))
            }, selected: incident.status.rawValue))
        html.add(impact(visit, incident.impact, ElementID("\(id)-impact")))
      }
      html.add(
        TextArea(
          Field(
            "text", label: strings["desk.incident.text"], id: ElementID("\(id)-text"),
            help: strings["desk.incident.text.help"], isRequired: true), maximum: 10_000))
      html.element(.div) { html in
        html.add(Button(strings["desk.incident.publish"], kind: .primary, act: .submit()))
      }
    }
  }

  private static func openForm(_ visit: AccountVisit, _ html: inout HTMLWriter) {
    let strings = visit.strings
    html.form(visit.visit.post("/operator/incidents"), .class("stack")) { html in
      html.add(
        RadioGroup(
          Field("kind", label: strings["desk.incident.kind"]),
          choices: [
            Choice("incident", label: strings["desk.incident.kind.incident"]),
            Choice(
              "maintenance", label: strings["desk.incident.kind.maintenance"],
              help: strings["desk.incident.kind.maintenance.help"]),
          ], selected: visit.visit.field("kind") ?? "incident"))
      html.add(
        TextInput(
          Field("title", label: strings["desk.incident.title"], isRequired: true), .text(maximum: 200),
          value: visit.visit.field("title")))
      html.add(
        TextArea(
          Field(
            "text", label: strings["desk.incident.text"], help: strings["desk.incident.text.help"],
            isRequired: true), value: visit.visit.field("text") ?? "", maximum: 10_000))
      html.element(.div, .class("form-grid")) { html in
        html.add(impact(visit, .minor, "new-impact"))
        html.element(.fieldset, .class("field")) { html in
          html.element(.legend, .class("label"), text: strings["desk.incident.parts"])
          for part in StatusComponent.allCases {
            html.add(
              Checkbox(
                Field("part-\(part.rawValue)", label: visit.visit.words(part.title, of: .site)),
                isOn: visit.visit.field("part-\(part.rawValue)") == "on"))
          }
        }
        html.add(
          TextInput(
            Field("starts", label: strings["desk.incident.starts"], help: strings["desk.incident.utc"]),
            .dateTime(), value: visit.visit.field("starts")))
        html.add(
          TextInput(
            Field("ends", label: strings["desk.incident.ends"], help: strings["desk.incident.utc"]),
            .dateTime(), value: visit.visit.field("ends")))
      }
      html.element(.div) { html in
        html.add(Button(strings["desk.incident.publish"], kind: .primary, act: .submit()))
      }
    }
  }

  private static func impact(_ visit: AccountVisit, _ selected: IncidentImpact, _ id: ElementID)
    -> SelectInput
  {
    SelectInput(
      Field("impact", label: visit.strings["desk.incident.impact"], id: id),
      choices: IncidentImpact.allCases.map {
        Choice($0.rawValue, label: visit.visit.words($0.title, of: .site))
      }, selected: selected.rawValue)
  }
}
