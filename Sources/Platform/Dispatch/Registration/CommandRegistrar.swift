// Keeps a guild's commands at Discord as they are planned: asks only when something changed.

package import DiscordBot
package import DiscordCore
import DiscordModels
import DiscordREST
import EventLoop
import JSON
package import PlatformPlugins
import SQL
import PlatformTenancy
package import Storage
import Synchronization
import Telemetry
import Vault

/// The tables of registration.
package enum RegistrationSchema {
  /// Declared in the platform's store. Holds hashes of what was registered, by bot and guild; goes with either.
  package static let owner = SchemaOwner(
    "registration",
    migrations: [
      Migration(
        1,
        [
          """
          CREATE TABLE registration_state (
            bot_id BIGINT NOT NULL, guild_id BIGINT NOT NULL, plan_hash TEXT NOT NULL,
            PRIMARY KEY (bot_id, guild_id))
          """
        ])
    ],
    tables: [
      Table(
        "registration_state",
        columns: [.init("bot_id", .integer), .init("guild_id", .integer), .init("plan_hash", .text)],
        key: ["bot_id", "guild_id"],
        data: TableData("Hashes of the commands that were registered", kept: .withGuild))
    ])
}

/// Registers commands, guild by guild.
package struct CommandRegistrar: Sendable {
  private let dispatcher: Dispatcher
  private let log = Log(room: "registration")

  package init(_ dispatcher: Dispatcher) { self.dispatcher = dispatcher }

  /// Brings the guild's commands at Discord to what they shall be.
  ///
  /// With `isForced`, Discord is asked even when nothing changed here since the last time: what somebody else changed, and
  /// duplicates of old versions, are put right.
  ///
  /// - Returns: nil when there was nothing to do, or no bot.
  /// - Throws: `RESTError`, what the store throws.
  @discardableResult
  package func synchronise(_ guild: GuildID, isForced: Bool = false) async throws -> CommandSyncSummary? {
    guard let bot = dispatcher.bots.bot(serving: guild), let application = bot.application?.id else {
      return nil
    }
    let plan = RegistrationPlan(try await dispatcher.plans.plan(guild), dispatcher.catalog)
    let hash = try Self.hash(plan)
    if !isForced, try await stored(bot.id, guild) == hash { return nil }
    var report = try await bring(plan, to: guild, bot, application)
    report.problems += plan.problems.map { [$0.command, $0.reason] }
    try await store(hash, bot.id, guild)
    for problem in report.problems {
      await dispatcher.notify(
        PluginNotice(
          plugin: CorePlugin.id, severity: .warning, key: "notice.command.notRegistered",
          parameters: ["command": problem.first ?? "", "reason": problem.last ?? ""]), in: guild)
    }
    return report
  }

  /// Takes all commands of a bot away from a guild that another bot serves now.
  ///
  /// - Throws: `RESTError`, what the store throws.
  package func withdraw(_ guild: GuildID, of bot: Bot) async throws {
    guard let application = bot.application?.id else { return }
    _ = try await bot.rest.send(.overwriteGuildCommands([], of: application, in: guild), guild: guild)
    let (id, tenant) = (Int64(bitPattern: bot.id.rawValue), Tenant(guild).id)
    try await dispatcher.storage.platform.execute(
      "DELETE FROM registration_state WHERE bot_id = \(id) AND guild_id = \(tenant)")
  }

  private func bring(
    _ plan: RegistrationPlan, to guild: GuildID, _ bot: Bot, _ application: ApplicationID
  ) async throws -> CommandSyncSummary {
    // Without their localisations every command would look changed.
    let present = try await bot.rest.send(
      .getGuildCommands(of: application, in: guild, withLocalizations: true), guild: guild)
    var report = CommandSyncSummary(from: present.map(\.definition), to: plan.definitions)
    guard !report.isEmpty else { return report }
    do {
      _ = try await bot.rest.send(
        .overwriteGuildCommands(plan.definitions, of: application, in: guild), guild: guild)
    } catch {
      guard error.kind == .userMistake || error.kind == .bug else { throw error }
      // One of them is refused, and all with it: one by one the others go through.
      log.warning("commands are registered one by one", ["guild": "\(guild)", "reason": .string("\(error)")])
      report.problems += try await oneByOne(plan, present, guild, bot, application)
        .map { [$0.command, $0.reason] }
    }
    return report
  }

  private func oneByOne(
    _ plan: RegistrationPlan, _ present: [ApplicationCommand], _ guild: GuildID, _ bot: Bot,
    _ application: ApplicationID
  ) async throws -> [RegistrationProblem] {
    for command in present where !plan.definitions.contains(where: { $0.isSame(as: command.definition) }) {
      _ = try await bot.rest.send(
        .deleteGuildCommand(command.id, of: application, in: guild), guild: guild)
    }
    var problems: [RegistrationProblem] = []
    for definition in plan.definitions {
      do {
        _ = try await bot.rest.send(
          .createGuildCommand(definition, of: application, in: guild), guild: guild)
      } catch {
        guard error.kind == .userMistake || error.kind == .bug else { throw error }
        problems.append(RegistrationProblem(command: definition.name, reason: "\(error)"))
      }
    }
    return problems
  }

  // MARK: What was registered

  private func stored(_ bot: UserID, _ guild: GuildID) async throws -> String? {
    let (id, tenant) = (Int64(bitPattern: bot.rawValue), Tenant(guild).id)
    let rows = try await dispatcher.storage.platform.rows(
      "SELECT plan_hash FROM registration_state WHERE bot_id = \(id) AND guild_id = \(tenant)")
    return try rows.first?.get(0)
  }

  private func store(_ hash: String, _ bot: UserID, _ guild: GuildID) async throws {
    let (id, tenant) = (Int64(bitPattern: bot.rawValue), Tenant(guild).id)
    try await dispatcher.storage.platform.execute(
      """
      INSERT INTO registration_state (bot_id, guild_id, plan_hash) VALUES (\(id), \(tenant), \(hash))
      ON CONFLICT (bot_id, guild_id) DO UPDATE SET plan_hash = excluded.plan_hash
      """)
  }

  private static func hash(_ plan: RegistrationPlan) throws -> String {
    var writer = JSONWriter()
    writer.array { json in for definition in plan.definitions { definition.write(to: &json) } }
    var hash = BLAKE2b(digestSize: 16)
    hash.update(try writer.finish())
    return Hex.encode(hash.finalize())
  }
}

extension CommandSyncSummary {
  /// Whether Discord has to be told nothing.
  var isEmpty: Bool { added.isEmpty && changed.isEmpty && removed.isEmpty }

  /// The difference between what is there and what shall be.
  init(from present: [ApplicationCommandDefinition], to planned: [ApplicationCommandDefinition]) {
    self.init()
    for definition in planned {
      guard let known = present.first(where: { $0.isSame(as: definition) }) else {
        added.append(definition.name)
        continue
      }
      if known.isEquivalent(to: definition) { unchanged += 1 } else { changed.append(definition.name) }
    }
    removed = present.filter { old in !planned.contains { $0.isSame(as: old) } }.map(\.name)
  }
}

extension ApplicationCommandDefinition {
  /// Whether it is the same command, in whatever version.
  fileprivate func isSame(as other: Self) -> Bool { kind == other.kind && name == other.name }

  /// Whether Discord would show both the same. Fields that it fills in by itself do not count.
  fileprivate func isEquivalent(to other: Self) -> Bool {
    var (left, right) = (self, other)
    (left.contexts, right.contexts) = (nil, nil)
    (left.integrationTypes, right.integrationTypes) = (nil, nil)
    left.unknownFields = right.unknownFields
    return left == right
  }
}
