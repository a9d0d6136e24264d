// Where reports come in and are decided: the queue in a channel of the staff.

import DiscordBot
import DiscordCore
import DiscordLimits
import DiscordModels
import DiscordREST
import EventLoop
import JSON
import PlatformAudit
import PlatformPlugins
import Resources

/// The reports of the guild.
struct ReportDesk: Sendable {
  /// Buttons that change the report's message, and those that open a form.
  static let route = "report"
  static let formRoute = "report-form"
  static let sentRoute = "report-sent"

  let context: PluginContext<Moderation>

  init(_ context: PluginContext<Moderation>) { self.context = context }

  private var store: ReportStore { ReportStore(store: context.store) }

  // MARK: Filing

  /// Takes a report and shows it to the staff.
  ///
  /// - Returns: the key of the sentence that the reporter gets.
  /// - Throws: `Refusal`; `RESTError`, what the store throws.
  func file(_ filing: ReportStore.Filing) async throws -> String {
    guard let channel = context.settings.reportChannel else { throw Refusal("report.off") }
    if filing.target == filing.reporter { throw Refusal("report.self") }
    if filing.target == context.bot.user { throw Refusal("report.bot") }
    var filing = filing
    if !context.settings.keepsContent { filing.content = nil }
    let filed = try await store.file(filing, at: context.now)
    if case .tooMany(let until) = filed {
      context.why(.coolDown, "report.tooMany", about: WhySubject(member: filing.reporter))
      throw Refusal("report.tooMany", ["time": "\(Mention.timestamp(until, .relative))"])
    }
    guard let number = filed.number, let report = try await store.report(number) else {
      throw Refusal("report.gone")
    }
    try await show(report, in: channel)
    context.why(
      .acted, "report.filed", ["report": "\(number)"],
      about: WhySubject(message: filing.message, member: filing.target))
    if case .again = filed { return "report.again" }
    return "report.filed"
  }

  /// Puts a report into the queue, or brings its message there up to date.
  private func show(_ report: Report, in channel: ChannelID) async throws {
    let message = try await message(of: report)
    if let place = report.queueChannel, let known = report.queueMessage {
      do {
        _ = try await context.bot.send(.editMessage(known, in: place, MessageEdit(replacingWith: message)))
        return
      } catch  where error.meansGone {
        // Somebody removed it from the queue: it comes again below.
      }
    }
    let keyed = context.keyed(by: "report/\(report.number)/\(report.queueMessage.map { "\($0)" } ?? "")")
    do {
      if let sent = try await keyed.effects.send(message, to: channel, as: "queue", priority: .reply) {
        try await store.queued(report.number, in: channel, as: sent.id)
      }
    } catch  where error.meansGone || (error as? RESTError)?.kind == .missingPermission {
      await context.notify(.problem, "reportChannel", ["channel": "\(channel)"])
      throw Refusal("report.unreachable")
    }
  }

  // MARK: The message in the queue

  func message(of report: Report) async throws -> MessageCreate {
    let strings = context.strings
    let reporters = try await store.reporters(of: report.number)
    var embed = Embed(
      title: strings(dynamic: "report.title", ["number": "\(report.number)"]),
      description: try await store.content(of: report).map { $0.limited(to: 1_500) },
      color: report.status == .closed ? 0x80848E : 0xF0B232, timestamp: report.createdAt)
    embed = embed.field(strings["report.target"], "<@\(report.target)>", inline: true)
    if let channel = report.channel, let message = report.message {
      let link = MessageLink(guild: context.guild, channel: channel, message: message).address()
      embed = embed.field(strings["report.message"], link, inline: true)
    }
    let named = reporters.prefix(10).map { "<@\($0.user)>: \($0.reason.limited(to: 200))" }
    embed = embed.field(
      strings(dynamic: "report.reporters", ["count": "\(reporters.count)"]),
      named.joined(separator: "\n").limited(to: 1_024))
    if let handler = report.handler {
      embed = embed.field(strings["report.handler"], "<@\(handler)>", inline: true)
    }
    if let outcome = report.outcome {
      let sentence = strings(
        dynamic: "report.outcome.\(outcome.rawValue)", ["case": report.caseNumber.map { "\($0)" } ?? ""])
      embed = embed.field(strings["report.outcome"], sentence, inline: true)
    }
    var message = MessageCreate().embed(embed)
    if report.status != .closed { message.components = [.row(try await buttons(of: report))] }
    return message
  }

