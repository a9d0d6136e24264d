// Banning many: two hundred with one call.

import DiscordBot
import DiscordCore
import DiscordLimits
import DiscordModels
import DiscordREST
import EventLoop
import PlatformPlugins

enum MassBanWork: JobWork {
  static func step(_ context: PluginContext<Moderation>, _ job: inout Job) async throws -> JobStep {
    var plan = MassPlan(job)
    let jobs = JobStore(store: context.store)
    guard let part = try await jobs.part(plan.part, of: job.number) else { return .over(.done) }
    let users = part.content.compactMap { UserID($0) }
    guard let roles = try await roles(of: users, context) else { return .wait(.seconds(5)) }
    let asker = try await context.bot.member(job.person)?.roles ?? []
    let sorted = MassGuard(context, person: job.person, roles: asker).sort(users, roles: roles)
    try await jobs.begin(part: part.number, of: job.number)
    let outcome = try await ban(sorted.allowed, plan, job, context)
    // A process that died in between has banned some of them already, and Discord counts those as failed.
    var (banned, failed) = outcome
    if part.isBegun, !failed.isEmpty {
      let found = try await context.bot.bansAmong(failed)
      banned += failed.filter { found.contains($0) }
      failed.removeAll { found.contains($0) }
    }
    try await MassRecords(context).record(.ban, banned, job, plan)
    plan.done += banned.count
    plan.fail(failed)
    plan.refuse(sorted.refused)
    plan.part += 1
    job.state = plan.state
    return .more
  }

  /// nil while the gateway does not answer.
  private static func roles(
    of users: [UserID], _ context: PluginContext<Moderation>
  ) async throws -> [UserID: [RoleID]]? {
    do {
      return try await context.bot.freshRoles(of: users)
    } catch is CancellationError {
      throw CancellationError()
    } catch let error as RESTError {
      throw error
    } catch {
      context.why(.failed, "mass.members", ["error": "\(error)"])
      return nil
    }
  }

  private static func ban(
    _ users: [UserID], _ plan: MassPlan, _ job: Job, _ context: PluginContext<Moderation>
  ) async throws -> (banned: [UserID], failed: [UserID]) {
    guard !users.isEmpty else { return ([], []) }
    do {
      let result = try await context.bot.send(
        .bulkBan(
          users, in: context.guild, deletingMessagesOf: plan.deletesMessagesOfSeconds,
          reason: OperationLog(context).auditReason("mass.reason", by: job.person, because: plan.reason)),
        deadline: .seconds(8))
      return (result.banned, result.failed)
    } catch let error as RESTError where error.discordCode == .noneBanned {
      return ([], users)
    }
  }

  static func end(_ context: PluginContext<Moderation>, _ job: Job, as status: JobStatus) async throws {
    try await MassReport.end(context, job, status)
  }

  static func report(_ context: PluginContext<Moderation>, _ job: Job, _ status: JobStatus) -> String {
    MassReport.text(context, job, status)
  }
}

extension GuildBot {
  /// Which of these users are banned; a call for each thousand bans that lie between them.
  fileprivate func bansAmong(_ users: [UserID]) async throws -> Set<UserID> {
    let wanted = Set(users)
    guard let last = users.max(), let first = users.min() else { return [] }
    var found: Set<UserID> = []
    var cursor = UserID(first.rawValue - 1)
    while cursor < last {
      let page = try await send(
        .getBans(in: guild, .after(cursor), limit: 1_000), priority: .moderation)
      found.formUnion(page.lazy.map(\.user.id).filter { wanted.contains($0) })
      guard page.count == 1_000, let end = page.map(\.user.id).max() else { break }
      cursor = end
    }
    return found
  }
}

/// Who of many may be acted on, by what is known of them: the rules of `GuildBot.refusal`, without a call for each.
struct MassGuard: Sendable {
  let context: PluginContext<Moderation>
  let person: UserID
  /// The person's roles.
  let roles: [RoleID]

  init(_ context: PluginContext<Moderation>, person: UserID, roles: [RoleID]) {
    (self.context, self.person, self.roles) = (context, person, roles)
  }

  /// Splits users. `roles` has those who are members; everybody else can be banned, too.
  func sort(_ users: [UserID], roles members: [UserID: [RoleID]]) -> (allowed: [UserID], refused: [UserID]) {
    let bot = context.bot
    let protected = Set(context.settings.protectedRoles)
    guard let info = bot.info, let ownRank = bot.ownRank, let theirs = bot.rank(of: person, roles: roles)
    else {
      return ([], users)
    }
    var allowed: [UserID] = []
    var refused: [UserID] = []
    for user in users {
      let isFree: Bool
      if user == person || user == bot.user || user == info.owner {
        isFree = false
      } else if let roles = members[user] {
        guard let rank = bot.rank(of: user, roles: roles) else { return ([], users) }
        isFree =
          protected.isDisjoint(with: roles) && ownRank.mayActOn(rank)
          && (person == info.owner || theirs.mayActOn(rank))
      } else {
        isFree = true
      }
      if isFree { allowed.append(user) } else { refused.append(user) }
    }
    return (allowed, refused)
  }
}
