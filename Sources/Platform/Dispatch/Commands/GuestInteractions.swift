// Interactions of third-party plugins: whose they are, and whether the person may.

import DiscordBot
import DiscordCore
import DiscordModels
import EventLoop
import PlatformCommands
import PlatformPlugins

/// What names the plugin of an interaction.
enum GuestInteractionName: Sendable {
  /// A slash command, by its first word.
  case command(String)
  /// A component or a form, by its id.
  case component(String)
}

extension Interaction {
  /// What a third-party plugin might be found by; nil for what is a built-in plugin's, or nobody's.
  func guestName(unlessKnownTo catalog: PluginCatalog) -> GuestInteractionName? {
    switch data {
    case .command(let invocation) where invocation.type == .chatInput:
      let isKnown = catalog.roots.contains(invocation.name)
      return isKnown ? nil : .command(invocation.name)
    case .component(let component): return Self.guestName(component.customID)
    case .modal(let modal): return Self.guestName(modal.customID)
    default: return nil
    }
  }

  /// Ids of third-party plugins' components begin with this; a built-in plugin's with its own id.
  private static func guestName(_ customID: String) -> GuestInteractionName? {
    customID.hasPrefix("~") ? .component(customID) : nil
  }
}

extension Dispatcher {
  /// A command, component or form of a third-party plugin.
  func handleGuest(_ received: ReceivedInteraction, _ name: GuestInteractionName) async {
    guard let arrival = await arrival(received) else { return }
    let language = arrival.plan.core.language
    let unit: PluginUnit?
    switch name {
    case .command(let name): unit = arrival.plan.guests.owner(ofCommand: name)
    case .component(let id): unit = arrival.plan.guests.owner(ofComponent: id)
    }
    guard let unit, let handler = unit.interaction else {
      switch name {
      case .command(let name):
        return await tell(received, "command.refused.gone", ["command": name], in: language)
      case .component: return await tell(received, "component.refused.off", in: language)
      }
    }
    guard
      let core = core(
        of: unit.id, in: arrival.guild, plan: arrival.plan, cause: "i\(received.interaction.id)",
        subject: WhySubject(
          message: received.interaction.message?.id, member: arrival.person.user, channel: arrival.channel),
        bot: received.bot)
    else { return }
    let answer = CommandAnswer(self, core, InteractionResponder(interaction: received))
    if case .command(let name) = name,
      let refusal = CommandPolicy.refusal(
        of: CommandDeclaration(name), rule: arrival.plan.core.rule(for: name), person: arrival.person,
        channel: arrival.channel, parent: core.bot.settled(arrival.channel))
    {
      file(.notAllowed, refusal.key, refusal.parameters, core)
      return await answer.refuse(refusal)
    }
    await attend(unit, core, answer) {
      try await handler(GuestInteraction(core: core, received: received, person: arrival.person))
    }
  }
}
