// Voice: who is where, moving, muting, stages. No sound.

package import DiscordCore
internal import EventLoop
package import JSON

extension World {
  /// Puts a user into a voice channel, moves them, or takes them out (nil), as they themselves ask for with opcode 4.
  ///
  /// - Throws: 10003, 50001, 50013; a full channel does not answer, as with Discord.
  package func setVoice(
    of user: UserID, in id: GuildID, to target: ChannelID?, selfMute: Bool = false, selfDeaf: Bool = false,
    selfVideo: Bool = false
  ) throws(RESTFailure) {
    let guild = try guild(id, for: user)
    guard let target else {
      guard guild.voiceStates.removeValue(forKey: user) != nil else { return }
      return publishVoice(nil, user, guild)
    }
    let channel = try channel(target, for: user)
    guard channel.guildID == id, channel.kind.isVoice else { throw .wrongChannelType }
    let held = permissions(of: user, in: channel)
    guard held.contains(.connect) else { throw .missingPermissions }
    let inside = guild.voiceStates.values.count { $0.channel == target && $0.user != user }
    if channel.userLimit > 0, inside >= channel.userLimit, !held.contains(.moveMembers) { return }
    var state =
      guild.voiceStates[user] ?? VoiceState(user: user, channel: target, sessionID: random.hex(32))
    if state.channel != target || guild.voiceStates[user] == nil {
      state.suppress = channel.kind == .stage && !held.contains(.muteMembers)
      state.requestToSpeakAt = nil
    }
    state.channel = target
    (state.selfMute, state.selfDeaf, state.selfVideo) = (selfMute, selfDeaf, selfVideo)
    guild.voiceStates[user] = state
    publishVoice(state, user, guild)
  }

  /// Tells everybody where somebody is in voice; nil: nowhere.
  func publishVoice(_ state: VoiceState?, _ user: UserID, _ guild: Guild) {
    publish(
      "VOICE_STATE_UPDATE", json(state, user: user, guild: guild), to: .guild(guild.id, .guildVoiceStates))
  }

  /// Refuses a move: it needs MOVE_MEMBERS, and CONNECT where it goes.
  ///
  /// - Throws: 10003, 50013.
  func checkMove(of user: UserID, to target: ChannelID?, by caller: UserID, in guild: Guild)
    throws(RESTFailure)
  {
    guard let state = guild.voiceStates[user], let from = channels[state.channel],
      permissions(of: caller, in: from).contains(.moveMembers)
    else { throw .missingPermissions }
    guard let target else { return }
    guard let channel = channels[target], channel.guildID == guild.id, channel.kind.isVoice else {
      throw .unknown(.channel)
    }
    guard permissions(of: caller, in: channel).isSuperset(of: [.moveMembers, .connect]) else {
      throw .missingPermissions
    }
  }

  /// Moves somebody, or disconnects them (nil); what is allowed is decided before.
  func move(_ user: UserID, to target: ChannelID?, in guild: Guild, by caller: UserID, reason: String?) {
    guard guild.voiceStates[user] != nil else { return }
    guard let target else {
      guild.voiceStates[user] = nil
      publishVoice(nil, user, guild)
      return record(
        .memberDisconnect, in: guild, by: caller, target: nil, options: ["count": "1"], reason: reason)
    }
    guild.voiceStates[user]?.channel = target
    guild.voiceStates[user]?.suppress = channels[target]?.kind == .stage
    publishVoice(guild.voiceStates[user], user, guild)
    record(
      .memberMove, in: guild, by: caller, target: nil,
      options: ["channel_id": .id(target), "count": "1"], reason: reason)
  }

  /// Somebody's voice state.
  ///
  /// - Throws: 10065.
  package func voiceState(of user: UserID, in id: GuildID, for viewer: UserID) throws(RESTFailure)
    -> JSONValue
  {
    let guild = try guild(id, for: viewer)
    guard let state = guild.voiceStates[user] else { throw .unknown(.voiceState) }
    return json(state, user: user, guild: guild)
  }

  /// Changes a voice state on a stage: who is suppressed, who asks to speak.
  ///
  /// - Throws: 10065, 50013, 50024, 50035.
  package func modifyVoiceState(of user: UserID, in id: GuildID, by caller: UserID, body: JSONValue?)
    throws(RESTFailure)
  {
    let guild = try guild(id, for: caller)
    guard var state = guild.voiceStates[user], let channel = channels[state.channel] else {
      throw .unknown(.voiceState)
    }
    var reader = try BodyReader(body)
    let target = reader.id("channel_id", Entity.Channel.self).value
    let suppress = reader.bool("suppress")
    let request = reader.instant("request_to_speak_timestamp")
    try reader.finish()
    guard channel.kind == .stage, target == nil || target == channel.id else { throw .wrongChannelType }
    let held = permissions(of: caller, in: channel)
    if user != caller || suppress.value == false, !held.contains(.muteMembers) { throw .missingPermissions }
    if request.value != nil, !held.contains(.requestToSpeak) { throw .missingPermissions }
    if let value = suppress.value { state.suppress = value }
    if request.isGiven { state.requestToSpeakAt = request.value }
    guild.voiceStates[user] = state
    publishVoice(state, user, guild)
  }

