// The events of the gateway's feed: 60 % messages, 25 % presence and typing, the rest members, reactions, voice and
// interactions.

/// Makes events of a world, one after another.
struct FeedEvents {
  /// An event's name and data.
  struct Event {
    let name: String
    let data: String
  }

  /// The content of the last message of a feed.
  static let end = "END OF THE FEED"

  private let world: FeedWorld
  private var random: FeedRandom
  private var nextMessage: UInt64 = 1_400_000_000_000_000_000

  init(_ world: FeedWorld, seed: UInt64 = 11) {
    self.world = world
    random = FeedRandom(seed: seed)
  }

  mutating func next() -> Event {
    let guild = random.draw(world.guilds)
    switch random.draw(100) {
    case ..<58: return Event(name: "MESSAGE_CREATE", data: message(guild, content: nil))
    case ..<60: return Event(name: "MESSAGE_UPDATE", data: message(guild, content: nil))
    case ..<75: return Event(name: "PRESENCE_UPDATE", data: presence(guild))
    case ..<85: return Event(name: "TYPING_START", data: typing(guild))
    case ..<89: return Event(name: "GUILD_MEMBER_UPDATE", data: memberUpdate(guild))
    case ..<94: return Event(name: "MESSAGE_REACTION_ADD", data: reaction(guild))
    case ..<97: return Event(name: "VOICE_STATE_UPDATE", data: voice(guild))
    default: return Event(name: "INTERACTION_CREATE", data: interaction(guild))
    }
  }

  /// The message that ends the feed.
  mutating func last() -> Event { Event(name: "MESSAGE_CREATE", data: message(0, content: Self.end)) }

  private mutating func messageID() -> UInt64 {
    nextMessage += 4_194_304 + UInt64(random.draw(4_000))
    return nextMessage
  }

  private mutating func time() -> String {
    "2026-0\(1 + random.draw(9))-1\(random.draw(10))T0\(random.draw(10)):1\(random.draw(10)):2\(random.draw(10)).\(100_000 + random.draw(899_999))+00:00"
  }

  private mutating func attachment(_ channel: UInt64) -> String {
    let id = messageID()
    let query = "?ex=\(random.draw(1 << 30))&is=\(random.draw(1 << 30))&hm=\(random.hash())\(random.hash())&"
    return """
      {"id":"\(id)","filename":"image.png","size":\(random.draw(8_000_000)),"content_type":"image/png",\
      "url":"https://cdn.discordapp.com/attachments/\(channel)/\(id)/image.png\(query)",\
      "proxy_url":"https://media.discordapp.net/attachments/\(channel)/\(id)/image.png\(query)",\
      "width":1920,"height":1080,"placeholder":"6fcFBYCIiIiId3eIiIiHeIh4iA==","placeholder_version":1}
      """
  }

  private mutating func embed() -> String {
    """
    {"type":"rich","title":"\(random.words(5))","description":"\(random.words(25))",\
    "url":"https://example.org/\(random.draw(1000))","color":\(random.draw(0xFF_FFFF)),\
    "author":{"name":"\(random.words(2))","url":"https://example.org/u"},\
    "fields":[{"name":"\(random.words(2))","value":"\(random.words(6))","inline":true}]}
    """
  }

  private mutating func message(_ guild: Int, content: String?) -> String {
    let author = random.draw(world.members)
    let channel = world.channel(guild, random.draw(FeedWorld.textChannels))
    let mentioned = random.draw(world.members)
    let mentions =
      random.chance(20)
      ? "{\(world.user(guild, mentioned).dropFirst().dropLast()),\"member\":{\(world.memberFields(guild, mentioned))}}"
      : ""
    var extra = ""
    let isReply = random.chance(20)
    if isReply {
      let answered = messageID()
      extra = """
        ,"message_reference":{"type":0,"channel_id":"\(channel)","message_id":"\(answered)","guild_id":"\(world.guild(guild))"},\
        "referenced_message":{"id":"\(answered)","type":0,"channel_id":"\(channel)","content":"\(random.words(random.draw(20)))",\
        "author":\(world.user(guild, random.draw(world.members))),"timestamp":"\(time())","edited_timestamp":null,\
        "tts":false,"pinned":false,"mention_everyone":false,"mentions":[],"mention_roles":[],"attachments":[],\
        "embeds":[],"components":[],"flags":0}
        """
    }
    return """
      {"type":\(isReply ? 19 : 0),"tts":false,"timestamp":"\(time())","pinned":false,\
      "nonce":"\(messageID())","mentions":[\(mentions)],"mention_roles":[],"mention_everyone":false,\
      "member":{\(world.memberFields(guild, author))},"id":"\(messageID())","flags":0,\
      "embeds":[\(random.chance(12) ? embed() : "")],"edited_timestamp":null,\
      "content":"\(content ?? random.words(1 + random.draw(30)))","components":[],"channel_type":0,\
      "channel_id":"\(channel)","author":\(world.user(guild, author)),\
      "attachments":[\(random.chance(12) ? attachment(channel) : "")],"guild_id":"\(world.guild(guild))"\(extra)}
      """
  }

