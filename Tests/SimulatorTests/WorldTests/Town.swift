// A small world for tests: an owner, a member with exactly the permissions a test gives, others to act on.

import DiscordCore
import EventLoop
import JSON
import SimulatorWorld

/// One guild with everything that the rules speak of.
struct Town {
  let world: World
  let time = ManualTime()
  let guild: Guild
  let owner: UserID
  /// The one who acts; their role stands at position 10.
  let actor: UserID
  /// Somebody below the actor.
  let target: UserID
  let actorRole: RoleID
  /// A role below the actor's, that nobody has.
  let lowRole: RoleID
  let text: Channel
  let voice: Channel
  let stage: Channel
  let forum: Channel
  let news: Channel
  /// A message of the target in `text`.
  let message: MessageID
  /// A message of the actor in `text`.
  let own: MessageID

  init(actorIsBot: Bool = false, permissions: Permissions = .all.subtracting(.administrator)) throws {
    world = World(clock: WorldClock(time), seed: 7)
    owner = world.makeUser("owner").id
    guild = world.makeGuild("Town", owner: owner)
    guild.features.insert("COMMUNITY")
    actor =
      actorIsBot
      ? world.makeApplication("Bot", owner: owner).botID : world.makeUser("actor").id
    target = world.makeUser("target").id
    try world.join(actor, guild.id)
    try world.join(target, guild.id)
    // Under other names: what is inside the functions must not need the whole of `self`.
    let (place, home) = (world, guild)
    func role(_ name: String, _ position: Int, _ permissions: Permissions) -> RoleID {
      var role = Role(id: place.newID(), name: name)
      (role.position, role.permissions) = (position, permissions)
      home.roles[role.id] = role
      return role.id
    }
    actorRole = role("actor", 10, permissions)
    lowRole = role("low", 2, [])
    guild.members[actor]?.roles = [actorRole]
    // What the actor has is decided by their role alone.
    guild.roles[guild.everyoneRole]?.permissions = [.viewChannel, .readMessageHistory]
    func channel(_ name: String, _ kind: ChannelKind) -> Channel {
      let channel = Channel(id: place.newID(), kind: kind, guildID: home.id, name: name)
      channel.position = home.channels.count
      place.add(channel, to: home)
      return channel
    }
    text = channel("text", .text)
    voice = channel("voice", .voice)
    stage = channel("stage", .stage)
    forum = channel("forum", .forum)
    news = channel("news", .announcement)
    func write(_ author: UserID, _ content: String, in channel: Channel) -> MessageID {
      var message = Message(id: place.newID(), channel: channel.id, author: .user(author))
      message.content = content
      place.post(message, in: channel)
      return message.id
    }
    message = write(target, "a message", in: text)
    own = write(actor, "my own", in: text)
  }

  /// Everything the world can be seen to hold, as one text: two equal ones mean that nothing changed.
  func fingerprint() throws -> String {
    var parts: [JSONValue] = [
      world.guildCreate(guild, for: owner, intents: .all, largeThreshold: 1_000_000)
    ]
    for channel in world.channels.values.sorted(by: { $0.id < $1.id }) {
      parts.append(world.json(channel))
      parts.append(.array(channel.messages.all.map { world.json($0) }))
      parts.append(.array(channel.pins.map { .id($0.message) }))
      parts.append(.array((channel.thread?.members.keys.sorted() ?? []).map { .id($0) }))
    }
    parts += guild.auditLog.map { world.json($0) }
    parts += guild.bans.values.sorted { $0.user < $1.user }.map { world.json($0) }
    parts += guild.autoModeration.values.sorted { $0.id < $1.id }.map { world.json($0, guild.id) }
    parts += guild.templates.values.map { world.json($0, guild.id) }
    parts += guild.integrations.values.map { world.json($0, withUser: true) }
    parts.append(world.invites(of: guild, channel: nil))
    parts.append(try world.onboarding(of: guild.id, for: owner))
    return String(decoding: try JSONValue.array(parts).encoded(), as: UTF8.self)
  }

  /// The failure that `body` throws; nil when it throws none.
  func refusal(_ body: () throws(RESTFailure) -> Void) -> RESTFailure? {
    do throws(RESTFailure) {
      try body()
      return nil
    } catch {
      return error
    }
  }
}

/// A session that remembers what it was told.
final class Listener: WorldSink {
  let viewer: UserID
  let intents: EventIntents
  private(set) var events: [(name: String, data: JSONValue)] = []
  private(set) var hasEnded = false

  init(_ viewer: UserID, _ intents: EventIntents = .all) { (self.viewer, self.intents) = (viewer, intents) }

  func covers(_ guild: GuildID?) -> Bool { true }

  func receive(_ event: WorldEvent, withContent: Bool) {
    // What the world writes can be read back; a test would see the null.
    let data = (try? JSONValue(parsing: event.data(withContent: withContent))) ?? .null
    events.append((event.name, data))
  }

  func worldEnded() { hasEnded = true }

  var names: [String] { events.map(\.name) }

  func last(_ name: String) -> JSONValue? { events.last { $0.name == name }?.data }

  func forget() { events = [] }
}
