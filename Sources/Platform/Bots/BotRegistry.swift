// The bots that are run: their registrations, tokens and guilds, in the platform's store.

package import Bus
import DiscordBot
package import DiscordCore
package import EventLoop
package import PlatformTenancy
import SQL
package import Storage
import Telemetry
package import Vault

/// Registers bots and says what is wanted of them. Whoever runs them hears of each change on the bus.
///
/// Tokens are sealed under the platform's key, each for its own row, and handed out as `Secret` to who starts the bot.
/// Calls throw `BotRefusal` where they say so, and what `Store` throws.
package struct BotRegistry: Sendable {
  /// The topic of changes; the payload is the bot's id in digits.
  package static let topic = "bots"

  private let store: PlatformStore
  private let bus: any Bus
  private let directory: GuildDirectory
  private let log = Log(room: "bots")

  /// Declare `BotSchema.owner` in the store's schema.
  package init(store: PlatformStore, bus: any Bus, directory: GuildDirectory) {
    (self.store, self.bus, self.directory) = (store, bus, directory)
  }

  // MARK: Reading

  /// All of them, in the order of their ids.
  package func registrations() async throws -> [BotRegistration] {
    try await store.read { try await BotRows(session: $0).all() }
  }

  /// Nil for a bot that is not registered.
  package func registration(of bot: UserID) async throws -> BotRegistration? {
    try await store.read { try await BotRows(session: $0).registration(bot) }
  }

  /// A guild's own bot; nil when it has none.
  package func ownBot(of guild: Tenant) async throws -> UserID? {
    try await store.rows("SELECT bot_id FROM bot_guild WHERE guild_id = \(guild.id)").first.map {
      UserID(column: try $0.get(0))
    }
  }

  /// The token, for who starts the bot; nil for one that is not registered.
  ///
  /// - Throws: `VaultError` when it was sealed for another row or under another key.
  package func token(of bot: UserID) async throws -> Secret? {
    let rows = try await store.rows("SELECT token FROM bot_registration WHERE bot_id = \(bot.column)")
    return try rows.first.map { try store.key.openSecret(try $0.get(0), context: Self.context(bot)) }
  }

  // MARK: Registering

  /// Registers a guild's own bot, or gives a registered one another guild and this token.
  ///
  /// - Parameters:
  ///   - checked: the token, as `BotCheck` found it.
  ///   - guild: which it is for; its former own bot does not serve it any more.
  ///   - actor: who did it; nil for the operator.
  ///   - now: the present.
  ///   - alsoServing: whether a bot that has other guilds already shall have this one besides.
  /// - Returns: the bot as it is registered now.
  /// - Throws: `.registeredElsewhere`, `.isShared`.
  @discardableResult
  package func register(
    _ checked: CheckedBotToken, for guild: Tenant, by actor: UserID?, at now: Timestamp,
    alsoServing: Bool = false
  ) async throws -> BotRegistration {
    let bot = checked.report.bot
    let result = try await store.write { session in
      let rows = BotRows(session: session)
      try await rows.lock(bot)
      let known = try await rows.registration(bot)
      guard known?.kind != .shared else { throw BotRefusal.isShared }
      guard alsoServing || (known?.guilds.allSatisfy { $0 == guild } ?? true) else {
        throw BotRefusal.registeredElsewhere
      }
      if known == nil {
        try await rows.insert(checked.newRow(.own, by: actor, at: now), sealed(checked.token, bot))
      } else {
        try await replaceToken(checked, by: actor, at: now, rows)
      }
      try await rows.assign(guild, to: bot, by: actor, at: now)
      return try await rows.registration(bot)
    }
    await announce(bot)
    guard let result else { throw BotRefusal.unknownBot }
    return result
  }

  /// Makes the bot of that token the shared one, in place of any other. Discord is not asked: it may be out of reach
  /// when the program starts, and the bot's state tells what it says.
  ///
  /// - Throws: `BotCrash.malformedToken`.
  @discardableResult
  package func adoptShared(_ token: Secret, at now: Timestamp) async throws -> UserID {
    let bot = try BotToken.user(of: token)
    let former = try await store.write { session in
      let rows = BotRows(session: session)
      try await rows.lock(bot)
      let others = try await rows.all().filter { $0.kind == .shared && $0.bot != bot }
      for other in others { try await rows.remove(other.bot) }
      let known = try await rows.registration(bot)
      if known == nil {
        let row = BotRegistration(
          bot: bot, application: bot.converted(), kind: .shared, applicationName: "", botName: "",
          tokenHint: token.hint, wanted: .running, generation: 1, restarts: 0, createdAt: now,
          createdBy: nil, rotatedAt: nil, rotatedBy: nil, guilds: [])
        try await rows.insert(row, sealed(token, bot))
      } else {
        try await rows.makeShared(bot)
        if try await !isStored(token, of: bot, rows) {
          try await rows.replaceToken(of: bot, sealed(token, bot), hint: token.hint, by: nil, at: now)
        }
      }
      return others.map(\.bot)
    }
    for other in former {
      try await directory.forget(other, at: now)
      await announce(other)
    }
    await announce(bot)
    return bot
  }

  /// Makes the bot of a checked token the shared one, in place of any other.
  ///
  /// - Throws: `BotCrash.malformedToken`, which no checked token is.
  @discardableResult
  package func adoptShared(_ checked: CheckedBotToken, at now: Timestamp) async throws -> UserID {
    try await adoptShared(checked.token, at: now)
  }

  /// Replaces a bot's token with a new one of the same application. Whoever runs the bot stops it and starts it with the
  /// new one.
  ///
  /// - Throws: `.unknownBot`, `.otherApplication`.
  package func rotate(
    _ checked: CheckedBotToken, of bot: UserID, by actor: UserID?, at now: Timestamp
  ) async throws {
    guard checked.report.bot == bot else { throw BotRefusal.otherApplication }
    try await store.write { session in
      let rows = BotRows(session: session)
      try await rows.lock(bot)
      guard try await rows.registration(bot) != nil else { throw BotRefusal.unknownBot }
      try await replaceToken(checked, by: actor, at: now, rows)
    }
    await announce(bot)
  }

  /// Gives a guild a registered bot as its own; the former one does not serve it any more.
  ///
  /// - Throws: `.unknownBot`, `.isShared`.
  package func assign(_ guild: Tenant, to bot: UserID, by actor: UserID?, at now: Timestamp) async throws {
    try await store.write { session in
      let rows = BotRows(session: session)
      try await rows.lock(bot)
      guard let known = try await rows.registration(bot) else { throw BotRefusal.unknownBot }
      guard known.kind == .own else { throw BotRefusal.isShared }
      try await rows.assign(guild, to: bot, by: actor, at: now)
    }
    await announce(bot)
  }

  /// Gives a guild back to the shared bot.
  ///
  /// - Returns: the bot it had; nil when it had none.
  @discardableResult
  package func unassign(_ guild: Tenant) async throws -> UserID? {
    let rows = try await store.writeRows(
      "DELETE FROM bot_guild WHERE guild_id = \(guild.id) RETURNING bot_id")
    guard let bot = try rows.first.map({ UserID(column: try $0.get(0)) }) else { return nil }
    await announce(bot)
    return bot
  }

  // MARK: Wishes

  /// Says whether the bot is to run.
  ///
  /// - Throws: `.unknownBot`.
  package func setWanted(_ wanted: BotRegistration.Wanted, for bot: UserID) async throws {
    let count = try await store.execute(
      "UPDATE bot_registration SET wanted = \(wanted.rawValue) WHERE bot_id = \(bot.column)")
    guard count > 0 else { throw BotRefusal.unknownBot }
    await announce(bot)
  }

  /// Has the bot started anew, also one that gave up.
  ///
  /// - Throws: `.unknownBot`.
  package func restart(_ bot: UserID) async throws {
    let count = try await store.execute(
      """
      UPDATE bot_registration SET restarts = restarts + 1, wanted = \(BotRegistration.Wanted.running.rawValue)
      WHERE bot_id = \(bot.column)
      """)
    guard count > 0 else { throw BotRefusal.unknownBot }
    await announce(bot)
  }

  /// Forgets the bot, its token, its sessions and its guilds. Those go back to the shared bot.
  ///
  /// - Returns: whether there was one.
  @discardableResult
  package func remove(_ bot: UserID, at now: Timestamp) async throws -> Bool {
    let wasThere = try await store.write { try await BotRows(session: $0).remove(bot) }
    try await directory.forget(bot, at: now)
    await announce(bot)
    return wasThere
  }

  /// Forgets what is known here of a guild: a part of erasing it.
  package func erase(_ guild: Tenant) async throws {
    let former = try await unassign(guild)
    try await store.execute("DELETE FROM bot_serving WHERE guild_id = \(guild.id)")
    if let former { await announce(former) }
  }

  /// Writes down the names that Discord gives.
  func setNames(application: ApplicationID, _ applicationName: String, bot: UserID, _ botName: String)
    async throws
  {
    try await store.execute(
      """
      UPDATE bot_registration SET application_id = \(application.column), application_name = \(applicationName),
        bot_name = \(botName) WHERE bot_id = \(bot.column)
      """)
  }

  // MARK: Parts

  private func replaceToken(
    _ checked: CheckedBotToken, by actor: UserID?, at now: Timestamp, _ rows: BotRows
  ) async throws {
    let bot = checked.report.bot
    guard try await !isStored(checked.token, of: bot, rows) else { return }
    try await rows.replaceToken(
      of: bot, sealed(checked.token, bot), hint: checked.hint, by: actor, at: now)
  }

  private func isStored(_ token: Secret, of bot: UserID, _ rows: BotRows) async throws -> Bool {
    guard let sealed = try await rows.token(bot) else { return false }
    let stored = try store.key.openSecret(sealed, context: Self.context(bot))
    return ConstantTime.equal(stored, token)
  }

  private func sealed(_ token: Secret, _ bot: UserID) -> [UInt8] {
    store.key.seal(token, context: Self.context(bot))
  }

  private static func context(_ bot: UserID) -> SealContext {
    SealContext(tenant: "platform", table: "bot_registration", column: "token", row: bot.description)
  }

  private func announce(_ bot: UserID) async {
    do {
      try await bus.publish(Array(bot.description.utf8), to: Self.topic)
    } catch {
      // It is stored, and read at the next start; telling the caller that it failed would be wrong.
      log.error("a change of a bot could not be announced", ["error": .string("\(error)")])
    }
  }
}

extension CheckedBotToken {
  fileprivate func newRow(_ kind: BotRegistration.Kind, by actor: UserID?, at now: Timestamp)
    -> BotRegistration
  {
    BotRegistration(
      bot: report.bot, application: report.application, kind: kind, applicationName: report.applicationName,
      botName: report.botName, tokenHint: hint, wanted: .running, generation: 1, restarts: 0, createdAt: now,
      createdBy: actor, rotatedAt: nil, rotatedBy: nil, guilds: [])
  }
}
