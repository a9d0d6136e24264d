// The intents of the gateway, and which event needs which.

/// What a session asked to hear (https://discord.com/developers/docs/events/gateway#gateway-intents).
struct GatewayIntents: OptionSet, Hashable, Sendable {
  let rawValue: UInt64

  init(rawValue: UInt64) { self.rawValue = rawValue }
  private init(bit: UInt64) { rawValue = 1 << bit }

  static let guilds = GatewayIntents(bit: 0)
  static let guildMembers = GatewayIntents(bit: 1)
  static let guildModeration = GatewayIntents(bit: 2)
  static let guildExpressions = GatewayIntents(bit: 3)
  static let guildIntegrations = GatewayIntents(bit: 4)
  static let guildWebhooks = GatewayIntents(bit: 5)
  static let guildInvites = GatewayIntents(bit: 6)
  static let guildVoiceStates = GatewayIntents(bit: 7)
  static let guildPresences = GatewayIntents(bit: 8)
  static let guildMessages = GatewayIntents(bit: 9)
  static let guildMessageReactions = GatewayIntents(bit: 10)
  static let guildMessageTyping = GatewayIntents(bit: 11)
  static let directMessages = GatewayIntents(bit: 12)
  static let directMessageReactions = GatewayIntents(bit: 13)
  static let directMessageTyping = GatewayIntents(bit: 14)
  static let messageContent = GatewayIntents(bit: 15)
  static let guildScheduledEvents = GatewayIntents(bit: 16)
  static let autoModerationConfiguration = GatewayIntents(bit: 20)
  static let autoModerationExecution = GatewayIntents(bit: 21)
  static let guildMessagePolls = GatewayIntents(bit: 24)
  static let directMessagePolls = GatewayIntents(bit: 25)

  static let privileged: GatewayIntents = [.guildMembers, .guildPresences, .messageContent]

  /// Every bit that has a meaning; another one closes the connection with 4013.
  static let all: GatewayIntents = {
    var all = GatewayIntents()
    for bit in Array(UInt64(0)...16) + [20, 21, 24, 25] { all.insert(GatewayIntents(bit: bit)) }
    return all
  }()

  /// The privileged intents that an application's flags allow (GATEWAY_PRESENCE 12 and 13, GATEWAY_GUILD_MEMBERS 14
  /// and 15, GATEWAY_MESSAGE_CONTENT 18 and 19; the odd one of each pair is the limited form).
  static func privileged(allowedBy flags: UInt64) -> GatewayIntents {
    var allowed = GatewayIntents()
    if flags & (1 << 12 | 1 << 13) != 0 { allowed.insert(.guildPresences) }
    if flags & (1 << 14 | 1 << 15) != 0 { allowed.insert(.guildMembers) }
    if flags & (1 << 18 | 1 << 19) != 0 { allowed.insert(.messageContent) }
    return allowed
  }

  /// The intents of which a session needs one to hear an event; empty for events that everyone hears.
  static func needed(for event: String, inGuild: Bool) -> GatewayIntents {
    switch event {
    case "MESSAGE_CREATE", "MESSAGE_UPDATE", "MESSAGE_DELETE", "MESSAGE_DELETE_BULK":
      inGuild ? .guildMessages : .directMessages
    case "MESSAGE_REACTION_ADD", "MESSAGE_REACTION_REMOVE", "MESSAGE_REACTION_REMOVE_ALL",
      "MESSAGE_REACTION_REMOVE_EMOJI":
      inGuild ? .guildMessageReactions : .directMessageReactions
    case "TYPING_START": inGuild ? .guildMessageTyping : .directMessageTyping
    case "MESSAGE_POLL_VOTE_ADD", "MESSAGE_POLL_VOTE_REMOVE":
      inGuild ? .guildMessagePolls : .directMessagePolls
    case "CHANNEL_PINS_UPDATE": inGuild ? .guilds : .directMessages
    default: byEvent[event] ?? []
    }
  }

  private static let byEvent: [String: GatewayIntents] = {
    var table: [String: GatewayIntents] = [:]
    func add(_ intents: GatewayIntents, _ events: String...) {
      for event in events { table[event] = intents }
    }
    add(
      .guilds, "GUILD_CREATE", "GUILD_UPDATE", "GUILD_DELETE", "GUILD_ROLE_CREATE", "GUILD_ROLE_UPDATE",
      "GUILD_ROLE_DELETE", "CHANNEL_CREATE", "CHANNEL_UPDATE", "CHANNEL_DELETE", "THREAD_CREATE", "THREAD_UPDATE",
      "THREAD_DELETE", "THREAD_LIST_SYNC", "THREAD_MEMBER_UPDATE", "STAGE_INSTANCE_CREATE",
      "STAGE_INSTANCE_UPDATE", "STAGE_INSTANCE_DELETE", "VOICE_CHANNEL_STATUS_UPDATE",
      "VOICE_CHANNEL_START_TIME_UPDATE")
    add([.guilds, .guildMembers], "THREAD_MEMBERS_UPDATE")
    add(
      .guildMembers, "GUILD_MEMBER_ADD", "GUILD_MEMBER_UPDATE", "GUILD_MEMBER_REMOVE",
      "GUILD_JOIN_REQUEST_CREATE", "GUILD_JOIN_REQUEST_UPDATE", "GUILD_JOIN_REQUEST_DELETE")
    add(.guildModeration, "GUILD_AUDIT_LOG_ENTRY_CREATE", "GUILD_BAN_ADD", "GUILD_BAN_REMOVE")
    add(
      .guildExpressions, "GUILD_EMOJIS_UPDATE", "GUILD_STICKERS_UPDATE", "GUILD_SOUNDBOARD_SOUND_CREATE",
      "GUILD_SOUNDBOARD_SOUND_UPDATE", "GUILD_SOUNDBOARD_SOUND_DELETE", "GUILD_SOUNDBOARD_SOUNDS_UPDATE")
    add(
      .guildIntegrations, "GUILD_INTEGRATIONS_UPDATE", "INTEGRATION_CREATE", "INTEGRATION_UPDATE",
      "INTEGRATION_DELETE")
    add(.guildWebhooks, "WEBHOOKS_UPDATE")
    add(.guildInvites, "INVITE_CREATE", "INVITE_DELETE")
    add(.guildVoiceStates, "VOICE_STATE_UPDATE", "VOICE_CHANNEL_EFFECT_SEND")
    add(.guildPresences, "PRESENCE_UPDATE")
    add(
      .guildScheduledEvents, "GUILD_SCHEDULED_EVENT_CREATE", "GUILD_SCHEDULED_EVENT_UPDATE",
      "GUILD_SCHEDULED_EVENT_DELETE", "GUILD_SCHEDULED_EVENT_USER_ADD", "GUILD_SCHEDULED_EVENT_USER_REMOVE",
      "GUILD_SCHEDULED_EVENT_EXCEPTION_CREATE", "GUILD_SCHEDULED_EVENT_EXCEPTION_UPDATE",
      "GUILD_SCHEDULED_EVENT_EXCEPTION_DELETE", "GUILD_SCHEDULED_EVENT_EXCEPTIONS_DELETE")
    add(
      .autoModerationConfiguration, "AUTO_MODERATION_RULE_CREATE", "AUTO_MODERATION_RULE_UPDATE",
      "AUTO_MODERATION_RULE_DELETE")
    add(.autoModerationExecution, "AUTO_MODERATION_ACTION_EXECUTION")
    return table
  }()
}
