// What stands between a plugin and Discord: permissions, budgets, failures.

import DiscordBot
import PlatformPlugins
import Simulator
import DiscordCore
import EventLoop
import JSON
import SandboxContract
@testable import SandboxDiscord
import SimulatorWorld
import Testing

@Suite(.timeLimit(.minutes(2))) struct DiscordMethodsRulesTests {
  @Test func `a window takes so much a minute and says when there is room`() {
    var window = GuestWindow(limit: 3)
    let takes: [(count: Int, at: Int, wait: Int?)] = [
      (2, 0, nil), (1, 10, nil), (1, 20, 40), (3, 20, 50), (4, 20, 60), (2, 60, nil),
    ]
    for take in takes {
      let wait = window.take(take.count, at: .seconds(take.at))
      #expect(wait == take.wait.map { .seconds($0) }, "\(take)")
    }
    let (isIdle, isIdleLater) = (window.isIdle(at: .seconds(61)), window.isIdle(at: .seconds(120)))
    #expect(!isIdle && isIdleLater)
  }

  @Test func `sixty actions a minute, for each plugin`() async throws {
    try await withMethods { stage in
      let methods = stage.methods()
      let params: JSONValue = ["user_id": id(stage.home.member), "role_id": id(stage.home.colour)]
      let many = JSONValue.array(stage.home.others.map { id($0) })
      for _ in 0..<14 {
        try await stage.call(
          "add_role_bulk", ["user_ids": many, "role_id": id(stage.home.colour)], on: methods)
      }
      for _ in 0..<4 { try await stage.call("add_role", params, on: methods) }
      let refused = try #require(try await stage.failure("add_role", params, on: methods))
      #expect(refused.code == .quotaExceeded)
      #expect((0.1...60).contains(try #require(refused.retryAfter)))
      // Looking is counted apart, and another plugin for itself.
      try await stage.call("list_roles", on: methods)
      try await stage.call("add_role", params, plugin: "other", on: methods)
      stage.time.advance(by: .seconds(61))
      try await stage.call("add_role", params, on: methods)
    }
  }

  @Test func `calls about what is not there are counted too`() async throws {
    try await withMethods { stage in
      let methods = stage.methods()
      for number in 1...30 {
        let failure = try await stage.failure(
          "get_channel", ["channel_id": .string("\(number)")], on: methods)
        #expect(failure == .unknown(.channel))
      }
      let refused = try await stage.failure("list_roles", on: methods)
      #expect(refused?.code == .rateLimited && refused?.retryAfter != nil)
      stage.time.advance(by: .seconds(61))
      try await stage.call("list_roles", on: methods)
    }
  }

  @Test func `reading has a bound of its own`() async throws {
    try await withMethods { stage in
      let methods = stage.methods()
      for _ in 0..<240 { try await stage.call("list_roles", on: methods) }
      #expect(try await stage.failure("list_roles", on: methods)?.code == .rateLimited)
    }
  }

  @Test func `without a bot there is a failure of Discord's`() async throws {
    try await withMethods { stage in
      let call = stage.makeCall("list_roles", [:], hasBot: false)
      let error = await #expect(throws: RPCError.self) { _ = try await stage.methods().answer(call) }
      #expect(error?.code == .discordAPI && error?.message == "Discord API error 503: the bot is offline")
    }
  }

  @Test func `a permission that the bot lacks is named before Discord is asked`() async throws {
    try await withMethods { stage in
      let home = stage.home
      let cases: [(Permissions, String, JSONValue)] = [
        (.sendMessages, "send_message", ["channel_id": id(home.channel), "content": "x"]),
        (.embedLinks, "send_message", ["channel_id": id(home.channel), "embeds": [["title": "x"]]]),
        (
          .attachFiles, "send_message",
          ["channel_id": id(home.channel), "files": [["filename": "a", "data_b64": "aGk="]]]
        ),
        (.sendMessagesInThreads, "send_message", ["channel_id": id(home.thread), "content": "x"]),
        (
          .manageMessages, "delete_message", ["channel_id": id(home.channel), "message_id": id(home.message)]
        ),
        (
          .manageMessages, "bulk_delete_messages",
          ["channel_id": id(home.channel), "message_ids": [id(home.message), id(home.ownMessage)]]
        ),
        (
          .addReactions, "add_reaction",
          ["channel_id": id(home.channel), "message_id": id(home.message), "emoji": "👍"]
        ),
        (.pinMessages, "pin_message", ["channel_id": id(home.channel), "message_id": id(home.message)]),
        (.readMessageHistory, "get_messages", ["channel_id": id(home.channel)]),
        (.viewChannel, "get_messages", ["channel_id": id(home.channel)]),
        (.manageChannels, "create_channel", ["name": "x"]),
        (.manageChannels, "edit_channel", ["channel_id": id(home.channel), "name": "x"]),
        (.manageChannels, "delete_channel", ["channel_id": id(home.channel)]),
        (
          .manageRoles, "set_channel_permissions",
          ["channel_id": id(home.channel), "target_id": id(home.colour)]
        ),
        (
          .manageRoles, "delete_channel_permission",
          ["channel_id": id(home.channel), "target_id": id(home.colour)]
        ),
        (.createPublicThreads, "create_thread", ["channel_id": id(home.channel), "name": "x"]),
        (
          .createPrivateThreads, "create_thread",
          ["channel_id": id(home.channel), "name": "x", "thread_type": 12]
        ),
        (.manageThreads, "edit_thread", ["thread_id": id(home.thread), "name": "x"]),
        (.moderateMembers, "timeout_member", ["user_id": id(home.member), "duration_seconds": 5]),
        (.moderateMembers, "timeout_bulk", ["user_ids": [id(home.member)], "duration_seconds": 5]),
        (.manageNicknames, "set_nickname", ["user_id": id(home.member), "nickname": "x"]),
        (.kickMembers, "kick_member", ["user_id": id(home.member)]),
        (.kickMembers, "kick_bulk", ["user_ids": [id(home.member)]]),
        (.banMembers, "ban_member", ["user_id": id(home.member)]),
        (.banMembers, "unban_member", ["user_id": id(home.member)]),
        (.manageRoles, "add_role", ["user_id": id(home.member), "role_id": id(home.colour)]),
        (.manageRoles, "remove_role_bulk", ["user_ids": [id(home.member)], "role_id": id(home.colour)]),
        (.manageWebhooks, "create_webhook", ["channel_id": id(home.channel), "name": "x"]),
      ]
      let everyone = Permissions.all.subtracting(.administrator)
      // What @everyone has, the bot has as well.
      let guild = home.guild
      try await stage.simulator.withWorld { world in
        _ = try world.modifyRole(
          guild.everyoneRole, in: guild, by: home.owner, body: ["permissions": "0"], reason: nil)
      }
      try await stage.eventually("the bot knows what everyone has") {
        stage.view(guild).role(guild.everyoneRole)?.permissions == []
      }
      for (permission, method, params) in cases {
        try await stage.setPowers(everyone.subtracting(permission))
        let error = try await stage.failure(method, params)
        #expect(error?.code == .botMissingPermission, "\(method): \(error?.description ?? "done")")
        #expect(error?.permission == permission.names.first?.lowercased(), "\(method)")
      }
      // Its own messages a bot may always delete.
      try await stage.setPowers(everyone.subtracting(.manageMessages))
      try await stage.call(
        "delete_message", ["channel_id": id(home.channel), "message_id": id(home.ownMessage)])
    }
  }

  @Test func `Discord's refusals come with their status`() async throws {
    try await withMethods { stage in
      let home = stage.home
      let missing: JSONValue = ["channel_id": id(home.channel), "message_id": "5"]
      #expect(
        try await stage.failure("delete_message", missing)?.message
          == "Discord API error 404: Unknown Message")
      let others = try await stage.failure(
        "edit_message", ["channel_id": id(home.channel), "message_id": id(home.message), "content": "x"])
      #expect(others?.code == .discordAPI && others?.message.contains("error 403") == true)
      #expect(
        try await stage.failure(
          "delete_channel_permission", ["channel_id": id(home.channel), "target_id": id(home.colour)])?
          .message == "Discord API error 404: Unknown Overwrite")
      #expect(
        try await stage.failure("send_message", ["channel_id": id(home.category), "content": "x"])?.message
          .contains("error 400") == true)
      // A member who is none, and one who is somewhere else.
      for user in ["17", "\(stage.abroad.member)"] {
        #expect(try await stage.failure("get_member", ["user_id": .string(user)]) == .unknown(.member))
      }
    }
  }

  @Test func `a webhook that somebody deleted at Discord is forgotten`() async throws {
    try await withMethods { stage in
      let made = try await stage.call(
        "create_webhook", ["channel_id": id(stage.home.channel), "name": "R"])["webhook"]
      let hook = WebhookID(try #require(made?["id"]?.snowflake))
      await stage.simulator.withWorld { $0.webhooks[hook] = nil }
      let params: JSONValue = [
        "webhook_id": id(hook), "webhook_token": made?["token"] ?? .null, "content": "x",
      ]
      #expect(try await stage.failure("execute_webhook", params) == .unknown(.webhook))
      let store = WebhookStore(store: stage.makeCall("x", [:]).store, plugin: "tickets")
      #expect(try await store.all().isEmpty)
    }
  }

  @Test func `when Discord fails or has enough, the plugin hears the status and how long to wait`()
    async throws
  {
    try await withMethods { stage in
      let params: JSONValue = ["channel_id": id(stage.home.channel), "content": "x"]
      let route = "POST /channels/{channel.id}/messages"
      await stage.simulator.faults.order(FaultOrder(.serverError(status: 500), route: route))
      let broken = try await stage.failure("send_message", params)
      #expect(broken?.code == .discordAPI && broken?.message.contains("error 500") == true)
      await stage.simulator.faults.order(
        FaultOrder(.rateLimit(scope: .shared, retryAfter: .seconds(120)), route: route))
      let limited = try await stage.failure("send_message", params)
      #expect(limited?.code == .discordAPI && limited?.message.contains("error 429") == true)
      #expect(try #require(limited?.retryAfter) > 60)
    }
  }

  @Test func `no error tells a token or another server's id`() async throws {
    try await withMethods { stage in
      let made = try await stage.call(
        "create_webhook", ["channel_id": id(stage.home.channel), "name": "R"])["webhook"]
      let hook = WebhookID(try #require(made?["id"]?.snowflake))
      let real = try #require(await stage.simulator.withWorld { $0.webhooks[hook]?.token })
      await stage.simulator.faults.order(
        FaultOrder(.serverError(status: 500), route: "POST /webhooks/{webhook.id}/{webhook.token}"))
      let broken = try await stage.failure(
        "execute_webhook",
        ["webhook_id": id(hook), "webhook_token": made?["token"] ?? .null, "content": "x"])
      #expect(broken?.message.contains("error 500") == true && broken?.message.contains(real) == false)
      #expect(broken?.description.contains(made?["token"]?.string ?? "?") == false)
    }
  }
}
