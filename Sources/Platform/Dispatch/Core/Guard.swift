// What it takes to change a guild's configuration by a command: an access role, computed at that moment.

import Resources
import DiscordBot
import DiscordCore
import EventLoop
import PlatformAccess
import PlatformPlugins
import PlatformAudit
import PlatformConfiguration
import Storage

extension CommandCall where P == CorePlugin {
  /// The person's access role in the guild; nil for none.
  ///
  /// - Throws: what the store throws.
  func accessRole() async throws -> AccessRole? {
    let bot = context.bot
    let subject = AccessSubject(
      user: person.user, roles: person.roles, isGuildOwner: bot.info?.owner == person.user,
      permissions: bot.permissions(of: person.user, roles: person.roles) ?? [])
    return AccessRole.of(subject, grants: try await AccessStore(context.store).grants())
  }

  /// Goes on only if the person has the role.
  ///
  /// - Throws: `Refusal`, what the store throws.
  func require(_ role: AccessRole) async throws {
    guard let own = try await accessRole(), own >= role else {
      throw Refusal("core.refused.access.\(role.name)")
    }
  }

  /// Who changes something, for the audit log.
  var origin: ChangeOrigin { ChangeOrigin(.user(person.user), at: context.core.host.time.now) }

  /// The plugin of that id, or name.
  ///
  /// - Throws: `Refusal`.
  func unit(_ name: String) throws -> PluginUnit {
    let host = context.core.host
    let wanted = name.lowercased()
    let language = context.preferences.language
    guard
      let unit = host.units.first(where: { unit in
        unit.id == wanted
          || host.strings(of: unit.id, language: language)[dynamic: "plugin.name"].lowercased() == wanted
      })
    else { throw Refusal("core.refused.noPlugin", ["plugin": String(name.prefix(40))]) }
    return unit
  }
}
