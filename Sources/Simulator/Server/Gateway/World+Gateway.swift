// What the gateway reads from the world.

internal import DiscordCore
internal import EventLoop
internal import JSON
internal import SimulatorWorld

extension World {
  /// Who a token is: `user.<id>` is that person, with or without `Bot ` before it a bot's is its application's. Nil
  /// when it is nobody's.
  func principal(ofToken token: String) -> GatewayPrincipal? {
    if token.hasPrefix("user.") {
      guard let id = UserID(token.dropFirst(5)), let user = users[id], !user.isBot else { return nil }
      return GatewayPrincipal(user: id)
    }
    let bare = token.hasPrefix("Bot ") ? String(token.dropFirst(4)) : token
    guard let application = applications.values.first(where: { $0.botToken == bare }) else { return nil }
    return GatewayPrincipal(user: application.botID, application: application.id)
  }

  /// The guilds that a user is in, oldest first.
  func guildIDs(of user: UserID) -> [GuildID] {
    guilds.values.filter { $0.members[user] != nil }.map(\.id).sorted()
  }

  func isMember(_ user: UserID, of guild: GuildID) -> Bool { guilds[guild]?.members[user] != nil }

  /// The open private channels of a person; bots are told of none.
  func privateChannels(of user: UserID) -> [JSONValue] {
    guard users[user]?.isBot == false else { return [] }
    return channels.values.filter { $0.guildID == nil && $0.recipients.contains(user) }.sorted {
      $0.id < $1.id
    }
    .map { json($0, for: user) }
  }

  /// The members that a request asks for, as they are in GUILD_MEMBERS_CHUNK.
  func members(_ request: GatewayMemberRequest) -> GatewayMembers {
    guard let guild = guilds[request.guild] else { return GatewayMembers() }
    var result = GatewayMembers()
    var found: [Member] = []
    if let wanted = request.users {
      for user in wanted {
        if let member = guild.members[user] { found.append(member) } else { result.notFound.append(user) }
      }
    } else {
      let query = (request.query ?? "").lowercased()
      let limit = query.isEmpty && request.limit == 0 ? Int.max : min(max(request.limit, 1), 100)
      found = guild.members.values.sorted { $0.user < $1.user }.filter { member in
        query.isEmpty || names(of: member).contains { $0.lowercased().hasPrefix(query) }
      }
      found = Array(found.prefix(limit))
    }
    result.members = found.map { json($0) }
    if request.presences { result.presences = found.map { json(presenceOf: $0.user, guild: guild.id) } }
    return result
  }

  private func names(of member: Member) -> [String] {
    [member.nick, users[member.user]?.globalName, users[member.user]?.username].compactMap(\.self)
  }

  /// Sets a presence as op 2 and op 3 bring it.
  func setPresence(_ data: JSONValue, of user: UserID) {
    var presence = Presence()
    let status = data["status"]?.string ?? "online"
    presence.status = status == "invisible" ? "offline" : status
    presence.activities = (data["activities"]?.array ?? []).prefix(5).map { activity(from: $0) }
    setPresence(presence, of: user)
  }

  private func activity(from data: JSONValue) -> JSONValue {
    var json = Fields()
    json.put("id", "custom")
    json.put("name", data["name"]?.string ?? "")
    json.put("type", .integer(data["type"]?.int64 ?? 0))
    json.put("created_at", .integer(now.milliseconds))
    for key in ["url", "state", "details"] {
      if let text = data[key]?.string { json.put(key, text) }
    }
    return json.value
  }

  /// Carries out op 4. What is not allowed stays without an answer, as on Discord; who gets into another channel is
  /// told of a voice server, which is not there.
  func moveVoice(of user: UserID, in guild: GuildID, as data: JSONValue) {
    let before = guilds[guild]?.voiceStates[user]?.channel
    let target = data["channel_id"]?.snowflake.map { ChannelID($0) }
    // The refusal is what is not said.
    try? setVoice(
      of: user, in: guild, to: target, selfMute: data["self_mute"]?.bool ?? false,
      selfDeaf: data["self_deaf"]?.bool ?? false, selfVideo: data["self_video"]?.bool ?? false)
    guard let target, before != target, guilds[guild]?.voiceStates[user]?.channel == target else { return }
    let server: JSONValue = [
      "token": .string(random.hex(16)), "guild_id": .id(guild), "endpoint": "voice.invalid:443",
    ]
    publish("VOICE_SERVER_UPDATE", server, to: .users([user], in: guild))
  }

  /// The soundboard sounds of a guild; nil when the user is not in it.
  func soundboard(of guild: GuildID, for user: UserID) -> [JSONValue]? {
    guard let guild = guilds[guild], guild.members[user] != nil else { return nil }
    return guild.sounds.values.sorted { $0.id < $1.id }.map { json($0, guild) }
  }

  /// `d` of CHANNEL_INFO: the status of each voice channel that the user sees.
  func channelInfo(of guild: GuildID, fields: [String], for user: UserID) -> JSONValue? {
    guard let guild = guilds[guild], guild.members[user] != nil else { return nil }
    let voice = sortedChannels(of: guild).filter { $0.kind.isVoice && canSee($0, user) }
    let entries = voice.map { channel -> JSONValue in
      var json = Fields()
      json.put("id", channel.id)
      if fields.contains("status") { json.put("status", channel.voiceStatus) }
      if fields.contains("voice_start_time") { json.put("voice_start_time", .null) }
      return json.value
    }
    return ["guild_id": .id(guild.id), "channels": .array(entries)]
  }
}

extension Application {
  /// `flags` as READY and the application object show them: what it is approved for.
  var gatewayFlags: Int {
    var flags = 0
    if approvedIntents.contains(.guildPresences) { flags |= 1 << 12 }
    if approvedIntents.contains(.guildMembers) { flags |= 1 << 14 }
    if approvedIntents.contains(.messageContent) { flags |= 1 << 18 }
    return flags
  }
}
