// The bot of a server: how it is, what it lacks, and a bot of one's own.

import Storage
import PlatformConfiguration
import PlatformPlugins
import PlatformAudit
import DiscordCore
import DiscordGateway
import HTML
import HTTPServer
import HTTPTypes
import JSON
import PlatformAccess
import PlatformBots
import PlatformDispatch
import PlatformTenancy
import Resources
import Vault

/// The page about a server's bot, and what its owner does there.
enum BotPages {
  static func addRoutes(to routes: inout DashboardRoutes) {
    routes.guild(.viewer, .get, "/bot", name: "guild.bot") { visit in try await BotPage(visit).show() }
    routes.guild(.owner, .post, "/bot/token", name: "guild.bot.token") { visit in try await setToken(visit) }
    routes.guild(.owner, .post, "/bot/rotate", name: "guild.bot.rotate") { visit in try await rotate(visit) }
    routes.guild(.owner, .post, "/bot/restart", name: "guild.bot.restart") { visit in
      try await change(visit, "bot.restarted") { desk, bot, author in try await desk.restart(bot, by: author)
      }
    }
    routes.guild(.owner, .post, "/bot/stop", name: "guild.bot.stop") { visit in
      try await change(visit, "bot.stopped", isForOthersToo: false) { desk, bot, author in
        try await desk.stop(bot, by: author)
      }
    }
    routes.guild(.owner, .post, "/bot/unassign", name: "guild.bot.unassign") { visit in
      try await unassign(visit)
    }
  }

  private static func desk(_ house: DashboardEnvironment) -> BotDesk {
    BotDesk(house.registry, house.tokens, house.storage, time: house.time)
  }

  private static func author(_ visit: GuildVisit) -> BotDesk.Author {
    BotDesk.Author(.user(visit.user), address: visit.visit.address)
  }

  private static func purpose(_ visit: GuildVisit) -> BotCheck.Purpose {
    let needs = visit.house.dispatcher.needs(of: visit.configuration)
    return BotCheck.Purpose(intents: needs.intents, permissions: needs.permissions, guild: visit.tenant)
  }

  // MARK: Tokens

  private static func setToken(_ visit: GuildVisit) async throws -> HTTPResponse {
    try await withToken(visit, form: .own) { token in
      try await desk(visit.house).setToken(
        token, for: visit.tenant, purpose(visit), by: author(visit),
        alsoServing: visit.visit.field("also") != nil)
    }
  }

  private static func rotate(_ visit: GuildVisit) async throws -> HTTPResponse {
    guard let bot = try await visit.house.registry.ownBot(of: visit.tenant) else {
      return try visit.visit.refused("bot.none", next: .guild(visit.guild, "bot"))
    }
    return try await withToken(visit, form: .rotate) { token in
      try await desk(visit.house).rotate(token, of: bot, purpose(visit), by: author(visit))
    }
  }

  /// Takes the token out of the form and never hands it back: what is wrong is said beside an empty field.
  private static func withToken(
    _ visit: GuildVisit, form: BotPage.TokenForm, _ act: (Secret) async throws -> BotReport
  ) async throws -> HTTPResponse {
    let token = Secret(utf8: visit.visit.form["token"] ?? "")
    do {
      let report = try await act(token)
      if visit.visit.wantsJSON {
        return try visit.visit.done(
          "bot.token", ["bot": report.applicationName], next: .guild(visit.guild, "bot"),
          more: [
            JSONObject.Field(
              key: "findings",
              value: .array(report.findings.map { .string(visit.visit.text($0.sentence)) }))
          ])
      }
      return try await BotPage(visit).show(report: report)
    } catch let refusal as BotRefusal {
      let sentence = visit.visit.text(refusal.sentence)
      if visit.visit.wantsJSON { return try visit.visit.refusal(sentence) }
      return try await BotPage(visit).show(refusal: (form, sentence))
    }
  }

  // MARK: Running

  private static func change(
    _ visit: GuildVisit, _ key: String, isForOthersToo: Bool = true,
    _ act: (BotDesk, UserID, BotDesk.Author) async throws -> Void
  ) async throws -> HTTPResponse {
    let page = SafeURL.guild(visit.guild, "bot")
    let house = visit.house
    guard let bot = try await house.registry.ownBot(of: visit.tenant),
      let registration = try await house.registry.registration(of: bot)
    else { return try visit.visit.refused("bot.none", next: page) }
    guard isForOthersToo || registration.guilds == [visit.tenant] else {
      return try visit.visit.refused("bot.servesOthers", next: page)
    }
    do {
      try await act(desk(house), bot, author(visit))
    } catch is BotRefusal {
      return try visit.visit.refused("bot.none", next: page)
    }
    return try visit.visit.done(key, ["bot": registration.applicationName], next: page)
  }

  private static func unassign(_ visit: GuildVisit) async throws -> HTTPResponse {
    let page = SafeURL.guild(visit.guild, "bot")
    guard let former = try await desk(visit.house).unassign(visit.tenant, by: author(visit)) else {
      return try visit.visit.refused("bot.none", next: page)
    }
    return try visit.visit.done("bot.unassigned", ["bot": former.applicationName], next: page)
  }
}
