// The cache: events in, answers out.

import DiscordBot
import DiscordCore
import DiscordGateway
import EventLoop
import JSON
import Testing

@Suite struct BotCacheTests {
  private let guild = CacheWorld.guild

  private func cache(_ settings: CacheSettings = .everything) -> BotCache {
    BotCache(settings: settings, me: CacheWorld.me, time: ManualTime())
  }

  @Test(arguments: 0..<25) func `events applied one by one end where a rebuild begins`(seed: UInt64) throws {
    var world = CacheWorld(seed: seed)
    let live = cache()
    try live.apply(.guildCreate, world.guildCreate)
    for step in 0..<300 {
      for (event, data) in world.change() { try live.apply(event, data) }
      guard step % 50 == 49 else { continue }
      let rebuilt = cache()
      try rebuilt.apply(.guildCreate, world.guildCreate)
      #expect(live.everything(about: guild) == rebuilt.everything(about: guild))
      #expect(live.memberCount == rebuilt.memberCount)
    }
  }

  @Test func `a member says what Discord said`() throws {
    let cache = cache()
    try cache.apply(
      .guildCreate,
      [
        "id": .id(guild), "owner_id": "1",
        "members": [
          [
            "user": [
              "id": "5", "username": "ada", "global_name": "Ada",
              "avatar": "a_0123456789abcdef0123456789abcdef",
              "bot": true,
            ],
            "nick": "Countess", "roles": ["8", "9"], "avatar": "not-hexadecimal",
            "joined_at": "2024-03-01T12:30:15+00:00",
            "communication_disabled_until": "2026-01-01T00:00:10.500000+00:00", "pending": true,
            "premium_since": "2025-01-01T00:00:00+00:00",
          ]
        ],
      ])
    let member = try #require(cache.member(UserID(5), in: guild).member)
    #expect(member.userName == "ada" && member.globalName == "Ada" && member.nick == "Countess")
    #expect(member.displayName == "Countess")
    #expect(member.avatar == "a_0123456789abcdef0123456789abcdef")
    #expect(member.guildAvatar == "not-hexadecimal")
    #expect(member.roles == [RoleID(8), RoleID(9)])
    #expect(member.joinedAt?.description == "2024-03-01T12:30:15Z")
    // Never shorter than it is.
    #expect(member.timedOutUntil?.description == "2026-01-01T00:00:11Z")
    #expect(member.isBot && member.isPending && member.isBoosting)
  }

  @Test func `somebody who was not seen is unknown, not absent`() throws {
    let cache = cache()
    try cache.apply(.guildCreate, ["id": .id(guild), "owner_id": "1"])
    #expect(cache.member(UserID(5), in: guild) == .unknown)
    #expect(cache.permissions(of: UserID(5), in: guild) == .unknown(.member))
    #expect(cache.permissions(of: UserID(5), in: GuildID(9)) == .unknown(.guild))
    #expect(cache.mayActOn(UserID(5), in: guild) == .unknown)
  }

  @Test func `with the smallest settings only guilds, roles and the bot itself are kept`() throws {
    var world = CacheWorld(seed: 3)
    let cache = cache(.minimal)
    try cache.apply(.guildCreate, world.guildCreate)
    for _ in 0..<200 { for (event, data) in world.change() { try cache.apply(event, data) } }
    #expect(cache.memberCount == 1)
    #expect(cache.ownMember(in: guild) != nil)
    #expect(cache.roles(in: guild).count == world.roles.count)
    #expect(cache.channels(in: guild).isEmpty && cache.emojis(in: guild).isEmpty)
    #expect(cache.voiceStates(in: guild).isEmpty)
    #expect(cache.ownMember(in: guild)?.userName == nil)
  }

