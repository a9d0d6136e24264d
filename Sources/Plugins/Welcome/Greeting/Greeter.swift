// Sends what waits: apart from the guild's lane, so that nothing else waits for a picture or for Discord.

import DiscordLimits
import Cards
import DiscordBot
import DiscordCore
import DiscordModels
import DiscordREST
import EventLoop
import PlatformPlugins
import PlatformSchedule
import Storage
import Synchronization

/// Greets those whom the handlers wrote down. One timer a guild: it fires at once when somebody comes, and again when a
/// message is to go or a rush is over.
enum Greeter {
  /// Its key is empty: there is one in each guild.
  static let timer = "greet"
  /// Greetings looked at in one go.
  private static let atOnce = 200
  /// Time for one go; what is left is done in the next.
  private static let slice = Duration.seconds(20)

  /// Has the timer fire now.
  static func wake(_ context: WelcomeContext) async throws {
    try await context.timers.set(timer, key: "", at: context.clock)
  }

  static func fired(_ context: WelcomeContext, _ firing: TimerFiring) async throws -> TimerOutcome {
    // Whoever comes while this runs sets the timer anew, and it fires beside the one that runs.
    let gate = context.memory("greeter") { GreeterGate() }
    guard gate.enter() else { return .again(at: context.clock + .milliseconds(300)) }
    defer { gate.leave() }
    let end = context.uptime + slice
    try await deleteFaded(context)
    var next: [Timestamp] = []
    for occasion in Occasion.allCases {
      if let again = try await work(occasion, until: end, context) { next.append(again) }
    }
    if let fading = try await context.rows.nextFading() { next.append(fading) }
    return next.min().map { .again(at: max($0, context.clock)) } ?? .done
  }

  /// Greets those of one occasion; returns when to look again.
  private static func work(
    _ occasion: Occasion, until end: Duration, _ context: WelcomeContext
  ) async throws -> Timestamp? {
    let rows = context.rows
    let waiting = try await rows.waiting(occasion, limit: atOnce)
    guard !waiting.isEmpty else { return nil }
    guard context.isOn else {
      try await rows.settle(waiting.map(\.cause), as: .skipped, at: context.clock)
      return waiting.count == atOnce ? context.clock : nil
    }
    let now = context.clock
    let sent = try await rows.greeted(occasion, since: now - RushPlan.window)
    let plan = RushPlan(waiting, sent: sent, rush: context.settings.rush, at: now)
    try await leave(plan.late, "late", context)
    try await leave(plan.skipped, "rush", context)
    for greeting in plan.single {
      guard context.uptime < end else { return context.clock }
      if let pause = try await attempt({ try await greet(greeting, context) }) {
        return context.clock + pause
      }
    }
    if !plan.together.isEmpty {
      if let pause = try await attempt({ try await greetTogether(plan.together, context) }) {
        return context.clock + pause
      }
    }
    return waiting.count == atOnce ? context.clock : plan.next
  }

  /// How long to wait when Discord cannot be reached; nil when it could.
  private static func attempt(_ body: () async throws -> Void) async throws -> Duration? {
    do {
      try await body()
      return nil
    } catch let error as RESTError where error.isPassing {
      if case .retry(let after) = error.kind { return max(after, .seconds(1)) }
      return .seconds(15)
    }
  }

  private static func leave(
    _ greetings: [WaitingGreeting], _ reason: String, _ context: WelcomeContext
  ) async throws {
    guard !greetings.isEmpty else { return }
    for greeting in greetings {
      context.resuming(greeting).why(.coolDown, "skipped.\(reason)")
    }
    try await context.rows.settle(greetings.map(\.cause), as: .skipped, at: context.clock)
  }

  // MARK: One

  private static func greet(_ greeting: WaitingGreeting, _ outer: WelcomeContext) async throws {
    let context = outer.resuming(greeting)
    let settings = context.settings.greeting(greeting.occasion)
    let message = context.greeting(greeting.occasion, of: greeting.guest, cause: greeting.cause)
    let place = settings.isOn ? try await Place.find(settings, context) : nil
    let isDirect =
      greeting.occasion == .join && context.settings.direct.isOn && !greeting.guest.isBot
    let wantsCard =
      (place?.takesFiles ?? false) && settings.hasCard || isDirect && context.settings.direct.hasCard
    let card = wantsCard ? await CardDesk.card(for: message, settings, context) : nil
    if isDirect { try await sendDirect(message, card, context) }
    guard let place else {
      return try await context.rows.settle([greeting.cause], as: .single, at: context.clock)
    }
    let shown = settings.hasCard && place.takesFiles ? card : nil
    try await send(
      message.message(place.settings, card: shown), for: [greeting], as: .single, in: place, context)
  }

