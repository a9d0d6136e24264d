// Third-party plugins as units: what the dispatcher hands events and interactions to.

import DiscordBot
import PlatformText
import SandboxWorkers
package import DiscordCore
package import DiscordGateway
import DiscordModels
import EventLoop
import JSON
package import PlatformPlugins
import Resources
import SandboxContract
import SandboxDiscord
import Synchronization

/// What was made of the installations of guilds, until one of them changes.
final class GuestCache: Sendable {
  private let known = Mutex<[GuildID: (guests: GuildGuests, commands: GuestCommands)]>([:])

  func forget(_ guild: GuildID) { known.withLock { $0[guild] = nil } }

  /// `make` is called without a lock; of two that are made at once, the first stays.
  func value(
    of guild: GuildID, make: () -> (guests: GuildGuests, commands: GuestCommands)
  ) -> (guests: GuildGuests, commands: GuestCommands) {
    if let found = known.withLock({ $0[guild] }) { return found }
    let made = make()
    return known.withLock { known in
      if let found = known[guild] { return found }
      known[guild] = made
      return made
    }
  }
}

extension Sandbox {
  package var events: Set<GatewayEventName> { Set(GuestEventTable.names()) }

  package func guests(in guild: GuildID) -> GuildGuests { made(guild).guests }

  private func made(_ guild: GuildID) -> (guests: GuildGuests, commands: GuestCommands) {
    let enabled = installations.enabled(in: guild)
    // Most guilds have none, and nothing is kept of those.
    guard !enabled.isEmpty else { return (.none, GuestCommands([], reserved: [])) }
    return guestCache.value(of: guild) { make(enabled) }
  }

  private func make(_ enabled: [GuestInstallation]) -> (guests: GuildGuests, commands: GuestCommands) {
    let commands = GuestCommands(enabled, reserved: reservedCommands)
    let guests = GuildGuests(
      units: enabled.map(unit),
      commands: commands.definitions.compactMap { definition in
        commands.owner(of: definition.name).map { .init(plugin: $0.plugin, definition: definition) }
      },
      problems: commands.leftOut.map { ["\($0.plugin)/\($0.name)", $0.reason] },
      componentOwner: { id in
        guard let component = GuestComponentID(id) else { return nil }
        return enabled.first { component.belongs(to: $0.plugin) }?.plugin
      })
    return (guests, commands)
  }

  /// Names that a plugin's commands have in a server.
  package func commandNames(of plugin: String, in guild: GuildID) -> [String] {
    made(guild).guests.commands.filter { $0.plugin == plugin }.map(\.definition.name)
  }

  private func unit(_ installation: GuestInstallation) -> PluginUnit {
    let plugin = installation.plugin
    let (manifest, grants) = (installation.release.manifest, installation.grants)
    var unit = PluginUnit(id: plugin)
    unit.name = manifest.name
    unit.permissions = grants.capabilities.sorted().filter { !$0.permissions.isEmpty }.map {
      PluginPermission(permissions: $0.permissions, reason: $0.help.key)
    }
    let types = manifest.events
    if grants.seesContent {
      unit.intents.append(
        PluginIntent(intents: .messageContent, otherwise: .degrade("sandbox.intent.content")))
    }
    if let types, types.contains(where: { $0.hasPrefix("member_") }) {
      unit.intents.append(
        PluginIntent(intents: .guildMembers, otherwise: .degrade("sandbox.intent.members")))
    }
    for name in GuestEventTable.names(for: types) {
      unit.subscriptions[name] = [
        PluginUnit.Subscription(isWanted: { _ in true }) { core, event in
          await self.receive(event, core, plugin, types)
        }
      ]
    }
    unit.interaction = { await self.interact($0, plugin) }
    return unit
  }

  /// Takes an event on its way. The lane does not wait for the plugin: its own queue has a bound, and its own order.
  private func receive(_ event: GuildEvent, _ core: ContextCore, _ plugin: String, _ types: Set<String>?)
    async
  {
    let enabled = installations.enabled(in: event.guild)
    guard let installation = enabled.first(where: { $0.plugin == plugin }) else { return }
    let keepsContent = enabled.contains { $0.grants.seesContent }
    for made in translator.translate(event, bot: core.bot, keepsContent: keepsContent)
    where types?.contains(made.type) ?? true {
      await workers.deliver(
        GuestDelivery(
          guild: event.guild, plugin: plugin, type: made.type,
          payload: GuestPrivacyFilter.apply(made.type, made.payload, installation.grants),
          cause: .event(made.type)))
    }
  }

  /// A command, a component or a form of the plugin's.
  private func interact(_ interaction: GuestInteraction, _ plugin: String) async {
    let core = interaction.core
    guard let installation = installations.enabled(plugin, in: core.guild) else { return }
    var command: GuestManifest.Command?
    if case .command(let invocation) = interaction.received.interaction.data {
      command = made(core.guild).commands.owner(of: invocation.name)?.command
    }
    let words = core.host.strings(of: "core", language: core.preferences.language)
    await desk.attend(
      interaction.received, for: installation, command: command,
      sentences: GuestInteractionSentences(
        noReply: words["guest.noReply"], notRunning: words["guest.notRunning"])
    ) { await self.workers.handle($0) }
  }
}