  @Test func `over the bound the unseen go, the bot and people in voice stay`() throws {
    var settings = CacheSettings.everything
    settings.memberBound = 50
    let cache = cache(settings)
    try cache.apply(.guildCreate, ["id": .id(guild), "members": [member(CacheWorld.me.rawValue)]])
    for user in 1...5 as ClosedRange<UInt64> {
      try cache.apply(
        .voiceStateUpdate,
        [
          "guild_id": .id(guild), "user_id": .string("\(user)"), "channel_id": "9", "member": member(user),
        ])
    }
    for user in 100...400 as ClosedRange<UInt64> {
      try cache.apply(.guildMemberUpdate, member(user, inGuild: true))
      #expect(cache.memberCount <= 50)
    }
    #expect(cache.ownMember(in: guild) != nil)
    for user in 1...5 as ClosedRange<UInt64> { #expect(cache.member(UserID(user), in: guild).member != nil) }
    #expect(cache.member(UserID(400), in: guild).member != nil)
    #expect(cache.member(UserID(100), in: guild) == .unknown)
  }

  @Test func `large guilds make room before small ones`() throws {
    var settings = CacheSettings.everything
    settings.memberBound = 60
    let cache = cache(settings)
    for (id, count) in [(1, 55), (2, 5)] {
      let members = (0..<count).map { member(UInt64(id * 1_000 + $0)) }
      try cache.apply(.guildCreate, ["id": .string("\(id)"), "members": .array(members)])
    }
    for user in 5_000..<5_010 as Range<UInt64> {
      try cache.apply(.guildMemberUpdate, member(user, inGuild: true, guild: "2"))
    }
    #expect(cache.seenMembers(in: GuildID(2)).count == 15)
    #expect(cache.memberCount == 60)
  }

  private func member(_ user: UInt64, inGuild: Bool = false, guild: JSONValue? = nil) -> JSONValue {
    var fields: [JSONObject.Field] = [
      .init(key: "user", value: ["id": .string("\(user)"), "username": "u"]), .init(key: "roles", value: []),
    ]
    if inGuild { fields.append(.init(key: "guild_id", value: guild ?? .id(self.guild))) }
    return .object(JSONObject(fields: fields))
  }

  @Test func `an outage keeps the guild, leaving it does not`() throws {
    let cache = cache()
    try cache.apply(.guildCreate, CacheWorld(seed: 1).guildCreate)
    try cache.apply(.guildDelete, ["id": .id(guild), "unavailable": true])
    #expect(cache.guild(guild)?.isAvailable == false)
    try cache.apply(.guildCreate, CacheWorld(seed: 1).guildCreate)
    #expect(cache.guild(guild)?.isAvailable == true)
    try cache.apply(.guildDelete, ["id": .id(guild)])
    #expect(cache.guild(guild) == nil)
    #expect(cache.memberCount == 0)
  }

  @Test func `a new session forgets the guilds of its shard that were left meanwhile`() throws {
    let cache = cache()
    // Two shards: guild 1 belongs to shard 1, guilds 2 and 4 to shard 0.
    for id in [1, 2, 4] as [UInt64] {
      try cache.apply(.guildCreate, ["id": .string("\(id << 22)")], shard: ShardID(Int(id % 2), of: 2))
    }
    try cache.apply(
      .ready,
      ["user": ["id": "123"], "guilds": [["id": .string("\(UInt64(2) << 22)"), "unavailable": true]]],
      shard: ShardID(0, of: 2))
    #expect(Set(cache.guilds) == [GuildID(1 << 22), GuildID(2 << 22)])
    #expect(cache.guild(GuildID(2 << 22))?.isAvailable == false)
    #expect(cache.me == UserID(123))
  }

  @Test func `malformed events change nothing`() throws {
    let cache = cache()
    try cache.apply(.guildCreate, CacheWorld(seed: 1).guildCreate)
    let before = cache.everything(about: guild)
    let garbage: [JSONValue] = [
      .null, 1, "text", [], [:], ["guild_id": .id(guild)], ["guild_id": .id(guild), "role": 5, "user": []],
      ["guild_id": .id(guild), "id": "x", "member": ["roles": 1], "members": [1, [:]], "user_id": true],
    ]
    for name in GatewayEventName.documented {
      let event = GatewayEventName("\(name)")
      for data in garbage { try cache.apply(event, data) }
    }
    #expect(cache.everything(about: guild) == before)
  }
}

@Suite struct BotCachePermissionTests {
  private let guild = GuildID(1)
  private let time = ManualTime()

