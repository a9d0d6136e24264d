// The servers that the installation is in, on the desk: that they are there, and nothing of what is in them.

import DiscordBot
import DiscordCore
import EventLoop
import HTML
import HTTPServer
import HTTPTypes
import JSON
import PlatformAudit
import PlatformData
import PlatformDispatch
import PlatformTenancy
import Resources
import Storage

/// `/operator/guilds`.
enum OperatorGuilds {
  private static let pageSize = 50

  static func addRoutes(to routes: inout DashboardRoutes) {
    routes.operators(.get, "/operator/guilds", name: "operator.guilds") { visit in try await list(visit) }
    routes.operators(.get, "/operator/guilds/{guild}", .guild, name: "operator.guild") { visit, guild in
      try await OperatorGuild(visit, guild).page()
    }
    routes.operators(
      .post, "/operator/guilds/{guild}/erase", .guild, name: "operator.guild.erase"
    ) { visit, guild in
      try await OperatorGuild(visit, guild).erase()
    }
    routes.operators(
      .post, "/operator/guilds/{guild}/export", .guild, name: "operator.guild.export"
    ) { visit, guild in
      try await OperatorGuild(visit, guild).export()
    }
  }

  /// What is asked for: a name or a part of it, or an id of a server or of its owner.
  private static func find(_ visit: AccountVisit, _ text: String?) async throws -> [GuildRecord] {
    var filter = GuildFilter()
    filter.limit = pageSize + 1
    if let phase = try visit.visit.query("phase").flatMap({ GuildLife.Phase(rawValue: $0) }) {
      filter.phases = [phase]
    }
    if let after = try visit.visit.query("after").flatMap({ GuildID($0) }) { filter.after = Tenant(after) }
    if let text, let guild = GuildID(text) {
      if let record = try await visit.house.directory.get(Tenant(guild)) { return [record] }
      filter.owner = guild.converted()
    } else if let text {
      filter.name = String(text.prefix(100))
    }
    return try await visit.house.directory.list(filter)
  }

  private static func list(_ visit: AccountVisit) async throws -> HTTPResponse {
    let strings = visit.strings
    let text = try visit.visit.query("q")
    let phase = try visit.visit.query("phase")
    let found = try await find(visit, text)
    let counts = try await visit.house.directory.counts()
    let rows = found.prefix(pageSize)
    let next = found.count > pageSize ? rows.last?.guild.guild : nil
    return try visit.deskPage(
      strings["nav.operator.guilds"], "operator.guilds", lead: strings["desk.guilds.lead"]
    ) { html in
      html.add(
        Toolbar(
          "guild-search", action: "/operator/guilds", searchLabel: strings["desk.guilds.search"],
          query: text ?? "",
          actions: { html in
            phaseLink(nil, counts.values.reduce(0, +), phase, visit, &html)
            for one in GuildLife.Phase.allCases { phaseLink(one, counts[one] ?? 0, phase, visit, &html) }
          }))
      html.add(table(rows, visit))
      if let next {
        let query = [("q", text), ("phase", phase), ("after", "\(next)")].compactMap { name, value in
          value.map { (name: name, value: $0) }
        }
        html.element(.div, .class("row")) { html in
          html.add(
            Button(
              strings["desk.more"],
              act: .follow(SafeURL(segments: ["operator", "guilds"], query: query))))
        }
      }
    }
  }

  private static func phaseLink(
    _ phase: GuildLife.Phase?, _ count: Int, _ current: String?, _ visit: AccountVisit,
    _ html: inout HTMLWriter
  ) {
    let title = phase.map { visit.strings[dynamic: "desk.phase.\($0.rawValue)"] } ?? visit.strings["desk.all"]
    let query = phase.map { [(name: "phase", value: $0.rawValue)] } ?? []
    html.element(
      .a, .class("chip"), .href(SafeURL(segments: ["operator", "guilds"], query: query)),
      .ariaCurrent(current == phase?.rawValue ? "true" : nil),
      text: "\(title) \(Figures.grouped(Int64(count)))")
  }

  private static func table(_ records: ArraySlice<GuildRecord>, _ visit: AccountVisit) -> HTML.Table {
    let strings = visit.strings
    return HTML.Table(
      strings["nav.operator.guilds"],
      columns: [
        .init(strings["desk.guild.name"]), .init(strings["desk.guild.id"]),
        .init(strings["desk.guild.phase"]),
        .init(strings["desk.guild.members"], isNumeric: true), .init(strings["desk.bots"], isNumeric: true),
        .init(strings["desk.guild.due"]),
      ],
      rows: records.map { record in
        let guild = record.guild.guild
        return HTML.Table.Row([
          { html in
            html.element(.a, .href(SafeURL(segments: ["operator", "guilds", "\(guild)"]))) { html in
              html.isolated(record.name.isEmpty ? "\(guild)" : record.name)
            }
          },
          { html in html.element(.code, text: "\(guild)") },
          { html in html.add(phase(record, visit)) },
          { html in html.text(Figures.grouped(Int64(record.memberCount))) },
          { html in html.text("\(record.bots.count)") },
          { html in
            if let due = record.life.erasure?.due {
              html.add(TimeText(due, .date))
            } else {
              html.text("–")
            }
          },
        ])
      }, empty: EmptyState(strings["desk.guilds.none"], strings["desk.guilds.none.help"]))
  }

  static func phase(_ record: GuildRecord, _ visit: AccountVisit) -> Badge {
    let tone: Tone =
      switch record.life.phase {
      case .joined: .info
      case .setUp: .success
      case .left, .erasing: .warning
      case .erased: .neutral
      }
    return Badge(visit.strings[dynamic: "desk.phase.\(record.life.phase.rawValue)"], tone)
  }
}

