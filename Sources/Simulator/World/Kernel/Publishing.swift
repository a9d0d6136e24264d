// How a change reaches those who listen: events, audiences, sinks.

package import DiscordCore
package import JSON

/// Gateway intents (https://discord.com/developers/docs/events/gateway#gateway-intents).
package struct EventIntents: OptionSet, Hashable, Sendable {
  package let rawValue: UInt32

  package init(rawValue: UInt32) { self.rawValue = rawValue }

  /// By their names in Discord's documentation.
  package static let guilds = EventIntents(rawValue: 1 << 0)
  package static let guildMembers = EventIntents(rawValue: 1 << 1)
  package static let guildModeration = EventIntents(rawValue: 1 << 2)
  package static let guildExpressions = EventIntents(rawValue: 1 << 3)
  package static let guildIntegrations = EventIntents(rawValue: 1 << 4)
  package static let guildWebhooks = EventIntents(rawValue: 1 << 5)
  package static let guildInvites = EventIntents(rawValue: 1 << 6)
  package static let guildVoiceStates = EventIntents(rawValue: 1 << 7)
  package static let guildPresences = EventIntents(rawValue: 1 << 8)
  package static let guildMessages = EventIntents(rawValue: 1 << 9)
  package static let guildMessageReactions = EventIntents(rawValue: 1 << 10)
  package static let guildMessageTyping = EventIntents(rawValue: 1 << 11)
  package static let directMessages = EventIntents(rawValue: 1 << 12)
  package static let directMessageReactions = EventIntents(rawValue: 1 << 13)
  package static let directMessageTyping = EventIntents(rawValue: 1 << 14)
  package static let messageContent = EventIntents(rawValue: 1 << 15)
  package static let guildScheduledEvents = EventIntents(rawValue: 1 << 16)
  package static let autoModerationConfiguration = EventIntents(rawValue: 1 << 20)
  package static let autoModerationExecution = EventIntents(rawValue: 1 << 21)
  package static let guildMessagePolls = EventIntents(rawValue: 1 << 24)
  package static let directMessagePolls = EventIntents(rawValue: 1 << 25)

  /// Every intent there is: what a person's own session has.
  package static let all = EventIntents(rawValue: 0x0331_FFFF)
  /// What an application must be approved for.
  package static let privileged: EventIntents = [.guildMembers, .guildPresences, .messageContent]
}

/// Who is told of an event. Within a guild only its members are; every further condition narrows it.
package struct Audience: Sendable {
  /// The widest circle.
  package enum Circle: Sendable {
    case guild(GuildID)
    case users([UserID])
  }

  /// Whom the conditions below choose from.
  package var circle: Circle
  /// The guild that the event is about, which decides the shard; nil for direct messages.
  package var guild: GuildID?
  /// A session needs one of these; empty: every session is told.
  package var intents: EventIntents = []
  /// Only those who can see this channel.
  package var channel: ChannelID?
  /// Only those who have these permissions in the guild.
  package var permissions: Permissions = []
  /// Everyone but them.
  package var except: Set<UserID> = []
  /// Among the circle, only them; nil for all.
  package var only: Set<UserID>?
  /// Who reads the content of a message without the intent for it; nil where there is no content to hide.
  package var readers: Set<UserID>?

  private init(circle: Circle, guild: GuildID?) { (self.circle, self.guild) = (circle, guild) }

  /// The members of a guild.
  package static func guild(
    _ guild: GuildID, _ intents: EventIntents = .guilds, seeing channel: ChannelID? = nil,
    having permissions: Permissions = [], except: Set<UserID> = [], only: Set<UserID>? = nil
  ) -> Audience {
    var audience = Audience(circle: .guild(guild), guild: guild)
    audience.intents = intents
    audience.channel = channel
    audience.permissions = permissions
    audience.except = except
    audience.only = only
    return audience
  }

  /// These users, wherever they are: direct messages, and what concerns one user only. With a guild, the sessions
  /// of the guild's shard are meant.
  package static func users(_ users: [UserID], _ intents: EventIntents = [], in guild: GuildID? = nil)
    -> Audience
  {
    var audience = Audience(circle: .users(users), guild: guild)
    audience.intents = intents
    return audience
  }

  /// One user.
  package static func user(_ user: UserID, _ intents: EventIntents = []) -> Audience {
    users([user], intents)
  }

  /// The bot of an application.
  package static func application(_ application: ApplicationID) -> Audience { user(application.converted()) }
}

/// One event on its way. Its JSON is written once for all who are told the same.
package final class WorldEvent {
  /// Discord's name, such as `MESSAGE_CREATE`.
  package let name: String
  /// The guild it is about; nil for direct messages and events of one user.
  package let guild: GuildID?
  /// `d`, with everything in it.
  package let payload: JSONValue
  private let hidesContent: Bool
  private var whole: [UInt8]?
  private var emptied: [UInt8]?

  init(name: String, guild: GuildID?, payload: JSONValue, hidesContent: Bool) {
    (self.name, self.guild, self.payload, self.hidesContent) = (name, guild, payload, hidesContent)
  }

  /// `d` as JSON text; `withContent` is whether the receiver reads what people write.
  package func data(withContent: Bool) -> [UInt8] {
    if withContent || !hidesContent {
      if let whole { return whole }
      let bytes = Self.encode(payload)
      whole = bytes
      return bytes
    }
    if let emptied { return emptied }
    let bytes = Self.encode(payload.withoutMessageContent)
    emptied = bytes
    return bytes
  }

  private static func encode(_ value: JSONValue) -> [UInt8] {
    do {
      return try value.encoded()
    } catch {
      // Only a number that is not finite or an absurd size could do it; the world makes neither.
      return Array("null".utf8)
    }
  }
}

extension JSONValue {
  /// A message without what the MESSAGE_CONTENT intent is needed for
  /// (https://discord.com/developers/docs/events/gateway#message-content-intent).
  package var withoutMessageContent: JSONValue {
    guard var object else { return self }
    for index in object.fields.indices {
      switch object.fields[index].key {
      case "content": object.fields[index].value = ""
      case "embeds", "attachments", "components": object.fields[index].value = []
      case "message_snapshots":
        object.fields[index].value = .array(
          (object.fields[index].value.array ?? []).map { snapshot in
            ["message": (snapshot["message"] ?? .null).withoutMessageContent]
          })
      default: continue
      }
    }
    object.fields.removeAll { $0.key == "poll" }
    return .object(object)
  }
}

/// A session that listens to the world. Called on the world's loop, synchronously.
package protocol WorldSink: AnyObject {
  /// Whose session it is.
  var viewer: UserID { get }
  /// What it wants to hear; a person's session has all.
  var intents: EventIntents { get }
  /// Whether events of that guild go to it; nil asks for events outside of guilds (the first shard's).
  func covers(_ guild: GuildID?) -> Bool
  /// Takes an event it is to be told of. `withContent`: whether it may read what people wrote.
  func receive(_ event: WorldEvent, withContent: Bool)
  /// The world is gone: a reset put another in its place.
  func worldEnded()
}

/// The sinks of one world, by user.
struct SinkTable {
  private(set) var byUser: [UserID: [any WorldSink]] = [:]

  mutating func add(_ sink: any WorldSink) { byUser[sink.viewer, default: []].append(sink) }

  mutating func remove(_ sink: any WorldSink) {
    byUser[sink.viewer]?.removeAll { $0 === sink }
    if byUser[sink.viewer]?.isEmpty == true { byUser[sink.viewer] = nil }
  }
}
