// What an operator can ask for: values, whichever way they came.

package import DiscordCore
package import PlatformAccess
package import SandboxContract

/// Whose data is meant.
package enum AdminDataSubject: Hashable, Sendable {
  /// Everything of a server.
  case guild(GuildID)
  /// A person, in one server or, without one, everywhere.
  case person(UserID, in: GuildID?)
}

/// One command of the operator.
package enum AdminCommand: Hashable, Sendable {
  case guilds
  /// All plugins and commands, or the plugins of one server.
  case plugins(GuildID?)
  case setPlugin(GuildID, plugin: String, isEnabled: Bool)
  /// Takes a third-party plugin's zip, which is the input: for one server, or for every one that wants it.
  case installPlugin(GuildID?, file: String)
  /// Changes what a third-party plugin may.
  case grantPlugin(GuildID, plugin: String)
  case uninstallPlugin(GuildID, plugin: String)
  /// Takes back what was offered to every server.
  case withdrawPlugin(String)
  /// The developer's secrets of a third-party plugin that is offered to every server, without their values.
  case pluginSecrets(plugin: String)
  /// Sets one of those, for requests to a host alone or for the plugin to read; the value is the input.
  case setPluginSecret(plugin: String, name: String)
  case forgetPluginSecret(plugin: String, name: String)
  /// How many web requests a minute such a plugin may make in each server.
  case pluginLimit(plugin: String)
  /// Changes that; nil puts it back to what every plugin may.
  case setPluginLimit(plugin: String, perMinute: Int?)
  /// What a third-party plugin wrote, and what was refused it.
  case pluginLog(GuildID?, plugin: String)
  /// The settings of a plugin, or of all of them.
  case showSettings(GuildID, plugin: String?)
  case setSetting(GuildID, plugin: String, field: String, value: String)
  case exportSettings(GuildID, plugin: String?)
  /// The document is the input.
  case importSettings(GuildID, plugin: String?)
  case listAccess(GuildID)
  case grantAccess(GuildID, AccessGrant)
  /// With a role, only if that is what was given.
  case revokeAccess(GuildID, AccessGrant.Subject, expecting: AccessRole?)
  case cases(GuildID, UserID?)
  case audit(GuildID)
  /// About a message, member or channel by its id or link, or the key of an event.
  case why(GuildID, subject: String)
  case listBots
  /// Gives a server a bot of its own; the token is the input.
  case setToken(GuildID)
  /// Replaces a bot's token; the token is the input.
  case rotateToken(UserID)
  case restartBot(UserID)
  case removeBot(UserID)
  /// The operator's notices, or a server's.
  case notices(GuildID?)
  case exportData(AdminDataSubject)
  case eraseData(AdminDataSubject)

  /// What it takes besides its words.
  package enum Input: Hashable, Sendable {
    case none
    /// A token: from a prompt without echo, or piped in.
    case token
    /// Another secret, in the same way.
    case secret
    /// A document, piped in.
    case document
    /// A file by its path, or with `-` what is piped in; at most `limit` bytes.
    case file(String)

    /// The most that is taken: a zip of 10 MiB and some more.
    package static let limit = 12 << 20
  }

  /// What it takes besides its words; never given as one, since words of a command line are seen by everybody.
  package var input: Input {
    switch self {
    case .setToken, .rotateToken: .token
    case .setPluginSecret: .secret
    case .importSettings: .document
    case .installPlugin(_, let file): .file(file)
    default: .none
    }
  }

  /// What it would do that cannot be undone; nil when there is no such thing.
  package var danger: String? {
    switch self {
    case .eraseData(.guild(let guild)): "This erases everything of the server \(guild), for good."
    case .eraseData(.person(let user, let guild?)):
      "This erases the person \(user) from the server \(guild), for good."
    case .eraseData(.person(let user, nil)): "This erases the person \(user) from all servers, for good."
    case .removeBot(let bot): "This forgets the bot \(bot) and its token."
    default: nil
    }
  }
}

/// A command, and how it is to be answered.
package struct AdminOrder: Hashable, Sendable {
  package var command: AdminCommand
  package var options: AdminOptions

  package init(_ command: AdminCommand, options: AdminOptions = AdminOptions()) {
    (self.command, self.options) = (command, options)
  }
}

/// What can be said with every command, or with several.
package struct AdminOptions: Hashable, Sendable {
  /// Answer as JSON.
  package var wantsJSON = false
  /// What cannot be undone is meant.
  package var isConfirmed = false
  /// A bot that has servers already shall have this one besides.
  package var alsoServes = false
  /// Also notices that were dismissed.
  package var includesAll = false
  /// How many entries of a list, 1 to 100.
  package var limit = 50
  /// Only entries before that number.
  package var before: Int64?
  /// How many of the newest to leave out.
  package var offset = 0
  /// Only audit entries of that action.
  package var action: String?
  /// The host whose requests alone a secret may go with.
  package var host: String?
  /// What a third-party plugin shall be granted, and not.
  package var grants = AdminGrants()

  package init() {}
}

/// Changes to what a third-party plugin may; what is not said stays as it is.
package struct AdminGrants: Hashable, Sendable {
  /// Granted, if the plugin asks for them; all that it asks for, when `allowsAll`.
  package var allowed: Set<GuestCapability> = []
  package var allowsAll = false
  package var denied: Set<GuestCapability> = []
  /// Exactly these of the addresses that it asks for.
  package var domains: [String]?
  package var privacy: GuestPrivacy?

  package init() {}
}
