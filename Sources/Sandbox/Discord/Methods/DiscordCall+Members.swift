// Acting on members: time-outs, names, kicks, bans.

import DiscordModels
import DiscordCore
import DiscordREST
import EventLoop
import JSON
import PlatformPlugins
import SandboxContract

extension DiscordCall {
  /// 28 days, and a few seconds less for what the way takes: Discord counts from its own clock.
  private static let longestTimeout: Int64 = 2_419_200
  private static let timeoutMargin: Int64 = 10

  func timeoutMember() async throws -> JSONValue {
    let (user, until, reason) = (try user(), try timeoutEnd(), try reason())
    try await check(.timeOut, on: user)
    try await act(.timeOut(user, in: call.guild, until: until, reason: reason))
    return Self.done
  }

  func setNickname() async throws -> JSONValue {
    let user = try user()
    let nickname = try call.optionalText("nickname", 0...32)
    try await check(.nickname, on: user)
    let edit = MemberEdit { edit in
      edit.nickname = (nickname ?? "").isEmpty ? .clear : Patch(nickname)
    }
    _ = try await act(.modifyGuildMember(user, in: call.guild, edit, reason: try reason()))
    return Self.done
  }

  func kickMember() async throws -> JSONValue {
    let (user, reason) = (try user(), try reason())
    try await check(.kick, on: user)
    try await act(.removeGuildMember(user, from: call.guild, reason: reason))
    return Self.done
  }

  func banMember() async throws -> JSONValue {
    let (user, reason) = (try user(), try reason())
    let seconds = Int(try call.optionalInteger("delete_message_seconds", 0...604_800) ?? 0)
    try await check(.ban, on: user)
    try await act(.createBan(of: user, in: call.guild, deletingMessagesOf: seconds, reason: reason))
    return Self.done
  }

  func unbanMember() async throws -> JSONValue {
    let user = try user()
    try await check(.unban, on: user)
    try await act(.removeBan(of: user, in: call.guild, reason: try reason()))
    return Self.done
  }

  // MARK: Many

  func timeoutMany() async throws -> JSONValue {
    let (until, reason) = (try timeoutEnd(), try reason())
    try need(.moderateMembers)
    return try await forEachUser { user, roles in
      try await check(.timeOut, on: user, roles: roles)
      _ = try await send(.timeOut(user, in: call.guild, until: until, reason: reason))
    }
  }

  func kickMany() async throws -> JSONValue {
    let reason = try reason()
    try need(.kickMembers)
    return try await forEachUser { user, roles in
      try await check(.kick, on: user, roles: roles)
      _ = try await send(.removeGuildMember(user, from: call.guild, reason: reason))
    }
  }

  /// Does something for each of `user_ids`, at most 25, and counts what came of it. Each counts as an action.
  ///
  /// All are looked up at once. Who cannot be reached before the answer is due is among those that
  /// failed.
  func forEachUser(
    _ body: (UserID, [RoleID]?) async throws -> Void
  ) async throws -> JSONValue {
    let users = try GuestFields(call.params).ids("user_ids", of: Entity.User.self, atMost: 25) ?? []
    guard !users.isEmpty else { throw RPCError.invalid("user_ids must have 1 to 25 ids") }
    try spend(users.count)
    let roles = try await rolesOf(users)
    var (success, errors) = (0, [JSONValue]())
    for user in users {
      do {
        guard !isLate else { throw RPCError.discord(429, "not reached in time", retryAfter: 5) }
        if let roles, roles[user] == nil { throw RPCError.unknown(.member) }
        try await body(user, roles?[user])
        success += 1
      } catch let error as RPCError {
        // Looked up together, whoever is not there has cost no call.
        if roles == nil, error.isMiss { budgets.noteMiss(for: call) }
        errors.append(["user_id": .id(user), "error": .string(error.message)])
      }
    }
    return [
      "success": .integer(Int64(success)), "failed": .integer(Int64(errors.count)), "errors": .array(errors),
    ]
  }

  /// The roles of those who are members; nil when they cannot be looked up together, so each is looked up alone.
  private func rolesOf(_ users: [UserID]) async throws -> [UserID: [RoleID]]? {
    do {
      return try await bot.freshRoles(of: users)
    } catch is CancellationError {
      throw CancellationError()
    } catch {
      return nil
    }
  }

  // MARK: Rules

  /// Makes sure that the bot may do this to that member: nobody acts on the owner, on the bot, or on whoever does not stand
  /// below the bot.
  func check(_ action: MemberAction, on user: UserID, roles: [RoleID]? = nil) async throws {
    let refusal: Refusal?
    do {
      refusal = try await bot.refusal(of: action, on: user, roles: roles)
    } catch {
      throw RPCError(error)
    }
    if let refusal { throw RPCError(refusal, of: action) }
  }

  private func timeoutEnd() throws(RPCError) -> Timestamp? {
    let seconds = try call.integer("duration_seconds", 0...Self.longestTimeout)
    guard seconds > 0 else { return nil }
    return time.now + .seconds(min(seconds, Self.longestTimeout - Self.timeoutMargin))
  }
}
