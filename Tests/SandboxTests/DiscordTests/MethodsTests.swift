// Every `discord.*` method does what it says, as the simulated Discord sees it.

import DiscordBot
import PlatformPlugins
import Simulator
import DiscordCore
import JSON
import SandboxContract
@testable import SandboxDiscord
import SimulatorWorld
import Testing

@Suite(.timeLimit(.minutes(2))) struct DiscordMethodsTests {
  @Test func `it answers all methods of the contract and no other`() async throws {
    try await withMethods { stage in
      let names = stage.methods().names
      #expect(names == GuestCapability.methodNames.filter { $0.hasPrefix("discord.") })
      #expect(names.count == 36)
      let unknown = try await stage.failure("destroy_guild")
      #expect(unknown?.code == .unknownMethod)
    }
  }

  @Test func `messages are sent, changed, pinned, reacted to and deleted`() async throws {
    try await withMethods { stage in
      let channel = id(stage.home.channel)
      let sent = try await stage.call(
        "send_message",
        [
          "channel_id": channel, "content": "hello", "embeds": [["title": "T"]],
          "components": [
            ["type": 1, "components": [["type": 2, "style": 1, "label": "Go", "custom_id": "go"]]]
          ],
          "files": [["filename": "a.txt", "data_b64": "aGk="]],
        ])
      let message = MessageID(try #require(sent["message_id"]?.snowflake))
      #expect(sent["channel_id"] == channel && sent["ok"] == true)
      var there = try #require(await stage.messages().last)
      #expect(there.id == message && there.content == "hello" && there.authorID == stage.bot.id)
      #expect(there.embeds.count == 1 && there.attachments.count == 1)
      let customID = there.components.first?["components"]?.array?.first?["custom_id"]?.string
      #expect(customID == GuestComponentID(plugin: "tickets", customID: "go").text)

      let place: JSONValue = ["channel_id": channel, "message_id": id(message)]
      try await stage.call(
        "edit_message",
        ["channel_id": channel, "message_id": id(message), "content": "changed", "components": []])
      there = try #require(await stage.messages().last)
      #expect(there.content == "changed" && there.components.isEmpty && there.embeds.count == 1)
      try await stage.call("pin_message", place)
      #expect(try #require(await stage.messages().first { $0.id == message }).isPinned)
      try await stage.call("unpin_message", place)
      #expect(try #require(await stage.messages().first { $0.id == message }).isPinned == false)
      try await stage.call("add_reaction", ["channel_id": channel, "message_id": id(message), "emoji": "👍"])
      #expect(try #require(await stage.messages().first { $0.id == message }).reactions.count == 1)
      try await stage.call("delete_message", place)
      #expect(await stage.messages().allSatisfy { $0.id != message })
      try await stage.call(
        "bulk_delete_messages",
        ["channel_id": channel, "message_ids": [id(stage.home.message), id(stage.home.ownMessage)]])
      #expect(
        await stage.messages().allSatisfy { $0.id != stage.home.message && $0.id != stage.home.ownMessage })
      #expect(await stage.lastReason() == "Plugin tickets")
    }
  }

  @Test func `a thread is written to as a channel is`() async throws {
    try await withMethods { stage in
      try await stage.call("send_message", ["channel_id": id(stage.home.thread), "content": "in it"])
      #expect(await stage.messages(in: stage.home.thread).last?.content == "in it")
    }
  }

  @Test func `the server is read in the SDK's shapes`() async throws {
    try await withMethods { stage in
      func keys(_ value: JSONValue?) -> [String] { (value?.object?.fields.map(\.key) ?? []).sorted() }
      let memberKeys = ["avatar", "bot", "display_name", "joined_at", "nick", "roles", "user_id", "username"]
      let roleKeys = ["color", "id", "managed", "mentionable", "name", "permissions", "position"]
      let channelKeys = ["id", "name", "nsfw", "parent_id", "position", "topic", "type"]
      let home = stage.home

      let member = try await stage.call("get_member", ["user_id": id(home.chief)])["member"]
      #expect(keys(member) == memberKeys && member?["roles"] == [id(home.chiefs)])
      #expect(member?["username"] == "homechief" && member?["bot"] == false)
      let channel = try await stage.call("get_channel", ["channel_id": id(home.channel)])["channel"]
      #expect(keys(channel) == channelKeys && channel?["name"] == "talk" && channel?["type"] == 0)
      let guild = try await stage.call("get_guild")["guild"]
      #expect(
        keys(guild) == [
          "description", "features", "icon", "id", "member_count", "name", "owner_id", "premium_tier",
        ])
      #expect(guild?["owner_id"] == id(home.owner) && guild?["id"] == id(home.guild))
      #expect(guild?["member_count"] == 8)
      let roles = try #require(try await stage.call("list_roles")["roles"]?.array)
      #expect(roles.count == 5 && roles.allSatisfy { keys($0) == roleKeys })
      #expect(roles.first { $0["id"] == id(home.botRole) }?["managed"] == true)
      let channels = try #require(try await stage.call("list_channels")["channels"]?.array)
      #expect(Set(channels.compactMap { $0["id"] }) == [id(home.channel), id(home.category)])

      let all = try #require(try await stage.call("list_members")["members"]?.array)
      #expect(all.count == 8 && all.allSatisfy { keys($0) == memberKeys })
      let page = try #require(
        try await stage.call("list_members", ["limit": 3, "after": all[2]["user_id"] ?? .null])["members"]?
          .array)
      #expect(page.map { $0["user_id"] } == all[3..<6].map { $0["user_id"] })
      let chiefs = try await stage.call("list_members", ["role_id": id(home.chiefs)])["members"]?.array
      #expect(chiefs?.map { $0["user_id"] } == [id(home.chief)])
      let found = try await stage.call("search_members", ["query": "homeother", "limit": 3])["members"]?.array
      #expect(found?.count == 3)
    }
  }

  @Test func `message text is shown only where the server lets it be seen`() async throws {
    try await withMethods { stage in
      let params: JSONValue = ["channel_id": id(stage.home.channel)]
      let hidden = try #require(try await stage.call("get_messages", params)["messages"]?.array)
      #expect(hidden.count >= 2 && hidden.allSatisfy { $0["content"] == "" })
      #expect(
        hidden.first?.object?.fields.map(\.key) == [
          "id", "channel_id", "author_id", "author_username", "author_bot", "content", "timestamp",
          "edited_timestamp", "attachments", "embeds", "pinned",
        ])
      for grants in [
        GuestGrants(capabilities: [.messageContent], privacy: .metadata), GuestGrants(privacy: .full),
      ] {
        let still = try await stage.call("get_messages", params, grants: grants)["messages"]?.array
        #expect(still?.allSatisfy { $0["content"] == "" } == true)
      }
      let grants = GuestGrants(capabilities: [.messageContent], privacy: .full)
      let seen = try #require(try await stage.call("get_messages", params, grants: grants)["messages"]?.array)
      #expect(seen.contains { $0["content"] == "hello" && $0["id"] == id(stage.home.message) })
      let ids = seen.compactMap { $0["id"]?.snowflake }
      #expect(ids == ids.sorted(by: >))
      let older = try await stage.call(
        "get_messages",
        ["channel_id": id(stage.home.channel), "limit": 1, "before": id(stage.home.ownMessage)])
      #expect(older["messages"]?.array?.map { $0["id"] } == [id(stage.home.message)])
    }
  }

  @Test func `channels and threads are made, changed and deleted`() async throws {
    try await withMethods { stage in
      let made = try await stage.call(
        "create_channel",
        ["name": "ticket-1", "category_id": id(stage.home.category), "topic": "of ada", "user_limit": 5])
      let channel = ChannelID(try #require(made["id"]?.snowflake))
      #expect(made["name"] == "ticket-1" && made["type"] == 0)
      func state() async -> (String, String?, ChannelID?)? {
        await stage.simulator.withWorld { world in
          world.channels[channel].map { ($0.name, $0.topic, $0.parentID) }
        }
      }
      #expect(await state() ?? ("", nil, nil) == ("ticket-1", "of ada", stage.home.category))
      #expect(await stage.lastReason() == "Plugin tickets")
      // Before the gateway has told of it, too.
      try await stage.call("send_message", ["channel_id": id(channel), "content": "first"])
      try await stage.call("edit_channel", ["channel_id": id(channel), "name": "closed", "topic": ""])
      #expect(await state()?.0 == "closed")
      #expect(await state()?.1 == nil)
      try await stage.call("delete_channel", ["channel_id": id(channel)])
      #expect(await state() == nil)
      let voice = try await stage.call(
        "create_channel", ["name": "v", "channel_type": 2, "user_limit": 7, "topic": "no"])
      #expect(voice["type"] == 2)

      let thread = try #require(
        try await stage.call(
          "create_thread", ["channel_id": id(stage.home.channel), "name": "t", "thread_type": 12])["thread"])
      #expect(thread["type"] == 12 && thread["archived"] == false && thread["name"] == "t")
      let threadID = ChannelID(try #require(thread["id"]?.snowflake))
      try await stage.call("edit_thread", ["thread_id": id(threadID), "archived": true, "locked": true])
      #expect(await stage.simulator.withWorld { $0.channels[threadID]?.thread?.archived } == true)
      try await stage.eventually("the bot forgets the archived thread") {
        stage.view(stage.home.guild).thread(threadID) == nil
      }
      try await stage.call(
        "edit_thread", ["thread_id": id(threadID), "archived": false, "auto_archive_duration": 60])
      #expect(await stage.simulator.withWorld { $0.channels[threadID]?.thread?.autoArchive } == 60)
    }
  }

  @Test func `overwrites are set for roles and members, and taken away`() async throws {
    try await withMethods { stage in
      let (channel, view) = (stage.home.channel, Permissions.viewChannel)
      // What everybody else shall not see, the bot has to see itself.
      try await stage.call(
        "set_channel_permissions",
        [
          "channel_id": id(channel), "target_id": id(stage.bot.id), "allow": .string("\(view.rawValue)"),
          "target_type": 1,
        ])
      try await stage.call(
        "set_channel_permissions",
        [
          "channel_id": id(channel), "target_id": id(stage.home.guild), "allow": "0",
          "deny": .string("\(view.rawValue)"), "target_type": 0,
        ])
      try await stage.call(
        "set_channel_permissions",
        [
          "channel_id": id(channel), "target_id": id(stage.home.member), "allow": .string("\(view.rawValue)"),
          "target_type": 1,
        ])
      #expect(
        await stage.overwrites(of: channel).dropFirst() == [
          PermissionOverwrite(.role(stage.home.guild.everyoneRole), deny: view),
          PermissionOverwrite(.member(stage.home.member), allow: view),
        ])
      try await stage.call(
        "delete_channel_permission", ["channel_id": id(channel), "target_id": id(stage.home.member)])
      #expect(await stage.overwrites(of: channel).count == 2)
    }
  }

  @Test func `members are timed out, renamed, kicked, banned and let back`() async throws {
    try await withMethods { stage in
      let member = stage.home.member
      try await stage.call(
        "timeout_member", ["user_id": id(member), "duration_seconds": 600, "reason": "spam"])
      #expect(await stage.member(member)?.timedOutUntil != nil)
      #expect(await stage.lastReason() == "Plugin tickets: spam")
      try await stage.call("timeout_member", ["user_id": id(member), "duration_seconds": 0, "reason": ""])
      #expect(await stage.member(member)?.timedOutUntil == nil)
      try await stage.call("timeout_member", ["user_id": id(member), "duration_seconds": 2_419_200])
      try await stage.call("set_nickname", ["user_id": id(member), "nickname": "nick"])
      #expect(await stage.member(member)?.nick == "nick")
      try await stage.call("set_nickname", ["user_id": id(member), "nickname": nil])
      #expect(await stage.member(member)?.nick == nil)
      try await stage.call("kick_member", ["user_id": id(member), "reason": "out"])
      #expect(await stage.member(member) == nil)
      let other = stage.home.others[0]
      try await stage.call("ban_member", ["user_id": id(other), "delete_message_seconds": 60])
      let guild = stage.home.guild
      #expect(await stage.simulator.withWorld { $0.guilds[guild]?.bans[other] != nil })
      try await stage.call("unban_member", ["user_id": id(other)])
      #expect(await stage.simulator.withWorld { $0.guilds[guild]?.bans[other] == nil })
      #expect(
        try await stage.failure("unban_member", ["user_id": id(other)])?.message
          == "Discord API error 404: Unknown Ban")
    }
  }

  @Test func `roles are given and taken, one by one and in bulk`() async throws {
    try await withMethods { stage in
      let home = stage.home
      try await stage.call(
        "add_role", ["user_id": id(home.member), "role_id": id(home.colour), "reason": "won"])
      #expect(await stage.member(home.member)?.roles == [home.colour])
      // The owner, and whoever stands above the bot, may wear a harmless role.
      try await stage.call("add_role", ["user_id": id(home.owner), "role_id": id(home.colour)])
      try await stage.call("remove_role", ["user_id": id(home.member), "role_id": id(home.colour)])
      #expect(await stage.member(home.member)?.roles == [])
      // What everybody may do makes no role dangerous.
      let guild = home.guild
      let plain = try await stage.simulator.withWorld { world -> RoleID in
        let common: JSONValue = ["permissions": .string("\(Permissions.mentionEveryone.rawValue)")]
        _ = try world.modifyRole(guild.everyoneRole, in: guild, by: home.owner, body: common, reason: nil)
        return try world.createRole(in: guild, by: home.owner, body: common, reason: nil).id
      }
      try await stage.eventually("the bot knows the new role") { stage.view(guild).role(plain) != nil }
      try await stage.call("add_role", ["user_id": id(home.member), "role_id": id(plain)])
      let users: JSONValue = .array(home.others.map { id($0) } + [id(stage.abroad.member)])
      let result = try await stage.call("add_role_bulk", ["user_ids": users, "role_id": id(home.colour)])
      #expect(result["success"] == 4 && result["failed"] == 1)
      #expect(
        result["errors"] == [
          ["user_id": id(stage.abroad.member), "error": "Discord API error 404: Unknown Member"]
        ])
      for user in home.others { #expect(await stage.member(user)?.roles == [home.colour]) }
      let taken = try await stage.call("remove_role_bulk", ["user_ids": users, "role_id": id(home.colour)])
      #expect(taken["success"] == 4)
    }
  }

  @Test func `many are timed out or kicked, and those who cannot be are counted`() async throws {
    try await withMethods { stage in
      let home = stage.home
      let users: JSONValue = [id(home.others[0]), id(home.chief), id(home.owner), id(stage.bot.id)]
      let timed = try await stage.call(
        "timeout_bulk", ["user_ids": users, "duration_seconds": 60, "reason": "x"])
      #expect(timed["success"] == 1 && timed["failed"] == 3 && timed["errors"]?.array?.count == 3)
      #expect(await stage.member(home.others[0])?.timedOutUntil != nil)
      let kicked = try await stage.call("kick_bulk", ["user_ids": users])
      #expect(kicked["success"] == 1 && kicked["failed"] == 3)
      #expect(await stage.member(home.others[0]) == nil)
      #expect(await stage.member(home.chief) != nil)
    }
  }

  @Test func `a plugin's webhook writes without pinging anybody, and goes`() async throws {
    try await withMethods { stage in
      let webhook = try #require(
        try await stage.call("create_webhook", ["channel_id": id(stage.home.channel), "name": "Relay"])[
          "webhook"])
      let hook = WebhookID(try #require(webhook["id"]?.snowflake))
      let token = try #require(webhook["token"]?.string)
      #expect(webhook["channel_id"] == id(stage.home.channel) && webhook["name"] == "Relay")
      // What the plugin has is nothing that Discord would take.
      #expect(await stage.simulator.withWorld { $0.webhooks[hook]?.token } != token)
      let sent = try await stage.call(
        "execute_webhook",
        [
          "webhook_id": id(hook), "webhook_token": .string(token),
          "content": .string("@everyone <@\(stage.home.member)>"),
          "username": "Ada", "avatar_url": "https://example.org/a.png",
          "allowed_mentions": ["parse": ["everyone", "users"]],
        ])
      let message = try #require(await stage.messages().last)
      #expect(id(message.id) == sent["message_id"])
      #expect(!message.mentionsEveryone && message.mentions.isEmpty)
      guard case .webhook(hook, name: "Ada", avatar: _, application: _) = message.author else {
        Issue.record("written by \(message.author)")
        return
      }
      try await stage.call("delete_webhook", ["webhook_id": id(hook)])
      #expect(await stage.simulator.withWorld { $0.webhooks[hook] == nil })
      #expect(
        try await stage.failure("delete_webhook", ["webhook_id": id(hook)])?.message
          == "Discord API error 404: Unknown Webhook")
    }
  }

  @Test func `erasing a plugin takes its webhooks away and leaves others'`() async throws {
    try await withMethods { stage in
      func make(_ plugin: String) async throws -> WebhookID {
        let made = try await stage.call(
          "create_webhook", ["channel_id": id(stage.home.channel), "name": "R"], plugin: plugin)
        return WebhookID(try #require(made["webhook"]?["id"]?.snowflake))
      }
      let (gone, kept) = (try await make("tickets"), try await make("relay"))
      try await stage.methods().erase("tickets", in: stage.home.guild)
      #expect(await stage.simulator.withWorld { $0.webhooks[gone] == nil && $0.webhooks[kept] != nil })
      #expect(try await stage.failure("delete_webhook", ["webhook_id": id(gone)]) == .unknown(.webhook))
      try await stage.call("delete_webhook", ["webhook_id": id(kept)], plugin: "relay")
    }
  }
}
