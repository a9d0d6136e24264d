// Bots: listed, given to servers, their tokens replaced, started anew, forgotten.

import PlatformAudit
import Telemetry
import PlatformDispatch
import PlatformConfiguration
import Assembly
import DiscordBot
import DiscordCore
import DiscordGateway
import EventLoop
import JSON
import PlatformBots
import PlatformPlugins
import PlatformTenancy
import PlatformText
import Storage
import Vault

extension Administrator {
  func listBots() async throws -> AdminReport {
    let registrations = try await house.registry.registrations()
    var rows: [[String]] = []
    var json: [JSONValue] = []
    for registration in registrations {
      let status = house.supervisor.status(of: registration.bot)
      let reasons = status?.reasons.map { $0.text(in: botSentences) } ?? []
      let state =
        status.map(\.state.name) ?? (registration.wanted == .running ? "not running here" : "stopped")
      rows.append([
        "\(registration.bot)", registration.kind.rawValue, state, "…\(registration.tokenHint)",
        registration.guilds.map(\.description).joined(separator: " "), registration.applicationName,
        reasons.joined(separator: " "),
      ])
      json.append([
        "bot": .id(registration.bot), "application": .id(registration.application),
        "application_name": .string(registration.applicationName), "bot_name": .string(registration.botName),
        "kind": .string(registration.kind.rawValue), "wanted": .string(registration.wanted.rawValue),
        "state": .string(state), "since": .text(status?.since.iso8601),
        "crashes": .integer(Int64(status?.crashes ?? 0)), "next_start": .text(status?.nextStart?.iso8601),
        "reasons": .array(reasons.map { .string($0) }), "token_hint": .string(registration.tokenHint),
        "guilds": .array(registration.guilds.map { .id($0.guild) }),
        "created_at": .string(registration.createdAt.iso8601),
        "rotated_at": .text(registration.rotatedAt?.iso8601),
      ])
    }
    let headings = ["bot", "kind", "state", "token", "servers", "application", "why"]
    return AdminReport(.array(json), .table(AdminTable(headings, rows, empty: "no bots are registered")))
  }

  func setToken(_ token: Secret, for guild: GuildID, _ options: AdminOptions) async throws -> AdminReport {
    let tenant = try await known(guild)
    let report = try await desk.setToken(
      token, for: tenant, try await purpose(of: tenant), by: author, alsoServing: options.alsoServes)
    return found(report, "\(report.applicationName) (\(report.bot)) is the bot of \(guild)")
  }

  func rotate(_ bot: UserID, _ token: Secret) async throws -> AdminReport {
    let registration = try await desk.registration(of: bot)
    var purpose = BotCheck.Purpose(intents: house.catalog.intents)
    if let first = registration.guilds.first { purpose = try await self.purpose(of: first) }
    let report = try await desk.rotate(token, of: bot, purpose, by: author)
    var sentence = "\(report.applicationName) (\(bot)) has its new token"
    if registration.kind == .shared {
      sentence += "; set GUILDHALL_DISCORD_TOKEN to it too, or the next start puts the old one back"
    }
    return found(report, sentence)
  }

  func restart(_ bot: UserID) async throws -> AdminReport {
    try await desk.restart(bot, by: author)
    return AdminReport(
      ["bot": .id(bot)],
      .sentence("\(bot) is started anew\(isRunning ? "" : " when Guildhall is started")"))
  }

  func remove(_ bot: UserID) async throws -> AdminReport {
    let registration = try await desk.remove(bot, by: author)
    var sentence = "\(bot) and its token are forgotten"
    if registration.kind == .shared {
      sentence += "; while GUILDHALL_DISCORD_TOKEN is set, the next start registers it again"
    }
    return AdminReport(["bot": .id(bot)], .sentence(sentence))
  }

  // MARK: Parts

  private var desk: BotDesk {
    BotDesk(house.registry, house.tokens, house.storage, time: house.time)
  }
  private var author: BotDesk.Author { BotDesk.Author(.operator) }

  /// What the plugins of a guild need of its bot.
  private func purpose(of guild: Tenant) async throws -> BotCheck.Purpose {
    let needs = house.dispatcher.needs(of: try await house.configurations.current(guild))
    return BotCheck.Purpose(intents: needs.intents, permissions: needs.permissions, guild: guild)
  }

  private func found(_ report: BotReport, _ sentence: String) -> AdminReport {
    var result = AdminReport(
      [
        "bot": .id(report.bot), "application": .id(report.application),
        "application_name": .string(report.applicationName),
        "findings": .array(
          report.findings.map { finding in
            [
              "weight": .string("\(finding.weight)"), "key": .string(finding.sentence.key),
              "sentence": .string(finding.sentence.text(in: botSentences)), "link": .text(finding.link),
            ]
          }),
      ], .sentence(sentence))
    let rows = report.findings.map { finding in
      ["\(finding.weight)", finding.sentence.text(in: botSentences), finding.link ?? ""]
    }
    if !rows.isEmpty {
      result.blocks.append(.table(AdminTable(["weight", "finding", "where"], rows, empty: "")))
    }
    return result
  }
}
