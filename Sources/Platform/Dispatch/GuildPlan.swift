// What a guild's configuration means for the dispatcher: who gets which events, which commands there are.

import DiscordCore
import DiscordGateway
import PlatformCommands
import PlatformConfiguration
import PlatformPlugins
import PlatformTenancy
import Storage
import Synchronization

/// Worked out once for each configuration of a guild.
final class GuildPlan: Sendable {
  /// One plugin's part in an event.
  struct Part: Sendable {
    let unit: PluginUnit
    let handlers: [PluginUnit.EventHandler]
  }

  let configuration: GuildConfiguration
  /// Third-party plugins that are on.
  let guests: GuildGuests
  let core: CoreSettings
  let preferences: GuildPreferences
  let parts: [GatewayEventName: [Part]]
  let commands: CommandIndex
  /// Names of the commands that can be used.
  let commandNames: Set<String>

  init(_ configuration: GuildConfiguration, _ catalog: PluginCatalog, _ guests: GuildGuests = .none) {
    (self.configuration, self.guests) = (configuration, guests)
    core = configuration.settings(CoreSettings.self, of: CorePlugin.id)
    preferences = core.preferences
    var parts: [GatewayEventName: [Part]] = [:]
    var declarations: [CommandDeclaration] = []
    for unit in catalog.units where Self.isOn(unit, configuration) {
      let settings = configuration.anySettings(of: unit.id)
      for (name, subscriptions) in unit.subscriptions {
        let handlers = subscriptions.filter { subscription in
          settings.map { subscription.isWanted($0) } ?? true
        }.map(\.handler)
        if !handlers.isEmpty { parts[name, default: []].append(Part(unit: unit, handlers: handlers)) }
      }
      declarations += unit.commands.map(\.declaration)
    }
    // After the built-in ones: protection comes first.
    for unit in guests.units {
      for (name, subscriptions) in unit.subscriptions {
        parts[name, default: []].append(Part(unit: unit, handlers: subscriptions.map(\.handler)))
      }
    }
    self.parts = parts
    commands = CommandIndex(declarations)
    commandNames = Set(declarations.map(\.name))
  }

  /// Whether a plugin does anything in the guild.
  static func isOn(_ unit: PluginUnit, _ configuration: GuildConfiguration) -> Bool {
    unit.isAlwaysOn || configuration.isEnabled(unit.id)
  }
}

/// The plans of the guilds that are busy; as many as there are configurations kept.
final class GuildPlans: Sendable {
  private let catalog: PluginCatalog
  private let configurations: Configuration
  private let guests: any GuestPlugins
  private let plans: Mutex<LatelyUsed<Tenant, GuildPlan>>

  init(
    _ catalog: PluginCatalog, _ configurations: Configuration, _ guests: any GuestPlugins,
    capacity: Int = 20_000
  ) {
    (self.catalog, self.configurations, self.guests) = (catalog, configurations, guests)
    plans = Mutex(LatelyUsed(capacity: capacity))
  }

  /// The plan of the configuration now.
  func plan(_ guild: GuildID) async throws -> GuildPlan {
    plan(of: try await configurations.current(Tenant(guild)))
  }

  /// The same without waiting; nil when the configuration has to be loaded.
  func atHand(_ guild: GuildID) -> GuildPlan? {
    configurations.atHand(Tenant(guild)).map(plan(of:))
  }

  private func plan(of configuration: GuildConfiguration) -> GuildPlan {
    let known = plans.withLock { $0[configuration.guild] }
    let guests = guests.guests(in: configuration.guild.guild)
    if let known, known.configuration === configuration, known.guests === guests { return known }
    let plan = GuildPlan(configuration, catalog, guests)
    plans.withLock { $0[configuration.guild] = plan }
    return plan
  }

  func forget(_ guild: GuildID) { plans.withLock { $0[Tenant(guild)] = nil } }
}
