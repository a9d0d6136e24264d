// Appeals: submitting, asking, deciding and reopening, for the commands in Discord and for the dashboard.

import DiscordBot
package import DiscordCore
import DiscordLimits
import DiscordModels
import DiscordREST
import EventLoop
import JSON
import PlatformAudit
package import PlatformPlugins
import Resources

/// The appeals of a guild. The dashboard makes one from the context of its request and calls the same functions as the
/// buttons in Discord do:
///
///     let desk = AppealDesk(context)
///     let appeal = try await desk.submit(against: 12, by: user, text, from: .web)
///     let person = try await desk.person(moderator)
///     try await desk.decide(appeal.number, .approve, by: person, note: "Mistaken for somebody else.")
///
/// Whoever submits or answers is bound to the account that the case is about: pass the id of the signed-in account, never
/// one from a form. A refusal is thrown as `Refusal`, whose key is a sentence of the plugin's catalog. What is done is
/// done once for each cause of the context (`ContextCore.causeKey`): give a form a key of its own and repeat it freely.
package struct AppealDesk: Sendable {
  let context: PluginContext<Moderation>

  package init(_ context: PluginContext<Moderation>) { self.context = context }

  var store: AppealStore { AppealStore(store: context.store) }
  private var settings: AppealSettings { context.settings.appeals }

  // MARK: The person's side

  /// Why the person cannot appeal against the case; nil when they can. nil as `caseNumber` means their newest.
  ///
  /// - Throws: what the store throws.
  package func refusal(against caseNumber: Int64?, by person: UserID) async throws -> Refusal? {
    do {
      _ = try await appealable(caseNumber, by: person)
      return nil
    } catch let refusal as Refusal {
      return refusal
    }
  }

  /// The case that an appeal would be about.
  func appealable(_ caseNumber: Int64?, by person: UserID) async throws -> CaseRecord {
    guard settings.isOn, settings.channel != nil else { throw Refusal("appeal.off") }
    let cases = CaseStore(context.store)
    let record: CaseRecord?
    if let caseNumber {
      record = try await cases.find(caseNumber)
    } else {
      record = try await cases.newest(CaseKind.allCases.filter(\.isPunishment), of: person)
    }
    if let refusal = AppealRules.refusal(record, person: person) { throw refusal }
    guard let record else { throw Refusal("appeal.noCase") }
    return record
  }

  /// Submits an appeal and puts it into the staff's queue.
  ///
  /// - Throws: `Refusal` when it is not the person's case, one is pending, or the last was denied not long ago;
  ///   `RESTError`, what the store throws.
  @discardableResult
  package func submit(
    against caseNumber: Int64?, by person: UserID, _ text: String, from origin: AppealOrigin
  ) async throws -> Appeal {
    let record = try await appealable(caseNumber, by: person)
    let text = try checked(text)
    let now = context.core.host.time.now
    let filed = try await store.submit(
      record.number, of: person, text, origin: origin,
      effectKey: context.effects.key("appeal/\(record.number)"), due: now + settings.answerWithin,
      pause: settings.pauseAfterDenial, at: now)
    switch filed {
    case .pending(let number): throw Refusal("appeal.pending", ["number": "\(number)"])
    case .paused(let until):
      context.why(.coolDown, "appeal.paused", about: WhySubject(member: person))
      throw Refusal("appeal.paused", ["time": "\(Mention.timestamp(until, .relative))"])
    case .filed(let appeal):
      try await AppealQueue(context).show(appeal)
      try await remindLater(appeal)
      context.why(
        .acted, "appeal.submitted", ["number": "\(appeal.number)"], about: WhySubject(member: person))
      return appeal
    }
  }

  /// Answers what the staff asked.
  ///
  /// - Throws: as `submit`.
  @discardableResult
  package func answer(_ number: Int64, _ text: String, by person: UserID) async throws -> Appeal {
    guard let appeal = try await store.appeal(number), appeal.person == person else {
      throw Refusal("appeal.noCase")
    }
    let now = context.core.host.time.now
    guard
      try await store.move(
        number, from: [.asked], to: .open, .answered, by: person, try checked(text),
        effectKey: context.effects.key("answer"), due: now + settings.answerWithin, at: now)
    else { throw Refusal("appeal.notAsked") }
    return try await shown(number)
  }

  // MARK: The staff's side

  /// Somebody as the bot sees them at this moment: what a decision is checked by. nil when they are no member.
  ///
  /// - Throws: `RESTError`.
  package func person(_ user: UserID) async throws -> Person? {
    guard let member = try await context.bot.freshMember(user) else { return nil }
    return Person(
      user: user, name: member.displayName ?? "", roles: member.roles,
      permissions: context.bot.permissions(of: user, roles: member.roles) ?? [])
  }

  /// Decides an appeal. An approval declares the case void and lifts what lasts of it: ban, time-out or quarantine. The
  /// person is told, where Discord lets us.
  ///
  /// - Throws: `Refusal` when it is decided already, when the one who decides may not, or the ban cannot be lifted;
  ///   `RESTError`, what the store throws.
  @discardableResult
  package func decide(
    _ number: Int64, _ verdict: AppealVerdict, by person: Person, note: String
  ) async throws -> Appeal {
    let appeal = try await pending(number, for: person)
    let key = context.effects.key("decide/\(number)")
    guard try await store.claim(number, by: key, at: context.now) else { throw Refusal("appeal.decided") }
    if verdict == .approve {
      do {
        try await undo(appeal, by: person, note)
      } catch let refusal as Refusal {
        try await store.release(number, by: key)
        throw refusal
      }
    }
    let now = context.core.host.time.now
    guard
      try await store.move(
        number, from: [.open, .asked], to: verdict.status, verdict == .approve ? .approved : .denied,
        by: person.user, note, effectKey: key, due: nil, at: now)
    else { throw Refusal("appeal.decided") }
    try await context.timers.cancel(AppealReminder.timer, key: "\(number)")
    try await record("appeal.\(verdict.rawValue)", appeal, by: person, note)
    try await tell(appeal, verdict == .approve ? "appeal.told.approved" : "appeal.told.denied", note)
    return try await shown(number)
  }

  /// Asks the person something.
  ///
  /// - Throws: as `decide`.
  @discardableResult
  package func ask(_ number: Int64, _ question: String, by person: Person) async throws -> Appeal {
    let appeal = try await pending(number, for: person)
    let now = context.core.host.time.now
    guard
      try await store.move(
        number, from: [.open], to: .asked, .asked, by: person.user, question,
        effectKey: context.effects.key("ask/\(number)"), due: now + settings.answerWithin, at: now)
    else { throw Refusal("appeal.decided") }
    try await record("appeal.ask", appeal, by: person, question)
    try await tell(appeal, "appeal.told.asked", question)
    return try await shown(number)
  }

  /// Opens a decided appeal again. What an approval has undone stays undone; the case stays void.
  ///
  /// - Throws: as `decide`.
  @discardableResult
  package func reopen(_ number: Int64, by person: Person, because reason: String) async throws -> Appeal {
    try check(person)
    guard let appeal = try await store.appeal(number) else { throw Refusal("appeal.unknown") }
    let now = context.core.host.time.now
    guard
      try await store.move(
        number, from: [.denied, .approved], to: .open, .reopened, by: person.user, reason,
        effectKey: context.effects.key("reopen/\(number)"), due: now + settings.answerWithin, at: now)
    else { throw Refusal("appeal.notDecided") }
    try await record("appeal.reopen", appeal, by: person, reason)
    try await tell(appeal, "appeal.told.reopened", reason)
    let shown = try await shown(number)
    try await remindLater(shown)
    return shown
  }

  // MARK: Reading

  /// - Throws: what the store throws, as the rest.
  package func appeal(_ number: Int64) async throws -> Appeal? { try await store.appeal(number) }
  /// A person's, newest first.
  package func appeals(of person: UserID) async throws -> [Appeal] { try await store.appeals(of: person) }
  /// Those that stand so, newest first; the next page is before the last one's number.
  package func appeals(
    _ status: AppealStatus? = nil, before number: Int64? = nil, limit: Int = 50
  ) async throws -> [Appeal] {
    try await store.appeals(status, before: number, limit: limit)
  }
  /// What was said in it, first to last.
  package func entries(of number: Int64) async throws -> [AppealEntry] { try await store.entries(of: number) }

  // MARK: Parts

  private func checked(_ text: String) throws -> String {
    let length = text.unicodeScalars.count
    guard AppealRules.textLength.contains(length) else {
      throw Refusal(
        "appeal.length",
        ["least": "\(AppealRules.textLength.lowerBound)", "most": "\(AppealRules.textLength.upperBound)"])
    }
    return text
  }

  private func check(_ person: Person) throws {
    guard person.permissions.contains(.moderateMembers) || person.permissions.contains(.administrator) else {
      throw Refusal(
        "report.notYours", ["permission": Permissions.moderateMembers.names.joined(separator: ", ")])
    }
  }

  private func pending(_ number: Int64, for person: Person) async throws -> Appeal {
    try check(person)
    guard let appeal = try await store.appeal(number) else { throw Refusal("appeal.unknown") }
    if appeal.person == person.user { throw Refusal("appeal.own") }
    return appeal
  }

  /// Lifts what lasts of the case, and declares it void.
  private func undo(_ appeal: Appeal, by person: Person, _ note: String) async throws {
    let cases = CaseStore(context.store)
    guard let record = try await cases.find(appeal.caseNumber) else { return }
    let newest = try await cases.newest([record.kind], of: record.target)
    let reason = context.strings(dynamic: "appeal.reason", ["number": "\(appeal.number)", "note": note])
      .limited(to: 400)
    if let remedy = AppealRules.remedy(for: record, newest: newest, at: context.now) {
      if remedy == .unban, !person.permissions.contains(.banMembers),
        !person.permissions.contains(.administrator)
      {
        throw Refusal("report.notYours", ["permission": Permissions.banMembers.names.joined(separator: ", ")])
      }
      var sanction = Sanction(remedy, of: record.target, by: .person(person), because: reason)
      // They are told of the decision, in one message.
      sanction.notifies = false
      let outcome = try await Sanctioner(context).apply(sanction, as: "appeal/\(appeal.number)")
      // What is over already needs no lifting; what the bot may not do keeps the appeal open.
      if case .refused(let refusal) = outcome, Self.blocking.contains(refusal.key) { throw refusal }
    }
    _ = try await cases.void(record.number, by: person.user, because: reason, at: context.now)
  }

  private static let blocking: Set<String> = [
    "refusal.botPermission", "refusal.aboveBot", "refusal.discord", "refusal.guildUnknown",
  ]

  private func record(_ action: String, _ appeal: Appeal, by person: Person, _ text: String) async throws {
    try await OperationLog(context).post(
      .appeals, title: "log.\(action)", ["number": "\(appeal.number)"],
      fields: [
        ("log.appeal.person", "<@\(appeal.person)>"), ("log.appeal.case", "#\(appeal.caseNumber)"),
        ("log.by", "<@\(person.user)>"), ("log.reason", text),
      ])
    try await context.auditOnce(
      action, by: .user(person.user), target: "\(appeal.number)",
      after: ["case": .integer(appeal.caseNumber), "note": .string(text)])
    context.why(.acted, action, ["number": "\(appeal.number)"], about: WhySubject(member: appeal.person))
  }

  /// Tells the person, if Discord lets us; somebody who is banned reads it on the web.
  private func tell(_ appeal: Appeal, _ key: String, _ text: String) async throws {
    var sentence = context.strings(
      dynamic: key,
      [
        "server": Markdown.escaped(context.bot.info?.name ?? ""), "case": "\(appeal.caseNumber)",
        "number": "\(appeal.number)",
      ])
    if !text.isEmpty { sentence += "\n> " + text.split(separator: "\n").joined(separator: "\n> ") }
    do {
      _ = try await context.effects.sendDirect(
        MessageCreate(sentence.limited(to: MessageCreate.maximumContentLength)), to: appeal.person,
        as: "\(key)/\(appeal.number)", priority: .reply)
    } catch let error as RESTError {
      context.why(.refused, "appeal.untold", ["error": error.description])
    }
  }

  private func shown(_ number: Int64) async throws -> Appeal {
    guard let appeal = try await store.appeal(number) else { throw Refusal("appeal.unknown") }
    try await AppealQueue(context).show(appeal)
    return try await store.appeal(number) ?? appeal
  }

  private func remindLater(_ appeal: Appeal) async throws {
    guard let due = appeal.dueAt else { return }
    try await context.timers.set(AppealReminder.timer, key: "\(appeal.number)", at: due)
  }
}
