// Interactions of a bot to the plugins they belong to.

package import DiscordBot
import DiscordCore
package import DiscordModels
import EventLoop
import PlatformCommands
import PlatformPlugins
import Storage

/// Routes what a bot receives. Registered commands are the registrar's, guild by guild: none are global.
package struct InteractionRouter: InteractionRouting {
  private let dispatcher: Dispatcher

  package init(_ dispatcher: Dispatcher) { self.dispatcher = dispatcher }

  package var definitions: [ApplicationCommandDefinition]? { nil }

  package func route(for interaction: Interaction) -> InteractionRoute? {
    let dispatcher = dispatcher
    if let name = interaction.guestName(unlessKnownTo: dispatcher.catalog) {
      // They may open a form as late as they like to: when to say "thinking …" is theirs.
      return InteractionRoute(deferral: .never) { await dispatcher.handleGuest($0, name) }
    }
    switch interaction.data {
    case .command(let invocation) where invocation.type == .chatInput:
      let name = invocation.path.names.joined(separator: " ")
      let declaration = dispatcher.catalog.command(name)?.declaration
      let deferral: AutoDeferral =
        declaration?.opensForm ?? false ? .never : .reply(isEphemeral: declaration?.isEphemeral ?? true)
      return InteractionRoute(deferral: deferral) { await dispatcher.handleSlash($0, invocation) }
    case .command(let invocation):
      guard let menu = dispatcher.catalog.menu(titled: invocation.name) else { return nil }
      return InteractionRoute(deferral: menu.deferral) { await dispatcher.handleMenu($0, invocation, menu) }
    case .autocomplete(let invocation):
      return InteractionRoute(deferral: .never) { await dispatcher.suggest($0, invocation) }
    case .component(let component):
      let route = dispatcher.route(of: component.customID) { $0.components[$1] }
      return InteractionRoute(deferral: route?.deferral ?? .reply(isEphemeral: true)) {
        await dispatcher.handleComponent($0, component.customID, .component(component))
      }
    case .modal(let modal):
      let route = dispatcher.route(of: modal.customID) { $0.modals[$1] }
      return InteractionRoute(deferral: route?.deferral ?? .reply(isEphemeral: true)) {
        await dispatcher.handleComponent($0, modal.customID, .modal(modal))
      }
    case .ping, .unknown: return nil
    }
  }
}

extension Dispatcher {
  /// The route that an id names, whoever signed it: enough to know how long the handler may think.
  func route(
    of customID: String, _ find: (PluginUnit, String) -> PluginUnit.Route?
  ) -> PluginUnit.Route? {
    let parts = customID.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, let unit = catalog[String(parts[0])] else { return nil }
    return find(unit, String(parts[1]))
  }

  /// A component or form that was used. Its state must be signed by the guild it was used in.
  func handleComponent(
    _ received: ReceivedInteraction, _ customID: String, _ input: ComponentInvocationContext.Input
  ) async {
    guard let arrival = await arrival(received) else { return }
    let state: ComponentState?
    do {
      state = try await signer(of: arrival.guild).read(customID)
    } catch {
      return await tell(received, "command.failed", in: arrival.plan.core.language)
    }
    guard let state, let unit = catalog[state.plugin] else {
      return await tell(received, "component.refused.foreign", in: arrival.plan.core.language)
    }
    let route: PluginUnit.Route? =
      switch input {
      case .component: unit.components[state.route]
      case .modal: unit.modals[state.route]
      }
    guard let route else {
      return await tell(received, "component.refused.gone", in: arrival.plan.core.language)
    }
    guard GuildPlan.isOn(unit, arrival.plan.configuration) else {
      return await tell(received, "component.refused.off", in: arrival.plan.core.language)
    }
    guard
      let core = core(
        of: unit.id, in: arrival.guild, plan: arrival.plan, cause: "i\(received.interaction.id)",
        subject: WhySubject(
          message: received.interaction.message?.id, member: arrival.person.user, channel: arrival.channel),
        bot: received.bot)
    else { return }
    let invocation = ComponentInvocationContext(
      core: core, person: arrival.person, channel: arrival.channel, state: state.state, input: input,
      message: received.interaction.message, responder: InteractionResponder(interaction: received))
    await attend(unit, core, CommandAnswer(self, core, invocation.responder)) {
      try await route.handler(invocation)
    }
  }

  /// An entry of a context menu.
  func handleMenu(_ received: ReceivedInteraction, _ invocation: CommandInvocation, _ menu: PluginMenu) async
  {
    guard let arrival = await arrival(received), let unit = catalog[menu.plugin] else { return }
    guard GuildPlan.isOn(unit, arrival.plan.configuration) else {
      return await tell(received, "component.refused.off", in: arrival.plan.core.language)
    }
    let target: MenuTarget?
    switch menu.kind {
    case .message:
      target = invocation.target.flatMap { invocation.resolved.messages[MessageID($0)] }.map { .message($0) }
    case .member:
      target = invocation.target.flatMap { invocation.resolved.users[UserID($0)] }.map { .user($0) }
    }
    guard let target,
      let core = core(
        of: unit.id, in: arrival.guild, plan: arrival.plan, cause: "i\(received.interaction.id)",
        subject: WhySubject(
          message: menu.kind == .message ? invocation.target.map { MessageID($0) } : nil,
          member: arrival.person.user, channel: arrival.channel), bot: received.bot)
    else { return }
    let answer = CommandAnswer(self, core, InteractionResponder(interaction: received))
    let declaration = CommandDeclaration(menu.name, permission: menu.permission)
    if let refusal = CommandPolicy.refusal(
      of: declaration, rule: arrival.plan.core.rule(for: menu.name), person: arrival.person,
      channel: arrival.channel, parent: core.bot.settled(arrival.channel))
    {
      file(.notAllowed, refusal.key, refusal.parameters, core)
      return await answer.refuse(refusal)
    }
    let call = MenuInvocationContext(
      core: core, person: arrival.person, channel: arrival.channel, target: target,
      responder: InteractionResponder(interaction: received))
    await attend(unit, core, answer) { try await menu.handler(call) }
  }
}
