// How people and bots come into the world, into guilds, and out of them.

package import DiscordCore
internal import EventLoop
internal import HTTPTypes
internal import JSON

extension World {
  // MARK: Accounts

  /// Makes a person, or a bot's user.
  @discardableResult
  package func makeUser(_ username: String, globalName: String? = nil, isBot: Bool = false, id: UserID? = nil)
    -> User
  {
    var user = User(id: id ?? newID(), username: username)
    user.globalName = globalName
    user.isBot = isBot
    user.avatar = random.hex(32)
    user.accentColor = Int(random.next() & 0xFF_FFFF)
    if isBot { user.discriminator = String(1_000 + random.next() % 9_000) }
    users[user.id] = user
    return user
  }

  /// Makes an application with its bot user, a token and a client secret.
  @discardableResult
  package func makeApplication(_ name: String, owner: UserID, id: ApplicationID? = nil) -> Application {
    let id = id ?? newID()
    let application = Application(
      id: id, name: name, ownerID: owner, clientSecret: random.word(32),
      botToken: makeBotToken(id), signingSeed: (0..<32).map { _ in UInt8(truncatingIfNeeded: random.next()) })
    applications[id] = application
    makeUser(name, isBot: true, id: id.converted())
    return application
  }

  /// A token in the form of Discord's: the id, a time and a signature in base64.
  package func makeBotToken(_ id: ApplicationID) -> String {
    // Digits never need the two characters in which base64url differs.
    let first = Base64.encode(Array(id.description.utf8)).replacing("=", with: "")
    return "\(first).G\(random.word(5)).\(random.word(38))"
  }

  /// Changes a user and tells those who share a guild with them.
  package func changeUser(_ id: UserID, _ change: (inout User) -> Void) {
    guard var user = users[id] else { return }
    change(&user)
    users[id] = user
    publish("USER_UPDATE", json(me: user), to: .user(id))
    for guild in guilds.values where guild.members[id] != nil { publishUpdate(of: id, in: guild) }
  }

  /// Sets the status that others see, and keeps the activities.
  package func setPresence(status: String, of id: UserID) {
    var presence = users[id]?.presence ?? Presence()
    presence.status = status
    setPresence(presence, of: id)
  }

  /// Sets the presence that others see.
  package func setPresence(_ presence: Presence, of id: UserID) {
    guard users[id] != nil else { return }
    users[id]?.presence = presence
    for guild in guilds.values where guild.members[id] != nil {
      publish(
        "PRESENCE_UPDATE", json(presenceOf: id, guild: guild.id), to: .guild(guild.id, .guildPresences))
    }
  }

  // MARK: Guilds

  /// Makes a guild with its role @everyone; the owner is its first member.
  @discardableResult
  package func makeGuild(_ name: String, owner: UserID, id: GuildID? = nil) -> Guild {
    let guild = Guild(id: id ?? newID(), name: name, ownerID: owner)
    var everyone = Role(id: guild.everyoneRole, name: "@everyone")
    everyone.permissions = .ofEveryone
    guild.roles[everyone.id] = everyone
    guilds[guild.id] = guild
    guild.members[owner] = Member(user: owner, joinedAt: now)
    publishArrival(in: guild, to: owner)
    return guild
  }

  /// Lets a user join. A bot gets a managed role with `permissions` and an integration. Announces it in the system
  /// channel. Does nothing for somebody who is there.
  ///
  /// - Throws: 10004, 10013, 40007 for somebody who is banned.
  package func join(
    _ user: UserID, _ id: GuildID, roles: [RoleID] = [], permissions: Permissions = [], addedBy: UserID? = nil
  ) throws(RESTFailure) {
    guard let guild = guilds[id] else { throw .unknown(.guild) }
    guard let account = users[user] else { throw .unknown(.user) }
    guard guild.members[user] == nil else { return }
    if guild.bans[user] != nil {
      throw RESTFailure(status: 403, code: 40007, message: "The user is banned from this guild.")
    }
    var member = Member(user: user, joinedAt: now)
    member.roles = roles.filter { guild.roles[$0] != nil && $0 != guild.everyoneRole }
    guild.members[user] = member
    if account.isBot { welcomeBot(account, to: guild, permissions, addedBy) }
    publishArrival(in: guild, to: user)
    guard let joined = guild.members[user] else { return }
    publish(
      "GUILD_MEMBER_ADD", json(joined, guild: id), to: .guild(id, .guildMembers, except: [user]))
    announceJoin(of: user, in: guild)
  }