  private mutating func presence(_ guild: Int) -> String {
    let status = ["online", "idle", "dnd"][random.draw(3)]
    return """
      {"user":{"id":"\(world.userID(guild, random.draw(world.members)))"},"status":"\(status)",\
      "guild_id":"\(world.guild(guild))","client_status":{"desktop":"\(status)"},"activities":[{"name":"\(random.words(2))",\
      "type":0,"id":"\(random.hash().prefix(16))","created_at":17\(10_000_000_000 + random.draw(1 << 30)),\
      "details":"\(random.words(4))","state":"\(random.words(3))"}]}
      """
  }

  private mutating func typing(_ guild: Int) -> String {
    let member = random.draw(world.members)
    return """
      {"channel_id":"\(world.channel(guild, random.draw(FeedWorld.textChannels)))","guild_id":"\(world.guild(guild))",\
      "user_id":"\(world.userID(guild, member))","timestamp":17\(10_000_000 + random.draw(80_000_000)),\
      "member":\(world.member(guild, member))}
      """
  }

  private mutating func memberUpdate(_ guild: Int) -> String {
    let member = random.draw(world.members)
    return "{\"guild_id\":\"\(world.guild(guild))\",\(world.member(guild, member).dropFirst())"
  }

  private mutating func reaction(_ guild: Int) -> String {
    let member = random.draw(world.members)
    return """
      {"user_id":"\(world.userID(guild, member))","type":0,"message_id":"\(messageID())",\
      "message_author_id":"\(world.userID(guild, random.draw(world.members)))","member":\(world.member(guild, member)),\
      "emoji":{"name":"🎉","id":null},"channel_id":"\(world.channel(guild, random.draw(FeedWorld.textChannels)))",\
      "burst":false,"burst_colors":[],"guild_id":"\(world.guild(guild))"}
      """
  }

  private mutating func voice(_ guild: Int) -> String {
    let member = random.draw(world.members)
    return """
      {"member":\(world.member(guild, member)),"user_id":"\(world.userID(guild, member))","suppress":false,\
      "session_id":"\(random.hash())","self_video":false,"self_mute":\(random.chance(50)),"self_deaf":false,\
      "request_to_speak_timestamp":null,"mute":false,"deaf":false,"guild_id":"\(world.guild(guild))",\
      "channel_id":\(random.chance(70) ? "\"\(world.voiceChannel(guild))\"" : "null")}
      """
  }

  private mutating func interaction(_ guild: Int) -> String {
    let member = random.draw(world.members)
    let channel = world.channel(guild, random.draw(FeedWorld.textChannels))
    return """
      {"version":1,"type":2,"token":"\(random.hash())\(random.hash())","id":"\(messageID())",\
      "application_id":"\(FeedWorld.botID)","guild_id":"\(world.guild(guild))","guild_locale":"en-US","locale":"en-US",\
      "app_permissions":"2222085186636353","entitlements":[],"context":0,"attachment_size_limit":10485760,\
      "authorizing_integration_owners":{"0":"\(world.guild(guild))"},"entitlement_sku_ids":[],\
      "guild":{"id":"\(world.guild(guild))","features":[],"locale":"en-US"},\
      "channel_id":"\(channel)","channel":{"id":"\(channel)","type":0,"name":"channel","permissions":"2222085186636353",\
      "guild_id":"\(world.guild(guild))","position":0,"nsfw":false,"topic":null,"parent_id":null,\
      "rate_limit_per_user":0,"last_message_id":null,"flags":0},\
      "member":{\(world.memberFields(guild, member)),"permissions":"2222085186636353","user":\(world.user(guild, member))},\
      "data":{"type":1,"name":"ping","id":"1200000000000000001","options":[{"type":3,"name":"text","value":"\(random.words(5))"}]}}
      """
  }
}
