// What a plugin of bad faith tries, generated: other servers' things, powers that are not its own, nonsense.

import DiscordBot
import Simulator
import DiscordCore
import JSON
import PlatformPlugins
import SandboxContract
@testable import SandboxDiscord
import SimulatorWorld
import Testing

/// One attempt and what must come of it.
private struct Attempt {
  let method: String
  let params: JSONValue
  let expected: @Sendable (RPCError?) -> Bool
  let title: String

  init(
    _ method: String, _ params: JSONValue, _ title: String = "",
    expected: @escaping @Sendable (RPCError?) -> Bool
  ) {
    (self.method, self.params, self.title, self.expected) = (method, params, title, expected)
  }
}

@Suite(.timeLimit(.minutes(2))) struct DiscordMethodsAttackTests {
  /// Each attempt by a plugin of its own, so that no budget stands before the rule that is tested.
  private func run(
    _ attempts: [Attempt], on stage: MethodsStage, grants: GuestGrants = GuestGrants()
  ) async throws {
    for (number, attempt) in attempts.enumerated() {
      let error = try await stage.failure(
        attempt.method, attempt.params, plugin: "attacker\(number)", grants: grants)
      if !attempt.expected(error) {
        Issue.record("\(attempt.method) \(attempt.title): \(error?.description ?? "done")")
      }
    }
  }

  /// Everything of the other server that a plugin could change.
  private func snapshot(of scene: MethodsScene, on stage: MethodsStage) async -> [String] {
    await stage.simulator.withWorld { world in
      guard let guild = world.guilds[scene.guild] else { return [] }
      var lines = guild.members.values.map {
        "\($0.user) \($0.roles) \($0.nick ?? "") \(String(describing: $0.timedOutUntil))"
      }
      lines += guild.channels.union(guild.threads).map { id in
        let channel = world.channels[id]
        return
          "\(id) \(channel?.name ?? "") \(channel?.overwrites.count ?? 0) \(channel?.messages.all.map(\.content) ?? []) \(channel?.pins.count ?? 0)"
      }
      lines += guild.bans.keys.map { "ban \($0)" }
      lines += world.webhooks.values.filter { $0.guild == scene.guild }.map { "hook \($0.id)" }
      lines.append("audit \(guild.auditLog.count)")
      return lines.sorted()
    }
  }

  /// Every method that takes a channel, with the other parameters as they should be.
  private static func channelMethods(_ home: MethodsScene) -> [(String, String, [String: JSONValue])] {
    let message = id(home.message)
    return [
      ("send_message", "channel_id", ["content": "x"]),
      ("edit_message", "channel_id", ["message_id": message, "content": "x"]),
      ("delete_message", "channel_id", ["message_id": message]),
      ("bulk_delete_messages", "channel_id", ["message_ids": [message, id(home.ownMessage)]]),
      ("add_reaction", "channel_id", ["message_id": message, "emoji": "👍"]),
      ("pin_message", "channel_id", ["message_id": message]),
      ("unpin_message", "channel_id", ["message_id": message]),
      ("get_channel", "channel_id", [:]),
      ("get_messages", "channel_id", [:]),
      ("create_channel", "category_id", ["name": "x"]),
      ("edit_channel", "channel_id", ["name": "x"]),
      ("delete_channel", "channel_id", [:]),
      ("set_channel_permissions", "channel_id", ["target_id": id(home.colour), "allow": "1024"]),
      ("delete_channel_permission", "channel_id", ["target_id": id(home.colour)]),
      ("create_thread", "channel_id", ["name": "x"]),
      ("edit_thread", "thread_id", ["name": "x"]),
      ("create_webhook", "channel_id", ["name": "x"]),
    ]
  }

  private static func params(_ rest: [String: JSONValue], _ name: String, _ value: JSONValue) -> JSONValue {
    var object = JSONObject(fields: rest.map { .init(key: $0.key, value: $0.value) })
    object[name] = value
    return .object(object)
  }

  @Test func `item h1: a foreign channel is one that does not exist, for every method`() async throws {
    try await withMethods { stage in
      let abroad = stage.abroad
      let before = await snapshot(of: abroad, on: stage)
      let strange: [(String, JSONValue)] = [
        ("a channel of another server", id(abroad.channel)), ("its thread", id(abroad.thread)),
        ("its category", id(abroad.category)), ("as a number", .integer(Int64(abroad.channel.rawValue))),
        ("nothing", "123456789012345678"), ("the other server", id(abroad.guild)),
        ("a role", id(stage.home.colour)), ("a message", id(stage.home.message)),
      ]
      var attempts: [Attempt] = []
      for (method, name, rest) in Self.channelMethods(stage.home) {
        for (title, value) in strange {
          attempts.append(
            Attempt(method, Self.params(rest, name, value), title) { $0 == .unknown(.channel) })
        }
      }
      #expect(attempts.count == 136)
      try await run(attempts, on: stage)
      #expect(await snapshot(of: abroad, on: stage) == before)
    }
  }

  @Test func `item h1: foreign roles and members are ones that do not exist`() async throws {
    try await withMethods { stage in
      let (home, abroad) = (stage.home, stage.abroad)
      let before = await snapshot(of: abroad, on: stage)
      var attempts: [Attempt] = []
      for role in [id(abroad.colour), id(abroad.moderators), id(abroad.guild), "4711", id(home.member)] {
        for (method, rest) in [
          ("add_role", ["user_id": id(home.member)]), ("remove_role", ["user_id": id(home.member)]),
          ("add_role_bulk", ["user_ids": [id(home.member)]]), ("list_members", [:]),
          ("remove_role_bulk", ["user_ids": [id(home.member)]]),
        ] as [(String, [String: JSONValue])] {
          attempts.append(Attempt(method, Self.params(rest, "role_id", role)) { $0 == .unknown(.role) })
        }
        attempts.append(
          Attempt(
            "set_channel_permissions",
            ["channel_id": id(home.channel), "target_id": role, "allow": "1024", "target_type": 0]
          ) { $0 == .unknown(.role) })
      }
      for user in [id(abroad.member), id(abroad.owner), "4711", id(home.colour)] {
        for (method, rest) in [
          ("get_member", [:]), ("timeout_member", ["duration_seconds": 60]), ("kick_member", [:]),
          ("set_nickname", ["nickname": "x"]), ("add_role", ["role_id": id(home.colour)]),
          ("remove_role", ["role_id": id(home.colour)]),
        ] as [(String, [String: JSONValue])] {
          attempts.append(Attempt(method, Self.params(rest, "user_id", user)) { $0 == .unknown(.member) })
        }
        attempts.append(
          Attempt(
            "set_channel_permissions",
            ["channel_id": id(home.channel), "target_id": user, "allow": "1024", "target_type": 1]
          ) { $0 == .unknown(.member) })
      }
      #expect(attempts.count == 58)
      try await run(attempts, on: stage)
      #expect(await snapshot(of: abroad, on: stage) == before)
    }
  }

  @Test func `no webhook is used but the plugin's own, with its own token`() async throws {
    try await withMethods { stage in
      func make(_ plugin: String) async throws -> (JSONValue, String) {
        let made = try await stage.call(
          "create_webhook", ["channel_id": id(stage.home.channel), "name": "R"], plugin: plugin)["webhook"]
        return (made?["id"] ?? .null, try #require(made?["token"]?.string))
      }
      let (victim, attacker) = (try await make("victim"), try await make("attacker"))
      let real = await stage.simulator.withWorld { world in
        attacker.0.snowflake.flatMap { world.webhooks[WebhookID($0)]?.token } ?? ""
      }
      let messages = await stage.messages().count
      let forged: [(JSONValue, String)] = [
        (victim.0, victim.1), (victim.0, attacker.1), (attacker.0, victim.1), (attacker.0, real),
        (attacker.0, "x"), (attacker.0, attacker.1 + "x"), (attacker.0, String(attacker.1.dropLast())),
        (id(stage.home.webhook), stage.home.webhookToken),
        (id(stage.abroad.webhook), stage.abroad.webhookToken),
        (id(stage.home.webhook), attacker.1), ("4711", attacker.1), ("4711", "../../channels/1/messages"),
      ]
      for (hook, token) in forged {
        let failure = try await stage.failure(
          "execute_webhook", ["webhook_id": hook, "webhook_token": .string(token), "content": "x"],
          plugin: "attacker")
        #expect(failure == .unknown(.webhook), "\(hook) \(token)")
      }
      for hook in [victim.0, id(stage.home.webhook), id(stage.abroad.webhook), "4711"] as [JSONValue] {
        #expect(
          try await stage.failure("delete_webhook", ["webhook_id": hook], plugin: "attacker")
            == .unknown(.webhook))
      }
      #expect(await stage.messages().count == messages)
      for name in ["Discord", "my clYde bot", ""] {
        let error = try await stage.failure(
          "create_webhook", ["channel_id": id(stage.home.channel), "name": .string(name)])
        #expect(error?.code == .validation)
      }
      for picture in [
        "http://e.test/a.png", "data:image/png;base64,AAAA", "javascript:1", "file:///a", "https://",
      ] {
        let error = try await stage.failure(
          "execute_webhook",
          [
            "webhook_id": attacker.0, "webhook_token": .string(attacker.1), "content": "x",
            "avatar_url": .string(picture),
          ], plugin: "attacker")
        #expect(error?.code == .validation, "\(picture)")
      }
    }
  }

  @Test func `nobody is pinged whom a plugin may not ping`() async throws {
    try await withMethods { stage in
      let home = stage.home
      let tricks: [JSONValue] = [
        nil, [:], ["parse": ["everyone"]], ["parse": ["here"]], ["parse": ["everyone", "roles", "users"]],
        ["parse": ["roles"], "roles": [id(home.guild)]], ["roles": [id(home.guild)]],
        ["roles": [.integer(Int64(home.guild.rawValue))]], ["parse": ["Everyone", "@everyone"]],
        ["everyone": true, "here": true], ["replied_user": true],
      ]
      for (number, trick) in tricks.enumerated() {
        let sent = try await stage.call(
          "send_message",
          [
            "channel_id": id(home.channel), "content": .string("@everyone @here <@&\(home.guild)> \(number)"),
            "embeds": [["description": "@everyone", "footer": ["text": "@here"]]], "allowed_mentions": trick,
          ], plugin: "pinger")
        let message = try #require(await stage.messages().last)
        #expect(id(message.id) == sent["message_id"])
        #expect(
          !message.mentionsEveryone && !message.mentionedRoles.contains(home.guild.everyoneRole), "\(number)")
        try await stage.call(
          "edit_message",
          [
            "channel_id": id(home.channel), "message_id": id(message.id), "content": "@everyone @here",
            "allowed_mentions": trick,
          ], plugin: "pinger")
        #expect(try #require(await stage.messages().last).mentionsEveryone == false, "\(number)")
      }
    }
  }

  @Test func `no overwrite gives away what makes others masters of the server`() async throws {
    try await withMethods { stage in
      let home = stage.home
      func set(_ allow: JSONValue, _ deny: JSONValue = "0", to target: JSONValue, type: JSONValue = 0)
        async throws -> RPCError?
      {
        try await stage.failure(
          "set_channel_permissions",
          [
            "channel_id": id(home.channel), "target_id": target, "allow": allow, "deny": deny,
            "target_type": type,
          ],
          plugin: "raiser")
      }
      for (permission, name) in Permissions.named where DiscordCall.strippedPermissions.contains(permission) {
        let allow = permission.union(.viewChannel)
        for (target, type) in [(id(home.colour), 0), (id(home.guild), 0), (id(home.member), 1)]
          as [(JSONValue, JSONValue)]
        {
          #expect(try await set(.string("\(allow.rawValue)"), to: target, type: type) == nil, "\(name)")
        }
        for overwrite in await stage.overwrites(of: home.channel) {
          #expect(overwrite.allow == .viewChannel, "\(name) was given to \(overwrite.target)")
        }
      }
      // Everything at once, unnamed bits included.
      #expect(try await set(.string("\(UInt64.max)"), to: id(home.colour)) == nil)
      let given = try #require(
        await stage.overwrites(of: home.channel).first { $0.target == .role(home.colour) })
      #expect(given.allow.isDisjoint(with: DiscordCall.strippedPermissions))
      #expect(Permissions.all.isSuperset(of: given.allow))
      // Only what the bot has itself.
      try await stage.setPowers([.viewChannel, .manageRoles, .sendMessages])
      #expect(try await set(.string("\(UInt64.max)"), to: id(home.moderators)) == nil)
      let less = try #require(
        await stage.overwrites(of: home.channel).first { $0.target == .role(home.moderators) })
      #expect(less.allow.isDisjoint(with: [.manageMessages, .manageChannels, .moderateMembers]))
      let denied = try await set("0", .string("\(Permissions.moderateMembers.rawValue)"), to: id(home.colour))
      #expect(denied?.permission == "moderate_members")
      // The bot cannot be locked out, but let in.
      let view = JSONValue.string("\(Permissions.viewChannel.rawValue)")
      #expect(try await set("0", view, to: id(home.botRole))?.message.contains("error 403") == true)
      #expect(try await set("0", view, to: id(stage.bot.id), type: 1)?.message.contains("error 403") == true)
      #expect(try await set(view, to: id(stage.bot.id), type: 1) == nil)
      let removal = try await stage.failure(
        "delete_channel_permission", ["channel_id": id(home.channel), "target_id": id(stage.bot.id)])
      #expect(removal?.message.contains("error 403") == true)
      for bits in ["-1", "abc", "1.5", "0x8", " 8", "99999999999999999999999"] as [JSONValue] {
        #expect(try await set(bits, to: id(home.colour))?.code == .validation, "\(bits)")
      }
    }
  }

  @Test func `roles with power, managed ones and higher ones are not handed out`() async throws {
    try await withMethods { stage in
      let home = stage.home
      let guild = home.guild
      // Harmless in the server, but not in one channel.
      let hidden = try await stage.simulator.withWorld { world -> RoleID in
        let role = try world.createRole(
          in: guild, by: home.owner, body: ["name": "Hidden", "permissions": "0"], reason: nil)
        try world.setOverwrite(
          home.channel, target: role.id.rawValue, by: home.owner,
          body: ["type": 0, "allow": .string("\(Permissions.manageMessages.rawValue)")], reason: nil)
        return role.id
      }
      try await stage.eventually("the bot knows the overwrite") {
        stage.view(guild).channel(home.channel)?.overwrites.isEmpty == false
      }
      var attempts: [Attempt] = []
      for role in [home.moderators, hidden, home.chiefs, home.botRole, guild.everyoneRole] {
        for method in ["add_role", "remove_role"] {
          attempts.append(
            Attempt(method, ["user_id": id(home.member), "role_id": id(role)], "\(role)") {
              $0?.message.contains("error 403") == true
            })
          attempts.append(
            Attempt("\(method)_bulk", ["user_ids": [id(home.member)], "role_id": id(role)], "\(role)") {
              $0?.message.contains("error 403") == true
            })
        }
      }
      try await run(attempts, on: stage)
      let consent = GuestGrants(allowsDangerousRoles: true)
      // What is allowed is the one with power that stands below the bot, and for those below it.
      let still = attempts.filter {
        !$0.title.contains("\(home.moderators)") && !$0.title.contains("\(hidden)")
      }
      try await run(still, on: stage, grants: consent)
      for (title, user) in [("owner", home.owner), ("highest role", home.chief), ("itself", stage.bot.id)] {
        for method in ["add_role", "remove_role"] {
          let error = try await stage.failure(
            method, ["user_id": id(user), "role_id": id(home.moderators)], grants: consent)
          #expect(error?.message.contains("error 403") == true, "\(method) \(title)")
          #expect(error?.message.contains(title) == true, "\(method) \(title)")
        }
      }
      #expect(await stage.member(home.member)?.roles == [])
      #expect(
        try await stage.failure("add_role", ["user_id": id(stage.bot.id), "role_id": id(home.colour)])?
          .message.contains("error 403") == true)
      try await stage.call(
        "add_role", ["user_id": id(home.member), "role_id": id(home.moderators)], grants: consent)
      #expect(await stage.member(home.member)?.roles == [home.moderators])
    }
  }

  @Test func `nobody acts on the owner, on the bot, or above it`() async throws {
    try await withMethods { stage in
      let before = await snapshot(of: stage.home, on: stage)
      var attempts: [Attempt] = []
      for user in [stage.home.owner, stage.home.chief, stage.bot.id] {
        for (method, rest) in [
          ("timeout_member", ["duration_seconds": 60]), ("timeout_member", ["duration_seconds": 0]),
          ("set_nickname", ["nickname": "x"]), ("set_nickname", ["nickname": nil]), ("kick_member", [:]),
          ("ban_member", [:]), ("ban_member", ["delete_message_seconds": 604_800]),
        ] as [(String, [String: JSONValue])] {
          attempts.append(
            Attempt(method, Self.params(rest, "user_id", id(user)), "\(user)") {
              $0?.code == .discordAPI && $0?.message.contains("error 403") == true
            })
        }
      }
      try await run(attempts, on: stage)
      #expect(await snapshot(of: stage.home, on: stage) == before)
    }
  }

  /// Values that are no ids, whatever they look like.
  private static let nonsense: [JSONValue] = [
    nil, "", "0", 0, -1, "-1", 1.5, 1e300, true, [], [:], "abc", "1e5", " 1", "1 ", "１２３", "+1", "1\u{0}",
    "../../guilds/1", "99999999999999999999999", "@me", "1/2", "1?limit=5",
  ]

  @Test func `what is no id is refused before anything is looked up`() async throws {
    try await withMethods { stage in
      let home = stage.home
      var attempts: [Attempt] = []
      for value in Self.nonsense {
        for (method, name, rest) in Self.channelMethods(home) where name != "category_id" {
          attempts.append(
            Attempt(method, Self.params(rest, name, value), "\(value)") { $0?.code == .validation })
        }
        for method in ["get_member", "kick_member", "ban_member", "unban_member"] {
          attempts.append(Attempt(method, ["user_id": value], "\(value)") { $0?.code == .validation })
        }
        attempts.append(
          Attempt("add_role", ["user_id": id(home.member), "role_id": value], "\(value)") {
            $0?.code == .validation
          })
        attempts.append(
          Attempt("kick_bulk", ["user_ids": [id(home.member), value]], "\(value)") { $0?.code == .validation }
        )
        attempts.append(
          Attempt("delete_message", ["channel_id": id(home.channel), "message_id": value], "\(value)") {
            $0?.code == .validation
          })
      }
      try await run(attempts, on: stage)
      #expect(await stage.member(home.member) != nil)
    }
  }

  @Test func `numbers and texts out of bounds are refused`() async throws {
    try await withMethods { stage in
      let home = stage.home
      let channel = id(home.channel)
      func long(_ count: Int) -> JSONValue { .string(String(repeating: "x", count: count)) }
      let numbers: [(String, String, [String: JSONValue], [JSONValue])] = [
        (
          "timeout_member", "duration_seconds", ["user_id": id(home.member)],
          [-1, 2_419_201, 1e300, "60", nil, 1.5, true]
        ),
        ("timeout_bulk", "duration_seconds", ["user_ids": [id(home.member)]], [-1, 2_419_201, 9e18, nil]),
        ("ban_member", "delete_message_seconds", ["user_id": id(home.member)], [-1, 604_801, 1e300, "1"]),
        ("list_members", "limit", [:], [0, -1, 101, 1e300, "5"]),
        ("get_messages", "limit", ["channel_id": channel], [0, 51, -1]),
        ("search_members", "limit", ["query": "x"], [0, 26]),
        ("search_members", "query", [:], ["", nil, 5, long(101)]),
        ("create_channel", "channel_type", ["name": "x"], [1, 3, 5, 10, -1, 99, 1e300, "0"]),
        ("create_channel", "user_limit", ["name": "x"], [-1, 100]),
        ("create_channel", "name", [:], ["", nil, long(101)]),
        ("create_channel", "topic", ["name": "x"], [long(1_025)]),
        ("edit_channel", "name", ["channel_id": channel], ["", long(101), 5]),
        ("edit_channel", "none", ["channel_id": channel], [1]),
        ("create_thread", "thread_type", ["channel_id": channel, "name": "x"], [0, 10, 13, -1]),
        (
          "create_thread", "auto_archive_duration", ["channel_id": channel, "name": "x"], [0, 61, -60, 1e300]
        ),
        ("edit_thread", "auto_archive_duration", ["thread_id": id(home.thread)], [59]),
        ("edit_thread", "archived", ["thread_id": id(home.thread)], ["yes", 1]),
        ("edit_thread", "none", ["thread_id": id(home.thread)], [1]),
        ("set_nickname", "nickname", ["user_id": id(home.member)], [long(33), 5]),
        ("kick_member", "reason", ["user_id": id(home.member)], [long(513), 5]),
        (
          "set_channel_permissions", "target_type", ["channel_id": channel, "target_id": id(home.colour)],
          [2, -1, "role"]
        ),
        (
          "add_reaction", "emoji", ["channel_id": channel, "message_id": id(home.message)],
          ["", nil, long(65), "name", "x:y", "../../@me", "a:b:1/2", "name:-1"]
        ),
        (
          "bulk_delete_messages", "message_ids", ["channel_id": channel],
          [
            [], nil, [id(home.message)], [id(home.message), id(home.message)], ["5", "6"],
            .array((0..<101).map { .integer(Int64(home.message.rawValue) + $0) }),
          ]
        ),
        ("kick_bulk", "user_ids", [:], [[], nil, "1", .array((1...26).map { .integer($0) })]),
        ("get_messages", "before", ["channel_id": channel, "after": "5"], ["6"]),
      ]
      var attempts: [Attempt] = []
      for (method, name, rest, values) in numbers {
        for value in values {
          attempts.append(
            Attempt(method, Self.params(rest, name, value), "\(name) \(value)") { $0?.code == .validation })
        }
      }
      #expect(attempts.count > 80)
      try await run(attempts, on: stage)
      #expect(await stage.member(home.member)?.timedOutUntil == nil)
    }
  }

  @Test func `an id is taken as a string or as a number`() async throws {
    try await withMethods { stage in
      let number = JSONValue.integer(Int64(stage.home.channel.rawValue))
      try await stage.call("send_message", ["channel_id": number, "content": "x"])
      try await stage.call("send_message", ["channel_id": id(stage.home.channel), "content": "x"])
    }
  }

  @Test func `a plugin that names another guild stays in its own`() async throws {
    try await withMethods { stage in
      let named = try await stage.call(
        "get_guild", ["guild_id": id(stage.abroad.guild), "_guild_id": id(stage.abroad.guild)])
      #expect(named["guild"]?["id"] == id(stage.home.guild))
      let channels = try await stage.call("list_channels", ["guild_id": id(stage.abroad.guild)])["channels"]?
        .array
      #expect(channels?.contains { $0["id"] == id(stage.abroad.channel) } == false)
    }
  }
}
