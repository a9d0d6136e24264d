// How people appeal, and how the staff decides, in Discord.

import DiscordBot
import DiscordCore
import DiscordModels
import EventLoop
import PlatformCommands
import PlatformPlugins
import Resources

enum AppealCommands {
  static let caseNumber = CommandParameter.integer("case", 1...1_000_000_000).optional
  static let text = CommandParameter.rest("text", 1...1_500).optional
  static let appeal = CommandDeclaration(
    "appeal", isEphemeral: true, options: [caseNumber.description, text.description])

  private static let writeRoute = "appeal-write"
  private static let sentRoute = "appeal-sent"
  private static let decidedRoute = "appeal-decided"

  static func declare(_ plugin: inout PluginDeclaration<Moderation>) {
    plugin.command(appeal, begin)
    plugin.component(writeRoute, deferral: .never, write)
    plugin.modal(sentRoute, sent)
    plugin.component(AppealQueue.route, deferral: .never, openDecision)
    plugin.modal(decidedRoute, deferral: .update, decided)
    plugin.timer(AppealReminder.timer, AppealReminder.fire)
  }

  // MARK: The person's side

  /// Takes what was written with the command, or offers the form.
  private static func begin(_ call: CommandCall<Moderation>) async throws {
    let context = call.context
    let desk = AppealDesk(context)
    if let asked = try await desk.appeals(of: call.person.user).first(where: { $0.status == .asked }) {
      if let text = call[text] {
        try await desk.answer(asked.number, text, by: call.person.user)
        try await call.reply("appeal.answered", ["number": "\(asked.number)"])
        return
      }
      return try await offer(call, "appeal.offer.answer", "a.\(asked.number)", ["number": "\(asked.number)"])
    }
    let record = try await desk.appealable(call[caseNumber].map { Int64($0) }, by: call.person.user)
    if let text = call[text], context.settings.appeals.questions.isEmpty {
      let appeal = try await desk.submit(
        against: record.number, by: call.person.user, text, from: .server)
      try await call.reply("appeal.submitted", ["number": "\(appeal.number)"])
      return
    }
    try await offer(
      call, "appeal.offer.write", "w.\(record.number)",
      [
        "case": "\(record.number)", "action": context.strings[dynamic: "action.\(record.kind.rawValue)"],
        "reason": Markdown.escaped(record.reason).limited(to: 500),
      ])
  }

  private static func offer(
    _ call: CommandCall<Moderation>, _ key: String, _ state: String, _ values: [String: String]
  ) async throws {
    let context = call.context
    try await call.reply(
      MessageCreate(context.strings(dynamic: key, values)).components(
        .row(
          .button(
            context.strings["appeal.write"], id: try await context.componentID(writeRoute, state),
            style: .primary))
      ).ephemeral())
  }

  /// Opens the form with the server's questions. The button is for whoever has the case: the form is checked again.
  private static func write(_ call: ComponentCall<Moderation>) async throws {
    let context = call.context
    guard let (isAnswer, number) = read(call.state) else { throw Refusal("appeal.unknown") }
    if !isAnswer { _ = try await AppealDesk(context).appealable(number, by: call.person.user) }
    let questions = isAnswer ? [] : context.settings.appeals.questions
    let labels =
      questions.isEmpty ? [context.strings[isAnswer ? "appeal.form.answer" : "appeal.form.why"]] : questions
    let inputs = labels.prefix(5).enumerated().map { index, label in
      Component.label(
        label.limited(to: 45),
        .paragraph(id: "q\(index)", length: 1...(3_000 / max(1, labels.count) - 60), isRequired: true))
    }
    try await call.open(
      Modal(
        context.strings["appeal.form"], id: try await context.componentID(sentRoute, call.state),
        Array(inputs)))
  }

  private static func sent(_ call: ModalCall<Moderation>) async throws {
    let context = call.context
    let desk = AppealDesk(context)
    guard let (isAnswer, number) = read(call.state) else { throw Refusal("appeal.unknown") }
    if isAnswer {
      try await desk.answer(number, call["q0"] ?? "", by: call.person.user)
      try await call.reply("appeal.answered", ["number": "\(number)"])
      return
    }
    let questions = context.settings.appeals.questions
    let text =
      questions.isEmpty
      ? call["q0"] ?? ""
      : questions.prefix(5).enumerated().map { index, question in
        "**\(Markdown.escaped(question))**\n\(call["q\(index)"] ?? "")"
      }.joined(separator: "\n")
    let appeal = try await desk.submit(
      against: number, by: call.person.user, text.limited(to: AppealRules.textLength.upperBound),
      from: .server)
    try await call.reply("appeal.submitted", ["number": "\(appeal.number)"])
  }

  /// `w.<case>` writes an appeal, `a.<appeal>` answers a question.
  private static func read(_ state: String) -> (isAnswer: Bool, number: Int64)? {
    guard state.count > 2, let number = Int64(state.dropFirst(2)) else { return nil }
    return (state.hasPrefix("a."), number)
  }

  // MARK: The staff's side

  private static func openDecision(_ call: ComponentCall<Moderation>) async throws {
    let context = call.context
    guard let (_, action) = decision(call.state) else { throw Refusal("appeal.unknown") }
    guard
      call.person.permissions.contains(.moderateMembers) || call.person.permissions.contains(.administrator)
    else {
      throw Refusal(
        "report.notYours", ["permission": Permissions.moderateMembers.names.joined(separator: ", ")])
    }
    let key = action == .ask ? "appeal.form.question" : "appeal.form.note"
    try await call.open(
      Modal(
        context.strings[dynamic: "appeal.action.\(action.rawValue)"].limited(to: 45),
        id: try await context.componentID(decidedRoute, call.state),
        [
          .label(
            context.strings[dynamic: key],
            .paragraph(id: "note", length: (action == .ask ? 1 : 0)...1_000, isRequired: action == .ask))
        ]))
  }

  private static func decided(_ call: ModalCall<Moderation>) async throws {
    let context = call.context
    let desk = AppealDesk(context)
    guard let (number, action) = decision(call.state) else { throw Refusal("appeal.unknown") }
    let note = call["note"] ?? ""
    let appeal =
      switch action {
      case .approve: try await desk.decide(number, .approve, by: call.person, note: note)
      case .deny: try await desk.decide(number, .deny, by: call.person, note: note)
      case .ask: try await desk.ask(number, note, by: call.person)
      case .reopen: try await desk.reopen(number, by: call.person, because: note)
      }
    let message = try await AppealQueue(context).message(of: appeal)
    try await call.responder.update(MessageEdit(replacingWith: message))
  }

  private static func decision(_ state: String) -> (number: Int64, action: AppealAction)? {
    let parts = state.split(separator: ".")
    guard parts.count == 2, let number = Int64(parts[0]),
      let action = AppealAction(rawValue: String(parts[1]))
    else { return nil }
    return (number, action)
  }
}
