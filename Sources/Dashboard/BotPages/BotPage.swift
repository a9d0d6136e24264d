// What is shown of a server's bot.

import DiscordModels
import PlatformPlugins
import DiscordBot
import DiscordCore
import DiscordGateway
import EventLoop
import HTML
import HTTPServer
import HTTPTypes
import PlatformAccess
import PlatformBots
import PlatformDispatch
import PlatformTenancy
import PlatformText
import Resources

/// The page `/g/{guild}/bot`.
struct BotPage {
  /// The forms that take a token.
  enum TokenForm { case own, rotate }

  let visit: GuildVisit
  /// The bot that serves the server now; nil when it is not registered, which is for a moment.
  let serving: BotRegistration?
  /// The server's own bot; nil when it has none.
  let own: BotRegistration?
  let health: GuildHealth
  private let shards: [ShardStatus]
  private let home: ShardID?
  /// Connections listed; a shared bot of many servers has more.
  private static let shardsShown = 16

  init(_ visit: GuildVisit) async throws {
    self.visit = visit
    let house = visit.house
    serving = try await house.registry.registration(of: visit.bot.user)
    if let bot = try await house.registry.ownBot(of: visit.tenant) {
      own = try await house.registry.registration(of: bot)
    } else {
      own = nil
    }
    health = GuildHealth(of: visit.bot, visit.configuration, house)
    let group = house.dispatcher.bots.bot(serving: visit.guild)?.shards
    shards = await group?.status() ?? []
    home = group?.shard(of: visit.guild)?.id
  }

  var strings: StringCatalog { visit.strings }
  var isOwner: Bool { visit.role >= .owner }

  func show(report: BotReport? = nil, refusal: (form: TokenForm, sentence: String)? = nil) throws
    -> HTTPResponse
  {
    var head = PageHead(strings["bot.title"], section: "bot", lead: strings["bot.lead"])
    if refusal != nil { head.status = HTTPStatus(422) }
    return try visit.visit.page(head) { html in
      html.element(.div, .class("stack")) { html in
        if let report { checked(report, &html) }
        state(&html)
        permissions(&html)
        intents(&html)
        OwnBotCard(page: self, refusal: refusal).write(&html)
      }
    }
  }

  /// What a token that was just taken is found to be good for.
  private func checked(_ report: BotReport, _ html: inout HTMLWriter) {
    html.add(
      Notice(
        report.isBlocked ? .warning : .success,
        strings("bot.checked", ["bot": report.applicationName])
      ) { html in
        html.element(.p, text: strings["bot.checked.help"])
        findings(report.findings, &html)
      })
  }

  private func findings(_ findings: [BotFinding], _ html: inout HTMLWriter) {
    guard !findings.isEmpty else { return }
    html.element(.ul, .class("reasons")) { html in
      for finding in findings {
        html.element(.li) { html in
          html.text(visit.visit.text(finding.sentence))
          if let address = finding.link.flatMap({ SafeURL($0) }) {
            html.text(" ")
            html.element(.a, .href(address), text: strings["bot.finding.open"])
          }
        }
      }
    }
  }

  // MARK: How it is

  private func state(_ html: inout HTMLWriter) {
    let name = serving.map { $0.botName.isEmpty ? $0.applicationName : $0.botName } ?? ""
    let shown = name.isEmpty ? visit.bot.application?.name ?? "\(visit.bot.user)" : name
    html.add(
      Card(
        strings["bot.serving"],
        actions: { html in html.add(StatusDot(health.word(visit.visit), health.tone)) },
        content: { html in
          html.add(
            DefinitionList(
              [
                (strings["bot.name"], { html in html.isolated(shown) }),
                (
                  strings["bot.kind"],
                  { html in
                    html.text(strings[dynamic: "bot.kind.\(serving?.kind.rawValue ?? "shared")"])
                  }
                ),
              ]
                + (health.since.map { since in
                  [(strings["bot.since"], { html in html.add(TimeText(since)) } as HTMLContent)]
                } ?? [])
                + (health.nextStart.map { next in
                  [(strings["bot.nextStart"], { html in html.add(TimeText(next)) } as HTMLContent)]
                } ?? [])))
          for reason in health.reasons.prefix(6) {
            html.add(Notice(health.tone, visit.visit.text(reason)))
          }
          connections(&html)
        }))
  }