  /// Sets the line under a voice channel.
  ///
  /// - Throws: 10003, 50013, 50024, 50035.
  package func setVoiceStatus(of id: ChannelID, by caller: UserID, body: JSONValue?, reason: String?)
    throws(RESTFailure)
  {
    let channel = try channel(id, for: caller)
    guard channel.kind == .voice else { throw .wrongChannelType }
    let guild = try guild(of: channel)
    var reader = try BodyReader(body)
    let status = reader.text("status", 0...500)
    try reader.finish()
    let isInside = guild.voiceStates[caller]?.channel == id
    let needed: Permissions = isInside ? .setVoiceChannelStatus : [.setVoiceChannelStatus, .manageChannels]
    guard permissions(of: caller, in: channel).isSuperset(of: needed) else { throw .missingPermissions }
    channel.voiceStatus = status.value.flatMap { $0.isEmpty ? nil : $0 }
    var payload = Fields()
    payload.put("id", id)
    payload.put("guild_id", guild.id)
    payload.put("status", channel.voiceStatus)
    publish("VOICE_CHANNEL_STATUS_UPDATE", payload.value, to: .guild(guild.id, .guilds, seeing: id))
    record(
      channel.voiceStatus == nil ? .voiceChannelStatusDelete : .voiceChannelStatusCreate, in: guild,
      by: caller,
      target: id.description,
      options: channel.voiceStatus.map { ["status": .string($0), "channel_id": .id(id)] }
        ?? ["channel_id": .id(id)], reason: reason)
  }

  // MARK: Stages

  /// Makes a stage live.
  ///
  /// - Throws: 10003, 50013, 50024, 50035, 150006 for one that is live.
  package func createStage(by caller: UserID, body: JSONValue?, reason: String?) throws(RESTFailure)
    -> JSONValue
  {
    var reader = try BodyReader(body)
    reader.require("channel_id", "topic")
    let id = reader.id("channel_id", Entity.Channel.self).value
    let topic = reader.text("topic", 1...120).value ?? ""
    let privacy = reader.choice("privacy_level", [2]).value ?? 2
    let event = reader.id("guild_scheduled_event_id", Entity.GuildScheduledEvent.self).value
    try reader.finish()
    guard let id else { throw .unknown(.channel) }
    let (channel, guild) = try stage(id, by: caller)
    guard guild.stageInstances[channel.id] == nil else {
      throw RESTFailure(status: 400, code: 150006, message: "The Stage is already open")
    }
    var instance = StageInstance(id: newID(), channel: id, topic: topic, privacyLevel: privacy)
    instance.scheduledEvent = event
    guild.stageInstances[id] = instance
    publish("STAGE_INSTANCE_CREATE", json(instance, guild.id), to: .guild(guild.id))
    var changes = Changes()
    changes.note("topic", from: nil, to: topic)
    record(
      .stageInstanceCreate, in: guild, by: caller, target: instance.id.description, changes: changes,
      options: ["channel_id": .id(id)], reason: reason)
    return json(instance, guild.id)
  }

  private func stage(_ id: ChannelID, by caller: UserID) throws(RESTFailure) -> (Channel, Guild) {
    let channel = try channel(id, for: caller)
    guard channel.kind == .stage else { throw .wrongChannelType }
    let needed: Permissions = [.manageChannels, .muteMembers, .moveMembers]
    guard permissions(of: caller, in: channel).isSuperset(of: needed) else { throw .missingPermissions }
    return (channel, try guild(of: channel))
  }

  /// The live stage of a channel.
  ///
  /// - Throws: 10003, 10067, 50001.
  package func stageInstance(of id: ChannelID, for viewer: UserID) throws(RESTFailure) -> JSONValue {
    let channel = try channel(id, for: viewer)
    let guild = try guild(of: channel)
    guard let instance = guild.stageInstances[id] else { throw .unknown(.stageInstance) }
    return json(instance, guild.id)
  }

  /// Changes the topic of a live stage.
  ///
  /// - Throws: 10003, 10067, 50013, 50035.
  package func modifyStage(of id: ChannelID, by caller: UserID, body: JSONValue?, reason: String?)
    throws(RESTFailure) -> JSONValue
  {
    let (_, guild) = try stage(id, by: caller)
    guard var instance = guild.stageInstances[id] else { throw .unknown(.stageInstance) }
    var reader = try BodyReader(body)
    let topic = reader.text("topic", 1...120)
    _ = reader.choice("privacy_level", [2])
    try reader.finish()
    var changes = Changes()
    changes.set("topic", topic, &instance.topic)
    guild.stageInstances[id] = instance
    publish("STAGE_INSTANCE_UPDATE", json(instance, guild.id), to: .guild(guild.id))
    record(
      .stageInstanceUpdate, in: guild, by: caller, target: instance.id.description, changes: changes,
      options: ["channel_id": .id(id)], reason: reason)
    return json(instance, guild.id)
  }

  /// Ends a live stage.
  ///
  /// - Throws: 10003, 10067, 50013.
  package func deleteStage(of id: ChannelID, by caller: UserID, reason: String?) throws(RESTFailure) {
    let (_, guild) = try stage(id, by: caller)
    guard let instance = guild.stageInstances.removeValue(forKey: id) else { throw .unknown(.stageInstance) }
    publish("STAGE_INSTANCE_DELETE", json(instance, guild.id), to: .guild(guild.id))
    record(
      .stageInstanceDelete, in: guild, by: caller, target: instance.id.description,
      options: ["channel_id": .id(id)], reason: reason)
  }
}
