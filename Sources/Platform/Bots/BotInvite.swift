// Inviting a bot with no more permissions than it needs, and what it has against what it needs.

package import DiscordCore
import DiscordModels
import DiscordREST
package import PlatformText

/// A link by which a bot is added to a guild.
package struct BotInvite: Hashable, Sendable {
  /// What the link asks for.
  package let permissions: Permissions

  /// With what each enabled feature needs, and no more. Nobody gets ADMINISTRATOR that way, unless a feature names it.
  package init(needed: some Sequence<Permissions>) {
    permissions = needed.reduce(into: Permissions()) { $0.formUnion($1) }
  }

  /// The link by which the application's bot is added to the guild; without one the person chooses. `base` is that of the
  /// REST API: Discord and the simulator send browsers from there on to the page.
  package func address(
    of application: ApplicationID, guild: GuildID? = nil, base: String = "https://discord.com/api/v10"
  ) -> String {
    var page = OAuth2Authorization(application, [.bot, .applicationsCommands])
    page.permissions = permissions
    page.guild = guild
    page.isGuildFixed = guild != nil
    return page.address(base: base)
  }
}

/// What a bot may do in a guild against what it should.
package struct PermissionDifference: Hashable, Sendable {
  /// Needed and not granted.
  package let missing: Permissions
  /// Granted and not needed, of what gives power over others; nobody is bothered with the rest.
  package let surplus: Permissions
  /// Everything is granted, whether it is needed or not.
  package let isAdministrator: Bool

  /// Nothing is missing for an administrator.
  package init(needed: Permissions, granted: Permissions) {
    isAdministrator = granted.contains(.administrator)
    missing = isAdministrator ? [] : needed.subtracting(granted)
    surplus = isAdministrator ? [] : granted.subtracting(needed).intersection(.elevated)
  }

  static let surplusKey = "bot.permissions.surplus"

  /// The difference in words; none when it is as it should be. Permissions go by Discord's names, in lower case.
  package var sentences: [Sentence] {
    var sentences: [Sentence] = []
    if !missing.isEmpty {
      sentences.append(Sentence("bot.permissions.missing", ["permissions": Self.list(missing)]))
    }
    if isAdministrator {
      sentences.append(Sentence(Self.surplusKey, ["permissions": Self.list(.administrator)]))
    } else if !surplus.isEmpty {
      sentences.append(Sentence(Self.surplusKey, ["permissions": Self.list(surplus)]))
    }
    return sentences
  }

  private static func list(_ permissions: Permissions) -> String {
    permissions.names.map { $0.lowercased().replacing("_", with: " ") }.joined(separator: ", ")
  }
}
