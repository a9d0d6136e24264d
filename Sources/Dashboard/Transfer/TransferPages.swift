// Settings as a document: taken along, and brought in.

import DiscordCore
import HTML
import HTTPServer
import HTTPTypes
import JSON
import PlatformAccess
import PlatformConfiguration
import PlatformDispatch
import PlatformPlugins
import PlatformSettings
import Resources

/// `/g/{guild}/transfer`.
enum TransferPages {
  /// Larger documents are no export of ours.
  static let maximumSize = 512 << 10

  static func addRoutes(to routes: inout DashboardRoutes) {
    routes.guild(.viewer, .get, "/transfer", name: "guild.transfer") { visit in try show(visit) }
    routes.guild(.viewer, .get, "/transfer/export", name: "guild.transfer.export") { visit in
      try await export(visit)
    }
    routes.guild(.manager, .post, "/transfer/preview", name: "guild.transfer.preview") { visit in
      try await preview(visit)
    }
    routes.guild(.manager, .post, "/transfer/import", name: "guild.transfer.import") { visit in
      try await take(visit)
    }
  }

  /// What takes a server's settings out and in.
  static func transfer(_ visit: GuildVisit) -> SettingsTransfer {
    SettingsTransfer(visit.house.catalog, visit.house.configurations)
  }

  // MARK: Out

  private static func show(_ visit: GuildVisit) throws -> HTTPResponse {
    try page(visit, typed: "", problem: nil)
  }

  private static func page(_ visit: GuildVisit, typed: String, problem: String?) throws -> HTTPResponse {
    let strings = visit.strings
    var head = PageHead(strings["transfer.title"], section: "transfer", lead: strings["transfer.lead"])
    if problem != nil { head.status = HTTPStatus(422) }
    let places = visit.house.catalog.units.map { PluginPlace(visit, $0) }
    return try visit.visit.stackedPage(head) { html in
      html.add(
        Card(strings["transfer.export"], subtitle: strings["transfer.export.help"]) { html in
          html.element(.p) { html in
            html.add(
              Button(
                strings["transfer.export.all"], kind: .primary, icon: .download,
                act: .follow(.guild(visit.guild, "transfer", "export"))))
          }
          html.element(.div, .class("actions")) { html in
            for place in places {
              html.add(
                Button(
                  place.name, icon: .download,
                  act: .follow(
                    .guild(visit.guild, "transfer", "export", query: [("plugin", place.unit.id)]))
                ).small())
            }
          }
        })
      guard visit.role >= .manager else { return }
      html.add(
        Card(strings["transfer.import"], subtitle: strings["transfer.import.help"]) { html in
          html.form(visit.visit.post(.guild(visit.guild, "transfer", "preview")), .class("stack")) { html in
            html.element(.p, .hidden(), .data("file-into", "field-document")) { html in
              html.element(
                .label, .for(ElementID("transfer-file")), .class("label"), text: strings["transfer.file"])
              html.text(" ")
              html.void(.input, .type("file"), .id(ElementID("transfer-file")))
            }
            html.add(
              TextArea(
                Field(
                  "document", label: strings["transfer.document"], help: strings["transfer.document.help"],
                  error: problem, isRequired: true), value: typed, rows: 10))
            html.element(.p) { html in
              html.add(Button(strings["transfer.look"], kind: .primary, act: .submit()))
            }
          }
        })
    }
  }

  private static func export(_ visit: GuildVisit) async throws -> HTTPResponse {
    let plugin = try visit.visit.query("plugin")
    let document: JSONValue
    do {
      document = try await transfer(visit).export(plugin, of: visit.tenant)
    } catch is TransferProblem {
      throw HTTPProblem.notFound
    }
    var response = HTTPResponse(
      status: .ok, contentType: "application/json", bytes: try document.encoded())
    let name = "guildhall-\(visit.guild)\(plugin.map { "-\($0.lowercased())" } ?? "").json"
    response.fields["Content-Disposition"] = "attachment; filename=\"\(name)\""
    response.fields["Cache-Control"] = "private, no-store"
    return response
  }

  // MARK: In

  /// Shows what a document would change.
  private static func preview(_ visit: GuildVisit) async throws -> HTTPResponse {
    let text = visit.visit.form["document"] ?? ""
    do {
      let plan = try await plan(text, visit)
      return try page(visit, plan, text, isChanged: false)
    } catch let refusal as ImportRefusal {
      return try page(visit, typed: String(text.prefix(maximumSize)), problem: refusal.sentence)
    }
  }

