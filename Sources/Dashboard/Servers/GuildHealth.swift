// How a bot is doing in a server, and what it lacks there.

import DiscordBot
import DiscordCore
import EventLoop
import HTML
import PlatformBots
import PlatformConfiguration
import PlatformDispatch
import PlatformPlugins
import PlatformText
import Resources

/// What there is to tell about the bot in one server, without asking Discord.
struct GuildHealth: Sendable {
  /// Nil while no bot is run for the server in this process.
  let state: BotState?
  /// Since when it is in that state; nil when that is not known here.
  let since: Timestamp?
  /// Why it is so.
  let reasons: [Sentence]
  /// When a bot that gave up is started again by itself.
  let nextStart: Timestamp?
  /// What plugins that are on need, and the bot was not given.
  let missing: Permissions
  /// Whether the bot may do everything.
  let isAdministrator: Bool
  /// Plugins that failed so often that they rest.
  let heldUp: [PluginUnit]
  /// Plugins with settings that do not fit any more, and how many.
  let misfits: [(unit: PluginUnit, count: Int)]

  init(of bot: GuildBot, _ configuration: GuildConfiguration, _ house: DashboardEnvironment) {
    let status = house.supervisor.status(of: bot.user)
    state = status?.state ?? house.dispatcher.bots.bot(serving: bot.guild)?.state
    (since, nextStart) = (status?.since, status?.nextStart)
    reasons = status?.reasons ?? state?.reasons ?? []
    let needs = house.dispatcher.needs(of: configuration)
    let granted = bot.ownPermissions()
    isAdministrator = granted?.contains(.administrator) ?? false
    missing = granted.map { PermissionDifference(needed: needs.permissions, granted: $0).missing } ?? []
    let units = house.dispatcher.units(on: configuration)
    heldUp = units.filter { house.dispatcher.isHeldUp($0.id, in: bot.guild) }
    misfits = units.compactMap { unit in
      configuration.problems[unit.id].flatMap { $0.isEmpty ? nil : (unit, $0.count) }
    }
  }

  /// How it stands.
  var tone: Tone {
    switch state {
    case .online: .success
    case .starting: .info
    case .degraded: .warning
    case .stopped, .crashed, nil: .error
    }
  }

  /// The state in a word.
  func word(_ visit: Visit) -> String {
    state.map { visit.text($0.title) } ?? visit.strings["health.unknown"]
  }
}

extension Visit {
  /// A sentence about bots, in the reader's language.
  func text(_ sentence: Sentence) -> String {
    sentence.text(in: resources.rooms.catalog(.bots, strings.language))
  }

  /// What a plugin is called.
  func name(of unit: PluginUnit) -> String {
    unit.name ?? words(of: unit).sentence("plugin.name") ?? unit.id
  }

  /// The catalog that has the reasons for what it needs: third parties' are for what they were granted, and ours to say.
  func words(of unit: PluginUnit) -> StringCatalog {
    unit.name == nil
      ? house.catalog.strings(of: unit.id, language: strings.language)
      : resources.rooms.catalog(.sandbox, strings.language)
  }

  /// One sentence on what a plugin does.
  func about(_ unit: PluginUnit) -> String {
    house.catalog.strings(of: unit.id, language: strings.language).sentence("plugin.description") ?? ""
  }
}

extension Permissions {
  /// By Discord's own names: `Kick Members, Manage Roles`.
  var words: String {
    names.map { name in
      name.split(separator: "_").map { $0.prefix(1) + $0.dropFirst().lowercased() }.joined(separator: " ")
    }.joined(separator: ", ")
  }
}
