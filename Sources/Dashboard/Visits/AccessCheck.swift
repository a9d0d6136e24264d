// What somebody may do in a guild, computed from the bot's own view at the moment of the question.

import DiscordBot
import DiscordCore
import DiscordGateway
import DiscordModels
import DiscordREST
import PlatformAccess
import PlatformDispatch
import PlatformPlugins
import PlatformTenancy
import Storage

/// Answers from what the bot sees of the member and the guild's grants: never from what a browser or a list of Discord's
/// said earlier (target DASH-4).
///
/// Where the bot has not seen the member, Discord is asked; that somebody is no member is believed for a few seconds, so
/// that requests of strangers cost Discord nothing. What the bot sees counts at once.
final class AccessCheck: Sendable {
  private let house: DashboardEnvironment
  private let strangers: RecentStrangers

  init(house: DashboardEnvironment) {
    self.house = house
    strangers = RecentStrangers(time: house.time)
  }

  /// A member's role in a guild.
  struct Answer: Sendable {
    let role: AccessRole
    let bot: GuildBot
  }

  /// What can be told without asking Discord.
  enum Glance: Sendable {
    case known(Answer?)
    /// No bot of ours is in the guild.
    case absent
    /// The bot serves the guild and has not seen the person there.
    case unseen
  }

  /// The role of a member.
  ///
  /// - Parameters:
  ///   - user: who asks.
  ///   - guild: where.
  ///   - isForChange: something is to be changed: a bot that is not told when members change asks Discord then, whatever
  ///     it saw before.
  /// - Returns: nil for whoever is none, has none, or cannot be seen because no bot serves the guild.
  /// - Throws: what the store throws; `RESTError` when Discord has to be asked and cannot be.
  func role(of user: UserID, in guild: GuildID, isForChange: Bool = false) async throws -> Answer? {
    guard let bot = house.dispatcher.bots.bot(serving: guild) else { return nil }
    let view = GuildBot(bot, in: guild)
    guard let info = view.info else { return nil }
    let roles: [RoleID]?
    if isForChange, !bot.isToldOfMembers {
      roles = try await view.freshMember(user)?.roles
    } else if let member = bot.cache.member(user, in: guild).member {
      roles = member.roles
    } else if strangers.contains(user, in: guild) {
      return nil
    } else {
      roles = try await view.member(user)?.roles
      if roles == nil { strangers.add(user, in: guild) }
    }
    guard let roles else { return nil }
    return try await answer(user, roles, isOwner: info.owner == user, view)
  }

  /// The role of a member as far as the bot can tell from what it has seen.
  ///
  /// - Throws: what the store throws.
  func glance(at user: UserID, in guild: GuildID) async throws -> Glance {
    guard let bot = house.dispatcher.bots.bot(serving: guild) else { return .absent }
    let view = GuildBot(bot, in: guild)
    guard let info = view.info else { return .absent }
    guard let member = bot.cache.member(user, in: guild).member else {
      return strangers.contains(user, in: guild) ? .known(nil) : .unseen
    }
    return .known(try await answer(user, member.roles, isOwner: info.owner == user, view))
  }

  private func answer(_ user: UserID, _ roles: [RoleID], isOwner: Bool, _ view: GuildBot) async throws
    -> Answer?
  {
    let subject = AccessSubject(
      user: user, roles: roles, isGuildOwner: isOwner,
      permissions: view.permissions(of: user, roles: roles) ?? [])
    // Nobody is given more than an owner has.
    if AccessRole.of(subject, grants: []) == .owner { return Answer(role: .owner, bot: view) }
    let grants = try await AccessStore(house.storage.guild(Tenant(view.guild))).grants()
    return AccessRole.of(subject, grants: grants).map { Answer(role: $0, bot: view) }
  }
}

extension Bot {
  /// Whether Discord tells the bot when a member's roles change or a member leaves, so that what it saw is so.
  var isToldOfMembers: Bool {
    guard configuration.usesGateway, configuration.allIntents.contains(.guildMembers) else { return false }
    guard case .degraded(let troubles) = state else { return true }
    return troubles.allSatisfy { trouble in
      switch trouble {
      case .missingIntents(let missing), .shard(_, .missingIntents(let missing)):
        !missing.contains(.guildMembers)
      default: true
      }
    }
  }
}
