// Why something was done or left: a decision and what it was about.

package import DiscordCore
package import EventLoop

/// What a decision was about; whatever of it there is.
package struct WhySubject: Hashable, Sendable {
  package var message: MessageID?
  package var member: UserID?
  package var channel: ChannelID?

  package init(message: MessageID? = nil, member: UserID? = nil, channel: ChannelID? = nil) {
    (self.message, self.member, self.channel) = (message, member, channel)
  }

  /// This one, with the other's parts where they are given.
  package func merging(_ other: WhySubject) -> WhySubject {
    WhySubject(
      message: other.message ?? message, member: other.member ?? member, channel: other.channel ?? channel)
  }
}

/// One decision, kept for a day.
package struct WhyRecord: Hashable, Sendable {
  /// What came of it.
  package enum Outcome: String, Sendable, CaseIterable {
    /// Something was done.
    case acted
    /// A rule matched and was told not to act, or to act only in appearance.
    case dryRun
    case switchedOff, exempt, missingPermission, roleOrder, missingIntent, coolDown, notAllowed
    /// Nothing matched.
    case noMatch
    /// The handler failed, took too long, or is being left alone for a while because of that.
    case failed, tooSlow, breakerOpen
    /// Discord refused.
    case refused
  }

  /// When it was decided.
  package let at: Timestamp
  /// Who decided.
  package let plugin: String
  /// The key of the event, timer or interaction.
  package let cause: String
  package let subject: WhySubject
  package let outcome: Outcome
  /// Of the sentence `why.<key>` in the plugin's catalog.
  package let key: String
  /// What the sentence names. No message text.
  package let parameters: [String: String]

  package init(
    at: Timestamp, plugin: String, cause: String, subject: WhySubject, outcome: Outcome, key: String,
    parameters: [String: String] = [:]
  ) {
    (self.at, self.plugin, self.cause, self.subject) = (at, plugin, cause, subject)
    (self.outcome, self.key, self.parameters) = (outcome, key, parameters)
  }
}
