// What people are told about their picks.

import DiscordCore
import DiscordModels
import EventLoop
import PlatformPlugins
import Resources

/// What people are answered.
enum Answers {
  /// What a pick led to, in words.
  static func text(_ outcome: Picking.Outcome, _ menu: RoleMenu, _ context: RoleContext) -> String {
    let strings = context.strings
    guard case .decided(let decision, let written) = outcome else { return strings["answer.known"] }
    var lines: [String] = []
    if case .refused(let refusal) = written { return context.sentence(refusal) }
    if case .gone = written { return strings["answer.notMember"] }
    let (given, taken) = (decision.change.given, decision.change.taken)
    // Written by a timer, it is a promise.
    let when = if case .later = written { "Soon" } else { "" }
    if !given.isEmpty {
      lines.append(strings(dynamic: "answer.given\(when)", ["roles": Telling.list(given)]))
    }
    if !taken.isEmpty {
      lines.append(strings(dynamic: "answer.taken\(when)", ["roles": Telling.list(taken)]))
    }
    let ends = decision.on.compactMap { menu.option($0) }.filter { $0.duration != nil }
    for option in ends {
      guard let duration = option.duration else { continue }
      let end = Mention.timestamp(context.clock + duration, .relative)
      lines.append(
        strings(dynamic: "answer.until", ["roles": Telling.list(option.roles), "when": "\(end)"]))
    }
    if let refusal = decision.refusal {
      lines.append(strings(dynamic: "refused.\(refusal.key)", parameters(refusal, menu)))
    }
    return lines.isEmpty ? strings["answer.nothing"] : lines.joined(separator: "\n")
  }

  static func parameters(_ refusal: MenuDecision.Reason, _ menu: RoleMenu) -> [String: String] {
    switch refusal {
    case .lacksRequired(let roles): ["roles": Telling.list(roles)]
    case .hasForbidden(let role): ["role": Mention.role(role).description]
    case .limit(let limit): ["limit": "\(limit)"]
    case .bound(let id), .alreadyHas(let id), .doesNotHave(let id):
      ["roles": Telling.list(menu.option(id)?.roles ?? [])]
    case .blocked(let role, _): ["role": Mention.role(role).description]
    case .gone: [:]
    }
  }
}
