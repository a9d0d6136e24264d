// A plugin without its Swift type: what the dispatcher works with, built-in and sandboxed alike.

package import DiscordBot
package import DiscordCore
package import DiscordGateway
package import DiscordModels
import EventLoop
import PlatformAccess
package import PlatformCommands
package import PlatformConfiguration
package import PlatformSchedule
package import PlatformSettings
import Resources
package import Storage

/// Everything a plugin declared. Made from a `Plugin` by `PluginUnit.init(_:)`, or field by field from the manifest of a
/// sandboxed one.
package struct PluginUnit: Sendable {
  /// Gets the guild's context and the event.
  package typealias EventHandler = @Sendable (ContextCore, GuildEvent) async throws -> Void
  package typealias TimerHandler = @Sendable (ContextCore, TimerFiring) async throws -> TimerOutcome

  /// A handler of events and whether it wants them under given settings.
  package struct Subscription: Sendable {
    package let isWanted: @Sendable (any Sendable) -> Bool
    package let handler: EventHandler

    package init(isWanted: @escaping @Sendable (any Sendable) -> Bool, handler: @escaping EventHandler) {
      (self.isWanted, self.handler) = (isWanted, handler)
    }
  }

  /// Where a component's or form's interaction goes.
  package struct Route: Sendable {
    package let deferral: AutoDeferral
    package let handler: @Sendable (ComponentInvocationContext) async throws -> Void

    package init(
      deferral: AutoDeferral, handler: @escaping @Sendable (ComponentInvocationContext) async throws -> Void
    ) {
      (self.deferral, self.handler) = (deferral, handler)
    }
  }

  /// What is done again and again.
  package struct Recurring: Sendable {
    package let rule: CronRule
    package let handler: @Sendable (ContextCore, TimerFiring) async throws -> Void
  }

  package let id: String
  /// What it is called, if no catalog says it: third parties name their plugins themselves.
  package var name: String?
  /// Where people look for it.
  package var category = PluginCategory.utility
  package var isOnByDefault = false
  /// Whether a guild can switch it off.
  package var isAlwaysOn = false
  package var deadline: Duration = .seconds(10)
  package var stringsTarget: String?
  package var intents: [PluginIntent] = []
  package var permissions: [PluginPermission] = []
  package var subscriptions: [GatewayEventName: [Subscription]] = [:]
  package var commands: [PluginCommand] = []
  package var menus: [PluginMenu] = []
  /// By command's name and option's, with a space between.
  package var autocompletions:
    [String: @Sendable (ContextCore, _ typed: String) async throws -> [CommandChoice]] = [:]
  /// By route.
  package var components: [String: Route] = [:]
  /// By route.
  package var modals: [String: Route] = [:]
  package var timers: [String: TimerHandler] = [:]
  /// By name.
  package var recurring: [String: Recurring] = [:]
  /// See `PluginDeclaration.reconcile`.
  package var reconcilers: [@Sendable (ContextCore) async throws -> Void] = []
  /// See `PluginDeclaration.retire`.
  package var retirers: [@Sendable (ContextCore) async throws -> Void] = []
  /// Its tables in every guild's store.
  package var tables: SchemaOwner?
  /// Answers the commands, components and forms that `GuildGuests` says are its own; third-party plugins have this instead
  /// of `commands`, `components` and `modals`.
  package var interaction: (@Sendable (GuestInteraction) async throws -> Void)?
  /// What it shows on the dashboard.
  package var pages: [PluginPage] = []
  /// What its pages' forms do.
  package var actions: [PluginAction] = []
  /// Settings that it suggests.
  package var presets: [PluginPreset] = []
  /// By the capability's name.
  package var provided: [String: @Sendable (ContextCore) -> any Sendable] = [:]
  /// Names of capabilities.
  package var required: Set<String> = []
  /// Puts the settings' type into a registry.
  package var registerSettings: @Sendable (inout ConfigurationRegistry) -> Void = { _ in }
  /// The fields of the settings, for forms and commands.
  package var settingsFields: [SettingsFieldDescription] = []

  /// A plugin that has nothing yet.
  ///
  /// - Precondition: the id is made of 1 to 32 lower-case letters, digits and `_`, a letter first.
  package init(id: String) {
    precondition(Self.isID(id), "\(id) is no id of a plugin")
    self.id = id
  }

  /// What that plugin declares.
  package init<P: Plugin>(_ plugin: P.Type) {
    var declaration = PluginDeclaration<P>()
    P.declare(&declaration)
    self = declaration.unit
    let isOnByDefault = isOnByDefault || isAlwaysOn
    registerSettings = { $0.register(P.Settings.self, as: P.id, isOnByDefault: isOnByDefault) }
    settingsFields = P.Settings.fields.descriptions
  }

  /// All intents it names.
  package var allIntents: Intents { intents.reduce(into: []) { $0.formUnion($1.intents) } }

  /// All permissions it names.
  package var allPermissions: Permissions { permissions.reduce(into: []) { $0.formUnion($1.permissions) } }

  /// Whether a text can be a plugin's id.
  package static func isID(_ text: String) -> Bool {
    (1...32).contains(text.utf8.count) && text.utf8.first.map { $0 >= 97 && $0 <= 122 } ?? false
      && text.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 95 }
  }
}

/// A command and what it does.
package struct PluginCommand: Sendable {
  package let plugin: String
  package let declaration: CommandDeclaration
  package let handler: @Sendable (CommandInvocationContext) async throws -> Void

  package init(
    plugin: String, declaration: CommandDeclaration,
    handler: @escaping @Sendable (CommandInvocationContext) async throws -> Void
  ) {
    (self.plugin, self.declaration, self.handler) = (plugin, declaration, handler)
  }
}

/// An entry of a context menu and what it does.
package struct PluginMenu: Sendable {
  /// Whose menu.
  package enum Kind: Sendable { case message, member }

  /// Whose it is.
  package let plugin: String
  package let kind: Kind
  /// In code, rules and catalog keys.
  package let name: String
  /// Who may use it until a guild decides otherwise; nil for everyone.
  package let permission: Permissions?
  /// What happens when the handler thinks for long.
  package let deferral: AutoDeferral
  /// What it does.
  package let handler: @Sendable (MenuInvocationContext) async throws -> Void
}
