// The first page of the desk: how the installation is.

import DiscordBot
import EventLoop
import HTML
import HTTPServer
import PlatformAccounts
import PlatformBots
import PlatformNotices
import PlatformSchedule
import PlatformSite
import PlatformTenancy
import PlatformText
import Resources
import Storage
import Telemetry

/// Writes `/operator`.
struct OperatorOverview: Sendable {
  private let visit: AccountVisit
  private let size: Int64?

  init(_ visit: AccountVisit, size: Int64?) { (self.visit, self.size) = (visit, size) }

  private struct Facts: Sendable {
    var guilds: [GuildLife.Phase: Int]
    var timers: ScheduleCounts
    var accounts: Int
    var notices: Int
    var components: [ComponentStatus]
    var bots: [BotStatus]
    var registered: Int
  }

  func page() async throws -> HTTPResponse {
    let house = visit.house
    let facts = Facts(
      guilds: try await house.directory.counts(), timers: try await house.desk.schedule.counts(at: visit.now),
      accounts: try await house.accounts.count(), notices: try await house.notices.unreadCount(.operators),
      components: await house.status.components(at: visit.now), bots: house.supervisor.statuses,
      registered: try await house.registry.registrations().count)
    let strings = visit.strings
    return try visit.deskPage(
      strings["nav.operator"], "operator", lead: strings["desk.lead"],
      actions: { html in
        html.add(Button(strings["nav.status"], icon: .chart, act: .follow("/status")))
      },
      { html in
        attention(facts, &html)
        html.element(.div, .class("stats")) { html in tiles(facts, &html) }
        html.element(.div, .class("grid")) { html in
          html.add(Card(strings["desk.process"]) { html in html.add(process()) })
          html.add(Card(strings["desk.parts"]) { html in html.add(parts(facts)) })
          html.add(Card(strings["desk.work"]) { html in html.add(work(facts)) })
        }
      })
  }

  /// What somebody should look at.
  private func attention(_ facts: Facts, _ html: inout HTMLWriter) {
    let strings = visit.strings
    func notice(_ tone: Tone, _ sentence: String, _ link: SafeURL, _ title: String) {
      html.add(
        Notice(tone, sentence) { html in html.element(.a, .href(link), text: title) })
    }
    let ill = facts.bots.filter { if case .crashed = $0.state { true } else { false } }.count
    if ill > 0 {
      notice(
        .error, strings("desk.attention.bots", ["count": "\(ill)"]), "/operator/bots",
        strings["nav.operator.bots"])
    }
    if facts.timers.givenUp > 0 {
      notice(
        .warning, strings("desk.attention.timers", ["count": "\(facts.timers.givenUp)"]), "/operator/notices",
        strings["nav.operator.notices"])
    }
    if facts.notices > 0 {
      notice(
        .info, strings("desk.attention.notices", ["count": "\(facts.notices)"]), "/operator/notices",
        strings["nav.operator.notices"])
    }
  }

  private func tiles(_ facts: Facts, _ html: inout HTMLWriter) {
    let strings = visit.strings
    let minute = MetricsWindow(visit.house.desk.metrics.samples).last(seconds: 60)
    let online = facts.bots.filter { if case .online = $0.state { true } else { false } }.count
    let active = (facts.guilds[.joined] ?? 0) + (facts.guilds[.setUp] ?? 0)
    html.add(
      StatTile(
        strings["desk.servers"], value: Figures.grouped(Int64(active)),
        change: strings("desk.servers.leaving", ["count": "\(facts.guilds[.left] ?? 0)"]), icon: .server))
    html.add(
      StatTile(
        strings["desk.bots"], value: "\(online) / \(facts.registered)",
        change: strings["desk.bots.online"], icon: .robot))
    html.add(
      StatTile(
        strings["desk.events"], value: Self.perSecond(minute?.rate("dispatch_events_total")),
        change: strings(
          "desk.events.wait", ["time": Self.milliseconds(minute?.mean("dispatch_wait_seconds"))]),
        icon: .bolt))
    html.add(
      StatTile(
        strings["desk.accounts"], value: Figures.grouped(Int64(facts.accounts)), icon: .users))
  }

  private func process() -> DefinitionList {
    let strings = visit.strings
    let desk = visit.house.desk
    let metrics = desk.metrics.current
    var entries: [(name: String, value: HTMLContent)] = [
      (strings["desk.version"], { $0.text(desk.version.isEmpty ? "–" : desk.version) }),
      (strings["desk.roles"], { $0.text(desk.roles.joined(separator: ", ")) }),
    ]
    if let started = metrics["process_start_time_seconds"]?.value {
      let seconds = max(0, wallClockMilliseconds() / 1_000 - Int64(started))
      entries.append((strings["desk.uptime"], { $0.text(HumanDuration.format(.seconds(seconds))) }))
    }
    if let memory = metrics["process_resident_memory_bytes"]?.value {
      entries.append((strings["desk.memory"], { $0.text(Figures.bytes(Int64(memory))) }))
    }
    if let files = metrics["process_open_fds"]?.value {
      entries.append((strings["desk.files"], { $0.text(Figures.grouped(Int64(files))) }))
    }
    let engine = visit.house.storage.kind
    entries.append((strings["desk.engine"], { $0.text(strings[dynamic: "desk.engine.\(engine.rawValue)"]) }))
    let stored = size.map(Figures.bytes) ?? strings["desk.unknown"]
    entries.append((strings["desk.size"], { $0.text(stored) }))
    return DefinitionList(entries)
  }

  private func parts(_ facts: Facts) -> DefinitionList {
    DefinitionList(
      facts.components.map { status in
        (
          visit.visit.words(status.component.title, of: .site),
          { html in
            html.add(
              StatusDot(
                visit.visit.words(status.state.title, of: .site), StatusView.tone(status.state)))
          }
        )
      })
  }

  private func work(_ facts: Facts) -> DefinitionList {
    let strings = visit.strings
    let metrics = visit.house.desk.metrics.current
    let minute = MetricsWindow(visit.house.desk.metrics.samples).last(seconds: 60)
    let age = metrics["bus_lane_age_seconds"]?.highest
    let entries: [(String, String)] = [
      (strings["desk.lanes"], Figures.grouped(Int64(metrics["bus_lane_depth_entries"]?.value ?? 0))),
      (strings["desk.lanes.age"], age.map { "\(Figures.decimal($0)) s" } ?? "–"),
      (strings["desk.lost"], Figures.grouped(Int64(metrics["dispatch_events_lost_total"]?.value ?? 0))),
      (strings["desk.timers"], Figures.grouped(Int64(facts.timers.pending))),
      (strings["desk.timers.due"], Figures.grouped(Int64(facts.timers.due))),
      (strings["desk.rest"], Self.perSecond(minute?.rate("discord_rest_requests_total"))),
      (strings["desk.web"], Self.perSecond(minute?.rate("http_requests_total"))),
    ]
    return DefinitionList(entries.map { entry in (entry.0, { $0.text(entry.1) }) })
  }

  static func perSecond(_ rate: Double?) -> String { rate.map { "\(Figures.decimal($0)) /s" } ?? "–" }
  static func milliseconds(_ seconds: Double?) -> String {
    seconds.map { "\(Figures.decimal($0 * 1_000)) ms" } ?? "–"
  }
}
