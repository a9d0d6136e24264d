// A community that grows from a seed: guilds, people, channels, and what was said in them.

internal import DiscordCore
internal import EventLoop
internal import JSON

extension World {
  /// A seeded world: the guild "Lanternfall" with its people and history, a smaller guild, an empty one that the demo
  /// bot is not in, and two applications, "Guildhall" and "Second Bot". The same from the same seed and clock.
  package static func seeded(seed: UInt64, clock: WorldClock = WorldClock()) -> World {
    let world = World(clock: clock, seed: seed)
    CommunityBuilder(world).build()
    return world
  }

  /// The application of the demo bot, if the world was seeded.
  package var demoApplication: Application? {
    applications.values.first { $0.name == CommunityBuilder.demoName }
  }
}

/// Builds the seeded community. Everything is made in the past of the world's clock, day by day.
final class CommunityBuilder {
  static let demoName = "Guildhall"

  let world: World
  var people: [String: UserID] = [:]
  var channels: [String: Channel] = [:]
  var roles: [String: RoleID] = [:]
  private let present: Timestamp
  private let clock: WorldClock

  init(_ world: World) {
    self.world = world
    clock = world.clock
    present = world.now
  }

  func build() {
    world.setTime(present - .seconds(420 * 86_400))
    makePeople()
    let guild = buildLanternfall()
    buildSecondGuild()
    buildEmptyGuild()
    inviteBots(to: guild)
    writeHistory()
    world.clock = clock
    world.fireDue()
    plan(in: guild)
    for user in Cast.people.compactMap({ people[$0.username] }) {
      let statuses = ["online", "online", "idle", "dnd", "offline"]
      world.setPresence(status: statuses[Int(world.random.next() % 5)], of: user)
    }
  }

  // MARK: People

  private func makePeople() {
    for person in Cast.people {
      var user = world.makeUser(person.username, globalName: person.name)
      user.bio = person.bio
      user.accentColor = person.color
      world.put(user)
      people[person.username] = user.id
      tick(minutes: 7)
    }
  }

  private func inviteBots(to guild: Guild) {
    guard let owner = people["maren"] else { return }
    for (name, permissions) in [(Self.demoName, Permissions.administrator), ("Second Bot", .secondBot)] {
      tick(minutes: 30)
      let application = world.makeApplication(name, owner: owner)
      world.applications[application.id]?.description =
        name == Self.demoName ? "The bot you came to try." : "Another bot, with fewer permissions."
      world.applications[application.id]?.installPermissions = permissions
      join(application.botID, guild, permissions: permissions)
      world.setPresence(status: "online", of: application.botID)
    }
    // The demo bot stands high, so that what a newcomer tries works.
    if let bot = guild.roles.values.first(where: { $0.name == Self.demoName }) {
      let top = guild.roles.values.map(\.position).max() ?? 1
      for role in guild.roles.values where role.position > bot.position {
        guild.roles[role.id]?.position -= 1
      }
      guild.roles[bot.id]?.position = top
    }
    if let second = world.guilds.values.first(where: { $0.name == "Tiny Tavern" }),
      let demo = world.demoApplication
    {
      join(demo.botID, second, permissions: .administrator)
    }
  }

  func join(_ user: UserID, _ guild: Guild, roles: [RoleID] = [], permissions: Permissions = []) {
    do throws(RESTFailure) {
      try world.join(user, guild.id, roles: roles, permissions: permissions)
    } catch {
      assertionFailure("the seeded community breaks a rule: \(error.message)")
    }
  }

  // MARK: Time

  func tick(minutes: Int) {
    world.setTime(world.now + .seconds(minutes * 60 + Int(world.random.next() % 50)))
  }

  /// Goes on to so long before the present. Ids grow with time: the past can only be told in order.
  func go(toHoursAgo hours: Int) { world.setTime(max(world.now, present - .seconds(hours * 3_600))) }

  // MARK: The smaller guilds

  private func buildSecondGuild() {
    guard let owner = people["tobias"] else { return }
    let guild = world.makeGuild("Tiny Tavern", owner: owner)
    guild.summary = "Five friends, one table, too many dice."
    guild.icon = world.random.hex(32)
    let text = add("table-talk", .text, to: guild, topic: "Who brings snacks on Friday?")
    add("Fireplace", .voice, to: guild)
    guild.systemChannelID = text.id
    for name in ["ines", "wren", "kofi", "pippa"] {
      if let user = people[name] { join(user, guild) }
    }
    say("tobias", "Friday, eight o'clock. I have cleaned the table. Twice.", in: text)
    say("wren", "bringing the good crisps", in: text)
    say("kofi", "and I bring opinions about crisps", in: text)
  }

  private func buildEmptyGuild() {
    guard let owner = people["solveig"] else { return }
    let guild = world.makeGuild("Quiet Harbor", owner: owner)
    add("general", .text, to: guild)
  }

  // MARK: Channels and words

  @discardableResult
  func add(
    _ name: String, _ kind: ChannelKind, to guild: Guild, under parent: Channel? = nil, topic: String? = nil
  ) -> Channel {
    let channel = Channel(id: world.newID(), kind: kind, guildID: guild.id, name: name)
    channel.topic = topic
    channel.parentID = parent?.id
    channel.position = guild.channels.count
    if let parent { channel.overwrites = parent.overwrites }
    world.add(channel, to: guild)
    return channel
  }

  @discardableResult
  func say(_ name: String, _ text: String, in channel: Channel, answering: MessageID? = nil) -> MessageID? {
    guard let author = people[name] else { return nil }
    tick(minutes: Int(world.random.next() % 6))
    var message = Message(id: world.newID(), channel: channel.id, author: .user(author))
    message.content = text
    if let answering {
      message.type = 19
      message.reference = Reference(message: answering, channel: channel.id, guild: channel.guildID)
      if let other = channel.messages[answering]?.authorID, other != author { message.mentions = [other] }
    }
    message.mentions += MentionScanner(text).users.filter { !message.mentions.contains($0) }
    world.post(message, in: channel)
    return message.id
  }

  /// Puts reactions of some people under a message.
  func react(_ emoji: String, _ names: [String], to message: MessageID?, in channel: Channel) {
    guard let message else { return }
    let users = names.compactMap { people[$0] }
    channel.messages.change(message) { $0.reactions.append(Reaction(emoji: .unicode(emoji), users: users)) }
  }

  func pin(_ message: MessageID?, in channel: Channel) {
    guard let message else { return }
    channel.messages.change(message) { $0.isPinned = true }
    channel.pins.insert((message, world.now), at: 0)
    channel.lastPinAt = world.now
  }
}

extension World {
  /// Replaces a user as a whole, without telling anybody.
  func put(_ user: User) { users[user.id] = user }
}

extension Permissions {
  /// What the second bot of the seeded world may do.
  static let secondBot: Permissions = [
    .viewChannel, .sendMessages, .sendMessagesInThreads, .embedLinks, .attachFiles, .readMessageHistory,
    .addReactions, .useExternalEmojis,
  ]
}
