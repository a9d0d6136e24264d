// The bots of the installation on the desk: how they are, starting and stopping them, the shared bot's token.

import DiscordBot
import DiscordCore
import DiscordGateway
import EventLoop
import HTML
import HTTPServer
import HTTPTypes
import JSON
import PlatformBots
import PlatformDispatch
import PlatformTenancy
import PlatformText
import Resources
import Vault

/// `/operator/bots`.
enum OperatorBots {
  static func addRoutes(to routes: inout DashboardRoutes) {
    routes.operators(.get, "/operator/bots", name: "operator.bots") { visit in try await page(visit) }
    routes.operators(
      .post, "/operator/bots/{bot}/{wish}", .user, .text, name: "operator.bots.wish"
    ) { visit, bot, wish in
      guard let wish = Wish(rawValue: wish) else { throw HTTPProblem.notFound }
      return try await fulfil(wish, of: bot, visit)
    }
    routes.operators(.post, "/operator/shared-bot", name: "operator.bots.token") { visit in
      try await setToken(visit)
    }
  }

  /// What can be asked of a bot.
  private enum Wish: String, CaseIterable {
    case restart, stop, start
  }

  private static func fulfil(_ wish: Wish, of bot: UserID, _ visit: AccountVisit) async throws -> HTTPResponse
  {
    let registry = visit.house.registry
    guard let known = try await registry.registration(of: bot) else { throw HTTPProblem.notFound }
    switch wish {
    case .restart: try await registry.restart(bot)
    case .stop: try await registry.setWanted(.stopped, for: bot)
    case .start: try await registry.setWanted(.running, for: bot)
    }
    try await visit.onRecord(
      "bot.\(wish.rawValue)", "\(bot)", before: .string(known.wanted.rawValue),
      after: .string((wish == .stop ? BotRegistration.Wanted.stopped : .running).rawValue))
    return try visit.visit.done(
      "desk.bot.\(wish.rawValue)", ["name": name(of: known)], next: "/operator/bots")
  }

  private static func setToken(_ visit: AccountVisit) async throws -> HTTPResponse {
    let house = visit.house
    let pasted = Secret(utf8: visit.form["token"] ?? "")
    let known = try await house.registry.registrations().first { $0.kind == .shared }
    let checked: CheckedBotToken
    do {
      checked = try await house.tokens.check(pasted, for: .init(intents: house.catalog.intents))
    } catch let refusal {
      return try await refuse(visit, visit.visit.words(refusal.sentence, of: .bots))
    }
    let report = checked.report
    if let known, known.bot == report.bot {
      try await house.registry.rotate(checked, of: known.bot, by: visit.user, at: visit.now)
    } else if known == nil || visit.visit.field("replace") == "on" {
      try await house.registry.adoptShared(checked, at: visit.now)
    } else {
      return try await refuse(visit, visit.strings("desk.token.other", ["name": report.applicationName]))
    }
    // The name tells which bot; no part of a token is written down.
    try await visit.onRecord(
      "bot.token", "\(report.bot)", before: known.map { .string("\($0.bot)") } ?? .null,
      after: .string("\(report.bot)"))
    return try visit.visit.done("desk.token", ["name": report.applicationName], next: "/operator/bots")
  }

  private static func refuse(_ visit: AccountVisit, _ sentence: String) async throws -> HTTPResponse {
    if visit.wantsJSON { return try visit.visit.refusal(sentence) }
    return try await page(visit, tokenError: sentence)
  }

  // MARK: The page

  private struct Entry: Sendable {
    let registration: BotRegistration
    let status: BotStatus?
    let shards: [ShardStatus]
    let guilds: Int
  }

  private static func page(_ visit: AccountVisit, tokenError: String? = nil) async throws -> HTTPResponse {
    let house = visit.house
    var entries: [Entry] = []
    for registration in try await house.registry.registrations() {
      entries.append(
        Entry(
          registration: registration, status: house.supervisor.status(of: registration.bot),
          shards: await house.desk.fleet?[registration.bot]?.shards?.status() ?? [],
          guilds: try await house.directory.guilds(of: registration.bot).count))
    }
    let all = entries
    let strings = visit.strings
    return try visit.deskPage(
      strings["nav.operator.bots"], "operator.bots", lead: strings["desk.bots.lead"],
      status: tokenError == nil ? .ok : HTTPStatus(422)
    ) { html in
      if all.isEmpty {
        html.add(EmptyState(strings["desk.bots.none"], strings["desk.bots.none.help"]))
      }
      for entry in all { card(entry, visit, &html) }
      token(visit, hasOne: all.contains { $0.registration.kind == .shared }, tokenError, &html)
    }
  }

