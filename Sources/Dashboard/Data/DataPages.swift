// The data of a guild: what is held, handed over, erased.

import Bus
import DiscordBot
import DiscordCore
import EventLoop
import HTML
import HTTPServer
import HTTPTypes
import PlatformAccess
import PlatformData
import PlatformPlugins
import PlatformTenancy
import Resources
import Storage
import Telemetry

/// `/g/{guild}/data` and what is below it.
enum DataPages {
  private static let log = Log(room: "dashboard")

  static func addRoutes(to routes: inout DashboardRoutes) {
    routes.guild(.viewer, .get, "/data", name: "guild.data") { visit in try page(visit) }
    routes.guild(.owner, .post, "/data/export", name: "guild.data.export") { visit in
      try await exportServer(visit)
    }
    routes.guild(.manager, .post, "/data/member/export", name: "guild.data.member.export") { visit in
      try await exportMember(visit)
    }
    routes.guild(.owner, .post, "/data/member/erase", name: "guild.data.member.erase") { visit in
      try await eraseMember(visit)
    }
    routes.guild(.owner, .post, "/data/erase", name: "guild.data.erase") { visit in
      try await eraseServer(visit)
    }
  }

  private static func page(_ visit: GuildVisit) throws -> HTTPResponse {
    let view = DataPageView(visit: visit, tables: DataTable.entries(ofGuildsIn: visit.house.storage.schema))
    let strings = visit.strings
    return try visit.visit.page(
      PageHead(strings["data.title"], section: "data", lead: strings["data.lead"])
    ) { $0.add(view) }
  }

  // MARK: Handing over

  private static func exportServer(_ visit: GuildVisit) async throws -> HTTPResponse {
    try await export(visit, target: "", name: "server-\(visit.guild)") { export, receive in
      try await export.guild(visit.tenant, to: receive)
    }
  }

  private static func exportMember(_ visit: GuildVisit) async throws -> HTTPResponse {
    guard let user = person(visit) else { return try visit.visit.refused("data.noPerson", next: back(visit)) }
    return try await export(visit, target: "\(user)", name: "member-\(user)-of-\(visit.guild)") {
      export, receive in
      try await export.person(user, in: visit.tenant, to: receive)
    }
  }

  private static func export(
    _ visit: GuildVisit, target: String, name: String,
    _ body: @escaping @Sendable (DataExport, DataExport.Receiver) async throws -> ExportSummary
  ) async throws -> HTTPResponse {
    let house = visit.house
    // One at a time for each server: an export reads everything there is.
    guard let lease = try await house.bus.acquireLease("data-export/\(visit.guild)", for: .seconds(120))
    else {
      return try visit.visit.refused("data.exporting", next: back(visit))
    }
    try await visit.audit("data.export", target)
    let export = DataExport(house.storage, time: house.time)
    let day = visit.now.iso8601.prefix(10)
    return .download("\(name)-\(day).json", "application/json") { writer in
      do {
        _ = try await body(export) { try await writer.write($0) }
      } catch {
        // It ends by itself when it cannot be given back.
        try? await house.bus.release(lease)
        throw error
      }
      try await house.bus.release(lease)
    }
  }

  // MARK: Erasing

  private static func eraseMember(_ visit: GuildVisit) async throws -> HTTPResponse {
    guard let user = person(visit) else { return try visit.visit.refused("data.noPerson", next: back(visit)) }
    guard visit.visit.field("confirm") == "\(user)" else {
      return try visit.visit.refused("data.notConfirmed", next: back(visit))
    }
    // First, so that it is on record even if the process dies in the middle, and finishes it at its next start.
    try await visit.audit("data.erase", "\(user)")
    let report = try await Erasure(visit.house.storage, time: visit.house.time).person(user, in: visit.tenant)
    if visit.wantsJSON { return try visit.visit.json(report.document) }
    let strings = visit.strings
    var head = PageHead(strings["data.erased.member"], section: "data")
    head.trail = [(strings["data.title"], back(visit))]
    return try visit.visit.page(head) { $0.add(ErasureReportView(report: report, strings: strings)) }
  }

  private static func eraseServer(_ visit: GuildVisit) async throws -> HTTPResponse {
    let name = visit.bot.info?.name ?? ""
    guard !name.isEmpty, visit.visit.field("confirm") == DataPageView.typed(name) else {
      return try visit.visit.refused("data.nameNotConfirmed", next: back(visit))
    }
    // Its own audit log goes with it.
    log.notice("an owner erases a server", ["guild": .string("\(visit.guild)")])
    let report = try await visit.house.eraseGuild(visit.tenant)
    if visit.wantsJSON { return try visit.visit.json(report.document) }
    var outside = visit.visit
    outside.place = nil
    let strings = visit.strings
    return try outside.page(PageHead(strings["data.erased.server"], section: "servers")) { html in
      html.element(.div, .class("stack")) { html in
        html.add(Notice(.success, strings["data.erased.server.what"]))
        html.add(ErasureReportView(report: report, strings: strings))
        html.element(.p) { html in html.element(.a, .href("/servers"), text: strings["nav.servers"]) }
      }
    }
  }

  private static func back(_ visit: GuildVisit) -> SafeURL { .guild(visit.guild, "data") }

  /// The person of the form; nil for what is no id of one.
  private static func person(_ visit: GuildVisit) -> UserID? {
    let typed = visit.visit.field("user")?.filter { !"<@!>".contains($0) }
    guard let user = typed.flatMap({ UserID($0) }), user.rawValue > 0, user.rawValue <= UInt64(Int64.max)
    else {
      return nil
    }
    return user
  }
}
