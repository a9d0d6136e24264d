// After an outage: what people did with reactions, what should have ended, and menus that are gone.

import DiscordLimits
import DiscordBot
import DiscordCore
import DiscordModels
import DiscordREST
import EventLoop
import JSON
import PlatformPlugins
import PlatformSchedule

/// Sets right what happened while nobody looked, a slice at a time.
///
/// Reactions are compared with the record of reactions that count, both in the order of people's ids, page by page: who
/// reacted and is not on record picks now, who is on record and does not react any more takes back. Roles given by hand
/// are not on record, and are left alone.
enum Reconciling {
  static let timer = "compare"
  /// People whose reactions are caught up on in one slice.
  private static let slice = 20
  private static let page = 100

  /// The bot is (back) in the guild, or the plugin was switched on.
  static func begin(_ context: RoleContext) async throws {
    for user in try await context.rows.wishers() { try await Writing.flushSoon(user, context) }
    // Their timers fire by themselves; one that was given up is set again.
    for role in try await context.rows.temporaries(before: context.clock, limit: 500) {
      try await context.timers.set(
        Temporaries.timer, key: Temporaries.key(role.role, role.user), at: context.clock)
    }
    for job in try await context.rows.jobs(limit: 5) where job.state == .running {
      try await context.timers.set(BulkRun.timer, key: "\(job.number)", at: context.clock)
    }
    var start = context.clock
    for menu in try await context.rows.menus() where menu.place != nil {
      try await context.timers.set(timer, key: "\(menu.id)", at: start)
      // Menu by menu: a guild with many must not send everything at once.
      start = start + .milliseconds(500)
    }
  }

  /// One slice of one menu. The payload says where to go on: the option's index and the person after whom.
  static func compared(_ context: RoleContext, _ firing: TimerFiring) async throws -> TimerOutcome {
    guard let id = Int64(firing.name.key), let menu = try await context.rows.menu(id), let place = menu.place
    else { return .done }
    if menu.isMissing {
      if context.settings.republishesMissing {
        try await context.timers.set(Publishing.republishTimer, key: "\(id)", at: context.clock)
      }
      return .done
    }
    let index = Int(firing.value["option"]?.int64 ?? 0)
    let after = firing.value["after"]?.snowflake.map { UserID($0) } ?? UserID(0)
    do {
      if index == 0, after == UserID(0) {
        _ = try await context.bot.send(
          .getMessage(place.message, in: place.channel), priority: .background)
      }
      guard menu.menu.style == .reactions, menu.menu.options.indices.contains(index) else { return .done }
      let next = try await compare(menu.menu.options[index], in: menu, place, after: after, context)
      let payload: JSONValue =
        next.map { ["option": .integer(Int64(index)), "after": .id($0)] }
        ?? ["option": .integer(Int64(index + 1)), "after": .id(UserID(0))]
      if next == nil, index + 1 >= menu.menu.options.count { return .done }
      try await context.timers.set(timer, key: "\(id)", at: context.clock + .milliseconds(500), payload)
    } catch let error as RESTError where error.kind == .gone {
      try await Publishing.missing([menu], context)
    } catch let error as RESTError where error.kind == .missingPermission {
      context.why(
        .missingPermission, "compareFailed", ["menu": "\(id)"],
        about: WhySubject(message: place.message, channel: place.channel))
    }
    return .done
  }

  /// Compares one page of an option; returns after whom to go on, nil when the option is done.
  private static func compare(
    _ option: RoleOption, in menu: StoredMenu, _ place: MenuPlace, after: UserID, _ context: RoleContext
  ) async throws -> UserID? {
    guard let emoji = option.emoji else { return nil }
    var end = UserID(UInt64(Int64.max))
    var reacted: Set<UserID> = []
    // Burst reactions are listed apart, and count the same.
    for isBurst in [false, true] {
      let users = try await context.bot.send(
        .getReactions(
          with: emoji, on: place.message, in: place.channel, isBurst: isBurst, after: after, limit: page),
        priority: .background)
      if users.count >= page, let last = users.map(\.id).max() { end = min(end, last) }
      reacted.formUnion(users.filter { !$0.isBot && $0.id != context.bot.user }.map(\.id))
    }
    reacted = reacted.filter { $0 > after && $0 <= end }
    let known = Set(
      try await context.rows.pickers(of: option.id, in: menu.id, after: after, through: end))
    let differing = reacted.symmetricDifference(known).sorted()
    for user in differing.prefix(slice) {
      let name = "compare \(option.id) \(user)"
      guard let member = try await context.bot.member(user, priority: .background), !member.isBot else {
        // Left: what was on record is void, and a reaction of theirs counts when they are back and react again.
        try await context.rows.forget(menu.id, option: option.id, by: user)
        continue
      }
      if reacted.contains(user) {
        try await Handlers.react(option, in: menu, by: user, roles: member.roles, as: name, context)
      } else {
        _ = try await Picking.pick(
          .unreact(option.id), in: menu, by: user, roles: member.roles, isWaitedFor: false, as: name, context)
      }
    }
    if differing.count > slice { return differing[slice - 1] }
    return end == UserID(UInt64(Int64.max)) ? nil : end
  }
}