  private func welcomeBot(_ bot: User, to guild: Guild, _ permissions: Permissions, _ addedBy: UserID?) {
    let application: ApplicationID = bot.id.converted()
    let integration = Integration(id: newID(), application: application, addedBy: addedBy ?? guild.ownerID)
    guild.integrations[integration.id] = integration
    if !permissions.isEmpty {
      var role = Role(id: newID(), name: bot.username)
      role.permissions = permissions
      role.managed = true
      role.botID = bot.id
      role.position = 1
      for id in guild.roles.keys where id != guild.everyoneRole { guild.roles[id]?.position += 1 }
      guild.roles[role.id] = role
      guild.members[bot.id]?.roles.append(role.id)
      publishRole("GUILD_ROLE_CREATE", role, in: guild)
    }
    record(.botAdd, in: guild, by: addedBy ?? guild.ownerID, target: bot.id.description)
    var payload = Fields()
    payload.append(json(integration, withUser: true))
    payload.put("guild_id", guild.id)
    publish("INTEGRATION_CREATE", payload.value, to: .guild(guild.id, .guildIntegrations))
  }

  private func announceJoin(of user: UserID, in guild: Guild) {
    guard guild.systemChannelFlags & 1 == 0, let channel = guild.systemChannelID.flatMap({ channels[$0] })
    else { return }
    var message = Message(id: newID(), channel: channel.id, author: .user(user))
    message.type = 7
    post(message, in: channel)
  }

  /// Takes a member out of a guild and of everything in it, and tells everybody.
  package func removeMember(_ user: UserID, from guild: Guild) {
    guard guild.members.removeValue(forKey: user) != nil else { return }
    agenda.cancel(.timeout(guild.id, user))
    if guild.voiceStates.removeValue(forKey: user) != nil { publishVoice(nil, user, guild) }
    for id in guild.threads { channels[id]?.thread?.members[user] = nil }
    for id in guild.scheduledEvents.keys {
      guild.scheduledEvents[id]?.subscribers.removeAll { $0 == user }
    }
    removeBotTraces(user, guild)
    publish(
      "GUILD_MEMBER_REMOVE", ["guild_id": .id(guild.id), "user": json(user: user)],
      to: .guild(guild.id, .guildMembers))
    publish("GUILD_DELETE", ["id": .id(guild.id)], to: .users([user], .guilds, in: guild.id))
  }

  private func removeBotTraces(_ user: UserID, _ guild: Guild) {
    for (id, integration) in guild.integrations where integration.application.converted() == user {
      guild.integrations[id] = nil
    }
    for (id, role) in guild.roles where role.botID == user {
      guild.roles[id] = nil
      publish("GUILD_ROLE_DELETE", ["guild_id": .id(guild.id), "role_id": .id(id)], to: .guild(guild.id))
    }
  }

  /// A guild is left by its member's own will.
  ///
  /// - Throws: 10004, 50001; 50055 for the owner.
  package func leave(_ id: GuildID, _ user: UserID) throws(RESTFailure) {
    let guild = try guild(id, for: user)
    guard guild.ownerID != user else {
      throw RESTFailure(status: 400, code: 50055, message: "Invalid Guild")
    }
    removeMember(user, from: guild)
  }

  /// Tells everybody that a member changed: those with the intent, and the member without it.
  func publishUpdate(of user: UserID, in guild: Guild) {
    guard let member = guild.members[user] else { return }
    let payload = json(member, guild: guild.id)
    publish("GUILD_MEMBER_UPDATE", payload, to: .guild(guild.id, .guildMembers, except: [user]))
    publish("GUILD_MEMBER_UPDATE", payload, to: .users([user], in: guild.id))
  }
}

extension Permissions {
  /// What @everyone may do in a new guild.
  package static let ofEveryone: Permissions = [
    .viewChannel, .createInstantInvite, .addReactions, .sendMessages, .sendMessagesInThreads, .embedLinks,
    .attachFiles, .readMessageHistory, .mentionEveryone, .useExternalEmojis, .useExternalStickers, .connect,
    .speak, .stream, .useVAD, .changeNickname, .useApplicationCommands, .requestToSpeak,
    .createPublicThreads, .createPrivateThreads, .useEmbeddedActivities, .useSoundboard, .useExternalSounds,
    .sendVoiceMessages, .sendPolls, .useExternalApps, .createEvents, .createGuildExpressions,
    .setVoiceChannelStatus,
  ]
}
