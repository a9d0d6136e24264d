// Messages: what is refused, what mentions whom, what is deleted together.

import DiscordCore
import EventLoop
import JSON
import SimulatorWorld
import Testing

@Suite struct `Bodies of messages are checked` {
  /// A body, where the error stands, and its code.
  static let bad: [(body: JSONValue, path: [String], code: String)] = [
    (["content": .string(String(repeating: "x", count: 2_001))], ["content"], "BASE_TYPE_MAX_LENGTH"),
    (["embeds": .array(Array(repeating: ["title": "x"], count: 11))], ["embeds"], "BASE_TYPE_MAX_LENGTH"),
    (
      ["embeds": [["title": .string(String(repeating: "x", count: 257))]]], ["embeds", "0", "title"],
      "BASE_TYPE_MAX_LENGTH"
    ),
    (
      [
        "embeds": .array(
          Array(repeating: ["description": .string(String(repeating: "x", count: 3_001))], count: 2))
      ],
      ["embeds"], "MAX_EMBED_SIZE_EXCEEDED"
    ),
    (
      ["embeds": [["fields": [["name": "x"]]]]], ["embeds", "0", "fields", "0", "value"], "BASE_TYPE_REQUIRED"
    ),
    (
      ["embeds": [["title": "x", "url": "javascript:alert(1)"]]], ["embeds", "0", "url"],
      "URL_TYPE_INVALID_SCHEME"
    ),
    (["nonce": .string(String(repeating: "n", count: 26))], ["nonce"], "NONCE_TYPE_TOO_LONG"),
    (
      ["components": [["type": 1, "components": [["type": 2, "style": 1, "label": "x"]]]]],
      ["components", "0", "components", "0", "custom_id"], "BASE_TYPE_REQUIRED"
    ),
    (
      [
        "components": [
          [
            "type": 1,
            "components": [
              ["type": 2, "style": 1, "label": "x", "custom_id": "a"],
              ["type": 2, "style": 1, "label": "y", "custom_id": "a"],
            ],
          ]
        ]
      ], ["components", "0", "components", "1", "custom_id"], "COMPONENT_CUSTOM_ID_DUPLICATED"
    ),
    (["components": [["type": 10, "content": "x"]]], ["components", "0", "type"], "BASE_TYPE_CHOICES"),
    (
      ["flags": 32_768, "content": "x", "components": [["type": 10, "content": "x"]]], ["content"],
      "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"
    ),
    (
      ["flags": 32_768, "components": .array(Array(repeating: ["type": 10, "content": "x"], count: 41))],
      ["components"], "BASE_TYPE_MAX_LENGTH"
    ),
    (
      [
        "poll": [
          "question": ["text": "q"],
          "answers": .array(Array(repeating: ["poll_media": ["text": "a"]], count: 11)),
        ]
      ],
      ["poll", "answers"], "BASE_TYPE_MAX_LENGTH"
    ),
    (
      ["allowed_mentions": ["parse": ["users"], "users": ["1"]]], ["allowed_mentions", "parse"],
      "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE"
    ),
    (
      ["content": "x", "message_reference": ["message_id": "1"]], ["message_reference"],
      "MESSAGE_REFERENCE_UNKNOWN_MESSAGE"
    ),
  ]

  @Test(arguments: bad.indices)
  func `errors name field and rule`(index: Int) throws {
    let (body, path, code) = Self.bad[index]
    let town = try Town()
    let before = try town.fingerprint()
    let refusal = try #require(
      town.refusal { () throws(RESTFailure) in
        _ = try town.world.createMessage(in: town.text.id, by: town.actor, body: body)
      })
    #expect(refusal.status == 400)
    #expect(refusal.code == 50035)
    var place = refusal.errors
    for step in path { place = place?[step] }
    #expect(place?["_errors"]?.array?.first?["code"]?.string == code, "\(String(describing: refusal.errors))")
    #expect(try town.fingerprint() == before)
  }

  @Test func `an empty message is refused`() throws {
    let town = try Town()
    for body: JSONValue in [[:], ["content": ""], ["content": "   "], ["embeds": []]] {
      let refusal = town.refusal { () throws(RESTFailure) in
        _ = try town.world.createMessage(in: town.text.id, by: town.actor, body: body)
      }
      #expect(refusal == .emptyMessage)
    }
  }
}

@Suite struct `Messages live` {
  @Test func `an enforced nonce makes a repetition the same message`() throws {
    let town = try Town()
    let body: JSONValue = ["content": "x", "nonce": "once", "enforce_nonce": true]
    let first = try town.world.createMessage(in: town.text.id, by: town.actor, body: body)
    let second = try town.world.createMessage(in: town.text.id, by: town.actor, body: body)
    #expect(first.id == second.id)
    town.world.advance(by: .seconds(301))
    let later = try town.world.createMessage(in: town.text.id, by: town.actor, body: body)
    #expect(later.id != first.id)
  }

  /// Content, allowed mentions, and whether target, role and everyone are mentioned.
  static let mentions: [(allowed: JSONValue, user: Bool, role: Bool, everyone: Bool)] = [
    (.null, true, true, true), (["parse": []], false, false, false),
    (["parse": ["users"]], true, false, false), (["parse": ["everyone", "roles"]], false, true, true),
  ]

