// What the cache holds, and how events change it.

internal import DiscordCore
internal import DiscordGateway
internal import JSON

/// All guilds of one bot; `BotCache` guards it.
struct CacheState: Sendable {
  let settings: CacheSettings
  /// The bot's own user; set by `READY`, or before.
  var me: UserID
  var guilds: [GuildID: GuildRecord] = [:]
  var features = FeatureNames()
  /// Guilds that are being asked for by calls, and whether an event has told meanwhile that the answers may be old.
  private var recalls: [GuildID: Bool] = [:]
  /// Members over all guilds.
  private(set) var memberTotal = 0
  private var sighting = MemberSighting()

  init(settings: CacheSettings, me: UserID) {
    (self.settings, self.me) = (settings, me)
  }

  /// Takes in one event. What is malformed changes nothing.
  mutating func apply(_ event: GatewayEventName, _ data: JSONView, shard: ShardID) {
    switch event {
    case .ready: applyReady(data, shard: shard)
    case .guildCreate: applyGuildCreate(data)
    case .guildDelete: applyGuildDelete(data)
    case .interactionCreate, .messageCreate, .messageReactionAdd, .typingStart, .guildMemberAdd,
      .guildMemberRemove, .guildMemberUpdate, .guildMembersChunk, .presenceUpdate:
      applyMemberEvent(event, data)
    default:
      guard
        let guild = data["guild_id"]?.id(Entity.Guild.self)
          ?? (event == .guildUpdate ? data["id"]?.id() : nil),
        let index = index(of: guild)
      else { return }
      applyGuildPart(event, data, at: index)
    }
  }

  // MARK: Guilds

  private mutating func applyReady(_ data: JSONView, shard: ShardID) {
    if let user = data["user"]?["id"]?.id(Entity.User.self) { me = user }
    guard let list = data["guilds"]?.array else { return }
    let named = Set(list.compactMap { $0["id"]?.id(Entity.Guild.self) })
    // A new session: guilds that are not named were left meanwhile, and of the others anything may have changed.
    // Each comes anew with its `GUILD_CREATE`; until then it counts as unavailable.
    for id in guilds.keys where id.shard(of: shard.count) == shard.index {
      if named.contains(id) {
        guilds[id]?.isAvailable = false
      } else {
        drop(id)
      }
    }
  }

  private mutating func applyGuildCreate(_ data: JSONView) {
    guard let id = data["id"]?.id(Entity.Guild.self), let fields = try? data.fields(GuildField.keys) else {
      return  // Not a guild.
    }
    guard data["unavailable"]?.bool != true else {
      guilds[id]?.isAvailable = false
      return
    }
    drop(id)
    let record = GuildRecord(id: id)
    record.update(fields, settings: settings, features: &features)
    record.fill(fields, settings: settings, me: me)
    guilds[id] = record
    guard let members = fields[.members]?.array, let index = guilds.index(forKey: id) else { return }
    if settings.members {
      guilds.values[index].members.reserve(min(members.underestimatedCount, settings.memberBound))
    }
    for member in members { see(member, user: nil, at: index) }
    guilds.values[index].members.trim()
    makeRoom()
  }

  private mutating func applyGuildDelete(_ data: JSONView) {
    guard let id = data["id"]?.id(Entity.Guild.self) else { return }
    if data["unavailable"]?.bool == true {
      guilds[id]?.isAvailable = false
    } else {
      _ = index(of: id)
      drop(id)
    }
  }

  private mutating func drop(_ guild: GuildID) {
    guard let record = guilds.removeValue(forKey: guild) else { return }
    memberTotal -= record.members.count
  }

  /// Where a guild stands; nil for one that is not known, which may be being asked for.
  private mutating func index(of guild: GuildID) -> Dictionary<GuildID, GuildRecord>.Index? {
    if let index = guilds.index(forKey: guild) { return index }
    if !recalls.isEmpty, recalls[guild] != nil { recalls[guild] = true }
    return nil
  }

