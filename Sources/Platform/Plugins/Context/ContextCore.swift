// One guild at one moment, without the plugin's type.

package import Bus
import DiscordBot
package import DiscordCore
package import EventLoop
import JSON
package import PlatformConfiguration
package import PlatformText
package import Resources
package import Storage
import Synchronization

/// What the dispatcher makes for each call of a plugin. Plugins see it as `PluginContext`.
package final class ContextCore: Sendable {
  /// Whose call it is.
  package let plugin: String
  package let guild: GuildID
  package let configuration: GuildConfiguration
  /// The guild's preferences: language, zone, prefix.
  package let preferences: GuildPreferences
  package let bot: GuildBot
  package let host: any PluginHost
  /// What effects derive their keys from: of an event, a timer, an interaction.
  package let causeKey: String
  package let now: Timestamp
  /// What decisions are filed under.
  package var subject: WhySubject { givenSubject ?? event?.subject ?? WhySubject() }
  /// The event under way, when it is one.
  package let event: GuildEvent?
  private let givenSubject: WhySubject?

  package init(
    plugin: String, guild: GuildID, configuration: GuildConfiguration, preferences: GuildPreferences,
    bot: GuildBot, host: any PluginHost, causeKey: String, now: Timestamp, subject: WhySubject? = nil,
    event: GuildEvent? = nil
  ) {
    (self.plugin, self.guild, self.configuration) = (plugin, guild, configuration)
    (self.preferences, self.bot, self.host) = (preferences, bot, host)
    (self.causeKey, self.now, self.event) = (causeKey, now, event)
    givenSubject = subject
  }

  /// What is done once in the name of this cause.
  package var effects: Effects { Effects(self) }

  /// The same moment for another plugin: what a capability's provider gets.
  package func of(_ plugin: String) -> ContextCore {
    ContextCore(
      plugin: plugin, guild: guild, configuration: configuration, preferences: preferences, bot: bot,
      host: host, causeKey: causeKey, now: now, subject: givenSubject, event: event)
  }

  /// The same moment in the name of an earlier cause: for work that an event left to a timer. Its effects have the event's
  /// keys, whichever timer gets to it, and its decisions are found with the event.
  package func resuming(_ cause: String, about subject: WhySubject) -> ContextCore {
    ContextCore(
      plugin: plugin, guild: guild, configuration: configuration, preferences: preferences, bot: bot,
      host: host, causeKey: cause, now: host.time.now, subject: subject)
  }
}

/// What a guild decided about Guildhall as a whole.
package struct GuildPreferences: Sendable, Hashable {
  /// What commands in messages begin with.
  package var prefix = "."
  /// BCP 47.
  package var language = "en"
  /// The clocks that people's times are read by, and recurring timers run by.
  package var zone = ZoneRules.utc

  package init() {}
}

/// What a context asks of the platform. One implementation dispatches; tests have their own.
package protocol PluginHost: Sendable {
  var storage: Storage { get }
  var bus: any Bus { get }
  var configurations: Configuration { get }
  var timers: any TimerStore { get }
  var time: any TimeSource { get }
  /// What is kept in memory of a guild, by plugin.
  func memory(of guild: GuildID) -> GuildMemory
  /// The plugin's sentences in that language, completed by English.
  func strings(of plugin: String, language: String) -> StringCatalog
  /// What the providing plugin makes in that moment; nil when nobody provides it.
  func capability(_ name: String, in core: ContextCore) -> (any Sendable)?
  /// Signs the components of a guild.
  func signer(of guild: GuildID) async throws -> ComponentSigner
  /// Files why something was done or left.
  func note(_ record: WhyRecord, in guild: GuildID)
  /// Something on record of the guild changed: whoever looks at it may look again.
  func changed(in guild: GuildID)
  /// Tells the guild's owners, once for each key within a day.
  func notify(_ notice: PluginNotice, in guild: GuildID) async
  /// All plugins, for help, lists and switches.
  var units: [PluginUnit] { get }
  /// Decisions about a message, a member or a channel, or of a cause; newest first.
  func decisions(about id: UInt64?, cause: String?, in guild: GuildID) async throws -> [WhyRecord]
  /// Brings the guild's commands at Discord to what they shall be, in words.
  func resyncCommands(in guild: GuildID) async throws -> CommandSyncSummary
  /// A plugin was switched on or off in a guild: timers, commands and what it has to make good follow.
  func settle(_ guild: GuildID, only plugin: String?) async throws
}

extension PluginHost {
  /// Nobody looks.
  package func changed(in guild: GuildID) {}
}

/// What a synchronisation of commands did.
package struct CommandSyncSummary: Hashable, Sendable {
  package var added: [String]
  package var changed: [String]
  package var removed: [String]
  package var unchanged: Int
  /// Command and reason.
  package var problems: [[String]]

  package init(
    added: [String] = [], changed: [String] = [], removed: [String] = [], unchanged: Int = 0,
    problems: [[String]] = []
  ) {
    (self.added, self.changed, self.removed) = (added, changed, removed)
    (self.unchanged, self.problems) = (unchanged, problems)
  }
}

/// Something the owners of a guild should know.
package struct PluginNotice: Sendable, Hashable {
  /// How much it matters.
  package enum Severity: String, Sendable { case info, warning, problem }

  /// Who has something to say, and how much it matters.
  package let plugin: String
  /// Decides how it is shown.
  package let severity: Severity
  /// The key of the sentence in the plugin's catalog, and its placeholders.
  package let key: String
  package let parameters: [String: String]

  package init(plugin: String, severity: Severity, key: String, parameters: [String: String] = [:]) {
    (self.plugin, self.severity, self.key, self.parameters) = (plugin, severity, key, parameters)
  }
}

/// What plugins keep in memory of one guild. Gone with the process, and when the guild was not busy for long: it must be
/// possible to do without.
package final class GuildMemory: Sendable {
  private let values = Mutex<[String: any Sendable]>([:])

  package init() {}

  /// The value of that name and type, made when it is not there.
  package func value<Value: Sendable>(_ name: String, make: () -> Value) -> Value {
    values.withLock { values in
      if let known = values[name] as? Value { return known }
      let value = make()
      values[name] = value
      return value
    }
  }

  /// Replaces the value of that name.
  package func set(_ name: String, _ value: any Sendable) { values.withLock { $0[name] = value } }

  /// The value of that name, if it is there and of that type.
  package func existing<Value: Sendable>(_ name: String, as type: Value.Type = Value.self) -> Value? {
    values.withLock { $0[name] as? Value }
  }
}
