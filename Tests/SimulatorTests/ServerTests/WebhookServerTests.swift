// Tests of webhooks, applications' own things, and the CDN.

import DiscordCore
import EventLoop
import HTTPClient
import HTTPTypes
import JSON
import Simulator
import SimulatorWorld
import TestKit
import Testing

@Suite(.timeLimit(.minutes(1))) struct WebhookServerTests {
  @Test func `a webhook posts, edits and goes`() async throws {
    try await Stage.with { stage async throws in
      let anna = try await stage.session(token: stage.person(stage.anna))
      let made = try await stage.call(.post, "/channels/\(stage.open)/webhooks", ["name": "Herald"])
      let path = "/webhooks/\(made.json["id"]?.string ?? "")/\(made.json["token"]?.string ?? "")"
      #expect(try await stage.call(.post, path, ["content": "quietly"], as: "").status == 204)
      let said = try await stage.call(
        .post, path + "?wait=true", ["content": "Hear!", "username": "Crier"], as: "")
      #expect(said.json["author"]?["username"] == "Crier")
      #expect(said.json["webhook_id"] == made.json["id"])
      _ = try await anna.event("MESSAGE_CREATE") { $0["content"] == "Hear!" }
      let message = "\(path)/messages/\(said.json["id"]?.string ?? "")"
      #expect(
        try await stage.call(.patch, message, ["content": "Hear, hear!"], as: "").json["content"]
          == "Hear, hear!")
      #expect(try await stage.call(.delete, message, as: "").status == 204)
      #expect(try await stage.call(.get, message, as: "").json["code"] == 10008)
      #expect(try await stage.call(.post, path + "x", ["content": "x"], as: "").json["code"] == 50027)
      #expect(try await stage.call(.post, path, [:], as: "").json["code"] == 50006)
      #expect(try await stage.call(.delete, path, as: "").status == 204)
      #expect(try await stage.call(.post, path, ["content": "x"], as: "").json["code"] == 10015)
    }
  }

  @Test func `the audit log knows who made, changed and removed it`() async throws {
    try await Stage.with { stage async throws in
      let bot = try await stage.session()
      let made = try await stage.call(.post, "/channels/\(stage.open)/webhooks", ["name": "Herald"])
      let path = "/webhooks/\(made.json["id"]?.string ?? "")"
      _ = try await stage.call(.patch, path, ["name": "Crier", "channel_id": .id(stage.secret)])
      _ = try await stage.call(.delete, path)
      for action in [Int64(50), 51, 52] {
        let entry = try await bot.event("GUILD_AUDIT_LOG_ENTRY_CREATE") { $0["action_type"]?.int64 == action }
        #expect(entry["target_id"] == made.json["id"])
        #expect(entry["user_id"]?.snowflake == stage.bot.rawValue)
      }
      #expect(bot.events.count { $0 == "WEBHOOKS_UPDATE" } == 3)
    }
  }

  @Test func `fifteen in a channel, for those who manage them`() async throws {
    try await Stage.with { stage async throws in
      await stage.simulator.limitsREST(false)
      let path = "/channels/\(stage.open)/webhooks"
      #expect(
        try await stage.call(.post, path, ["name": "x"], as: stage.person(stage.anna)).json["code"] == 50013)
      for number in 1...15 {
        #expect(try await stage.call(.post, path, ["name": .string("h\(number)")]).status == 200)
      }
      #expect(try await stage.call(.post, path, ["name": "one more"]).json["code"] == 30007)
      #expect(try await stage.call(.get, path).json.array?.count == 15)
      #expect(try await stage.call(.post, path, ["name": "Discord helper"]).json["code"] == 50035)
    }
  }

  @Test func `an application describes and changes itself`() async throws {
    try await Stage.with { stage async throws in
      let changed = try await stage.call(
        .patch, "/applications/@me", ["description": "Tests", "tags": ["a", "b"]])
      #expect(changed.json["description"] == "Tests")
      #expect(changed.json["tags"] == ["a", "b"])
      #expect(try await stage.call(.get, "/applications/@me").json["verify_key"]?.string?.utf8.count == 64)
      #expect(try await stage.call(.get, "/applications/1/commands").json["code"] == 20012)
      #expect(try await stage.call(.get, "/applications/@me", as: "").status == 401)
    }
  }

  @Test func `emojis, goods and linked roles belong to the application`() async throws {
    try await Stage.with { stage async throws in
      let base = "/applications/\(stage.bot)"
      let pixel =
        "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
      let emoji = try await stage.call(.post, "\(base)/emojis", ["name": "dot", "image": .string(pixel)])
      #expect(emoji.status == 201)
      let picture = try await stage.get("/emojis/\(emoji.json["id"]?.string ?? "").png")
      #expect(picture.body.count == 70)
      #expect(
        try await stage.call(.post, "\(base)/emojis", ["name": "no good", "image": .string(pixel)]).json[
          "code"] == 50035)
      #expect(try await stage.call(.get, "\(base)/emojis").json["items"]?.array?.count == 1)

      var request = HTTPClient.Request("http://\(stage.simulator.authority)/sim\(base)/skus", method: .post)
      request.version = .http1
      let sku = try JSONValue(parsing: try await stage.http.send(request).body)
      let bot = try await stage.session()
      let granted = try await stage.call(
        .post, "\(base)/entitlements",
        ["sku_id": sku["id"] ?? .null, "owner_id": .id(stage.guild), "owner_type": 1])
      #expect(granted.json["guild_id"]?.snowflake == stage.guild.rawValue)
      _ = try await bot.event("ENTITLEMENT_CREATE")
      #expect(
        try await stage.call(.get, "\(base)/entitlements?guild_id=\(stage.guild)").json.array?.count == 1)
      #expect(
        try await stage.call(.get, "/skus/\(sku["id"]?.string ?? "")/subscriptions").json.array?.count == 1)
      #expect(
        try await stage.call(.delete, "\(base)/entitlements/\(granted.json["id"]?.string ?? "")").status
          == 204)
      _ = try await bot.event("ENTITLEMENT_DELETE")
      #expect(try await stage.call(.get, "\(base)/entitlements").json.array?.isEmpty == true)
      let metadata: JSONValue = [["type": 2, "key": "level", "name": "Level", "description": "How far"]]
      #expect(try await stage.call(.put, "\(base)/role-connections/metadata", metadata).json == metadata)
    }
  }
}