  @Test(arguments: mentions.indices)
  func `allowed mentions decide who is mentioned`(index: Int) throws {
    let (allowed, user, role, everyone) = Self.mentions[index]
    let town = try Town()
    let text = "<@\(town.target)> <@&\(town.lowRole)> @everyone"
    let message = try town.world.createMessage(
      in: town.text.id, by: town.actor, body: ["content": .string(text), "allowed_mentions": allowed])
    #expect(message.mentions.contains(town.target) == user)
    #expect(message.mentionedRoles.contains(town.lowRole) == role)
    #expect(message.mentionsEveryone == everyone)
  }

  @Test func `without MENTION_EVERYONE nobody is woken`() throws {
    let town = try Town(permissions: .all.subtracting([.administrator, .mentionEveryone]))
    let message = try town.world.createMessage(
      in: town.text.id, by: town.actor, body: ["content": .string("@everyone <@&\(town.lowRole)>")])
    #expect(!message.mentionsEveryone)
    #expect(message.mentionedRoles.isEmpty)
  }

  @Test func `bulk deletion has its rules`() throws {
    let town = try Town()
    func delete(_ ids: [MessageID]) -> Int? {
      town.refusal { () throws(RESTFailure) in
        try town.world.bulkDelete(
          in: town.text.id, by: town.actor, body: ["messages": .array(ids.map { .id($0) })], reason: nil)
      }?.code
    }
    #expect(delete([town.message]) == 50016)
    #expect(delete((0..<101).map { MessageID(town.message.rawValue + $0) }) == 50016)
    #expect(delete([town.message, town.message]) == 50035)
    town.world.advance(by: .seconds(14 * 86_400 + 60))
    let fresh = try town.world.createMessage(in: town.text.id, by: town.actor, body: ["content": "x"])
    #expect(delete([town.message, fresh.id]) == 50034)
    #expect(town.text.messages[town.message] != nil)
    let other = try town.world.createMessage(in: town.text.id, by: town.actor, body: ["content": "y"])
    #expect(delete([fresh.id, other.id]) == nil)
    #expect(town.text.messages[fresh.id] == nil)
    #expect(town.guild.auditLog.last?.action == .messageBulkDelete)
  }

  @Test func `a ban takes the messages of its time along`() throws {
    let town = try Town()
    town.world.advance(by: .seconds(3_600))
    let recent = try town.world.createMessage(
      in: town.text.id, by: town.owner, body: ["content": "mine"])
    var message = Message(id: town.world.newID(), channel: town.text.id, author: .user(town.target))
    message.content = "recent"
    town.world.post(message, in: town.text)
    try town.world.ban(
      town.target, from: town.guild.id, by: town.actor, body: ["delete_message_seconds": 1_800],
      reason: "spam")
    #expect(town.text.messages[message.id] == nil)
    #expect(town.text.messages[town.message] != nil)
    #expect(town.text.messages[recent.id] != nil)
    #expect(town.guild.bans[town.target]?.reason == "spam")
    #expect(
      town.refusal { () throws(RESTFailure) in try town.world.join(town.target, town.guild.id) }?.code
        == 40007)
  }

  @Test func `a forward carries what it forwards`() throws {
    let town = try Town()
    let message = try town.world.createMessage(
      in: town.news.id, by: town.actor,
      body: [
        "message_reference": [
          "type": 1, "message_id": .id(town.message), "channel_id": .id(town.text.id),
        ]
      ])
    #expect(message.snapshots.first?["message"]?["content"]?.string == "a message")
  }

  @Test func `slow mode holds people and spares bots`() throws {
    for isBot in [false, true] {
      let town = try Town(
        actorIsBot: isBot, permissions: .all.subtracting([.administrator, .bypassSlowmode]))
      town.text.slowmode = 30
      func write() -> Int? {
        town.refusal { () throws(RESTFailure) in
          _ = try town.world.createMessage(in: town.text.id, by: town.actor, body: ["content": "x"])
        }?.code
      }
      #expect(write() == nil)
      #expect(write() == (isBot ? nil : 20016))
      town.world.advance(by: .seconds(31))
      #expect(write() == nil)
    }
  }

  @Test func `a page is cut before, after and around a message`() throws {
    let town = try Town()
    var ids: [MessageID] = []
    for index in 0..<10 {
      ids.append(
        try town.world.createMessage(
          in: town.text.id, by: town.actor, body: ["content": .string("\(index)")]
        ).id)
    }
    func page(_ anchor: World.HistoryAnchor, _ limit: Int) throws -> [MessageID] {
      try town.world.history(of: town.text.id, for: town.actor, anchor, limit: limit).map(\.id)
    }
    #expect(try page(.newest, 2) == [ids[9], ids[8]])
    #expect(try page(.before(ids[5]), 2) == [ids[4], ids[3]])
    #expect(try page(.after(ids[5]), 2) == [ids[7], ids[6]])
    #expect(try page(.around(ids[5]), 3) == [ids[6], ids[5], ids[4]])
  }
}
