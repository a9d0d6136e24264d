// How a registered bot is doing here and now, and what it is run with.

package import DiscordBot
package import DiscordCore
package import EventLoop
package import PlatformText

/// A registered bot in the process that runs it.
package struct BotStatus: Hashable, Sendable {
  package let bot: UserID
  package var state: BotState
  /// Since when it is in that state.
  package var since: Timestamp
  /// Crashes since it last was well.
  package var crashes: Int
  /// When it is started again by itself; nil when it runs, or waits for a person.
  package var nextStart: Timestamp?
  /// Why it could not be started, if the reason is ours and not the bot's.
  package var problem: Sentence?

  /// Everything there is to tell about the state.
  package var reasons: [Sentence] { (problem.map { [$0] } ?? []) + state.reasons }
}

/// What a bot is run with.
package struct BotEquipment: Sendable {
  package var configuration: BotConfiguration
  /// Who answers its interactions, of guilds that it serves.
  package var routing: any InteractionRouting
  /// Answers interactions of guilds that another bot serves: a sentence, and no more. Nil leaves them unanswered.
  package var elsewhere: InteractionRoute?
  /// Called before the bot is started, to subscribe to its events. What is returned is kept until the bot is stopped.
  package var attach: @Sendable (Bot) -> [any Sendable]

  package init(
    configuration: BotConfiguration = BotConfiguration(), routing: any InteractionRouting,
    elsewhere: InteractionRoute? = nil, attach: @escaping @Sendable (Bot) -> [any Sendable] = { _ in [] }
  ) {
    (self.configuration, self.routing) = (configuration, routing)
    (self.elsewhere, self.attach) = (elsewhere, attach)
  }
}
