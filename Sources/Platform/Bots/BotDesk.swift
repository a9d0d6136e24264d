// What people do with bots, each on record: the same for the command line and the dashboard.

package import DiscordCore
package import EventLoop
import JSON
package import PlatformAudit
import PlatformTenancy
package import Storage
package import Vault
import Telemetry

/// Registers, replaces, restarts and stops bots, and writes into the audit log of every server that a bot is assigned to
/// who did it. The shared bot is nobody's own: what is done with it is in the process's log.
///
/// Calls throw `BotRefusal` where something is not done, and what `Store` throws.
package struct BotDesk: Sendable {
  /// Who does it.
  package struct Author: Hashable, Sendable {
    package let actor: AuditEntry.Actor
    /// The network address it came from; nil for the command line.
    package let address: String?

    package init(_ actor: AuditEntry.Actor, address: String? = nil) {
      (self.actor, self.address) = (actor, address)
    }

    /// Whom the registry names; nil for the operator.
    var user: UserID? { if case .user(let user) = actor { user } else { nil } }
  }

  private let registry: BotRegistry
  private let check: BotCheck
  private let storage: Storage
  private let time: any TimeSource
  private let log = Log(room: "bots")

  package init(_ registry: BotRegistry, _ check: BotCheck, _ storage: Storage, time: any TimeSource) {
    (self.registry, self.check, self.storage, self.time) = (registry, check, storage, time)
  }

  // MARK: Tokens

  /// Checks a token and makes its bot the guild's own.
  ///
  /// - Parameters:
  ///   - pasted: what a person entered.
  ///   - guild: which the bot is for.
  ///   - purpose: what the bot is to do there.
  ///   - author: who does it.
  ///   - alsoServing: whether a bot that has other guilds shall have this one besides.
  /// - Returns: what Discord says of the bot.
  /// - Throws: `BotRefusal`.
  package func setToken(
    _ pasted: Secret, for guild: Tenant, _ purpose: BotCheck.Purpose, by author: Author,
    alsoServing: Bool = false
  ) async throws -> BotReport {
    let checked = try await check.check(pasted, for: purpose)
    let former = try await registry.ownBot(of: guild)
    let registration = try await registry.register(
      checked, for: guild, by: author.user, at: time.now, alsoServing: alsoServing)
    try await record(
      "bot.register", in: guild, registration.bot, by: author,
      before: former.map { .string($0.description) } ?? .null,
      after: .string(checked.report.applicationName))
    return checked.report
  }

  /// Checks a token and puts it in place of the bot's present one; it has to be the same application's.
  ///
  /// - Returns: what Discord says of the bot.
  /// - Throws: `BotRefusal`.
  package func rotate(
    _ pasted: Secret, of bot: UserID, _ purpose: BotCheck.Purpose, by author: Author
  ) async throws -> BotReport {
    let registration = try await registration(of: bot)
    let checked = try await check.check(pasted, for: purpose)
    try await registry.rotate(checked, of: bot, by: author.user, at: time.now)
    try await record("bot.rotate", of: registration, by: author)
    return checked.report
  }

  // MARK: Running

  /// Has the bot started anew, also one that was stopped or gave up.
  ///
  /// - Throws: `BotRefusal.unknownBot`.
  package func restart(_ bot: UserID, by author: Author) async throws {
    let registration = try await registration(of: bot)
    try await registry.restart(bot)
    try await record("bot.restart", of: registration, by: author)
  }

  /// Stops the bot until it is started again.
  ///
  /// - Throws: `BotRefusal.unknownBot`.
  package func stop(_ bot: UserID, by author: Author) async throws {
    let registration = try await registration(of: bot)
    try await registry.setWanted(.stopped, for: bot)
    try await record("bot.stop", of: registration, by: author)
  }

  // MARK: Forgetting

  /// Forgets the bot and its token.
  ///
  /// - Returns: what it was.
  /// - Throws: `BotRefusal.unknownBot`.
  @discardableResult
  package func remove(_ bot: UserID, by author: Author) async throws -> BotRegistration {
    let registration = try await registration(of: bot)
    guard try await registry.remove(bot, at: time.now) else { throw BotRefusal.unknownBot }
    try await record("bot.remove", of: registration, by: author)
    return registration
  }

  /// Gives a guild back to the shared bot. A bot that has no other guild is forgotten with its token.
  ///
  /// - Returns: the bot it had; nil when it had none.
  @discardableResult
  package func unassign(_ guild: Tenant, by author: Author) async throws -> BotRegistration? {
    guard let bot = try await registry.ownBot(of: guild),
      let registration = try await registry.registration(of: bot)
    else { return nil }
    if registration.guilds == [guild] {
      try await registry.remove(bot, at: time.now)
    } else {
      try await registry.unassign(guild)
    }
    try await record(
      "bot.unassign", in: guild, bot, by: author, before: .string(registration.applicationName))
    return registration
  }

  // MARK: Parts

  /// - Throws: `BotRefusal.unknownBot`.
  package func registration(of bot: UserID) async throws -> BotRegistration {
    guard let registration = try await registry.registration(of: bot) else { throw BotRefusal.unknownBot }
    return registration
  }

  private func record(_ action: String, of registration: BotRegistration, by author: Author) async throws {
    for guild in registration.guilds {
      try await record(
        action, in: guild, registration.bot, by: author, after: .string(registration.applicationName))
    }
    if registration.guilds.isEmpty {
      log.notice(
        "a bot was changed",
        ["action": .string(action), "bot": .string(registration.bot.description)])
    }
  }

  private func record(
    _ action: String, in guild: Tenant, _ bot: UserID, by author: Author, before: JSONValue = .null,
    after: JSONValue = .null
  ) async throws {
    try await AuditLog(storage.guild(guild)).append(
      AuditEntry(
        at: time.now, actor: author.actor, action: action, target: bot.description,
        address: author.address, before: before, after: after))
  }
}
