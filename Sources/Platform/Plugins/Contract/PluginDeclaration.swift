// The list of what a plugin has, as its `declare` function fills it.

package import DiscordBot
package import DiscordCore
package import DiscordGateway
package import DiscordModels
import EventLoop
import JSON
package import PlatformAccess
package import PlatformCommands
package import PlatformSchedule
package import Storage

/// What a plugin has. Handlers are `@Sendable` functions, usually static; each is called with the context of the guild.
package struct PluginDeclaration<P: Plugin>: Sendable {
  /// A handler that gets the context alone, and one that gets something with it.
  package typealias Handler<Input> =
    @Sendable (PluginContext<P>, Input) async throws -> Void

  var unit: PluginUnit

  init() { unit = PluginUnit(id: P.id) }

  // MARK: About itself

  /// The target whose `Strings` folder holds its sentences.
  package var strings: String? {
    get { unit.stringsTarget }
    set { unit.stringsTarget = newValue }
  }

  /// Where people look for it.
  package var category: PluginCategory {
    get { unit.category }
    set { unit.category = newValue }
  }

  /// Whether a guild has it without asking for it.
  package var isOnByDefault: Bool {
    get { unit.isOnByDefault }
    set { unit.isOnByDefault = newValue }
  }

  /// Whether every guild has it and cannot switch it off: the core alone.
  package var isAlwaysOn: Bool {
    get { unit.isAlwaysOn }
    set { unit.isAlwaysOn = newValue }
  }

  /// How long one call of a handler may take before it is cut off and counted as a failure.
  package var deadline: Duration {
    get { unit.deadline }
    set { unit.deadline = newValue }
  }

  /// Says that events need these intents, and what becomes of the plugin without them.
  package mutating func needs(_ intents: Intents, otherwise: PluginDegradation) {
    unit.intents.append(PluginIntent(intents: intents, otherwise: otherwise))
  }

  /// Says that the bot uses these permissions; the sentence of that key says what for.
  package mutating func permission(_ permissions: Permissions, for reason: String) {
    unit.permissions.append(PluginPermission(permissions: permissions, reason: reason))
  }

  // MARK: Events

  /// Has `handler` called for events of this name, in order, guild by guild. With `condition`, only in guilds whose
  /// settings fulfil it: an event nobody waits for is not even copied.
  package mutating func on(
    _ name: GatewayEventName, when condition: (@Sendable (P.Settings) -> Bool)? = nil,
    _ handler: @escaping Handler<GuildEvent>
  ) {
    on(anyOf: [name], when: condition, handler)
  }

  /// The same for several names.
  package mutating func on(
    anyOf names: [GatewayEventName], when condition: (@Sendable (P.Settings) -> Bool)? = nil,
    _ handler: @escaping Handler<GuildEvent>
  ) {
    let call: PluginUnit.EventHandler = { core, event in try await handler(PluginContext(core), event) }
    let isWanted: @Sendable (any Sendable) -> Bool = { settings in
      guard let condition, let settings = settings as? P.Settings else { return true }
      return condition(settings)
    }
    for name in names {
      unit.subscriptions[name, default: []].append(.init(isWanted: isWanted, handler: call))
    }
  }

  /// The same for one name, with the event's data read as a model, once for all plugins.
  package mutating func on<Model: WireDecodable & Sendable>(
    _ name: GatewayEventName, as model: Model.Type, when condition: (@Sendable (P.Settings) -> Bool)? = nil,
    _ handler: @escaping Handler<Model>
  ) {
    on(name, when: condition) { context, event in
      try await handler(context, try event.decode(as: Model.self))
    }
  }

  // MARK: Commands, menus, components, forms

  /// Adds a command, slash and prefix. Its sentences are `command.<words>` (what it does), `command.<words>.<option>`
  /// and `command.<words>.examples`, one example a line.
  package mutating func command(
    _ declaration: CommandDeclaration,
    _ handler: @escaping @Sendable (CommandCall<P>) async throws -> Void
  ) {
    unit.commands.append(
      PluginCommand(plugin: P.id, declaration: declaration) { invocation in
        try await handler(CommandCall(invocation))
      })
  }

  /// Suggests values for an option that was declared with `hasAutocomplete`; `typed` is what stands there so far.
  package mutating func autocomplete(
    _ command: CommandDeclaration, option: String,
    _ suggest: @escaping @Sendable (PluginContext<P>, _ typed: String) async throws -> [CommandChoice]
  ) {
    unit.autocompletions["\(command.name) \(option)"] = { core, typed in
      try await suggest(PluginContext(core), typed)
    }
  }

  /// Adds an entry to the context menu of messages or members. `name` is unique among all plugins; people see the
  /// sentence `menu.<name>`.
  package mutating func menu(
    _ kind: PluginMenu.Kind, _ name: String, permission: Permissions? = nil,
    deferral: AutoDeferral = .reply(isEphemeral: true),
    _ handler: @escaping @Sendable (MenuCall<P>) async throws -> Void
  ) {
    unit.menus.append(
      PluginMenu(plugin: P.id, kind: kind, name: name, permission: permission, deferral: deferral) {
        try await handler(MenuCall($0))
      })
  }

  /// Handles components made with `context.componentID(route, …)`.
  package mutating func component(
    _ route: String, deferral: AutoDeferral = .update,
    _ handler: @escaping @Sendable (ComponentCall<P>) async throws -> Void
  ) {
    unit.components[route] = PluginUnit.Route(deferral: deferral) { try await handler(ComponentCall($0)) }
  }

  /// Handles forms made with `context.componentID(route, …)`.
  package mutating func modal(
    _ route: String, deferral: AutoDeferral = .reply(isEphemeral: true),
    _ handler: @escaping @Sendable (ModalCall<P>) async throws -> Void
  ) {
    unit.modals[route] = PluginUnit.Route(deferral: deferral) { try await handler(ModalCall($0)) }
  }

  // MARK: Time

  /// Handles the timers that `context.timers.set(name, …)` set. Called whether the plugin is on or off meanwhile: a ban
  /// that was to end must end.
  package mutating func timer(
    _ name: String,
    _ handler: @escaping @Sendable (PluginContext<P>, TimerFiring) async throws -> TimerOutcome
  ) {
    unit.timers[name] = { core, firing in try await handler(PluginContext(core), firing) }
  }

  /// Does something again and again in each guild that has the plugin on, by a rule on the clocks of the guild's zone.
  package mutating func every(
    _ rule: CronRule, _ name: String,
    _ handler: @escaping @Sendable (PluginContext<P>, TimerFiring) async throws -> Void
  ) {
    unit.recurring[name] = PluginUnit.Recurring(rule: rule) { core, firing in
      try await handler(PluginContext(core), firing)
    }
  }

  /// Called when the bot has come (back) into a guild that has the plugin on, or the plugin was switched on there: the
  /// place to set right what happened meanwhile.
  package mutating func reconcile(_ handler: @escaping @Sendable (PluginContext<P>) async throws -> Void) {
    unit.reconcilers.append { core in try await handler(PluginContext(core)) }
  }

  /// Called when the plugin was switched off in a guild: the place to take back what works without it, such as rules that
  /// Discord enforces. May be called when the plugin was off already.
  package mutating func retire(_ handler: @escaping @Sendable (PluginContext<P>) async throws -> Void) {
    unit.retirers.append { core in try await handler(PluginContext(core)) }
  }

  // MARK: Data, pages, others

  /// Adds the plugin's tables to every guild's store. The owner's name is the plugin's id.
  package mutating func tables(_ owner: SchemaOwner) {
    precondition(owner.name == P.id, "the tables of \(P.id) are called \(owner.name)")
    unit.tables = owner
  }

  /// Adds a page to the plugin's part of the dashboard. One that only other pages lead to, or show, is not listed. The
  /// page `preview` is also drawn beside the form of the settings, from what was typed and not saved yet.
  package mutating func page(
    _ id: String, role: AccessRole = .viewer, isListed: Bool = true,
    _ render: @escaping @Sendable (PluginContext<P>, PageRequest) async throws -> PageContent
  ) {
    unit.pages.append(
      PluginPage(plugin: P.id, id: id, role: role, isListed: isListed) { core, request in
        try await render(PluginContext(core), request)
      })
  }

  /// Handles a form of a page, made with `request.post(id)`. Whoever sends it was checked for the role and its token;
  /// what it changes, it audits.
  package mutating func action(
    _ id: String, role: AccessRole = .manager,
    _ perform: @escaping @Sendable (PluginContext<P>, PageRequest) async throws -> ActionOutcome
  ) {
    unit.actions.append(
      PluginAction(plugin: P.id, id: id, role: role) { core, request in
        try await perform(PluginContext(core), request)
      })
  }

  /// Adds settings to begin with, shown beside the form of the settings with what they would change. The sentences are
  /// `presets.<id>`, its name, and `presets.<id>.help`, what it is for.
  package mutating func preset(_ id: String, _ apply: @escaping @Sendable (inout P.Settings) -> Void) {
    unit.presets.append(
      PluginPreset(id: id) { settings in
        guard var own = settings as? P.Settings else { return settings }
        apply(&own)
        return own
      })
  }

  /// Offers something to other plugins. It works whether this plugin is on or off: being off means that it does nothing
  /// by itself.
  package mutating func provides<Value: Sendable>(
    _ capability: Capability<Value>, _ make: @escaping @Sendable (PluginContext<P>) -> Value
  ) {
    unit.provided[capability.name] = { core in make(PluginContext(core)) }
  }

  /// Says that the plugin uses what another offers. Start-up fails with a sentence if nobody does.
  package mutating func requires<Value>(_ capability: Capability<Value>) {
    unit.required.insert(capability.name)
  }
}
