// The operator's desk: the installation, and nothing of what servers have in it.

import DiscordCore
import EventLoop
import HTML
import HTTPServer
import HTTPTypes
import JSON
import PlatformAudit
import Resources
import Storage
import Telemetry

/// The routes of the desk. Operators look after the installation; inside of servers they have no power, so no page here
/// shows or changes what a server has set or recorded.
struct OperatorPages: Sendable {
  let size: StoreSizeMeter

  init(gate: Gate) { size = StoreSizeMeter(gate.house) }

  func addRoutes(to routes: inout DashboardRoutes) {
    let size = size
    routes.operators(.get, "/operator", name: "operator") { visit in
      try await OperatorOverview(visit, size: await size.bytes()).page()
    }
    OperatorBots.addRoutes(to: &routes)
    OperatorGuilds.addRoutes(to: &routes)
    OperatorNotices.addRoutes(to: &routes)
    OperatorIncidents.addRoutes(to: &routes)
    OperatorLegal.addRoutes(to: &routes)
    OperatorAccounts.addRoutes(to: &routes)
    OperatorLog.addRoutes(to: &routes)
    routes.operators(.get, "/operator/metrics", name: "operator.metrics") { visit in
      try OperatorMetrics(visit).page()
    }
    routes.operators(.get, "/operator/audit", name: "operator.audit") { visit in
      try await OperatorAuditPage(visit).page()
    }
  }

  /// The pages of the desk, in the order of the navigation.
  static let sections: [(section: String, link: SafeURL, icon: Icon)] = [
    ("operator", "/operator", .terminal), ("operator.bots", "/operator/bots", .robot),
    ("operator.guilds", "/operator/guilds", .server), ("operator.notices", "/operator/notices", .bell),
    ("operator.incidents", "/operator/incidents", .flag), ("operator.legal", "/operator/legal", .gavel),
    ("operator.accounts", "/operator/accounts", .users), ("operator.log", "/operator/log", .menu),
    ("operator.metrics", "/operator/metrics", .chart), ("operator.audit", "/operator/audit", .clock),
  ]
}

extension AccountVisit {
  /// A page of the desk. The first word of the navigation stands above it.
  ///
  /// - Throws: `HTTPServerError` for a cookie that cannot be set.
  func deskPage(
    _ title: String, _ section: String, lead: String? = nil, trail: [(title: String, link: SafeURL)] = [],
    status: HTTPStatus = .ok, scripts: [SafeURL] = [], actions: HTMLContent? = nil,
    _ content: @escaping HTMLContent
  ) throws -> HTTPResponse {
    var head = PageHead(title, section: section, lead: lead)
    head.trail = section == "operator" ? [] : [(visit.strings["nav.operator"], "/operator")] + trail
    (head.status, head.scripts) = (status, scripts)
    return try visit.page(head, actions: actions) { html in
      html.element(.div, .class("stack"), content: content)
    }
  }

  /// Puts what an operator did to the installation on record, and into the log.
  ///
  /// - Throws: what the store throws.
  func onRecord(
    _ action: String, _ target: String = "", before: JSONValue = .null, after: JSONValue = .null
  ) async throws {
    try await OperatorAudit(visit.house.storage.platform).append(
      AuditEntry(
        at: visit.now, actor: .user(user), action: action, target: target, address: visit.address,
        before: before,
        after: after))
    Log(room: "operator").notice(
      "an operator changed the installation",
      ["action": .string(action), "target": .string(target), "by": .string("\(user)")])
  }
}

extension HTMLWriter {
  /// A form that is one button.
  mutating func act(_ target: PostTarget, _ button: Button) {
    form(target, .class("act")) { html in html.add(button) }
  }
}
