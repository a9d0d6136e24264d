// MESSAGE_CREATE events as Discord sends them, made up: the same ones in every run.

/// A message event, whole; the field names are those of Discord's API description.
struct MessageEvent: Codable, Equatable {
  struct User: Codable, Equatable {
    var id, username, discriminator: String
    var global_name, avatar: String?
    var public_flags: Int
    var bot: Bool?
    var avatar_decoration_data: Decoration?
    var primary_guild: PrimaryGuild?
    var member: Member?
  }
  struct Decoration: Codable, Equatable {
    var asset, sku_id: String
  }
  struct PrimaryGuild: Codable, Equatable {
    var identity_guild_id: String
    var identity_enabled: Bool
    var tag, badge: String
  }
  struct Member: Codable, Equatable {
    var roles: [String]
    var joined_at: String
    var nick, avatar, premium_since, communication_disabled_until: String?
    var flags: Int
    var pending, mute, deaf: Bool
  }
  struct Attachment: Codable, Equatable {
    var id, filename, url, proxy_url, content_type: String
    var size, width, height, placeholder_version: Int
    var placeholder: String
    var description: String?
  }
  struct Embed: Codable, Equatable {
    struct Field: Codable, Equatable {
      var name, value: String
      var inline: Bool
    }
    struct Media: Codable, Equatable {
      var url, proxy_url: String
      var width, height: Int
    }
    struct Author: Codable, Equatable {
      var name, url, icon_url: String
    }
    var type, title, description, url, timestamp: String
    var color: Int
    var author: Author
    var thumbnail: Media?
    var fields: [Field]
  }
  struct Reference: Codable, Equatable {
    var type: Int
    var channel_id, message_id, guild_id: String
  }
  /// The message that is answered.
  struct Referenced: Codable, Equatable {
    var id, channel_id, content, timestamp: String
    var type, flags: Int
    var tts, pinned, mention_everyone: Bool
    var author: User
    var attachments: [Attachment]
    var embeds: [Embed]
    var mentions: [User]
    var mention_roles: [String]
  }

  var type, channel_type, flags: Int
  var tts, pinned, mention_everyone: Bool
  var id, channel_id, guild_id, timestamp, content: String
  var edited_timestamp, nonce: String?
  var author: User
  var member: Member
  var mentions: [User]
  var mention_roles: [String]
  var attachments: [Attachment]
  var embeds: [Embed]
  var message_reference: Reference?
  var referenced_message: Referenced?
}

/// Makes events; the same for the same seed.
struct MessageEventMaker {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  private mutating func draw(_ bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int((state &>> 33) % UInt64(bound))
  }

  private mutating func chance(_ percent: Int) -> Bool { draw(100) < percent }

  private mutating func list<Element>(_ bound: Int, _ make: (inout Self) -> Element) -> [Element] {
    var elements: [Element] = []
    for _ in 0..<draw(bound + 1) { elements.append(make(&self)) }
    return elements
  }

  private mutating func id() -> String {
    "1\(100_000_000 + draw(899_999_999))\(10_000_000 + draw(89_999_999))"
  }

  private mutating func hash() -> String {
    var text = ""
    for _ in 0..<32 { text.append("0123456789abcdef"[draw(16)]) }
    return text
  }

  private mutating func words(_ count: Int) -> String {
    let pool = [
      "the", "server", "tonight", "raid", "at", "nine", "who", "is", "in", "\"quoted\"", "line\nbreak",
      "naïve",
      "日本語のメッセージ", "한국어", "🎉", "<@&123456789012345678>", "https://example.org/a?b=c&d=e", "C:\\temp",
      "tab\there",
      "moderation", "please", "thanks", "later", "already", "done",
    ]
    var text = ""
    for index in 0..<max(1, count) { text += (index == 0 ? "" : " ") + pool[draw(pool.count)] }
    return text
  }

  private mutating func time() -> String {
    "2024-0\(1 + draw(9))-1\(draw(10))T0\(draw(10)):1\(draw(10)):2\(draw(10)).\(100_000 + draw(899_999))+00:00"
  }

