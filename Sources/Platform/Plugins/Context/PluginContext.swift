// One guild at one moment, as a plugin's handlers get it.

package import DiscordCore
import DiscordModels
package import EventLoop
package import JSON
package import PlatformAudit
import PlatformConfiguration
import PlatformSettings
import PlatformText
package import Resources
import PlatformTenancy
package import Storage

/// All that a handler may use: the guild's settings and store, the bot's view and hands, effects that happen once, timers,
/// sentences, and the record of why.
///
/// A plugin cannot name its guild: it acts in the one the context is of, and in no other.
package struct PluginContext<P: Plugin>: Sendable {
  package let core: ContextCore

  package init(_ core: ContextCore) { self.core = core }

  /// The guild's settings of this plugin. The same from the beginning of the call to its end.
  package var settings: P.Settings { core.configuration.settings(P.Settings.self, of: P.id) }
  package var guild: GuildID { core.guild }
  package var now: Timestamp { core.now }
  /// The bot as it is seen, and acts, in this guild.
  package var bot: GuildBot { core.bot }
  /// The guild's data, and nobody else's.
  package var store: GuildStore { core.host.storage.guild(Tenant(core.guild)) }
  /// Language, zone and prefix of the guild.
  package var preferences: GuildPreferences { core.preferences }
  /// The plugin's sentences in the guild's language.
  package var strings: StringCatalog {
    core.host.strings(of: P.id, language: core.preferences.language)
  }
  /// What is done once, however often the cause comes.
  package var effects: Effects { Effects(core) }
  /// Timers of this plugin in this guild.
  package var timers: PluginTimers { PluginTimers(core) }

  /// The same in the name of an earlier cause; see `ContextCore.resuming`.
  package func resuming(_ cause: String, about subject: WhySubject) -> Self {
    PluginContext(core.resuming(cause, about: subject))
  }

  // MARK: Memory

  /// What this plugin keeps in memory of the guild: `make` is called when there is nothing yet. Lost with the process.
  package func memory<Value: Sendable>(_ name: String = "", make: () -> Value) -> Value {
    core.host.memory(of: guild).value("\(P.id)/\(name)", make: make)
  }

  /// What is worked out from the settings, kept until they change: compiled rules.
  package func derived<Value: Sendable>(_ make: (P.Settings) -> Value) -> Value {
    let revision = core.configuration.revision(of: P.id)
    let memory = core.host.memory(of: guild)
    let name = "\(P.id)/derived/\(Value.self)"
    if let known = memory.existing(name, as: Derived<Value>.self), known.revision == revision {
      return known.value
    }
    let value = make(settings)
    memory.set(name, Derived(revision: revision, value: value))
    return value
  }

  // MARK: Others

  /// What another plugin provides.
  ///
  /// - Precondition: `requires` was declared; start-up has checked that somebody provides it.
  package func capability<Value>(_ capability: Capability<Value>) -> Value {
    guard let value = core.host.capability(capability.name, in: core) as? Value else {
      preconditionFailure("\(P.id) uses \(capability.name) without having declared it")
    }
    return value
  }

  /// Changes this plugin's settings in the name of a person: validated, audited and in force at once everywhere.
  ///
  /// - Throws: `ConfigurationError`, and what `change` throws.
  package func change(
    by user: UserID, _ change: @escaping @Sendable (inout P.Settings) throws -> Void
  ) async throws {
    try await core.host.configurations.update(
      P.Settings.self, plugin: P.id, in: Tenant(guild),
      by: ChangeOrigin(.user(user), at: core.host.time.now), change)
  }

  /// Puts what a person did into the guild's audit log. What goes through `change` is there already.
  ///
  /// - Throws: what the store throws.
  package func audit(
    _ action: String, by actor: AuditEntry.Actor, target: String = "", before: JSONValue = .null,
    after: JSONValue = .null, address: String? = nil
  ) async throws {
    try await AuditLog(store).append(
      AuditEntry(
        at: core.host.time.now, actor: actor, action: "\(P.id).\(action)", target: target, address: address,
        before: before, after: after))
    core.host.changed(in: guild)
  }

  // MARK: Saying

  /// Files a decision, to be found by message, member or event: what matched, or why nothing was done. The sentence is
  /// `why.<key>` of the plugin's catalog.
  package func why(
    _ outcome: WhyRecord.Outcome, _ key: String, _ parameters: [String: String] = [:],
    about subject: WhySubject? = nil
  ) {
    core.host.note(
      WhyRecord(
        at: core.host.time.now, plugin: P.id, cause: core.causeKey,
        subject: core.subject.merging(subject ?? WhySubject()), outcome: outcome, key: key,
        parameters: parameters), in: guild)
  }

  /// Tells the owners of the guild. The sentence is `notice.<key>` of the plugin's catalog.
  package func notify(
    _ severity: PluginNotice.Severity, _ key: String, _ parameters: [String: String] = [:]
  ) async {
    await core.host.notify(
      PluginNotice(plugin: P.id, severity: severity, key: "notice.\(key)", parameters: parameters), in: guild)
  }

  /// Why somebody does not get what they asked for, in words: the plugin's sentence, or else the platform's. For answers
  /// about many at once; whoever throws the refusal need not care.
  package func sentence(_ refusal: Refusal) -> String {
    let own = strings
    if own.sentence(refusal.key) != nil { return own(dynamic: refusal.key, refusal.parameters) }
    return core.host.strings(of: Self.platform, language: core.preferences.language)(
      dynamic: refusal.key, refusal.parameters)
  }

  /// The id under which the platform's own sentences are found.
  private static var platform: String { "core" }

  /// The `custom_id` of a component or form that goes to a route of this plugin, signed for this guild.
  ///
  /// - Throws: `PluginMistake.stateTooLong`: state, route and id have `ComponentSigner.room` characters together; what the
  ///   store throws.
  package func componentID(_ route: String, _ state: String = "") async throws -> String {
    let signer = try await core.host.signer(of: guild)
    guard let id = signer.customID(ComponentState(plugin: P.id, route: route, state: state)) else {
      throw PluginMistake.stateTooLong(route: route)
    }
    return id
  }
}

/// A mistake of a plugin, found when it was made.
package enum PluginMistake: Error, Hashable, Sendable, CustomStringConvertible {
  /// A component cannot carry that much.
  case stateTooLong(route: String)
  /// It reached for another guild.
  case foreignGuild

  package var description: String {
    switch self {
    case .stateTooLong(let route): "the state of a component of \(route) is too long"
    case .foreignGuild: "a plugin reached for something of another guild"
    }
  }
}

private struct Derived<Value: Sendable>: Sendable {
  let revision: Int64
  let value: Value
}

/// Why a person does not get what they asked for: shown to them, and nothing else happens. The sentence is that of the
/// key in the plugin's catalog, or in the platform's.
package struct Refusal: Error, Hashable, Sendable, CustomStringConvertible {
  package let key: String
  package let parameters: [String: String]

  package init(_ key: String, _ parameters: [String: String] = [:]) {
    (self.key, self.parameters) = (key, parameters)
  }

  package var description: String { key }
}
