// How members report, and how the staff answers: a command, a menu, buttons and forms.

import DiscordBot
import DiscordCore
import DiscordLimits
import DiscordModels
import DiscordREST
import EventLoop
import PlatformCommands
import PlatformPlugins
import PlatformText
import Resources

enum ReportCommands {
  static let user = CommandParameter<UserID>.user("user")
  static let reason = CommandParameter<String>.rest("reason", 3...500)
  static let report = CommandDeclaration(
    "report", isEphemeral: true, options: [user.description, reason.description])

  private static let messageForm = "report-message"

  static func declare(_ plugin: inout PluginDeclaration<Moderation>) {
    plugin.command(report) { call in
      let key = try await ReportDesk(call.context).file(
        ReportStore.Filing(target: call[user], reporter: call.person.user, reason: call[reason]))
      try await call.reply(key)
    }
    plugin.menu(.message, "report-message", deferral: .never, openForm)
    plugin.modal(messageForm, sent)
    plugin.component(ReportDesk.route, settle)
    plugin.component(ReportDesk.formRoute, deferral: .never, openDecision)
    plugin.modal(ReportDesk.sentRoute, deferral: .update, decide)
  }

  // MARK: A message

  private static func openForm(_ call: MenuCall<Moderation>) async throws {
    guard case .message(let message) = call.target else { return }
    let context = call.context
    guard context.settings.reportChannel != nil else { throw Refusal("report.off") }
    if message.author.id == call.person.user { throw Refusal("report.self") }
    try await call.open(
      Modal(
        context.strings["report.form"],
        id: try await context.componentID(messageForm, MessageState(message).text),
        [
          .label(
            context.strings["report.form.reason"],
            .paragraph(id: "reason", length: 3...500, isRequired: true))
        ]))
  }

  private static func sent(_ call: ModalCall<Moderation>) async throws {
    guard let state = MessageState(call.state), let reason = call["reason"] else {
      throw Refusal("report.gone")
    }
    let content = try await state.fetch(call.context)?.content
    let key = try await ReportDesk(call.context).file(
      ReportStore.Filing(
        target: state.author, channel: state.channel, message: state.message, content: content,
        reporter: call.person.user, reason: reason))
    try await call.reply(key)
  }

  // MARK: The queue

  private static func settle(_ call: ComponentCall<Moderation>) async throws {
    let desk = ReportDesk(call.context)
    let (report, action) = try await desk.open(call.state, by: call.person)
    let settled = try await desk.settle(report, action, by: call.person)
    try await call.update(MessageEdit(replacingWith: try await desk.message(of: settled)))
  }

  private static func openDecision(_ call: ComponentCall<Moderation>) async throws {
    let context = call.context
    let (report, action) = try await ReportDesk(context).open(call.state, by: call.person)
    guard report.status != .closed else { throw Refusal("report.closed") }
    try await call.open(
      try await SanctionForm.modal(
        context, title: "report.action.\(action.rawValue)",
        id: try await context.componentID(ReportDesk.sentRoute, call.state), action.sanction ?? .warn))
  }

  private static func decide(_ call: ModalCall<Moderation>) async throws {
    let context = call.context
    let desk = ReportDesk(context)
    let (report, action) = try await desk.open(call.state, by: call.person)
    let (reason, duration) = try SanctionForm.read(call, action.sanction ?? .warn)
    let decided = try await desk.act(report, action, by: call.person, because: reason, for: duration)
    let message = try await desk.message(of: decided)
    try await call.responder.update(MessageEdit(replacingWith: message))
  }
}

/// The form in which somebody of the staff says why, and for how long.
enum SanctionForm {
  static func modal(
    _ context: PluginContext<Moderation>, title: String, id: String, _ kind: SanctionKind
  ) async throws -> Modal {
    let strings = context.strings
    var inputs: [Component] = [
      .label(
        strings["form.reason"],
        .paragraph(id: "reason", length: 0...400, isRequired: context.settings.requiresReason))
    ]
    if kind == .timeout || kind == .ban {
      inputs.append(
        .label(
          strings["form.duration"],
          description: strings[dynamic: kind == .ban ? "form.duration.ban" : "form.duration.timeout"],
          .line(
            id: "duration", length: 0...40, isRequired: kind == .timeout,
            placeholder: kind == .ban ? nil : "1h")))
    }
    return Modal(strings[dynamic: title].limited(to: 45), id: id, inputs)
  }

  /// - Throws: `Refusal` for a span that is none, or longer than Discord takes.
  static func read(
    _ call: ModalCall<Moderation>, _ kind: SanctionKind
  ) throws -> (reason: String, duration: Duration?) {
    let reason = call["reason"] ?? ""
    guard kind == .timeout || kind == .ban else { return (reason, nil) }
    guard let text = call["duration"] else {
      if kind == .timeout { throw Refusal("form.refusal.duration") }
      return (reason, nil)
    }
    guard let duration = HumanDuration.parse(text), duration >= .seconds(60),
      kind == .ban || duration <= SanctionLimits.longestTimeout
    else { throw Refusal("form.refusal.duration") }
    return (reason, duration)
  }
}

/// A message, as a form carries it: three ids in 41 characters.
struct MessageState: Hashable, Sendable {
  let channel: ChannelID
  let message: MessageID
  let author: UserID

  init(_ message: Message) {
    (channel, self.message, author) = (message.channelID, message.id, message.author.id)
  }

  init?(_ text: some StringProtocol) {
    let ids = text.split(separator: ".").compactMap { UInt64($0, radix: 36) }
    guard ids.count == 3 else { return nil }
    (channel, message, author) = (ChannelID(ids[0]), MessageID(ids[1]), UserID(ids[2]))
  }

  var text: String {
    [channel.rawValue, message.rawValue, author.rawValue].map { String($0, radix: 36) }.joined(separator: ".")
  }

  /// The message as Discord has it; nil when it is gone, or cannot be read.
  func fetch(_ context: PluginContext<Moderation>) async throws -> Message? {
    do {
      return try await context.bot.send(.getMessage(message, in: channel), priority: .interaction)
    } catch  where error.meansGone || (error as? RESTError)?.kind == .missingPermission {
      return nil
    }
  }
}