  private static func sendDirect(
    _ greeting: GreetingMessage, _ card: CardFile?, _ context: WelcomeContext
  ) async throws {
    let settings = context.settings.direct
    do {
      let isThere = try await context.effects.sendDirect(
        greeting.direct(settings, card: settings.hasCard ? card : nil), to: greeting.guest.user, as: "direct")
      context.why(isThere ? .acted : .refused, isThere ? "direct" : "directClosed")
    } catch let error as RESTError where !error.isPassing {
      context.why(.refused, "directClosed")
    }
  }

  // MARK: Several

  private static func greetTogether(_ greetings: [WaitingGreeting], _ outer: WelcomeContext) async throws {
    guard let first = greetings.first else { return }
    let context = outer.resuming(first)
    let settings = context.settings.greeting(first.occasion)
    guard settings.isOn, let place = try await Place.find(settings, context) else {
      return try await context.rows.settle(greetings.map(\.cause), as: .skipped, at: context.clock)
    }
    let message = GreetingMessage.together(
      first.occasion, greetings.map(\.guest), pings: settings.pings, strings: context.strings)
    try await send(message, for: greetings, as: .together, in: place, context)
  }

  // MARK: Sending

  private static func send(
    _ message: MessageCreate, for greetings: [WaitingGreeting], as state: WelcomeStore.State,
    in place: Place, _ context: WelcomeContext
  ) async throws {
    let (rows, now) = (context.rows, context.clock)
    let causes = greetings.map(\.cause)
    let end = place.settings.deletesAfter.map { now + $0 }
    do {
      try await context.effects.send(message, to: place.channel, as: "greet") { session, sent in
        try await rows.settle(
          causes, as: state, sent: sent.id, in: place.channel, deletedAt: end, at: now, session)
      }
    } catch let error as RESTError where !error.isPassing {
      // The next attempt would fail as well: the owners can do something about it, the timer cannot.
      await context.lacks("cannotSend", ["channel": Mention.channel(place.channel).description])
      return try await rows.settle(causes, as: .skipped, at: now)
    }
    for greeting in greetings {
      context.resuming(greeting).why(
        .acted, "greeted.\(greeting.occasion.rawValue)",
        ["channel": Mention.channel(place.channel).description], about: WhySubject(channel: place.channel))
    }
  }

  private static func deleteFaded(_ context: WelcomeContext) async throws {
    for message in try await context.rows.faded(at: context.clock, limit: 50) {
      do {
        _ = try await context.bot.send(
          .deleteMessage(message.message, in: message.channel), priority: .background)
      } catch let error as RESTError where !error.isPassing {
        // Somebody deleted it, or closed the channel to the bot.
      } catch is PluginMistake {
        // The channel is gone, and the message with it.
      }
      try await context.rows.forgetMessage(message.cause)
    }
  }
}

extension WelcomeContext {
  /// This moment in the name of the event that brought somebody.
  fileprivate func resuming(_ greeting: WaitingGreeting) -> WelcomeContext {
    resuming(greeting.cause, about: WhySubject(member: greeting.guest.user))
  }
}

extension RESTError {
  /// Whether the same call may succeed later.
  fileprivate var isPassing: Bool {
    switch kind {
    case .retry, .unavailable, .operatorAction, .cancelled: true
    default: false
    }
  }
}

/// Lets one run at a time greet in a guild. With several processes, the nonces of messages do.
private final class GreeterGate: Sendable {
  private let isBusy = Mutex(false)

  func enter() -> Bool {
    isBusy.withLock { isBusy in
      defer { isBusy = true }
      return !isBusy
    }
  }

  func leave() { isBusy.withLock { $0 = false } }
}

/// Where a message goes, and in what form it can.
private struct Place: Sendable {
  let channel: ChannelID
  let settings: GreetingSettings
  /// Whether a card can be sent there.
  let takesFiles: Bool

  /// The channel of the settings, else the guild's system channel; nil when there is none, or the bot may not write
  /// there: the owners are told.
  ///
  /// - Throws: `RESTError` when Discord has to be asked and cannot be.
  static func find(_ wanted: GreetingSettings, _ context: WelcomeContext) async throws -> Place? {
    var settings = wanted
    guard let channel = settings.channel ?? context.bot.info?.systemChannel,
      try await context.bot.owns(channel)
    else {
      context.why(.noMatch, "noChannel")
      await context.notify(.warning, "noChannel")
      return nil
    }
    // Unknown permissions are Discord's to tell.
    guard let own = context.bot.ownPermissions(in: channel) else {
      return Place(channel: channel, settings: settings, takesFiles: true)
    }
    let mention = Mention.channel(channel).description
    guard own.contains([.viewChannel, .sendMessages]) else {
      await context.lacks("cannotSend", ["channel": mention])
      return nil
    }
    if settings.form == .embed, !own.contains(.embedLinks) {
      await context.lacks("noEmbeds", ["channel": mention])
      settings.form = .plain
    }
    let takesFiles = own.contains(.attachFiles)
    if settings.hasCard, !takesFiles { await context.lacks("noFiles", ["channel": mention]) }
    return Place(channel: channel, settings: settings, takesFiles: takesFiles)
  }
}
