// What came of acting on members, in one answer.

import DiscordCore
import DiscordModels
import PlatformPlugins
import Resources

/// Collects outcomes and puts them into words.
struct ActionSummary: Sendable {
  private let kind: CaseKind
  private var done: [(user: UserID, number: Int64, escalated: Int64?)] = []
  private var refused: [(user: UserID, refusal: Refusal)] = []
  private var untold: [UserID] = []

  init(_ kind: CaseKind) { self.kind = kind }

  mutating func add(_ user: UserID, _ outcome: SanctionOutcome, isUntold: Bool) {
    switch outcome {
    case .done(let number, let escalated): done.append((user, number, escalated))
    case .refused(let refusal): refused.append((user, refusal))
    }
    if isUntold { untold.append(user) }
  }

  /// The answer, seen by the caller where Discord has such a thing.
  func message(_ context: PluginContext<Moderation>) -> MessageCreate {
    let strings = context.strings
    var lines = done.map { entry in
      let line = strings(
        dynamic: "done.\(kind.rawValue)", ["user": "\(Mention.user(entry.user))", "case": "\(entry.number)"])
      return entry.escalated.map { line + " " + strings("done.escalated", ["case": "\($0)"]) } ?? line
    }
    if !untold.isEmpty {
      lines.append(strings("done.untold", ["users": untold.map { "<@\($0)>" }.joined(separator: " ")]))
    }
    if !refused.isEmpty {
      lines.append(strings("done.refused", ["count": "\(refused.count)"]))
      lines += refused.map { "\(Mention.user($0.user)): \(context.sentence($0.refusal))" }
    }
    return MessageCreate(lines.joined(separator: "\n").limited(to: MessageCreate.maximumContentLength))
      .ephemeral()
  }
}
