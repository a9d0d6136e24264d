// What plugins ask of whoever keeps the cases: to act on a member, with a record.

package import DiscordCore
import EventLoop

/// What is done to a member, or said about them.
package enum SanctionKind: String, Hashable, Sendable, CaseIterable {
  case note, warn, timeout, untimeout, kick, ban, unban, softban, quarantine, release
}

/// Who does it.
package enum SanctionActor: Hashable, Sendable {
  case person(Person)
  /// A plugin, of its own accord, and which of its rules.
  case automatic(plugin: String, rule: String)
}

/// An action on a member that shall be taken, recorded, told to the member and logged.
package struct Sanction: Sendable {
  package var kind: SanctionKind
  package var target: UserID
  package var actor: SanctionActor
  package var reason: String
  /// Of a time-out, or of a ban that ends by itself; nil for good.
  package var duration: Duration?
  /// Points for the escalation ladder; nil takes what the guild set for the kind.
  package var points: Double?
  /// The message it is about: a link to it, and what was in it, where the guild keeps that.
  package var message: MessageLinkEvidence?
  /// Of a ban: delete what they wrote in so many seconds, 604,800 at most.
  package var deletesMessagesOfSeconds = 0
  /// Whether the member is told by direct message; nil as the guild set it.
  package var notifies: Bool?
  /// The target's roles, when an event just brought them.
  package var targetRoles: [RoleID]?

  package init(
    _ kind: SanctionKind, of target: UserID, by actor: SanctionActor, because reason: String,
    for duration: Duration? = nil
  ) {
    (self.kind, self.target, self.actor, self.reason, self.duration) = (kind, target, actor, reason, duration)
  }
}

/// A message as evidence.
package struct MessageLinkEvidence: Hashable, Sendable {
  package var channel: ChannelID
  package var message: MessageID
  /// nil when it shall not be kept.
  package var content: String?
  /// What it replied to, and the names of its attachments; kept as the content is.
  package var repliedTo: MessageID?
  package var attachments: [String] = []

  package init(channel: ChannelID, message: MessageID, content: String? = nil) {
    (self.channel, self.message, self.content) = (channel, message, content)
  }
}

/// What came of it.
package enum SanctionOutcome: Hashable, Sendable {
  /// Done, under that case number; the ladder may have added a case of its own. The same when it is asked for again.
  case done(caseNumber: Int64, escalatedTo: Int64?)
  /// Nothing was done; the sentence of the refusal says why.
  case refused(Refusal)
}

/// Acts on members and keeps the cases.
package protocol Sanctioning: Sendable {
  /// Acts once for each cause and `name`.
  ///
  /// - Throws: `RESTError` when Discord cannot be asked, what the store throws: then it shall be tried again.
  func apply(_ sanction: Sanction, as name: String) async throws -> SanctionOutcome
}

extension Capability<any Sanctioning> {
  /// Provided by moderation.
  package static let sanctions = Capability<any Sanctioning>("sanctions")
}
