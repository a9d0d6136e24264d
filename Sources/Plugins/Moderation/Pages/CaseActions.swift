// What the forms on a case's page do: another reason, and deleting.

import DiscordCore
import HTML
import PlatformPlugins
import Resources

/// Changes to cases from the dashboard; the store audits them as it does for commands.
enum CaseActions {
  /// What came of a form.
  enum Outcome: Sendable, Equatable {
    case done(String)
    case refused(String)
  }

  static func declare(_ plugin: inout PluginDeclaration<Moderation>) {
    plugin.action("edit") { context, request in answer(try await edit(context, request), request) }
    plugin.action("void") { context, request in answer(try await void(context, request), request) }
  }

  /// Gives the case another reason.
  static func edit(_ context: PluginContext<Moderation>, _ request: PageRequest) async throws -> Outcome {
    let strings = context.strings
    guard let number = request.fields["number"].flatMap({ Int64($0) }), let reason = reason(request),
      !reason.isEmpty
    else { return .refused(strings["page.case.reasonNeeded"]) }
    guard
      let change = try await CaseStore(context.store).changeReason(
        of: number, to: reason, by: request.user, at: context.now, effectKey: context.effects.key("edit"))
    else { return .refused(strings(dynamic: "refusal.noCase", ["case": "\(number)"])) }
    context.core.host.changed(in: context.guild)
    try await ModLog(context).postChange(
      "log.edited", of: change.after, by: request.user, before: change.before)
    return .done(strings(dynamic: "case.edited", ["case": "\(number)"]))
  }

  /// Declares the case void.
  static func void(_ context: PluginContext<Moderation>, _ request: PageRequest) async throws -> Outcome {
    let strings = context.strings
    guard let number = request.fields["number"].flatMap({ Int64($0) }), let reason = reason(request),
      !reason.isEmpty
    else { return .refused(strings["page.case.reasonNeeded"]) }
    guard
      let record = try await CaseStore(context.store).void(
        number, by: request.user, because: reason, at: context.now)
    else { return .refused(strings(dynamic: "refusal.noCase", ["case": "\(number)"])) }
    context.core.host.changed(in: context.guild)
    try await ModLog(context).postChange("log.deleted", of: record, by: request.user)
    return .done(strings(dynamic: "case.deleted", ["case": "\(number)"]))
  }

  /// The reason of the form, without blanks around it; nil for one that is too long.
  private static func reason(_ request: PageRequest) -> String? {
    var reason = Substring(request.fields["reason"] ?? "").drop { $0.isWhitespace }
    while reason.last?.isWhitespace == true { reason.removeLast() }
    return reason.unicodeScalars.count <= SanctionLimits.reasonLength ? String(reason) : nil
  }

  private static func answer(_ outcome: Outcome, _ request: PageRequest) -> ActionOutcome {
    let number = request.fields["number"] ?? ""
    switch outcome {
    case .done(let sentence): return .done(sentence, next: PageLink("case", ("number", number)))
    case .refused(let sentence): return .refused(sentence, next: PageLink("case", ("number", number)))
    }
  }
}
