// Events about parts of one guild: roles, channels, threads, emojis, voice.

internal import DiscordCore
internal import DiscordGateway
internal import JSON

extension CacheState {
  mutating func applyGuildPart(
    _ event: GatewayEventName, _ data: JSONView, at index: Dictionary<GuildID, GuildRecord>.Index
  ) {
    switch event {
    case .guildUpdate:
      // What is no object has nothing to take in.
      guard let fields = try? data.fields(GuildField.keys) else { return }
      guilds.values[index].update(fields, settings: settings, features: &features)
    case .guildRoleCreate, .guildRoleUpdate:
      if let role = data["role"].flatMap(CachedRole.init) { guilds.values[index].roles.set(role) }
    case .guildRoleDelete:
      guard let role = data["role_id"]?.id(Entity.Role.self) else { return }
      guilds.values[index].roles.remove(role)
      guilds.values[index].members.strip(role)
    case .guildEmojisUpdate:
      guard settings.emojis, let emojis = data["emojis"]?.array else { return }
      guilds.values[index].emojis = SortedTable(emojis.compactMap(CachedEmoji.init))
    case .voiceStateUpdate: applyVoiceState(data, at: index)
    case .channelCreate, .channelUpdate:
      guard settings.channels, let channel = CachedChannel(data) else { return }
      guilds.values[index].channels.set(channel)
    case .channelDelete:
      guard let channel = data["id"]?.id(Entity.Channel.self) else { return }
      guilds.values[index].forget(channel)
    case .threadCreate, .threadUpdate, .threadDelete, .threadListSync:
      guard settings.channels, settings.threads else { return }
      guilds.values[index].applyThread(event, data)
    default: break
    }
  }

  private mutating func applyVoiceState(
    _ data: JSONView, at index: Dictionary<GuildID, GuildRecord>.Index
  ) {
    guard settings.voiceStates, let user = data["user_id"]?.id(Entity.User.self) else { return }
    if let member = data["member"] { see(member, user: nil, at: index) }
    if let state = CachedVoiceState(data, me: me) {
      guilds.values[index].voiceStates.set(state)
    } else {
      guilds.values[index].voiceStates.remove(user)
    }
    makeRoom()
  }
}

extension GuildRecord {
  /// Forgets a channel and what is in it.
  func forget(_ channel: ChannelID) {
    channels.remove(channel)
    threads.removeAll { $0.parent == channel }
    voiceStates.removeAll { $0.channel == channel }
  }

  func applyThread(_ event: GatewayEventName, _ data: JSONView) {
    switch event {
    case .threadListSync:
      guard let list = data["threads"]?.array else { return }
      let synced = data["channel_ids"]?.array.map { Set($0.compactMap { $0.id(Entity.Channel.self) }) }
      threads.removeAll { synced?.contains($0.parent) ?? true }
      for thread in list.compactMap(CachedThread.init) { threads.set(thread) }
    case .threadDelete:
      if let id = data["id"]?.id(Entity.Channel.self) { threads.remove(id) }
    default:
      guard let id = data["id"]?.id(Entity.Channel.self) else { return }
      if let thread = CachedThread(data) { threads.set(thread) } else { threads.remove(id) }
    }
  }
}