  /// Does it, if nothing changed since it was shown.
  private static func take(_ visit: GuildVisit) async throws -> HTTPResponse {
    let text = visit.visit.form["document"] ?? ""
    let plan: TransferPlan
    do { plan = try await self.plan(text, visit) } catch let refusal as ImportRefusal {
      return try page(visit, typed: String(text.prefix(maximumSize)), problem: refusal.sentence)
    }
    guard visit.visit.field("revisions") == revisions(plan) else {
      return try page(visit, plan, text, isChanged: true)
    }
    let changed: [String]
    do {
      changed = try await transfer(visit).apply(plan, in: visit.tenant, by: visit.origin)
    } catch ConfigurationError.conflict {
      return try await page(visit, self.plan(text, visit), text, isChanged: true)
    }
    for plugin in changed { await PluginPlace.settle(visit, only: plugin) }
    return try visit.visit.done(
      "transfer.done", ["count": "\(changed.count)"], next: .guild(visit.guild, "transfer"))
  }

  /// What the plan was compared with, for the form.
  private static func revisions(_ plan: TransferPlan) -> String {
    plan.parts.map { "\($0.unit.id)=\($0.revision)" }.joined(separator: " ")
  }

  private struct ImportRefusal: Error {
    let sentence: String
  }

  private static func plan(_ text: String, _ visit: GuildVisit) async throws -> TransferPlan {
    let strings = visit.strings
    guard text.utf8.count <= maximumSize else { throw ImportRefusal(sentence: strings["transfer.tooLarge"]) }
    let document: JSONValue
    do { document = try JSONValue(parsing: Array(text.utf8), maximumSize: maximumSize) } catch {
      throw ImportRefusal(sentence: strings["transfer.noJSON"])
    }
    do {
      return try await transfer(visit).plan(document, in: visit.tenant)
    } catch let problem as TransferProblem {
      throw ImportRefusal(sentence: sentence(problem, visit))
    }
  }

  /// Why a document is not taken, in the reader's words.
  static func sentence(_ problem: TransferProblem, _ visit: GuildVisit) -> String {
    let strings = visit.strings
    switch problem {
    case .notAnExport: return strings["transfer.noExport"]
    case .nothingAbout(let plugin), .noSuchPlugin(let plugin):
      return strings("transfer.noPlugin", ["plugin": plugin])
    case .twice(let plugin): return strings("transfer.twice", ["plugin": plugin])
    case .invalid(let plugin, let problems):
      guard let unit = visit.house.catalog[plugin] else { return strings["transfer.noExport"] }
      let place = PluginPlace(visit, unit)
      let words = place.words
      let lines = problems.problems.prefix(10).map { problem in
        let labels = words.place(problem.path.description, in: unit.settingsFields)?.labels ?? []
        let position = labels.isEmpty ? problem.path.description : labels.joined(separator: " › ")
        let sentence = words.sentence(problem, fields: unit.settingsFields)
        return position.isEmpty ? sentence : "\(position): \(sentence)"
      }
      return strings("transfer.invalid", ["plugin": place.name, "problems": lines.joined(separator: " ")])
    }
  }

  private static func page(_ visit: GuildVisit, _ plan: TransferPlan, _ text: String, isChanged: Bool) throws
    -> HTTPResponse
  {
    let strings = visit.strings
    var head = PageHead(strings["transfer.changes"], section: "transfer")
    head.trail = [(strings["transfer.title"], .guild(visit.guild, "transfer"))]
    if isChanged { head.status = HTTPStatus(409) }
    let parts = plan.parts.filter { !$0.isEmpty }
    let choices = visit.choices
    return try visit.visit.stackedPage(head) { html in
      if isChanged { html.add(Notice(.warning, strings["transfer.changed"])) }
      if parts.isEmpty {
        html.add(
          EmptyState(
            strings["transfer.nothing"], strings["transfer.nothing.help"],
            action: Button(strings["transfer.back"], act: .follow(.guild(visit.guild, "transfer")))))
        return
      }
      for part in parts { card(PluginPlace(visit, part.unit), part, choices, &html) }
      html.element(.div, .class("actions")) { html in
        html.form(
          visit.visit.post(
            .guild(visit.guild, "transfer", "import"), ("document", text), ("revisions", revisions(plan)))
        ) { html in html.add(Button(strings["transfer.apply"], kind: .primary, act: .submit())) }
        html.add(
          Button(strings["transfer.back"], kind: .quiet, act: .follow(.guild(visit.guild, "transfer"))))
      }
    }
  }

  private static func card(
    _ place: PluginPlace, _ part: TransferPlan.Part, _ choices: GuildChoices, _ html: inout HTMLWriter
  ) {
    let strings = place.strings
    html.add(
      Card(place.name) { html in
        if let isEnabled = part.isEnabled, isEnabled != part.wasEnabled {
          html.element(
            .p, text: strings[dynamic: isEnabled ? "plugins.history.on" : "plugins.history.off"])
        }
        if !part.changes.isEmpty {
          html.add(
            SettingsDifferenceView(
              part.changes, fields: part.unit.settingsFields, words: place.words, choices: choices))
        }
      })
  }
}