@Suite(.timeLimit(.minutes(1))) struct CDNServerTests {
  @Test(arguments: [
    "/avatars/1/abc.png", "/icons/1/abc.png?size=64", "/banners/1/abc.webp", "/emojis/5.png",
    "/embed/avatars/3.png",
    "/stickers/9.png", "/role-icons/1/abc.png", "/guilds/1/users/2/avatars/abc.png",
  ])
  func `every path of pictures has one`(path: String) async throws {
    try await Stage.with { stage async throws in
      let answer = try await stage.get(path)
      #expect(answer.status == .ok)
      #expect(answer.fields["Content-Type"] == "image/png")
      #expect(answer.fields["Cache-Control"]?.contains("immutable") == true)
      #expect(answer.body.starts(with: [0x89, 0x50, 0x4E, 0x47]))
      #expect(try await stage.get("/avatars/1/abc.png?size=7").status == .badRequest)
    }
  }

  @Test func `attachments come back to those who have the signed link, for a while`() async throws {
    try await Stage.with { stage async throws in
      var form = HTTPClient.Request(
        stage.simulator.apiBase + "/channels/\(stage.open)/messages", method: .post)
      form.version = .http1
      form.fields["Authorization"] = "Bot \(stage.token)"
      form.fields["Content-Type"] = "multipart/form-data; boundary=x"
      form.body = .text(
        "--x\r\nContent-Disposition: form-data; name=\"files[0]\"; filename=\"a.html\"\r\nContent-Type: text/html\r\n\r\n<b>hi</b>\r\n--x--\r\n"
      )
      let message = try JSONValue(parsing: try await stage.http.send(form).body)
      let url = try #require(message["attachments"]?.array?.first?["url"]?.string)
      let path = String(url.dropFirst("http://\(stage.simulator.authority)".count))
      let file = try await stage.get(path)
      #expect(file.text == "<b>hi</b>")
      #expect(file.fields["Content-Disposition"]?.hasPrefix("attachment") == true, "no page of ours")
      let bare = String(path.prefix { $0 != "?" })
      #expect(try await stage.get(bare).status == .notFound)
      await stage.simulator.advance(by: .seconds(3 * 86_400))
      #expect(try await stage.get(path).status == .notFound)
    }
  }
}
