// What gateway sessions change by themselves: presence, voice, and a token that is void.

package import DiscordCore
internal import EventLoop
package import JSON

extension World {
  /// A session says how its user is (op 3, or the presence of op 2); nil: the user's last session has ended.
  package func sessionPresence(of user: UserID, _ data: JSONValue?) {
    guard let old = users[user]?.presence else { return }
    var presence = Presence()
    if let data {
      let status = data["status"]?.string ?? "online"
      presence.status = status == "invisible" ? "offline" : status
      presence.activities = (data["activities"]?.array ?? []).prefix(5).map { activity(from: $0) }
    }
    guard presence.status != old.status || presence.activities != old.activities else { return }
    users[user]?.presence = presence
    for guild in guilds.values where guild.members[user] != nil {
      publish(
        "PRESENCE_UPDATE", json(presenceOf: user, guild: guild.id), to: .guild(guild.id, .guildPresences))
    }
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

  /// A session joins, moves or leaves voice (op 4). Where the user may not connect, or the channel is full, nothing
  /// happens, as on Discord.
  package func sessionVoice(of user: UserID, in guildID: GuildID, session: String, _ data: JSONValue) {
    guard let guild = guilds[guildID], guild.members[user] != nil else { return }
    guard let wanted = data["channel_id"]?.snowflake.map({ ChannelID($0) }) else {
      return setVoiceState(nil, of: user, in: guild)
    }
    let old = guild.voiceStates[user]
    guard let channel = channels[wanted], channel.guildID == guildID, channel.kind.isVoice else { return }
    let allowed = permissions(of: user, in: channel)
    guard allowed.isSuperset(of: [.viewChannel, .connect]) else { return }
    if old?.channel != wanted, channel.userLimit > 0, !allowed.contains(.moveMembers),
      guild.voiceStates.values.count(where: { $0.channel == wanted }) >= channel.userLimit
    {
      return
    }
    var state = VoiceState(user: user, channel: wanted, sessionID: session)
    state.selfMute = data["self_mute"]?.bool ?? false
    state.selfDeaf = data["self_deaf"]?.bool ?? false
    state.selfVideo = data["self_video"]?.bool ?? false
    state.suppress = channel.kind == .stage && !allowed.contains(.muteMembers)
    setVoiceState(state, of: user, in: guild)
    guard old?.channel != wanted else { return }
    publish(
      "VOICE_SERVER_UPDATE",
      [
        "token": .string(random.hex(16)), "guild_id": .id(guildID), "endpoint": "voice.invalid:443",
      ], to: .users([user], [], in: guildID))
  }

  private func setVoiceState(_ state: VoiceState?, of user: UserID, in guild: Guild) {
    guard state != nil || guild.voiceStates[user] != nil else { return }
    guild.voiceStates[user] = state
    publish(
      "VOICE_STATE_UPDATE", json(state, user: user, guild: guild),
      to: .guild(guild.id, .guildVoiceStates))
  }
}