  private mutating func user(withMember: Bool) -> MessageEvent.User {
    MessageEvent.User(
      id: id(), username: "user_\(draw(100_000))", discriminator: "0",
      global_name: chance(80) ? words(2) : nil,
      avatar: chance(85) ? hash() : nil, public_flags: draw(256), bot: chance(10) ? true : nil,
      avatar_decoration_data: chance(20) ? .init(asset: "a_" + hash(), sku_id: id()) : nil,
      primary_guild: chance(20)
        ? .init(identity_guild_id: id(), identity_enabled: true, tag: "GLD", badge: hash()) : nil,
      member: withMember ? member() : nil)
  }

  private mutating func member() -> MessageEvent.Member {
    MessageEvent.Member(
      roles: list(8) { $0.id() }, joined_at: time(), nick: chance(30) ? words(1) : nil, avatar: nil,
      premium_since: chance(15) ? time() : nil, communication_disabled_until: nil, flags: draw(4),
      pending: false,
      mute: false, deaf: false)
  }

  private mutating func attachment() -> MessageEvent.Attachment {
    let (channel, file) = (id(), id())
    let path =
      "attachments/\(channel)/\(file)/image.png?ex=\(draw(1 << 30))&is=\(draw(1 << 30))&hm=\(hash())\(hash())&"
    return MessageEvent.Attachment(
      id: file, filename: "image.png", url: "https://cdn.discordapp.com/" + path,
      proxy_url: "https://media.discordapp.net/" + path, content_type: "image/png", size: draw(8_000_000),
      width: 100 + draw(3000), height: 100 + draw(3000), placeholder_version: 1,
      placeholder: "6fcFBYCIiIiId3eIiIiHeIh4iA==", description: chance(20) ? words(4) : nil)
  }

  private mutating func embed() -> MessageEvent.Embed {
    MessageEvent.Embed(
      type: "rich", title: words(5), description: words(25), url: "https://example.org/\(draw(1000))",
      timestamp: time(), color: draw(0xFF_FFFF),
      author: .init(
        name: words(2), url: "https://example.org/u/\(draw(1000))",
        icon_url: "https://example.org/\(hash()).png"),
      thumbnail: chance(60)
        ? .init(
          url: "https://example.org/\(hash()).png",
          proxy_url: "https://images-ext-1.discordapp.net/external/\(hash())",
          width: 128, height: 128) : nil,
      fields: list(3) { .init(name: $0.words(2), value: $0.words(6), inline: $0.chance(50)) })
  }

  private mutating func referenced(_ channel: String, _ message: String) -> MessageEvent.Referenced {
    MessageEvent.Referenced(
      id: message, channel_id: channel, content: words(draw(30)), timestamp: time(), type: 0, flags: 0,
      tts: false,
      pinned: false, mention_everyone: false, author: user(withMember: false),
      attachments: chance(20) ? [attachment()] : [], embeds: [], mentions: [], mention_roles: [])
  }

  /// The next event.
  mutating func event() -> MessageEvent {
    let (channel, guild, answered) = (id(), id(), id())
    let isReply = chance(35)
    return MessageEvent(
      type: isReply ? 19 : 0, channel_type: 0, flags: 0, tts: false, pinned: false,
      mention_everyone: chance(2),
      id: id(), channel_id: channel, guild_id: guild, timestamp: time(), content: words(1 + draw(40)),
      edited_timestamp: nil, nonce: chance(80) ? id() : nil, author: user(withMember: false),
      member: member(),
      mentions: list(2) { $0.user(withMember: true) }, mention_roles: list(2) { $0.id() },
      attachments: chance(60) ? list(2) { $0.attachment() } : [], embeds: chance(30) ? [embed()] : [],
      message_reference: isReply
        ? .init(type: 0, channel_id: channel, message_id: answered, guild_id: guild) : nil,
      referenced_message: isReply ? referenced(channel, answered) : nil)
  }
}

extension String {
  fileprivate subscript(position: Int) -> Character { self[index(startIndex, offsetBy: position)] }
}
