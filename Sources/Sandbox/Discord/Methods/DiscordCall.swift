// One `discord.*` call under way: ids that were checked, permissions, budget, the audit log's reason.

import DiscordBot
import DiscordCore
import DiscordLimits
import DiscordModels
import DiscordREST
import EventLoop
import JSON
import PlatformPlugins
import SandboxContract

/// A call with the bot that carries it out. What it names is looked up in the call's server before anything is done.
struct DiscordCall: Sendable {
  let call: GuestCall
  let bot: GuildBot
  let budgets: GuestBudgets
  let time: any TimeSource
  /// By the clock that measures, when the plugin must have its answer: a little before the 25 seconds are over.
  private let end: Duration

  init(call: GuestCall, bot: GuildBot, budgets: GuestBudgets, time: any TimeSource) {
    (self.call, self.bot, self.budgets, self.time) = (call, bot, budgets, time)
    end = time.uptime + .seconds(23)
  }

  /// The answer where the plugin reads none.
  static let done: JSONValue = ["ok": true]
  /// What is left for a call to Discord, waiting for its turn included.
  private var patience: Duration { max(.seconds(1), min(.seconds(15), end - time.uptime)) }
  /// Whether there is no time to begin with another of many calls.
  var isLate: Bool { end - time.uptime < .seconds(6) }

  /// What the plugin's messages are read by.
  var messages: GuestMessages { GuestMessages(plugin: call.plugin, guild: call.guild) }

  // MARK: Ids

  /// A channel or thread of this server.
  ///
  /// - Throws: the same 404 for one of another server and for one that does not exist.
  func channel(_ name: String = "channel_id") async throws -> ChannelID {
    let id = ChannelID(try call.snowflake(name))
    try await own(id)
    return id
  }

  /// Makes sure that a channel or thread is this server's.
  func own(_ id: ChannelID) async throws {
    let isOurs: Bool
    do { isOurs = try await bot.owns(id) } catch { throw RPCError(error) }
    guard isOurs else { throw RPCError.unknown(.channel) }
  }

  /// A message id; whether it is in the channel is Discord's to say.
  func message(_ name: String = "message_id") throws(RPCError) -> MessageID {
    MessageID(try call.snowflake(name))
  }

  /// A user's id.
  func user(_ name: String = "user_id") throws(RPCError) -> UserID { UserID(try call.snowflake(name)) }

  /// An id that may be missing.
  func optionalID<Entity>(
    _ name: String, of entity: Entity.Type = Entity.self
  ) throws(RPCError) -> Snowflake<Entity>? {
    guard let value = call.params[name], !value.isNull else { return nil }
    return Snowflake(try call.snowflake(name))
  }

  /// A role of this server.
  ///
  /// - Throws: the same 404 for one of another server and for one that does not exist.
  func role(_ name: String = "role_id") throws(RPCError) -> CachedRole {
    guard let role = bot.role(RoleID(try call.snowflake(name))) else { throw .unknown(.role) }
    return role
  }

  /// A member as Discord has it now.
  ///
  /// - Throws: the same 404 for a user who is no member and for one who does not exist.
  func freshMember(_ user: UserID) async throws -> GuildMember {
    do {
      guard let member = try await bot.freshMember(user, priority: .reply) else {
        throw RPCError.unknown(.member)
      }
      return member
    } catch let error as RESTError {
      throw RPCError(error)
    }
  }

  // MARK: Rules

  /// Makes sure that the bot has permissions, in a channel or in the server; where that is not known, Discord will say.
  func need(_ needed: Permissions, in channel: ChannelID? = nil) throws(RPCError) {
    guard let own = bot.ownPermissions(in: channel), !own.contains(.administrator) else { return }
    let missing = needed.subtracting(own)
    guard !missing.isEmpty else { return }
    // Without the view, everything else is missing as well: that is not what to name.
    throw .lacking(missing.contains(.viewChannel) ? .viewChannel : missing)
  }

  /// Counts actions against the plugin's budget in the server.
  func spend(_ count: Int = 1) throws(RPCError) { try budgets.take(count, of: .action, for: call) }

  /// The audit log's reason, which names the plugin.
  func reason() throws(RPCError) -> String {
    let given = try call.optionalText("reason", 0...AuditReason.limit) ?? ""
    return "Plugin \(call.plugin)\(given.isEmpty ? "" : ": \(given)")".shortened(to: AuditReason.limit)
  }

  // MARK: Discord

  /// Asks Discord for something.
  func ask<Response>(_ endpoint: Endpoint<Response>) async throws -> Response {
    try await send(endpoint, at: .reply)
  }

  /// Makes a change that `spend` has counted.
  func send<Response>(
    _ endpoint: Endpoint<Response>, at priority: EgressPriority? = nil
  ) async throws -> Response {
    do {
      return try await bot.send(endpoint, priority: priority, deadline: patience)
    } catch let error as RESTError {
      throw RPCError(error)
    } catch is PluginMistake {
      throw RPCError.unknown(.channel)
    }
  }

  /// Counts a change and makes it.
  @discardableResult
  func act<Response>(_ endpoint: Endpoint<Response>) async throws -> Response {
    try spend()
    return try await send(endpoint)
  }
}