  private static func card(_ entry: Entry, _ visit: AccountVisit, _ html: inout HTMLWriter) {
    let strings = visit.strings
    let bot = entry.registration
    html.add(
      Card(
        name(of: bot),
        subtitle: strings[dynamic: "desk.bot.kind.\(bot.kind.rawValue)"] + " · \(bot.bot)",
        actions: { html in state(entry, visit, &html) },
        footer: { html in
          html.act(
            visit.visit.post(SafeURL(segments: ["operator", "bots", "\(bot.bot)", "restart"])),
            Button(strings["desk.bot.restart"], icon: .refresh, act: .submit()).small())
          let wish = bot.wanted == .running ? "stop" : "start"
          html.act(
            visit.visit.post(SafeURL(segments: ["operator", "bots", "\(bot.bot)", wish])),
            Button(
              strings[dynamic: "desk.bot.\(wish)"], icon: wish == "stop" ? .pause : .play, act: .submit()
            ).small())
        }
      ) { html in
        for reason in entry.status?.reasons ?? [] {
          html.element(.p, text: visit.visit.words(reason, of: .bots))
        }
        html.add(facts(entry, visit))
      })
  }

  private static func state(_ entry: Entry, _ visit: AccountVisit, _ html: inout HTMLWriter) {
    guard let status = entry.status else {
      let key = entry.registration.wanted == .running ? "desk.bot.elsewhere" : "desk.bot.stopped"
      return html.add(StatusDot(visit.strings[dynamic: key], .neutral))
    }
    html.add(StatusDot(visit.visit.words(status.state.title, of: .bots), tone(status.state)))
  }

  private static func facts(_ entry: Entry, _ visit: AccountVisit) -> DefinitionList {
    let strings = visit.strings
    let bot = entry.registration
    var facts: [(name: String, value: HTMLContent)] = [
      (strings["desk.servers"], { $0.text(Figures.grouped(Int64(entry.guilds))) }),
      (strings["desk.bot.token"], { $0.text("…\(bot.tokenHint)") }),
    ]
    if let since = entry.status?.since {
      facts.append((strings["desk.bot.since"], { $0.add(TimeText(since, .relative)) }))
    }
    for shard in entry.shards {
      let latency = shard.latency.map { "\(Figures.decimal(Double($0.wholeMilliseconds))) ms" } ?? "–"
      let isWell = shard.state.receivesEvents
      facts.append(
        (
          strings("desk.shard", ["shard": "\(shard.id.index + 1)", "shards": "\(shard.id.count)"]),
          { html in
            html.add(
              StatusDot(
                "\(strings[dynamic: isWell ? "desk.shard.online" : "desk.shard.away"]), \(latency)",
                isWell ? .success : .warning))
          }
        ))
    }
    return DefinitionList(facts)
  }

  private static func token(
    _ visit: AccountVisit, hasOne: Bool, _ error: String?, _ html: inout HTMLWriter
  ) {
    let strings = visit.strings
    html.add(
      Card(strings["desk.token.title"], subtitle: strings["desk.token.lead"]) { html in
        html.form(visit.visit.post("/operator/shared-bot"), .class("stack")) { html in
          html.add(
            SecretInput(
              Field(
                "token", label: strings["desk.token.field"], help: strings["desk.token.help"], error: error,
                isRequired: true), isSet: hasOne))
          if hasOne {
            html.add(
              Checkbox(
                Field(
                  "replace", label: strings["desk.token.replace"], help: strings["desk.token.replace.help"]),
                isOn: false))
          }
          html.element(.div, .class("row")) { html in
            html.add(Button(strings["desk.token.set"], kind: .primary, act: .submit()))
          }
        }
      })
  }

  static func name(of bot: BotRegistration) -> String {
    [bot.botName, bot.applicationName, "\(bot.bot)"].first { !$0.isEmpty } ?? "\(bot.bot)"
  }

  private static func tone(_ state: BotState) -> Tone {
    switch state {
    case .online: .success
    case .degraded, .starting: .warning
    case .crashed: .error
    case .stopped: .neutral
    }
  }
}