  private func connections(_ html: inout HTMLWriter) {
    guard !shards.isEmpty else { return }
    let rows = shards.filter { $0.id == home } + shards.filter { $0.id != home }
    html.element(.details, .class("explained")) { html in
      html.element(.summary, text: strings("bot.shards", ["count": "\(shards.count)"]))
      html.add(
        Table(
          strings["bot.shards.table"],
          columns: [
            .init(strings["bot.shard"]), .init(strings["bot.shard.state"]),
            .init(strings["bot.shard.latency"], isNumeric: true),
          ],
          rows: rows.prefix(Self.shardsShown).map { shard in
            .init([
              { html in
                html.text(
                  strings(
                    "bot.shard.number", ["number": "\(shard.id.index + 1)", "count": "\(shard.id.count)"]))
                if shard.id == home {
                  html.text(" ")
                  html.add(Badge(strings["bot.shard.here"], .info))
                }
              },
              { html in
                let (word, tone) = Self.look(shard.state)
                html.add(StatusDot(strings[dynamic: "bot.shard.\(word)"], tone))
              },
              { html in
                html.text(
                  shard.latency.map { "\(Int($0 / .milliseconds(1))) ms" } ?? strings["bot.shard.noLatency"])
              },
            ])
          }))
    }
  }

  private static func look(_ state: ShardState) -> (String, Tone) {
    switch state {
    case .starting, .connecting, .identifying: ("starting", .info)
    case .resuming: ("resuming", .info)
    case .online: ("online", .success)
    case .degraded: ("degraded", .warning)
    case .crashed: ("crashed", .error)
    case .stopped: ("stopped", .neutral)
    }
  }

  // MARK: What it lacks

  private func permissions(_ html: inout HTMLWriter) {
    let units = visit.house.dispatcher.units(on: visit.configuration)
    guard let serving else { return }
    let invitation = Invitation(serving.application, units, base: visit.house.site.discordAPI)
    let granted = visit.bot.ownPermissions()
    let needed = BotNeeds(units).permissions
    let difference = granted.map { PermissionDifference(needed: needed, granted: $0) }
    html.add(
      Card(
        strings["bot.permissions"],
        actions: { html in
          html.element(.div, .data("refresh")) { html in
            html.add(
              Button(
                strings["bot.inviteAgain"], icon: .external, act: .follow(invitation.link(for: visit.guild))
              ).small())
          }
        },
        content: { html in
          html.element(.div, .class("stack")) { html in
            if let difference {
              if difference.missing.isEmpty {
                html.add(Notice(.success, strings["bot.permissions.complete"]))
              }
              for sentence in difference.sentences {
                let isMissing = sentence.key == "bot.permissions.missing"
                html.add(Notice(isMissing ? .warning : .info, visit.visit.text(sentence)))
              }
            } else {
              html.add(Notice(.info, strings["bot.permissions.unknown"]))
            }
            html.element(.p, .class("muted"), text: strings["bot.inviteAgain.help"])
            html.element(.details, .class("explained")) { html in
              html.element(.summary, text: strings["invite.why"])
              Invitation.list(units, visit.visit, &html)
            }
          }
        }))
  }

  private func intents(_ html: inout HTMLWriter) {
    guard let application = visit.bot.application else { return }
    let needs = visit.house.dispatcher.needs(of: visit.configuration)
    let report = BotReport(
      running: application, as: visit.bot.user, nil,
      for: BotCheck.Purpose(intents: needs.intents, permissions: needs.permissions, guild: visit.tenant))
    // Who may add a shared bot is its operator's business.
    let found = report.findings.filter { $0.weight > .advice || serving?.kind == .own }
    html.add(
      Card(strings["bot.intents"]) { html in
        html.element(.div, .class("stack")) { html in
          if report.missingIntents.isEmpty {
            html.add(Notice(.success, strings["bot.intents.complete"]))
          }
          findings(found, &html)
          if !found.isEmpty, serving?.kind != .own {
            html.element(.p, .class("muted"), text: strings["bot.intents.shared"])
          }
        }
      })
  }
}