  /// A guild is about to be asked for by calls.
  ///
  /// - Returns: false if it is known already.
  mutating func beginRecall(_ guild: GuildID) -> Bool {
    guard guilds[guild] == nil else { return false }
    recalls[guild] = false
    return true
  }

  /// The answers are there, in the form of a `GUILD_CREATE`; nil if there are none.
  ///
  /// - Returns: false if an event came in between: the calls have to be made again.
  mutating func endRecall(_ guild: GuildID, _ data: JSONView?) -> Bool {
    let isOld = recalls.removeValue(forKey: guild) ?? false
    guard guilds[guild] == nil, let data else { return true }
    guard !isOld else { return false }
    applyGuildCreate(data)
    return true
  }

  // MARK: Members

  private mutating func applyMemberEvent(_ event: GatewayEventName, _ data: JSONView) {
    guard let guild = data["guild_id"]?.id(Entity.Guild.self), let index = index(of: guild) else { return }
    switch event {
    case .messageCreate:
      // What a webhook sends has an author who is no member, and no member object.
      if let member = data["member"] { see(member, user: data["author"], at: index) }
    case .guildMemberAdd:
      guard data["user"]?.object != nil else { return }
      guilds.values[index].memberCount += 1
      see(data, user: nil, at: index)
    case .guildMemberUpdate: see(data, user: nil, at: index)
    case .guildMemberRemove:
      guard let user = data["user"]?["id"]?.id(Entity.User.self) else { return }
      guilds.values[index].memberCount -= 1
      guilds.values[index].voiceStates.remove(user)
      if guilds.values[index].members.remove(user) { memberTotal -= 1 }
    case .guildMembersChunk:
      guard let members = data["members"]?.array else { return }
      for member in members { see(member, user: nil, at: index) }
    case .presenceUpdate:
      if let user = data["user"]?["id"]?.id(Entity.User.self) { guilds.values[index].members.touch(user) }
      return
    default:
      if let member = data["member"] { see(member, user: nil, at: index) }
    }
    makeRoom()
  }

  /// Takes in what was seen of a member.
  mutating func see(_ member: JSONView, user: JSONView?, at index: Dictionary<GuildID, GuildRecord>.Index) {
    guard settings.members || isMe(member, user) else { return }
    guard sighting.read(member, user: user, settings: settings) else { return }
    if guilds.values[index].members.set(sighting.row, sighting.record) { memberTotal += 1 }
  }

  /// Takes in what was read of a member elsewhere, with everything.
  mutating func see(_ seen: MemberSighting, in guild: GuildID) {
    guard settings.members || seen.row.user == me, let index = guilds.index(forKey: guild) else { return }
    let seen = seen.reduced(to: settings)
    if guilds.values[index].members.set(seen.row, seen.record) { memberTotal += 1 }
    makeRoom()
  }

  private func isMe(_ member: JSONView, _ user: JSONView?) -> Bool {
    (user ?? member["user"])?["id"]?.id(Entity.User.self) == me
  }

  /// Forgets members until no more are kept than allowed; some more than needed, so that it is not done each time.
  mutating func makeRoom() {
    guard memberTotal > settings.memberBound else { return }
    var excess = memberTotal - settings.memberBound + min(256, settings.memberBound / 64)
    // The largest guilds give first, down to an equal share.
    let share = settings.memberBound / max(1, guilds.count)
    let largest = guilds.values.indices.sorted {
      guilds.values[$0].members.count > guilds.values[$1].members.count
    }
    for least in [share, 0] {
      for index in largest where excess > 0 {
        excess -= evict(atMost: excess, leaving: least, at: index)
      }
    }
  }

  private mutating func evict(
    atMost count: Int, leaving least: Int, at index: Dictionary<GuildID, GuildRecord>.Index
  ) -> Int {
    let me = me
    let voice = guilds.values[index].voiceStates
    var evicted = 0
    while evicted < count, guilds.values[index].members.count > least,
      guilds.values[index].members.evictOne(isPinned: { $0 == me || voice[$0] != nil })
    {
      evicted += 1
    }
    memberTotal -= evicted
    return evicted
  }
}
