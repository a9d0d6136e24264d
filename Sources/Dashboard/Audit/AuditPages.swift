// The audit log of a guild: who changed what, to be searched, read and taken along.

import EventLoop
import HTML
import HTTPServer
import HTTPTypes
import PlatformAccess
import PlatformAudit
import PlatformDispatch
import PlatformPlugins
import Resources

/// `/g/{guild}/audit` and its export.
enum AuditPages {
  static let pageSize = 50

  static func addRoutes(to routes: inout DashboardRoutes) {
    routes.guild(.viewer, .get, "/audit", name: "guild.audit") { visit in try await list(visit) }
    routes.guild(.manager, .post, "/audit/export", name: "guild.audit.export") { visit in
      try await AuditExport.answer(visit)
    }
  }

  private static func list(_ visit: GuildVisit) async throws -> HTTPResponse {
    let query = try AuditQuery { try visit.visit.query($0) }
    var entries: [AuditEntry] = []
    // One more than is shown tells whether there are older ones.
    if let filter = query.filter(limit: pageSize + 1) {
      entries = try await AuditLog(visit.store).entries(filter)
    }
    let isMore = entries.count > pageSize
    let view = AuditListView(
      visit: visit, query: query, entries: Array(entries.prefix(pageSize)), isMore: isMore)
    let strings = visit.strings
    return try visit.visit.page(
      PageHead(strings["audit.title"], section: "audit", lead: strings["audit.lead"])
    ) { $0.add(view) }
  }
}

/// The log with its filters.
struct AuditListView: HTMLComponent {
  let visit: GuildVisit
  let query: AuditQuery
  let entries: [AuditEntry]
  let isMore: Bool

  private var strings: StringCatalog { visit.strings }
  private var base: SafeURL { .guild(visit.guild, "audit") }
  private var words: AuditWords {
    AuditWords(strings: strings, catalog: visit.house.catalog, names: GuildNames(visit.bot))
  }

  func render(into html: inout HTMLWriter) {
    html.element(.div, .class("stack")) { html in
      filters(&html)
      if query.before == nil { html.add(LiveNews(guild: visit.guild, key: "audit", strings: strings)) }
      if entries.isEmpty {
        html.add(
          query.isFiltered || query.before != nil
            ? EmptyState(strings["audit.noneFound"], strings["audit.noneFound.help"])
            : EmptyState(strings["audit.none"], strings["audit.none.help"]))
      } else {
        list(&html)
        html.add(
          KeysetLinks(
            newest: query.before == nil ? nil : link(before: nil),
            older: isMore ? link(before: entries.last?.number) : nil, strings: strings))
      }
      if visit.role >= .manager { export(&html) }
      html.element(.p, .class("muted"), text: strings["audit.kept"])
    }
  }

  private func link(before number: Int64?) -> SafeURL {
    .guild(visit.guild, "audit", query: query.fields + (number.map { [("before", "\($0)")] } ?? []))
  }

  private func filters(_ html: inout HTMLWriter) {
    html.add(
      FilterBar(
        strings["audit.filters"], action: base, apply: strings["records.apply"],
        clear: query.isFiltered ? (strings["records.clear"], base) : nil, folds: true
      ) { html in
        html.add(
          TextInput(
            Field("actor", label: strings["audit.actor"]), .text(maximum: 100), value: query.actor,
            placeholder: strings["audit.actor.example"]))
        html.add(
          SelectInput(
            Field("action", label: strings["audit.action"]), choices: families, selected: query.action ?? ""))
        html.add(
          TextInput(
            Field("target", label: strings["audit.target"]), .text(maximum: 100), value: query.target,
            placeholder: strings["audit.target.example"]))
        html.add(TextInput(Field("from", label: strings["records.from"]), .date, value: query.from))
        html.add(TextInput(Field("until", label: strings["records.until"]), .date, value: query.until))
      })
  }

  /// What can be chosen: everything, the platform's kinds of changes, each plugin's; and what the address asks for.
  private var families: [Choice] {
    let own = ["settings.", "plugin.", "core.access.", "bot.", "data.", "audit."].map { family in
      Choice(family, label: strings[dynamic: "audit.family.\(family.dropLast())"])
    }
    let plugins = visit.house.catalog.units.filter { $0.id != CorePlugin.id }.map { unit in
      let name = visit.house.catalog.strings(of: unit.id, language: strings.language).sentence("plugin.name")
      return Choice("\(unit.id).", label: name ?? unit.id)
    }
    var choices = [Choice("", label: strings["audit.family.all"])] + own + plugins
    if let action = query.action, !choices.contains(where: { $0.value == action }) {
      choices.append(Choice(action, label: action))
    }
    return choices
  }

  private func list(_ html: inout HTMLWriter) {
    let words = words
    html.element(.ol, .class("records"), .ariaLabel(strings["audit.title"])) { html in
      for entry in entries {
        html.element(.li, .class("record")) { html in
          html.add(TimeText(entry.at))
          html.element(.div, .class("record-body")) { html in
            html.element(.p) { html in
              if case .user(let user) = entry.actor {
                html.add(
                  PersonLine(user, words.names, link: .guild(visit.guild, "members", "\(user)")))
              } else {
                html.element(.strong, text: words.actor(entry.actor) ?? "")
              }
              html.text(" ")
              html.isolated(words.deed(entry))
            }
            let changes = RecordChange.between(entry.before, entry.after, names: words.names)
            if !changes.isEmpty { html.add(ChangeList(changes: changes, strings: strings)) }
            html.element(.p, .class("record-foot muted")) { html in
              html.element(.code, text: entry.action)
              if let address = entry.address { html.text(" · \(address)") }
            }
          }
        }
      }
    }
  }

  private func export(_ html: inout HTMLWriter) {
    html.add(
      Card(strings["audit.export"], subtitle: strings["audit.export.help"]) { html in
        var target = visit.visit.post(.guild(visit.guild, "audit", "export"))
        target = PostTarget(target.action, hidden: target.hidden + query.fields)
        html.form(target) { html in
          html.element(.div, .class("row")) { html in
            html.add(
              Button(strings["audit.export.csv"], icon: .download, act: .submit(name: "format", value: "csv"))
            )
            html.add(
              Button(
                strings["audit.export.json"], icon: .download, act: .submit(name: "format", value: "json")))
          }
        }
      })
  }
}
