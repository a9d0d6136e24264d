// A menu's message: sent, changed in its place, and put up again when it was deleted.

import Resources
import DiscordLimits
import JSON
import DiscordCore
import DiscordModels
import DiscordREST
import EventLoop
import PlatformPlugins
import PlatformSchedule

/// Puts menus where people see them.
enum Publishing {
  /// The timer that publishes again, and the one that adds our reactions; their key is the menu.
  static let republishTimer = "republish"
  static let seedTimer = "seed"
  /// The timer that deletes a message; its key is channel and message.
  static let removeTimer = "remove"
  /// The timer that takes reactions away; its key is menu, option and person.
  static let untickTimer = "untick"
  /// Reactions we add in one go; Discord lets one through every quarter of a second.
  private static let seedsAtOnce = 8

  /// Sends the menu's message, or changes the one that is there.
  ///
  /// - Throws: `Refusal` when Discord does not let the bot; `RESTError`, what the store throws.
  @discardableResult
  static func publish(
    _ menu: StoredMenu, in channel: ChannelID, _ context: RoleContext
  ) async throws -> MenuPlace {
    let message = try await MenuMessage.make(menu, context)
    if let place = menu.place, place.channel == channel, !menu.isMissing {
      do {
        _ = try await context.bot.send(
          .editMessage(place.message, in: channel, MessageEdit(replacingWith: message)), priority: .reply)
        try await seed(menu, context)
        return place
      } catch let error as RESTError where error.kind == .gone {
        // Deleted while nobody looked: it is sent anew.
      }
    }
    let sent: Message?
    do {
      sent = try await context.effects.send(message, to: channel, as: "publish \(menu.id)")
    } catch let error as RESTError where error.kind == .missingPermission || error.kind == .gone {
      throw Refusal("publish.noAccess", ["channel": "\(Mention.channel(channel))"])
    }
    guard let sent else {
      // Handled before. Where the message is was written down then, unless the process died between the two.
      if let place = try await context.rows.menu(menu.id)?.place, place.channel == channel { return place }
      throw Refusal("publish.again")
    }
    let place = MenuPlace(channel: channel, message: sent.id)
    if let old = menu.place, !menu.isMissing { try await removeSoon(old, context) }
    try await context.rows.place(menu.id, place)
    // Nobody has reacted to this message yet; a choice that binds does so wherever the menu is.
    if menu.menu.mode != .binding { try await context.rows.forgetAll(menu.id) }
    try await seed(menu, context)
    return place
  }

  /// Brings the message up to date after a change; a draft has none.
  static func refresh(_ menu: StoredMenu, _ context: RoleContext) async throws {
    guard let place = menu.place, !menu.isMissing else { return }
    try await publish(menu, in: place.channel, context)
  }

  /// Has a message deleted that was a menu's, as soon as no menu is in it any more.
  static func removeSoon(_ place: MenuPlace, _ context: RoleContext) async throws {
    try await context.timers.set(
      removeTimer, key: "\(place.channel)-\(place.message)", at: context.clock + .milliseconds(500))
  }

  static func removed(_ context: RoleContext, _ firing: TimerFiring) async throws -> TimerOutcome {
    let ids = firing.name.key.split(separator: "-")
    guard ids.count == 2, let channel = ChannelID(ids[0]), let message = MessageID(ids[1]),
      try await context.rows.menu(in: message) == nil
    else { return .done }
    do {
      _ = try await context.bot.send(
        .deleteMessage(message, in: channel, reason: context.strings["reason.menuRemoved"]))
    } catch let error as RESTError where error.kind == .gone || error.kind == .missingPermission {
      // Gone, or in a channel the bot cannot see any more: nothing there answers either way.
    }
    return .done
  }

  // MARK: Reactions