/// One server on the desk.
struct OperatorGuild: Sendable {
  private let visit: AccountVisit
  private let guild: GuildID
  private var tenant: Tenant { Tenant(guild) }
  private var url: SafeURL { SafeURL(segments: ["operator", "guilds", "\(guild)"]) }

  init(_ visit: AccountVisit, _ guild: GuildID) { (self.visit, self.guild) = (visit, guild) }

  private func record() async throws -> GuildRecord {
    guard let record = try await visit.house.directory.get(tenant) else { throw HTTPProblem.notFound }
    return record
  }

  func page() async throws -> HTTPResponse {
    let record = try await record()
    let hasData = try await visit.house.storage.hasGuild(tenant)
    let size = hasData ? try await visit.house.storage.size(of: tenant) : 0
    let serving = visit.house.dispatcher.bots.bot(serving: guild)?.id
    let strings = visit.strings
    return try visit.deskPage(
      record.name.isEmpty ? "\(guild)" : record.name, "operator.guilds",
      trail: [(strings["nav.operator.guilds"], "/operator/guilds")]
    ) { html in
      html.add(Notice(.neutral, strings["desk.guild.limits"]))
      html.element(.div, .class("grid")) { html in
        html.add(
          Card(strings["desk.guild.facts"]) { html in html.add(facts(record, size, serving)) })
        html.add(
          Card(strings["desk.guild.export"], subtitle: strings["desk.guild.export.help"]) { html in
            html.act(
              visit.visit.post(SafeURL(segments: ["operator", "guilds", "\(guild)", "export"])),
              Button(strings["desk.guild.export.do"], icon: .download, act: .submit()).disabled(!hasData))
          })
        html.add(
          Card(strings["desk.guild.erase"], subtitle: strings["desk.guild.erase.help"]) { html in
            html.form(
              visit.visit.post(SafeURL(segments: ["operator", "guilds", "\(guild)", "erase"])),
              .class("stack")
            ) { html in
              html.add(
                TextInput(
                  Field(
                    "confirm", label: strings("desk.guild.erase.confirm", ["id": "\(guild)"]),
                    isRequired: true), .text(maximum: 20), autocomplete: "off"))
              html.element(.div) { html in
                html.add(
                  Button(strings["desk.guild.erase.do"], kind: .danger, icon: .trash, act: .submit()))
              }
            }
          })
      }
    }
  }

  private func facts(_ record: GuildRecord, _ size: Int64?, _ serving: UserID?) -> DefinitionList {
    let strings = visit.strings
    var entries: [(name: String, value: HTMLContent)] = [
      (strings["desk.guild.phase"], { $0.add(OperatorGuilds.phase(record, visit)) }),
      (strings["desk.guild.id"], { $0.element(.code, text: "\(guild)") }),
      (strings["desk.guild.joined"], { $0.add(TimeText(record.life.joinedAt)) }),
      (strings["desk.guild.seen"], { $0.add(TimeText(record.seenAt, .relative)) }),
      (strings["desk.guild.members"], { $0.text(Figures.grouped(Int64(record.memberCount))) }),
      (
        strings["desk.bots"],
        { html in
          html.text(
            record.bots.isEmpty ? "–" : record.bots.map(\.description).joined(separator: ", "))
        }
      ), (strings["desk.guild.serving"], { $0.text(serving.map { "\($0)" } ?? "–") }),
    ]
    if let owner = record.owner {
      entries.append((strings["desk.guild.owner"], { $0.element(.code, text: "\(owner)") }))
    }
    if let size { entries.append((strings["desk.size"], { $0.text(Figures.bytes(size)) })) }
    if let left = record.life.leftAt {
      entries.append((strings["desk.guild.left"], { $0.add(TimeText(left)) }))
    }
    if let due = record.life.erasure?.due {
      entries.append((strings["desk.guild.due"], { $0.add(TimeText(due)) }))
    }
    return DefinitionList(entries)
  }

  /// Erases everything of the server, after its id was typed.
  func erase() async throws -> HTTPResponse {
    let record = try await record()
    guard visit.visit.field("confirm") == "\(guild)" else {
      return try visit.visit.refused("desk.guild.notConfirmed", ["id": "\(guild)"], next: url)
    }
    // First, so that it is on record even if the process dies in the middle, and finishes it at its next start.
    try await visit.onRecord("guild.erase", "\(guild)", before: .string(record.life.phase.rawValue))
    _ = try await visit.house.eraseGuild(tenant)
    return try visit.visit.done("desk.guild.erased", ["id": "\(guild)"], next: "/operator/guilds")
  }

  /// Hands out everything of the server as a file, because its owner or the law asks for it. The server's own audit log
  /// says so.
  func export() async throws -> HTTPResponse {
    guard try await visit.house.storage.hasGuild(tenant) else { throw HTTPProblem.notFound }
    try await visit.onRecord("guild.export", "\(guild)")
    try await AuditLog(visit.house.storage.guild(tenant)).append(
      AuditEntry(at: visit.now, actor: .operator, action: "data.export"))
    let (export, tenant) = (DataExport(visit.house.storage, time: visit.house.time), tenant)
    var response = HTTPResponse.stream(contentType: "application/json") { writer in
      _ = try await export.guild(tenant) { bytes in try await writer.write(bytes) }
    }
    response.fields["Content-Disposition"] = "attachment; filename=\"guildhall-\(guild).json\""
    response.fields["Cache-Control"] = "no-store"
    return response
  }
}
