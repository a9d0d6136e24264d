// The staff's entries in the menu of a message: acting on its author, with the message as evidence.

import DiscordBot
import DiscordCore
import DiscordModels
import DiscordREST
import EventLoop
import PlatformPlugins

enum MessageMenus {
  /// What one can do from the menu.
  enum Entry: String, Hashable, Sendable, CaseIterable {
    case warn = "warn-author"
    case timeout = "timeout-author"
    case deleteAndWarn = "delete-warn"

    var permission: Permissions {
      self == .deleteAndWarn ? [.moderateMembers, .manageMessages] : .moderateMembers
    }

    var sanction: SanctionKind { self == .timeout ? .timeout : .warn }
  }

  private static let form = "author"

  static func declare(_ plugin: inout PluginDeclaration<Moderation>) {
    for entry in Entry.allCases {
      plugin.menu(.message, entry.rawValue, permission: entry.permission, deferral: .never) { call in
        try await open(call, entry)
      }
    }
    plugin.modal(form, sent)
  }

  private static func open(_ call: MenuCall<Moderation>, _ entry: Entry) async throws {
    guard case .message(let message) = call.target else { return }
    try check(entry, call.person)
    guard message.webhookID == nil else { throw Refusal("menu.webhook") }
    let state = "\(entry.rawValue.first ?? "w").\(MessageState(message).text)"
    try await call.open(
      try await SanctionForm.modal(
        call.context, title: "menu.\(entry.rawValue)",
        id: try await call.context.componentID(form, state), entry.sanction))
  }

  private static func sent(_ call: ModalCall<Moderation>) async throws {
    let context = call.context
    guard let entry = Entry.allCases.first(where: { $0.rawValue.first == call.state.first }),
      let state = MessageState(call.state.dropFirst(2))
    else { throw Refusal("report.gone") }
    try check(entry, call.person)
    let (reason, duration) = try SanctionForm.read(call, entry.sanction)
    var sanction = Sanction(
      entry.sanction, of: state.author, by: .person(call.person), because: reason, for: duration)
    var evidence = MessageLinkEvidence(channel: state.channel, message: state.message)
    if let message = try await state.fetch(context) {
      evidence.content = message.content
      evidence.repliedTo = message.reference?.messageID
      evidence.attachments = message.attachments.map(\.filename)
    }
    sanction.message = evidence
    switch try await Sanctioner(context).apply(sanction, as: "author") {
    case .refused(let refusal): throw refusal
    case .done(let number, let escalated):
      if entry == .deleteAndWarn { try await delete(state, context, call.person, reason) }
      let key = escalated == nil ? "menu.done" : "menu.doneEscalated"
      try await call.reply(
        key,
        [
          "user": "<@\(state.author)>", "case": "\(number)", "escalated": escalated.map { "\($0)" } ?? "",
        ])
    }
  }

  private static func delete(
    _ state: MessageState, _ context: PluginContext<Moderation>, _ person: Person, _ reason: String
  ) async throws {
    do {
      try await context.effects.perform(
        .deleteMessage(
          state.message, in: state.channel,
          reason: OperationLog(context).auditReason("purge.reason", by: person.user, because: reason)),
        as: "delete")
    } catch  where error.meansGone {
      // Its author or somebody else was faster.
    } catch let error as RESTError where error.kind == .missingPermission {
      context.why(.missingPermission, "menu.notDeleted")
      throw Refusal("menu.notDeleted")
    }
  }

  private static func check(_ entry: Entry, _ person: Person) throws {
    guard person.permissions.contains(.administrator) || person.permissions.isSuperset(of: entry.permission)
    else {
      throw Refusal("report.notYours", ["permission": entry.permission.names.joined(separator: ", ")])
    }
  }
}
