// What a bot asks Discord to be told of.

/// Gateway intents (https://discord.com/developers/docs/events/gateway#gateway-intents). Unknown bits are kept.
package struct Intents: OptionSet, Hashable, Sendable {
  package let rawValue: UInt32

  package init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Guilds, their roles, channels, threads and stages.
  package static let guilds = Intents(rawValue: 1 << 0)
  /// Privileged.
  package static let guildMembers = Intents(rawValue: 1 << 1)
  package static let guildModeration = Intents(rawValue: 1 << 2)
  package static let guildExpressions = Intents(rawValue: 1 << 3)
  package static let guildIntegrations = Intents(rawValue: 1 << 4)
  package static let guildWebhooks = Intents(rawValue: 1 << 5)
  package static let guildInvites = Intents(rawValue: 1 << 6)
  package static let guildVoiceStates = Intents(rawValue: 1 << 7)
  /// Privileged.
  package static let guildPresences = Intents(rawValue: 1 << 8)
  package static let guildMessages = Intents(rawValue: 1 << 9)
  package static let guildMessageReactions = Intents(rawValue: 1 << 10)
  package static let guildMessageTyping = Intents(rawValue: 1 << 11)
  package static let directMessages = Intents(rawValue: 1 << 12)
  package static let directMessageReactions = Intents(rawValue: 1 << 13)
  package static let directMessageTyping = Intents(rawValue: 1 << 14)
  /// Privileged. Brings no events of its own, but the content in others.
  package static let messageContent = Intents(rawValue: 1 << 15)
  package static let guildScheduledEvents = Intents(rawValue: 1 << 16)
  package static let autoModerationConfiguration = Intents(rawValue: 1 << 20)
  package static let autoModerationExecution = Intents(rawValue: 1 << 21)
  package static let guildMessagePolls = Intents(rawValue: 1 << 24)
  package static let directMessagePolls = Intents(rawValue: 1 << 25)

  /// Those that have to be switched on for the application, and approved for large ones.
  package static let privileged: Intents = [.guildMembers, .guildPresences, .messageContent]

  /// All that were documented when this was written.
  package static let documented = Intents(names.map(\.intent))
  /// All that need no leave.
  package static let unprivileged = documented.subtracting(privileged)

  /// The privileged ones among these.
  package var privileged: Intents { intersection(.privileged) }

  private static let names: [(intent: Intents, name: String)] = [
    (.guilds, "GUILDS"), (.guildMembers, "GUILD_MEMBERS"), (.guildModeration, "GUILD_MODERATION"),
    (.guildExpressions, "GUILD_EXPRESSIONS"), (.guildIntegrations, "GUILD_INTEGRATIONS"),
    (.guildWebhooks, "GUILD_WEBHOOKS"), (.guildInvites, "GUILD_INVITES"),
    (.guildVoiceStates, "GUILD_VOICE_STATES"), (.guildPresences, "GUILD_PRESENCES"),
    (.guildMessages, "GUILD_MESSAGES"), (.guildMessageReactions, "GUILD_MESSAGE_REACTIONS"),
    (.guildMessageTyping, "GUILD_MESSAGE_TYPING"), (.directMessages, "DIRECT_MESSAGES"),
    (.directMessageReactions, "DIRECT_MESSAGE_REACTIONS"), (.directMessageTyping, "DIRECT_MESSAGE_TYPING"),
    (.messageContent, "MESSAGE_CONTENT"), (.guildScheduledEvents, "GUILD_SCHEDULED_EVENTS"),
    (.autoModerationConfiguration, "AUTO_MODERATION_CONFIGURATION"),
    (.autoModerationExecution, "AUTO_MODERATION_EXECUTION"), (.guildMessagePolls, "GUILD_MESSAGE_POLLS"),
    (.directMessagePolls, "DIRECT_MESSAGE_POLLS"),
  ]

  /// Discord's names, in the order of the bits; a bit without one is `1<<n`.
  package var names: [String] {
    (0..<32).compactMap { bit in
      let intent = Intents(rawValue: 1 << bit)
      guard contains(intent) else { return nil }
      return Self.names.first { $0.intent == intent }?.name ?? "1<<\(bit)"
    }
  }
}

extension Intents: CustomStringConvertible {
  package var description: String { names.isEmpty ? "none" : names.joined(separator: ", ") }
}
