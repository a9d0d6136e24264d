// What the dashboard stands on: the parts of the house it works with, and what the operator decided about it.

package import Bus
package import DiscordBot
package import DiscordCore
package import EventLoop
package import PlatformAccounts
package import PlatformBots
package import PlatformConfiguration
package import PlatformData
package import PlatformDispatch
package import PlatformNotices
package import PlatformSchedule
package import PlatformSite
package import PlatformTenancy
package import Sandbox
package import Storage
package import Telemetry
package import Vault

/// What the operator decided about the web site.
package struct SiteSettings: Sendable {
  /// Scheme, host and port that browsers use, without a slash at the end: the only thing that addresses are built from.
  package var origin: String
  /// Discord's REST API, ending in `/api/v10`, as this process reaches it.
  package var discordAPI: String
  /// The application that people sign in with; nil when nobody can.
  package var signIn: SignInApplication?
  /// Who has the operator's desk.
  package var operators: Set<UserID> = []
  package var limits = RequestLimits()

  package init(origin: String, discordAPI: String) { (self.origin, self.discordAPI) = (origin, discordAPI) }

  /// Where Discord sends people back to after they agreed; must be registered for the application, to the letter.
  package var signInRedirectURI: String { "\(origin)/login/callback" }

  /// Whether browsers come by TLS, and cookies are for TLS only.
  var isSecure: Bool { origin.hasPrefix("https://") }
}

/// The application of Discord's that people sign in with.
package struct SignInApplication: Sendable {
  package var id: ApplicationID
  package var secret: Secret

  package init(id: ApplicationID, secret: Secret) { (self.id, self.secret) = (id, secret) }
}

/// What the operator's desk shows of this process and the installation.
package struct DeskParts: Sendable {
  /// Of the program.
  package var version = ""
  /// What this process does, by the words of `GUILDHALL_ROLES`.
  package var roles: [String] = []
  /// The bots that are connected in this process.
  package var fleet: BotFleet?
  package var schedule: Schedule
  /// The newest lines of the log.
  package var logs = LogRing()
  /// The metrics of the last hour.
  package var metrics: MetricHistory

  package init(schedule: Schedule, metrics: MetricHistory) {
    (self.schedule, self.metrics) = (schedule, metrics)
  }
}

/// The parts of the house.
package struct DashboardEnvironment: Sendable {
  package var site: SiteSettings
  package var storage: Storage
  package var bus: any Bus
  package var time: any TimeSource
  package var metrics: MetricRegistry = .process
  package var dispatcher: Dispatcher
  package var directory: GuildDirectory
  package var registry: BotRegistry
  package var serving: Serving
  package var supervisor: BotSupervisor
  /// Asks Discord about tokens before they are taken.
  package var tokens: BotCheck
  package var notices: Notices
  package var accounts: Accounts
  package var sessions: Sessions
  package var apiTokens: APITokens
  package var signIns: SignInStore
  package var status: StatusBoard
  /// Tells live pages that something changed.
  package var pulses: Pulses
  /// What the operator publishes.
  package var legal: LegalPages
  package var desk: DeskParts
  /// How Discord is reached by others than bots: signing in.
  package var discord: BotEnvironment
  /// Third-party plugins.
  package var sandbox: Sandbox
  /// Erases everything of a guild.
  package var eraseGuild: @Sendable (Tenant) async throws -> ErasureReport

  package init(
    site: SiteSettings, storage: Storage, bus: any Bus, time: any TimeSource, dispatcher: Dispatcher,
    directory: GuildDirectory, registry: BotRegistry, serving: Serving, supervisor: BotSupervisor,
    tokens: BotCheck, notices: Notices, accounts: Accounts, sessions: Sessions, apiTokens: APITokens,
    signIns: SignInStore, status: StatusBoard, legal: LegalPages, desk: DeskParts, pulses: Pulses,
    discord: BotEnvironment, sandbox: Sandbox,
    eraseGuild: @escaping @Sendable (Tenant) async throws -> ErasureReport
  ) {
    (self.site, self.storage, self.bus, self.time) = (site, storage, bus, time)
    (self.dispatcher, self.directory, self.registry) = (dispatcher, directory, registry)
    (self.serving, self.supervisor, self.tokens, self.notices) = (serving, supervisor, tokens, notices)
    (self.accounts, self.sessions, self.apiTokens, self.signIns) = (accounts, sessions, apiTokens, signIns)
    (self.status, self.legal, self.desk, self.pulses) = (status, legal, desk, pulses)
    (self.discord, self.sandbox, self.eraseGuild) = (discord, sandbox, eraseGuild)
  }

  package var configurations: Configuration { dispatcher.configurations }
  /// All plugins of this installation.
  package var catalog: PluginCatalog { dispatcher.catalog }
}
