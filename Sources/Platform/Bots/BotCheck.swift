// Asks Discord about a token before it is taken.

package import DiscordBot
package import DiscordCore
package import DiscordGateway
import DiscordLimits
import DiscordModels
package import DiscordREST
import EventLoop
import PlatformTenancy
package import Storage
import Synchronization
package import Vault

/// Checks tokens on entry.
///
///     let checked = try await check.check(pasted, for: .init(intents: needed, permissions: needed, guild: guild))
///     for finding in checked.report.findings { … }
///     try await registry.register(checked, …)
///
/// Refused tokens are counted: Discord shuts out addresses that try too many. At most `refusalsAllowed` in ten minutes
/// are tried by the whole process; who asks is to be limited by who offers the form.
package final class BotCheck: Sendable {
  /// What the bot is to do.
  package struct Purpose: Hashable, Sendable {
    /// Everything that features need; what is privileged of it is looked at.
    package var intents: Intents
    package var permissions: Permissions
    /// The guild it is for; nil when there is none yet.
    package var guild: Tenant?

    package init(intents: Intents = [], permissions: Permissions = [], guild: Tenant? = nil) {
      (self.intents, self.permissions, self.guild) = (intents, permissions, guild)
    }
  }

  /// Tokens that Discord may refuse in `window` before no more are tried.
  package static let refusalsAllowed = 50
  private static let window = Duration.seconds(600)

  private let environment: BotEnvironment
  private let observer: @Sendable () -> RESTClient?
  private let refusals = Mutex<[Duration]>([])

  /// - Parameters:
  ///   - environment: how Discord is reached.
  ///   - observer: a bot of ours, which can tell whether a refused token names a person.
  package init(environment: BotEnvironment, observer: @escaping @Sendable () -> RESTClient? = { nil }) {
    (self.environment, self.observer) = (environment, observer)
  }

  /// Asks Discord who the token belongs to and what is missing for the purpose.
  ///
  /// - Throws: `BotRefusal`. Missing intents and permissions are no refusal but findings of the report.
  package func check(_ pasted: Secret, for purpose: Purpose = Purpose()) async throws(BotRefusal)
    -> CheckedBotToken
  {
    let (token, user) = try PastedToken.read(pasted)
    let now = environment.time.uptime
    let isSpent = refusals.withLock { refusals in
      refusals.removeAll { $0 <= now - Self.window }
      return refusals.count >= Self.refusalsAllowed
    }
    guard !isSpent else { throw .tooManyAttempts }
    let home = environment.loops[0]
    let rest = RESTClient(
      loop: home.loop, http: home.client, token: token, configuration: environment.rest,
      budget: environment.budget)
    let outcome = await ask(rest, user, purpose)
    await rest.shutdown()
    return CheckedBotToken(report: try outcome.get(), token: token)
  }

  private func ask(_ rest: RESTClient, _ user: UserID, _ purpose: Purpose) async -> Result<
    BotReport, BotRefusal
  > {
    do throws(RESTError) {
      let application = try await rest.send(.getCurrentApplication(), priority: .reply)
      var account = application.bot
      if account == nil { account = try await rest.send(.getUser(user), priority: .reply) }
      guard account?.isBot ?? true else { return .failure(.userToken) }
      var membership: BotReport.Membership?
      if let guild = purpose.guild { membership = try await self.membership(in: guild.guild, rest) }
      return .success(BotReport(application, account, user, membership, purpose))
    } catch {
      guard error.code == .tokenRejected || error.status == 401 else { return .failure(.unreachable) }
      refusals.withLock { $0.append(environment.time.uptime) }
      return .failure(await isPerson(user) ? .userToken : .rejected)
    }
  }

  /// Whether the guild is among the bot's: one call, and it tells the permissions as well.
  private func membership(in guild: GuildID, _ rest: RESTClient) async throws(RESTError)
    -> BotReport.Membership
  {
    let before = GuildID(guild.rawValue &- 1)
    let page: [PartialGuild] = try await rest.send(
      .getCurrentUserGuilds(.after(before), limit: 1), priority: .reply)
    guard let found = page.first, found.id == guild else { return .absent }
    return .member(found.permissions)
  }

  /// Whether a bot of ours sees a person under that id. Not being able to tell is no: the token is refused in any case.
  private func isPerson(_ user: UserID) async -> Bool {
    guard let observer = observer(), let seen = try? await observer.send(.getUser(user), priority: .reply)
    else { return false }
    return !seen.isBot
  }
}
