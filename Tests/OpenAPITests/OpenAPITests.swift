// The checker itself: it must find what is wrong, or the proofs that rest on it prove nothing.

import JSON
import OpenAPI
import Testing

@Suite struct OpenAPITests {
  private let document: OpenAPIDocument

  init() throws { document = try OpenAPIDocument.discord.get() }

  private func send(
    _ body: JSONValue, status: Int = 200, query: [String] = [], answer: JSONValue? = nil
  ) throws -> [String] {
    document.violations(
      RecordedExchange(
        method: "POST", path: "/channels/1/messages", queryNames: query, request: try body.encoded(),
        status: status, response: try (answer ?? Self.message).encoded()))
  }

  private static let message: JSONValue = [
    "id": "1", "channel_id": "1", "type": 0, "content": "hello", "mentions": [], "mention_roles": [],
    "attachments": [], "embeds": [], "components": [], "timestamp": "2026-01-01T00:00:00.000000+00:00",
    "edited_timestamp": nil, "flags": 0, "tts": false, "pinned": false, "mention_everyone": false,
    "author": [
      "id": "2", "username": "ada", "discriminator": "0", "avatar": nil, "global_name": "Ada", "flags": 0,
      "public_flags": 0, "primary_guild": nil,
    ],
  ]

  @Test func `a proper exchange has no violations`() throws {
    #expect(try send(["content": "hello"]) == [])
  }

  @Test func `what is wrong is found and placed`() throws {
    #expect(try send(["contnet": "hello"]) == ["create_message request /contnet: no such field"])
    #expect(try send(["content": 5]).contains { $0.contains("/content") })
    #expect(try send(["embeds": [["titel": "x"]]]).contains { $0.contains("/embeds/0/titel: no such field") })
    #expect(try send(["content": "x"], query: ["wiat"]).contains { $0.contains("wiat") })
    var broken = try #require(Self.message.object)
    broken.fields.removeAll { $0.key == "author" }
    let missing = try send(["content": "x"], answer: .object(broken))
    #expect(missing.contains { $0.contains("answer 200 /author: missing") })
    broken.fields.append(.init(key: "author", value: ["id": "not an id"]))
    let wrong = try send(["content": "x"], answer: .object(broken))
    #expect(wrong.contains { $0.contains("/author/id: not a snowflake") })
  }

  @Test func `a refused request may be wrong, its answer may not`() throws {
    let refusal: JSONValue = ["message": "Invalid Form Body", "code": 50_035]
    #expect(try send(["contnet": "x"], status: 400, answer: refusal) == [])
    #expect(try !send(["contnet": "x"], status: 400, answer: ["message": 5]).isEmpty)
  }

  @Test func `an operation is found by the most literal path`() {
    #expect(document.operation("GET", "/users/@me") == "get_my_user")
    #expect(document.operation("GET", "/users/5") == "get_user")
    #expect(document.operation("GET", "/nowhere") == nil)
  }

  @Test func `a form's JSON part is checked`() throws {
    let form =
      "--b\r\nContent-Disposition: form-data; name=\"payload_json\"\r\n\r\n{\"contnet\":\"x\"}\r\n--b--\r\n"
    let found = document.violations(
      RecordedExchange(
        method: "POST", path: "/channels/1/messages", requestType: "multipart/form-data; boundary=b",
        request: Array(form.utf8), status: 200, response: try Self.message.encoded()))
    #expect(found == ["create_message request /contnet: no such field"])
  }
}
