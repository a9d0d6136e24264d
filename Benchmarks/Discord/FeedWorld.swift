// The guilds of the gateway's feed, as JSON: the same ones in every run.

/// Random numbers that are the same in every run.
struct FeedRandom {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func draw(_ bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int((state &>> 33) % UInt64(bound))
  }

  mutating func chance(_ percent: Int) -> Bool { draw(100) < percent }

  mutating func hash() -> String {
    let digits = Array("0123456789abcdef")
    return String((0..<32).map { _ in digits[draw(16)] })
  }

  mutating func words(_ count: Int) -> String {
    let pool = [
      "the", "server", "tonight", "raid", "at", "nine", "who", "is", "in", "line\\nbreak", "naïve", "please",
      "日本語のメッセージ", "한국어", "🎉", "<@&123456789012345678>", "https://example.org/a?b=c&d=e", "\\\"quoted\\\"",
      "moderation", "thanks", "later", "already", "done", "dungeon", "guild", "trade", "lol", "ok",
    ]
    return (0..<max(1, count)).map { _ in pool[draw(pool.count)] }.joined(separator: " ")
  }
}

/// So many guilds with so many members each, and the JSON of what they are made of. Fields are those of Discord's
/// documentation, as many as foreign clients insist on.
struct FeedWorld {
  let guilds: Int
  let members: Int
  static let textChannels = 8
  static let botID = "900000000000000001"

  func guild(_ index: Int) -> UInt64 { (1_000_000 + UInt64(index)) << 22 }
  func channel(_ guild: Int, _ index: Int) -> UInt64 { self.guild(guild) + 100 + UInt64(index) }
  func role(_ guild: Int, _ index: Int) -> UInt64 { self.guild(guild) + 1_000 + UInt64(index) }
  func voiceChannel(_ guild: Int) -> UInt64 { self.guild(guild) + 99 }
  func userID(_ guild: Int, _ index: Int) -> UInt64 {
    500_000_000_000_000_000 + UInt64(guild * members + index) * 4096
  }

  func user(_ guild: Int, _ index: Int) -> String {
    let id = userID(guild, index)
    let hash = String(id &* 0x9E37_79B9_7F4A_7C15, radix: 16)
    return """
      {"id":"\(id)","username":"user_\(index)_\(guild)","global_name":"Name \(index)","discriminator":"0",\
      "avatar":"\(hash)\(hash)","public_flags":\(index % 7 * 64),"avatar_decoration_data":null,\
      "primary_guild":null,"bot":false}
      """
  }

  /// Without the braces, so that `user` can be put beside it.
  func memberFields(_ guild: Int, _ index: Int) -> String {
    """
    "roles":["\(role(guild, index % 5))","\(role(guild, 5 + index % 3))"],"nick":\
    \(index % 3 == 0 ? "\"nick \(index)\"" : "null"),"avatar":null,"banner":null,\
    "joined_at":"2024-0\(1 + index % 9)-11T10:11:12.345000+00:00","premium_since":null,"deaf":false,"mute":false,\
    "pending":false,"flags":0,"communication_disabled_until":null
    """
  }

  func member(_ guild: Int, _ index: Int) -> String {
    "{\(memberFields(guild, index)),\"user\":\(user(guild, index))}"
  }

  var ready: String {
    let list = (0..<guilds).map { #"{"id":"\#(guild($0))","unavailable":true}"# }.joined(separator: ",")
    return """
      {"v":10,"user":{"id":"\(Self.botID)","username":"feed","global_name":null,"discriminator":"0001",\
      "avatar":null,"public_flags":0,"flags":0,"bot":true,"verified":true,"mfa_enabled":true,"email":null},\
      "guilds":[\(list)],"session_id":"feed","resume_gateway_url":"ws://127.0.0.1:1","session_type":"normal",\
      "private_channels":[],"shard":[0,1],"application":{"id":"\(Self.botID)","flags":8953856}}
      """
  }

  func guildCreate(_ index: Int) -> String {
    let id = guild(index)
    let roles =
      (0..<8).map { number in
        """
        {"id":"\(role(index, number))","name":"role \(number)","permissions":"\(1_071_698_660_929 + number)",\
        "position":\(number + 1),"color":\(number * 70_000),"colors":{"primary_color":\(number * 70_000),\
        "secondary_color":null,"tertiary_color":null},"hoist":false,"managed":false,"mentionable":true,\
        "icon":null,"unicode_emoji":null,"flags":0}
        """
      } + [
        """
        {"id":"\(id)","name":"@everyone","permissions":"2222085186636353","position":0,"color":0,"colors":\
        {"primary_color":0,"secondary_color":null,"tertiary_color":null},"hoist":false,"managed":false,\
        "mentionable":false,"icon":null,"unicode_emoji":null,"flags":0}
        """
      ]
    var channels = (0..<Self.textChannels).map { number in
      """
      {"id":"\(channel(index, number))","type":0,"name":"channel-\(number)","position":\(number),"topic":null,\
      "nsfw":false,"last_message_id":null,"rate_limit_per_user":0,"parent_id":null,"flags":0,\
      "permission_overwrites":[{"id":"\(id)","type":0,"allow":"0","deny":"\(number == 0 ? "2048" : "0")"}]}
      """
    }
    channels.append(
      """
      {"id":"\(voiceChannel(index))","type":2,"name":"Voice","position":20,"bitrate":64000,"user_limit":0,\
      "rtc_region":null,"parent_id":null,"flags":0,"nsfw":false,"rate_limit_per_user":0,"last_message_id":null,\
      "permission_overwrites":[]}
      """)
    let bot =
      #"{"roles":[],"nick":null,"avatar":null,"joined_at":"2024-01-11T10:11:12.345000+00:00","premium_since":null,"deaf":false,"mute":false,"pending":false,"flags":0,"communication_disabled_until":null,"user":{"id":"\#(Self.botID)","username":"feed","global_name":null,"discriminator":"0001","avatar":null,"public_flags":0,"bot":true}}"#
    let members = ((0..<members).map { member(index, $0) } + [bot]).joined(separator: ",")
    return """
      {"id":"\(id)","name":"Guild \(index)","icon":null,"icon_hash":null,"splash":null,"discovery_splash":null,\
      "owner_id":"\(userID(index, 0))","afk_channel_id":null,"afk_timeout":300,"verification_level":1,\
      "default_message_notifications":1,"explicit_content_filter":0,"roles":[\(roles.joined(separator: ","))],\
      "emojis":[],"features":["COMMUNITY"],"mfa_level":0,"application_id":null,"system_channel_id":null,\
      "system_channel_flags":0,"rules_channel_id":null,"max_presences":null,"max_members":500000,\
      "vanity_url_code":null,"description":null,"banner":null,"premium_tier":0,"premium_subscription_count":0,\
      "preferred_locale":"en-US","public_updates_channel_id":null,"max_video_channel_users":25,\
      "max_stage_video_channel_users":50,"nsfw_level":0,"nsfw":false,"stickers":[],\
      "premium_progress_bar_enabled":false,"safety_alerts_channel_id":null,"incidents_data":null,\
      "joined_at":"2024-01-11T10:11:12.345000+00:00","large":\(self.members > 50),"unavailable":false,\
      "member_count":\(self.members + 1),"voice_states":[],"members":[\(members)],\
      "channels":[\(channels.joined(separator: ","))],"threads":[],"presences":[],"stage_instances":[],\
      "guild_scheduled_events":[],"soundboard_sounds":[],"guild_hashes":null,"version":1,"lazy":true}
      """
  }
}
