// The simulated world: everything there is, its time, its ids, and who listens.

package import DiscordCore
package import EventLoop
package import JSON

/// A whole Discord in memory. Confined to one event loop: whoever owns it calls it there, and every method answers
/// at once.
package final class World {
  package internal(set) var clock: WorldClock
  package var agenda = Agenda()
  /// Everything random in the world comes from here, so that a seed decides it.
  package var random: SeededGenerator
  /// Asks whoever owns the world to put another in its place, grown from that seed (nil: an empty one).
  package var onReset: ((UInt64?) -> Void)?
  /// Where files and pictures are served, without a slash at the end.
  package var cdnBase = "https://cdn.discordapp.com"
  /// The address the gateway is told under.
  package var gatewayURL = "wss://gateway.discord.gg"

  /// Accounts, applications and guilds by id.
  package internal(set) var users: [UserID: User] = [:]
  package var applications: [ApplicationID: Application] = [:]
  package internal(set) var guilds: [GuildID: Guild] = [:]
  /// Threads and direct messages included.
  package internal(set) var channels: [ChannelID: Channel] = [:]
  package var webhooks: [WebhookID: Webhook] = [:]
  package internal(set) var invites: [String: Invite] = [:]
  /// The attachment with that id, for the CDN: in which channel and message it is.
  package internal(set) var attachments: [AttachmentID: (channel: ChannelID, message: MessageID)] = [:]
  /// Pictures that were uploaded, by the hash in their address.
  package internal(set) var pictures: [String: Picture] = [:]
  /// OAuth2 access tokens.
  package var accessTokens: [String: AccessGrant] = [:]
  /// What the servers around the world keep beside it: sessions, commands, interactions. It goes with the world.
  package var annex: AnyObject?
  /// Nonces that were enforced, with what was sent under them.
  var enforcedNonces: [NonceKey: MessageID] = [:]
  /// The last messages of each member of each guild, for AutoMod's spam rule.
  var recentTexts: [UserID: [(at: Timestamp, text: String)]] = [:]

  private var mint = IDMint()
  private var sinks = SinkTable()
  private var lastEventNumber = 0

  /// An empty world.
  package init(clock: WorldClock = WorldClock(), seed: UInt64 = 1) {
    self.clock = clock
    random = SeededGenerator(seed: seed)
  }

  /// The world's time.
  package var now: Timestamp { clock.now }

  /// A new id, born now.
  package func newID<Entity>(_ entity: Entity.Type = Entity.self) -> Snowflake<Entity> {
    mint.next(entity, at: clock.now)
  }

  // MARK: Listening

  /// Lets a session listen.
  package func subscribe(_ sink: any WorldSink) { sinks.add(sink) }

  /// Lets it go; harmless for one that does not listen.
  package func unsubscribe(_ sink: any WorldSink) { sinks.remove(sink) }

  /// Whether somebody listens for that user.
  package func isListening(_ user: UserID) -> Bool { sinks.byUser[user] != nil }

  /// Tells all sinks that this world is over.
  package func end() {
    for sink in sinks.byUser.values.joined() { sink.worldEnded() }
    sinks = SinkTable()
  }

  /// Tells an audience of an event.
  package func publish(_ name: String, _ payload: JSONValue, to audience: Audience) {
    guard !sinks.byUser.isEmpty else { return }
    let event = WorldEvent(
      name: name, guild: audience.guild, payload: payload, hidesContent: audience.readers != nil)
    switch audience.circle {
    case .users(let users):
      for user in users { deliver(event, to: user, of: audience) }
    case .guild(let id):
      guard let guild = guilds[id] else { return }
      for user in sinks.byUser.keys where guild.members[user] != nil {
        guard !audience.except.contains(user), audience.only?.contains(user) ?? true else { continue }
        if !audience.permissions.isEmpty,
          !permissions(of: user, in: guild).isSuperset(of: audience.permissions)
        {
          continue
        }
        if let channel = audience.channel.flatMap({ channels[$0] }), !canSee(channel, user) { continue }
        deliver(event, to: user, of: audience)
      }
    }
  }

  /// Tells a user's sessions of a guild that has become theirs, each by its intents.
  func publishArrival(in guild: Guild, to user: UserID) {
    for sink in sinks.byUser[user] ?? [] where sink.covers(guild.id) && sink.intents.contains(.guilds) {
      let payload = guildCreate(guild, for: user, intents: sink.intents)
      let event = WorldEvent(name: "GUILD_CREATE", guild: guild.id, payload: payload, hidesContent: false)
      sink.receive(event, withContent: true)
    }
  }

  private func deliver(_ event: WorldEvent, to user: UserID, of audience: Audience) {
    guard let sinks = sinks.byUser[user] else { return }
    let isReader = audience.readers?.contains(user) ?? true
    for sink in sinks where sink.covers(audience.guild) {
      guard audience.intents.isEmpty || !sink.intents.isDisjoint(with: audience.intents) else { continue }
      sink.receive(event, withContent: isReader || sink.intents.contains(.messageContent))
    }
  }

  // MARK: Time

  /// Moves time forward; everything that falls due happens in order, each at its own instant.
  package func advance(by duration: Duration) {
    let target = clock.now + duration
    while let (due, act) = agenda.takeNext(dueAt: target) {
      if due > clock.now { clock.set(due) }
      act(self)
    }
    clock.set(max(target, clock.now))
    agenda.onEarlier?()
  }

  /// Lets everything happen that is due by now.
  package func fireDue() {
    while let (_, act) = agenda.takeNext(dueAt: clock.now) { act(self) }
  }

  /// Stops the clock, or lets it run again.
  package func freeze(_ isFrozen: Bool) {
    if isFrozen { clock.freeze() } else { clock.thaw() }
    agenda.onEarlier?()
  }

  /// Moves the clock without letting anything happen: for building a past.
  package func setTime(_ instant: Timestamp) { clock.set(instant) }
}

/// What makes a message sent twice the same message.
struct NonceKey: Hashable {
  let author: UserID
  let channel: ChannelID
  let nonce: String
}

/// A small generator of random numbers that a seed decides (SplitMix64, by Guy Steele and others).
package struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var state: UInt64

  package init(seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// Lowercase hexadecimal digits, as in hashes of pictures.
  package mutating func hex(_ count: Int) -> String {
    let digits = Array("0123456789abcdef")
    return String((0..<count).map { _ in digits[Int(next() % 16)] })
  }

  /// Letters and digits, as in invite codes and tokens.
  package mutating func word(_ count: Int) -> String {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789")
    return String((0..<count).map { _ in letters[Int(next() % UInt64(letters.count))] })
  }
}