  /// Has our reactions added, one after the other, while nobody waits.
  static func seed(_ menu: StoredMenu, _ context: RoleContext) async throws {
    guard menu.menu.style == .reactions else { return }
    try await context.timers.set(seedTimer, key: "\(menu.id)", at: context.clock, .integer(0))
  }

  static func seeded(_ context: RoleContext, _ firing: TimerFiring) async throws -> TimerOutcome {
    guard let id = Int64(firing.name.key), let menu = try await context.rows.menu(id), let place = menu.place,
      menu.menu.style == .reactions, !menu.isMissing
    else { return .done }
    let start = Int(firing.value.int64 ?? 0)
    let emoji = menu.menu.options.compactMap(\.emoji).dropFirst(start).prefix(seedsAtOnce)
    do {
      for emoji in emoji {
        _ = try await context.bot.send(
          .addReaction(emoji, to: place.message, in: place.channel), priority: .background)
      }
    } catch let error as RESTError where error.kind == .missingPermission || error.kind == .userMistake {
      context.why(
        .missingPermission, "seedFailed", ["menu": "\(id)"],
        about: WhySubject(message: place.message, channel: place.channel))
      await context.notify(.warning, "seedFailed", ["menu": "\(id)"])
      return .done
    } catch let error as RESTError where error.kind == .gone {
      try await missing([menu], context)
      return .done
    }
    guard emoji.count == seedsAtOnce else { return .done }
    try await context.timers.set(
      seedTimer, key: "\(id)", at: context.clock + .milliseconds(500), .integer(Int64(start + seedsAtOnce)))
    return .done
  }

  /// Has somebody's reaction taken away: it was refused, or another took its place.
  static func untick(
    _ option: RoleOption, of user: UserID, in menu: StoredMenu, _ context: RoleContext
  ) async throws {
    guard option.emoji != nil, menu.place != nil else { return }
    try await context.timers.set(untickTimer, key: "\(menu.id)-\(option.id)-\(user)", at: context.clock)
  }

  static func unticked(_ context: RoleContext, _ firing: TimerFiring) async throws -> TimerOutcome {
    let parts = firing.name.key.split(separator: "-")
    guard parts.count == 3, let id = Int64(parts[0]), let option = Int(parts[1]), let user = UserID(parts[2]),
      let menu = try await context.rows.menu(id), let place = menu.place,
      let emoji = menu.menu.option(option)?.emoji
    else { return .done }
    do {
      _ = try await context.bot.send(
        .deleteReaction(emoji, of: user, from: place.message, in: place.channel), priority: .background)
    } catch let error as RESTError where error.kind == .gone || error.kind == .missingPermission {
      // A reaction that stays looks wrong and does nothing: it is not on record.
    }
    return .done
  }

  // MARK: Deleted by hand

  /// The messages of these menus are gone.
  static func missing(_ menus: [StoredMenu], _ context: RoleContext) async throws {
    for menu in menus {
      guard let place = menu.place, try await context.rows.markMissing(place.message) else { continue }
      let subject = WhySubject(message: place.message, channel: place.channel)
      context.why(.acted, "menuMissing", ["menu": "\(menu.id)"], about: subject)
      if context.settings.republishesMissing {
        try await context.timers.set(republishTimer, key: "\(menu.id)", at: context.clock + .seconds(2))
      } else {
        await context.notify(.warning, "menuMissing", ["menu": "\(menu.id)", "title": menu.menu.title])
      }
    }
  }

  static func republish(_ context: RoleContext, _ firing: TimerFiring) async throws -> TimerOutcome {
    guard let id = Int64(firing.name.key), let menu = try await context.rows.menu(id), let place = menu.place,
      menu.isMissing
    else { return .done }
    do {
      try await publish(menu, in: place.channel, context)
      context.why(.acted, "republished", ["menu": "\(id)"], about: WhySubject(channel: place.channel))
    } catch is Refusal {
      await context.notify(.warning, "menuMissing", ["menu": "\(id)", "title": menu.menu.title])
    }
    return .done
  }
}