  private func buttons(of report: Report) async throws -> [Component] {
    var buttons: [Component] = []
    for action in ReportAction.allCases {
      let route = action.sanction == nil ? Self.route : Self.formRoute
      let id = try await context.componentID(route, "\(report.number).\(action.rawValue)")
      let style: Component.Button.Style =
        switch action {
        case .take: .primary
        case .ban: .danger
        default: .secondary
        }
      buttons.append(
        .button(context.strings[dynamic: "report.action.\(action.rawValue)"], id: id, style: style))
    }
    return buttons
  }

  // MARK: Deciding

  /// What a button or a form carries.
  static func read(_ state: String) -> (report: Int64, action: ReportAction)? {
    let parts = state.split(separator: ".")
    guard parts.count == 2, let number = Int64(parts[0]),
      let action = ReportAction(rawValue: String(parts[1]))
    else { return nil }
    return (number, action)
  }

  /// The report, if this person may do that with it.
  func open(_ state: String, by person: Person) async throws -> (report: Report, action: ReportAction) {
    guard let (number, action) = Self.read(state), let report = try await store.report(number) else {
      throw Refusal("report.gone")
    }
    guard person.permissions.contains(action.permission) || person.permissions.contains(.administrator) else {
      throw Refusal("report.notYours", ["permission": action.permission.names.joined(separator: ", ")])
    }
    return (report, action)
  }

  /// Looks after it, or puts it away without doing anything.
  func settle(_ report: Report, _ action: ReportAction, by person: Person) async throws -> Report {
    if action == .take {
      guard try await store.take(report.number, by: person.user) else { throw Refusal("report.closed") }
    } else {
      try await decide(report, .dismissed, by: person) { nil }
    }
    return try await store.report(report.number) ?? report
  }

  /// Acts on whom the report is about, and closes it.
  func act(
    _ report: Report, _ action: ReportAction, by person: Person, because reason: String,
    for duration: Duration?
  ) async throws -> Report {
    guard let kind = action.sanction, let outcome = action.outcome else { throw Refusal("report.gone") }
    var sanction = Sanction(kind, of: report.target, by: .person(person), because: reason, for: duration)
    if let channel = report.channel, let message = report.message {
      sanction.message = MessageLinkEvidence(
        channel: channel, message: message, content: try await store.content(of: report))
    }
    try await decide(report, outcome, by: person) {
      switch try await Sanctioner(context).apply(sanction, as: "report/\(report.number)") {
      case .done(let number, _): number
      case .refused(let refusal): throw refusal
      }
    }
    return try await store.report(report.number) ?? report
  }

  private func decide(
    _ report: Report, _ outcome: ReportOutcome, by person: Person, _ act: () async throws -> Int64?
  ) async throws {
    let key = context.effects.key("decide")
    guard try await store.claim(report.number, by: key, at: context.now) else {
      throw Refusal("report.closed")
    }
    let number: Int64?
    do {
      number = try await act()
    } catch let refusal as Refusal {
      try await store.release(report.number, by: key)
      throw refusal
    }
    try await store.close(
      report.number, claimedBy: key, by: person.user, outcome, caseNumber: number, at: context.now)
    try await context.auditOnce(
      "report.decide", by: .user(person.user), target: "\(report.number)",
      after: ["outcome": .string(outcome.rawValue), "case": number.map { .integer($0) } ?? .null])
    context.why(
      .acted, "report.decided", ["report": "\(report.number)", "outcome": outcome.rawValue],
      about: WhySubject(message: report.message, member: report.target))
    try await tell(report, outcome)
  }

  /// Tells those who reported it that it was looked at.
  private func tell(_ report: Report, _ outcome: ReportOutcome) async throws {
    let keyed = context.keyed(by: "report/\(report.number)")
    let text = context.strings(
      dynamic: outcome.reporterKey,
      ["server": Markdown.escaped(context.bot.info?.name ?? ""), "user": "<@\(report.target)>"])
    for reporter in try await store.reporters(of: report.number).prefix(ReportRules.namedReporters) {
      do {
        _ = try await keyed.effects.sendDirect(
          MessageCreate(text), to: reporter.user, as: "told/\(reporter.user)", priority: .background)
      } catch let error as RESTError {
        // Whether the reporter hears of it does not change what was decided; Discord refuses some for good.
        context.why(.refused, "report.untold", ["error": error.description])
      }
    }
  }
}
