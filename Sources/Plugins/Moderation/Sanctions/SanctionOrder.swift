// What shall be done to whom, in the plugin's own terms.

import DiscordCore
import EventLoop
import PlatformPlugins

/// An action that shall be taken: a `Sanction` of any plugin, and what only this one can ask for.
struct SanctionOrder: Sendable {
  var kind: CaseKind
  var target: UserID
  var actor: SanctionActor
  var reason: String
  var duration: Duration?
  /// nil takes what the guild set for the kind.
  var points: Double?
  var message: MessageLinkEvidence?
  var deletesMessagesOfSeconds = 0
  var notifies: Bool?
  var targetRoles: [RoleID]?
  /// Of the kind `role`.
  var role: RoleID?
  /// The case that led to it by the ladder.
  var parent: Int64?

  init(
    _ kind: CaseKind, of target: UserID, by actor: SanctionActor, because reason: String,
    for duration: Duration? = nil
  ) {
    (self.kind, self.target, self.actor) = (kind, target, actor)
    (self.reason, self.duration) = (reason, duration)
  }

  init(_ sanction: Sanction) {
    self.init(
      CaseKind(sanction.kind), of: sanction.target, by: sanction.actor, because: sanction.reason,
      for: sanction.duration)
    points = sanction.points
    message = sanction.message
    deletesMessagesOfSeconds = sanction.deletesMessagesOfSeconds
    notifies = sanction.notifies
    targetRoles = sanction.targetRoles
  }

  /// What a step of the ladder asks for.
  init(_ step: LadderStep, after record: CaseRecord, because reason: String) {
    let kind: CaseKind =
      switch step.action {
      case .timeout: .timeout
      case .kick: .kick
      case .ban: .ban
      case .role: .role
      case .quarantine: .quarantine
      }
    self.init(
      kind, of: record.target, by: .automatic(plugin: Moderation.id, rule: "ladder"), because: reason,
      for: kind == .kick ? nil : step.duration)
    // What the ladder does is no rung of it.
    points = 0
    role = step.role
    parent = record.number
  }

  var source: CaseSource {
    switch actor {
    case .person(let person): .person(person.user)
    case .automatic(let plugin, let rule): .automatic(plugin: plugin, rule: rule)
    }
  }

  var person: Person? {
    if case .person(let person) = actor { person } else { nil }
  }
}

extension CaseKind {
  init(_ kind: SanctionKind) {
    self =
      switch kind {
      case .note: .note
      case .warn: .warn
      case .timeout: .timeout
      case .untimeout: .untimeout
      case .kick: .kick
      case .ban: .ban
      case .unban: .unban
      case .softban: .softban
      case .quarantine: .quarantine
      case .release: .release
      }
  }

  /// Whether the bot can write to the member afterwards no more: they share no server.
  var removes: Bool { self == .kick || self == .ban || self == .softban }

  /// Whether it takes something from the member.
  var isPunishment: Bool {
    switch self {
    case .warn, .timeout, .kick, .ban, .softban, .quarantine: true
    case .note, .untimeout, .unban, .release, .role: false
    }
  }
}