  /// Owner 10; roles: @everyone sees, moderators (20) manage messages, the bot's (30) at the top; channel 50 hidden
  /// from @everyone and open to moderators; 51 voice; thread 60 in 50.
  private func cache() throws -> BotCache {
    let cache = BotCache(settings: .everything, me: UserID(99), time: time)
    let view = Permissions([.viewChannel, .sendMessages]).rawValue
    try cache.apply(
      .guildCreate,
      [
        "id": "1", "owner_id": "10",
        "roles": [
          ["id": "1", "permissions": .string("\(view)"), "position": 0],
          ["id": "20", "permissions": .string("\(Permissions.manageMessages.rawValue)"), "position": 2],
          ["id": "30", "permissions": "0", "position": 3], ["id": "40", "permissions": "0", "position": 4],
          ["id": "31", "permissions": "0", "position": 1, "managed": true],
        ],
        "channels": [
          [
            "id": "50", "type": 0,
            "permission_overwrites": [
              ["id": "1", "type": 0, "allow": "0", "deny": .string("\(Permissions.viewChannel.rawValue)")],
              ["id": "20", "type": 0, "allow": .string("\(Permissions.viewChannel.rawValue)"), "deny": "0"],
            ],
          ], ["id": "51", "type": 2],
        ], "threads": [["id": "60", "type": 11, "parent_id": "50"]],
        "members": [
          ["user": ["id": "99"], "roles": ["30"]], ["user": ["id": "11"], "roles": ["20"]],
          ["user": ["id": "12"], "roles": []], ["user": ["id": "13"], "roles": ["40"]],
          [
            "user": ["id": "14"], "roles": ["20"],
            "communication_disabled_until": "2026-01-01T00:01:00+00:00",
          ],
        ],
      ])
    return cache
  }

  @Test func `permissions follow roles, overwrites, threads and time`() throws {
    let cache = try cache()
    #expect(cache.permissions(of: UserID(12), in: guild).permissions == [.viewChannel, .sendMessages])
    #expect(cache.permissions(of: UserID(12), in: guild, channel: ChannelID(50)).permissions == [])
    let moderator = cache.permissions(of: UserID(11), in: guild, channel: ChannelID(50)).permissions
    #expect(moderator?.contains([.viewChannel, .manageMessages]) == true)
    #expect(
      cache.permissions(of: UserID(11), in: guild, channel: ChannelID(60)).permissions?.contains(.viewChannel)
        == true)
    #expect(
      cache.permissions(of: UserID(12), in: guild, channel: ChannelID(60)).permissions?.contains(.viewChannel)
        == false)
    // The owner was never seen.
    let owner = cache.permissions(of: UserID(10), in: guild, channel: ChannelID(50)).permissions
    #expect(owner?.contains([.viewChannel, .manageMessages, .manageGuild]) == true)
    #expect(cache.permissions(of: UserID(11), in: guild, channel: ChannelID(404)) == .unknown(.channel))
    #expect(cache.permissions(of: UserID(14), in: guild).permissions == .viewChannel)
    time.advance(by: .seconds(60))
    #expect(cache.permissions(of: UserID(14), in: guild).permissions?.contains(.manageMessages) == true)
    #expect(
      cache.permissions(of: UserID(500), roles: [RoleID(20)], in: guild).permissions?.contains(
        .manageMessages) == true)
  }

  @Test func `ranks decide over members and roles`() throws {
    let cache = try cache()
    #expect(cache.mayActOn(UserID(11), in: guild) == .yes)
    #expect(cache.mayActOn(UserID(13), in: guild) == .no)
    #expect(cache.mayActOn(UserID(10), in: guild) == .no)
    #expect(cache.mayActOn(UserID(500), in: guild) == .unknown)
    #expect(cache.mayAssign(RoleID(20), in: guild) == .yes)
    #expect(cache.mayAssign(RoleID(30), in: guild) == .no)
    #expect(cache.mayAssign(RoleID(40), in: guild) == .no)
    #expect(cache.mayAssign(RoleID(31), in: guild) == .no)
    #expect(cache.mayAssign(RoleID(1), in: guild) == .no)
    #expect(cache.mayAssign(RoleID(404), in: guild) == .unknown)
    #expect(cache.rank(of: UserID(10), in: guild)?.isOwner == true)
  }
}
