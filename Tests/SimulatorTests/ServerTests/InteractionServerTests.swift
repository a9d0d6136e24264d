// Tests of commands and interactions, over the gateway and over signed HTTP.

import DiscordCore
import EventLoop
import HTTPClient
import HTTPServer
import HTTPTypes
import JSON
import Simulator
import SimulatorWorld
import Telemetry
import TestKit
import Testing
import Vault

@Suite(.timeLimit(.minutes(1))) struct InteractionServerTests {
  private let roll: JSONValue = [
    "name": "roll", "description": "Rolls",
    "options": [
      [
        "type": 4, "name": "sides", "description": "How many", "required": true, "min_value": 2,
        "max_value": 100,
      ]
    ],
  ]

  /// Registers a command in the guild and returns it.
  private func register(_ body: JSONValue, on stage: Stage) async throws -> JSONValue {
    let made = try await stage.call(.post, "/applications/\(stage.bot)/guilds/\(stage.guild)/commands", body)
    #expect(made.status == 201)
    return made.json
  }

  /// A person uses a command.
  private func use(
    _ command: JSONValue, _ options: JSONValue = [], by user: UserID, on stage: Stage, kind: Int64 = 2
  ) async throws -> Stage.Answer {
    try await stage.call(
      .post, "/interactions",
      [
        "type": .integer(kind), "application_id": .id(stage.bot), "guild_id": .id(stage.guild),
        "channel_id": .id(stage.open), "session_id": "s", "nonce": "n",
        "data": [
          "id": command["id"] ?? .null, "version": command["version"] ?? .null,
          "name": command["name"] ?? .null,
          "type": 1, "options": options,
        ],
      ], as: stage.person(user))
  }

  @Test func `a command travels to the bot and its answer back`() async throws {
    try await Stage.with { stage async throws in
      let bot = try await stage.session()
      let anna = try await stage.session(token: stage.person(stage.anna))
      let command = try await register(roll, on: stage)
      #expect(
        try await use(command, [["type": 4, "name": "sides", "value": 6]], by: stage.anna, on: stage).status
          == 204)
      let interaction = try await bot.event("INTERACTION_CREATE")
      #expect(interaction["data"]?["options"] == [["name": "sides", "type": 4, "value": 6]])
      #expect(interaction["member"]?["user"]?["id"]?.snowflake == stage.anna.rawValue)
      #expect(interaction["data"]?["resolved"] == nil)
      let (id, token) = (interaction["id"]?.string ?? "", interaction["token"]?.string ?? "")
      let path = "/interactions/\(id)/\(token)/callback"
      let wrong = try await stage.call(.post, path, ["type": 7, "data": ["content": "no"]], as: "")
      #expect(wrong.json["code"] == 50035)
      let answer = try await stage.call(
        .post, path + "?with_response=true", ["type": 4, "data": ["content": "Four"]], as: "")
      #expect(answer.json["resource"]?["message"]?["content"] == "Four")
      #expect(
        try await stage.call(.post, path, ["type": 4, "data": ["content": "again"]], as: "").json["code"]
          == 40060)
      let shown = try await anna.event("MESSAGE_CREATE")
      #expect(shown["interaction_metadata"]?["name"] == "roll")
      #expect(shown["type"] == 20)
      _ = try await anna.event("INTERACTION_SUCCESS")

      let hook = "/webhooks/\(stage.bot)/\(token)"
      #expect(try await stage.call(.get, "\(hook)/messages/@original", as: "").json["content"] == "Four")
      #expect(
        try await stage.call(.patch, "\(hook)/messages/@original", ["content": "Five"], as: "").json[
          "content"] == "Five")
      let more = try await stage.call(.post, hook, ["content": "For your eyes", "flags": 64], as: "")
      #expect(more.json["flags"] == 64)
      _ = try await anna.event("MESSAGE_CREATE") { $0["content"] == "For your eyes" }
      let ben = try await stage.call(.get, "/channels/\(stage.open)/messages", as: stage.person(stage.ben))
        .json
      #expect(ben.array?.compactMap { $0["content"]?.string } == ["Five"])
      #expect(try await stage.call(.delete, "\(hook)/messages/@original", as: "").status == 204)
      #expect(try await stage.call(.get, "\(hook)/messages/@original", as: "").json["code"] == 10008)
      await stage.simulator.advance(by: .seconds(901))
      #expect(try await stage.call(.post, hook, ["content": "late"], as: "").json["code"] == 10015)
    }
  }

  @Test func `three seconds without an answer fail, and the answer is refused then`() async throws {
    try await Stage.with(isFrozen: true) { stage async throws in
      let bot = try await stage.session()
      let anna = try await stage.session(token: stage.person(stage.anna))
      let command = try await register(["name": "slow", "description": "Slow"], on: stage)
      _ = try await use(command, by: stage.anna, on: stage)
      let interaction = try await bot.event("INTERACTION_CREATE")
      await stage.simulator.advance(by: .milliseconds(3_500))
      #expect(try await anna.event("INTERACTION_FAILURE")["nonce"] == "n")
      let path =
        "/interactions/\(interaction["id"]?.string ?? "")/\(interaction["token"]?.string ?? "")/callback"
      #expect(
        try await stage.call(.post, path, ["type": 4, "data": ["content": "x"]], as: "").json["code"] == 10062
      )
    }
  }

  @Test func `commands are for those who may use them`() async throws {
    try await Stage.with { stage async throws in
      let command = try await register(
        ["name": "tidy", "description": "Tidies", "default_member_permissions": "8192"], on: stage)
      #expect(try await use(command, by: stage.anna, on: stage).json["code"] == 50013)
      #expect(try await use(command, by: stage.owner, on: stage).status == 204)
      let index = "/channels/\(stage.open)/application-command-index"
      #expect(
        try await stage.call(.get, index, as: stage.person(stage.anna)).json["application_commands"] == [])
      let path =
        "/applications/\(stage.bot)/guilds/\(stage.guild)/commands/\(command["id"]?.string ?? "")/permissions"
      let entry: JSONValue = ["permissions": [["id": .id(stage.anna), "type": 2, "permission": true]]]
      #expect(try await stage.call(.put, path, entry).json["code"] == 20001, "bots may not")
      #expect(try await stage.call(.put, path, entry, as: stage.person(stage.owner)).status == 200)
      #expect(try await use(command, by: stage.anna, on: stage).status == 204)
      #expect(try await stage.call(.get, path).json["permissions"] == entry["permissions"])
      let bad = try await use(
        try await register(roll, on: stage), [["type": 4, "name": "sides", "value": 1]], by: stage.anna,
        on: stage)
      #expect(bad.json["code"] == 50035)
    }
  }

  @Test func `registering follows the limits`() async throws {
    try await Stage.with { stage async throws in
      let path = "/applications/\(stage.bot)/commands"
      await stage.simulator.limitsREST(false)
      func named(_ count: Int, _ type: Int64) -> JSONValue {
        .array(
          (0..<count).map {
            ["name": .string("c\($0)"), "type": .integer(type), "description": type == 1 ? "x" : ""]
          })
      }
      #expect(try await stage.call(.put, path, named(100, 1)).json.array?.count == 100)
      #expect(try await stage.call(.put, path, named(101, 1)).json["code"] == 30032)
      #expect(try await stage.call(.put, path, named(16, 2)).json["code"] == 30032)
      #expect(try await stage.call(.put, path, named(131, 1)).json["code"] == 50035)
      #expect(try await stage.call(.put, path, [roll, roll]).json["code"] == 50035)
      let first = try await stage.call(.get, path).json.array?.first
      let again = try await stage.call(.post, path, ["name": "c0", "description": "new words"])
      #expect(again.status == 200)
      #expect(again.json["id"] == first?["id"])
      #expect(again.json["version"] != first?["version"])
      #expect(try await stage.call(.put, path, []).json == [])
      #expect(try await stage.call(.put, path, named(100, 1)).status == 200)
      #expect(try await stage.call(.put, path, []).json == [])
      #expect(try await stage.call(.put, path, named(1, 1)).json["code"] == 30034, "200 a day")
    }
  }

  @Test func `an application's own address is called, signed, and checked before`() async throws {
    try await Stage.with { stage async throws in
      let key = try Ed25519PublicKey(
        hex: await stage.simulator.withWorld { $0.applications[stage.bot]?.verifyKey ?? "" })
      let seen = Recorder<JSONValue>()
      var router = Router()
      router.post("/interactions", name: "interactions") { request in
        let body = try await request.body.collect()
        guard
          key.verifiesInteraction(
            signatureHex: request["X-Signature-Ed25519"] ?? "",
            timestamp: request["X-Signature-Timestamp"] ?? "", body: body)
        else { return HTTPResponse(status: .unauthorized) }
        let json = try JSONValue(parsing: body)
        seen.record(json)
        let answer = json["type"] == 1 ? #"{"type":1}"# : #"{"type":4,"data":{"content":"By post"}}"#
        return HTTPResponse(contentType: "application/json", text: answer)
      }
      let server = try HTTPServer(
        .tcp(host: "127.0.0.1", port: 0), router: router, loop: stage.loop, metrics: MetricRegistry(),
        writesAccessLog: false)
      guard case .tcp(let host, let port) = try server.start() else { return }
      let url = "http://\(host):\(port)/interactions"
      let set = try await stage.call(.patch, "/applications/@me", ["interactions_endpoint_url": .string(url)])
      #expect(set.json["interactions_endpoint_url"]?.string == url)
      try await eventually("the ping comes") { seen.values.contains { $0["type"] == 1 } }
      let anna = try await stage.session(token: stage.person(stage.anna))
      let command = try await register(["name": "post", "description": "By post"], on: stage)
      _ = try await use(command, by: stage.anna, on: stage)
      _ = try await anna.event("MESSAGE_CREATE") { $0["content"] == "By post" }
      #expect(seen.values.last?["data"]?["name"] == "post")
      await server.shutdown(grace: .seconds(1))

      let bad = "http://\(host):\(port)/gone"
      _ = try await stage.call(.patch, "/applications/@me", ["interactions_endpoint_url": .string(bad)])
      try await eventually("the address is dropped") {
        await stage.simulator.withWorld { $0.applications[stage.bot]?.interactionsEndpointURL } == nil
      }
    }
  }

  @Test func `a modal brings back what was asked for`() async throws {
    try await Stage.with { stage async throws in
      let bot = try await stage.session()
      let anna = try await stage.session(token: stage.person(stage.anna))
      let command = try await register(["name": "ask", "description": "Asks"], on: stage)
      _ = try await use(command, by: stage.anna, on: stage)
      let interaction = try await bot.event("INTERACTION_CREATE")
      let path =
        "/interactions/\(interaction["id"]?.string ?? "")/\(interaction["token"]?.string ?? "")/callback"
      let modal: JSONValue = [
        "custom_id": "m", "title": "Questions",
        "components": [
          ["type": 18, "label": "Why?", "component": ["type": 4, "custom_id": "why", "style": 2]],
          ["type": 18, "label": "Who?", "component": ["type": 5, "custom_id": "who"]],
          [
            "type": 18, "label": "Which?",
            "component": [
              "type": 21, "custom_id": "which",
              "options": [["label": "A", "value": "a"], ["label": "B", "value": "b"]],
            ],
          ],
          ["type": 18, "label": "Sure?", "component": ["type": 23, "custom_id": "sure"]],
        ],
      ]
      #expect(try await stage.call(.post, path, ["type": 9, "data": modal], as: "").status == 204)
      let opened = try await anna.event("INTERACTION_MODAL_CREATE")
      func submit(_ which: String) async throws -> Stage.Answer {
        try await stage.call(
          .post, "/interactions",
          [
            "type": 5, "application_id": .id(stage.bot), "guild_id": .id(stage.guild),
            "channel_id": .id(stage.open),
            "session_id": "s", "nonce": "m",
            "data": [
              "id": opened["id"] ?? .null, "custom_id": "m",
              "components": [
                ["type": 18, "component": ["type": 4, "custom_id": "why", "value": "Because"]],
                ["type": 18, "component": ["type": 5, "custom_id": "who", "values": [.id(stage.ben)]]],
                ["type": 18, "component": ["type": 21, "custom_id": "which", "value": .string(which)]],
                ["type": 18, "component": ["type": 23, "custom_id": "sure", "value": true]],
              ],
            ],
          ], as: stage.person(stage.anna))
      }
      #expect(try await submit("c").json["code"] == 50035)
      #expect(try await submit("b").status == 204)
      let submitted = try await bot.event("INTERACTION_CREATE") { $0["type"] == 5 }
      let inputs = submitted["data"]?["components"]?.array?.compactMap { $0["component"] } ?? []
      #expect(inputs.compactMap { $0["custom_id"]?.string } == ["why", "who", "which", "sure"])
      #expect(inputs[0]["value"] == "Because")
      #expect(inputs[2]["value"] == "b")
      #expect(inputs[3]["value"] == true)
      #expect(submitted["data"]?["resolved"]?["users"]?[stage.ben.description]?["username"] == "ben")
    }
  }
}
