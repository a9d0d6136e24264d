// The guild "Lanternfall": roles, channels, members, rules.

internal import DiscordCore
internal import EventLoop
internal import JSON

extension CommunityBuilder {
  /// Name, colour, second colour, whether it stands apart, permissions; from the lowest to the highest.
  private static let roleTable:
    [(name: String, color: Int, second: Int?, hoist: Bool, permissions: Permissions)] = [
      ("Newcomer", 0x99AAB5, nil, false, []),
      ("Events", 0x6FCF97, nil, false, []),
      ("Patch Notes", 0x56CCF2, nil, false, []),
      ("Artisan", 0xBB6BD9, nil, true, [.attachFiles, .embedLinks]),
      ("Cartographer", 0x2F80ED, nil, true, [.manageThreads]),
      ("Lamplighter", 0xF2C94C, 0xF2994A, true, []),
      ("Veteran", 0xEB5757, nil, true, []),
      ("Raid Leader", 0xF2994A, nil, true, [.mentionEveryone, .prioritySpeaker, .createEvents]),
      ("Forge Crew", 0x27AE60, nil, true, [.manageMessages, .manageGuildExpressions]),
      (
        "Warden", 0x9B51E0, nil, true,
        [
          .kickMembers, .banMembers, .moderateMembers, .manageMessages, .manageNicknames, .viewAuditLog,
          .manageThreads, .muteMembers, .moveMembers, .deafenMembers, .pinMessages, .manageEvents,
        ]
      ),
      ("Keeper", 0xE8A33D, nil, true, .administrator),
    ]

  func buildLanternfall() -> Guild {
    guard let owner = people["maren"] else { return world.makeGuild("Lanternfall", owner: UserID(1)) }
    let guild = world.makeGuild("Lanternfall", owner: owner)
    guild.summary = "A cosy guild for a dark game: lights, dungeons, and people who wait for the slowest."
    guild.icon = world.random.hex(32)
    guild.banner = world.random.hex(32)
    guild.features = ["COMMUNITY", "NEWS", "ROLE_ICONS", "AUTO_MODERATION"]
    guild.verificationLevel = 1
    guild.defaultNotifications = 1
    guild.explicitContentFilter = 2
    makeRoles(in: guild)
    makeChannels(in: guild)
    let everyone = guild.everyoneRole
    guild.roles[everyone]?.permissions.subtract(.mentionEveryone)
    for person in Cast.people where person.username != "maren" {
      tick(minutes: 180)
      let own = person.roles.compactMap { roles[$0] }
      guard let user = people[person.username] else { continue }
      join(user, guild, roles: own.isEmpty ? [roles["Newcomer"]].compactMap { $0 } : own)
    }
    guild.members[owner]?.roles = ["Keeper", "Lamplighter"].compactMap { roles[$0] }
    if let user = people["bjorn"] { guild.members[user]?.nick = "Björn (hammer)" }
    if let user = people["otto"] { guild.members[user]?.nick = "Grandpa Otto" }
    decorate(guild)
    return guild
  }

  private func makeRoles(in guild: Guild) {
    for (index, row) in Self.roleTable.enumerated() {
      var role = Role(id: world.newID(), name: row.name)
      role.color = row.color
      role.secondaryColor = row.second
      role.hoist = row.hoist
      role.permissions = row.permissions
      role.position = index + 1
      role.mentionable = ["Events", "Patch Notes", "Raid Leader"].contains(row.name)
      guild.roles[role.id] = role
      roles[row.name] = role.id
    }
  }

  private func makeChannels(in guild: Guild) {
    func group(_ name: String, _ overwrites: [PermissionOverwrite] = []) -> Channel {
      let category = add(name, .category, to: guild)
      category.overwrites = overwrites
      return category
    }
    func put(_ key: String, _ kind: ChannelKind, _ parent: Channel, _ topic: String? = nil) {
      channels[key] = add(key, kind, to: guild, under: parent, topic: topic)
    }
    let everyone = PermissionOverwrite.Target.role(guild.everyoneRole)
    let gate = group(
      "The Gate",
      [PermissionOverwrite(everyone, deny: [.sendMessages, .createPublicThreads, .createPrivateThreads])])
    put("welcome", .text, gate, "Start here. Lights are on.")
    put("rules", .text, gate, "Four rules. They fit on a lantern.")
    put("announcements", .announcement, gate, "Patches, raids, and the occasional confession.")
    let square = group("Market Square")
    put("general", .text, square, "Everything that has no better place.")
    put("introductions", .text, square, "Who are you when you are not in a dungeon?")
    put("screenshots", .text, square, "Pictures or it did not happen.")
    put("off-topic", .text, square, "Cats, weather, soup.")
    put("bot-yard", .text, square, "Try the bots here.")
    let game = group("The Depths")
    put("strategy", .text, game, "Builds, bosses, and arguments about both.")
    put("looking-for-group", .text, game, "Say when, say what, say please.")
    put("guides", .forum, game, "One question or guide per post. Pick a tag.")
    put("The Long Stair", .voice, game)
    put("Raid Night", .voice, game)
    put("Story Hour", .stage, game, "Oskar reads item descriptions with feeling.")
    var staffOverwrites = [PermissionOverwrite(everyone, deny: .viewChannel)]
    for name in ["Warden", "Forge Crew"] {
      if let role = roles[name] {
        staffOverwrites.append(PermissionOverwrite(.role(role), allow: .viewChannel))
      }
    }
    let staff = group("Watchtower", staffOverwrites)
    put("wardens", .text, staff, "For those who keep the lights on.")
    put("mod-log", .text, staff, "What happened, and who saw it.")
    configure(guild)
  }

  private func configure(_ guild: Guild) {
    guild.systemChannelID = channels["welcome"]?.id
    guild.rulesChannelID = channels["rules"]?.id
    guild.publicUpdatesChannelID = channels["wardens"]?.id
    channels["looking-for-group"]?.slowmode = 10
    channels["Raid Night"]?.userLimit = 12
    channels["guides"]?.availableTags = [("Guide", "📜"), ("Question", "❓"), ("Solved", "✅"), ("Lore", "🕯️")]
      .map {
        ForumTag(id: world.newID(), name: $0.0, moderated: $0.0 == "Solved", emojiID: nil, emojiName: $0.1)
      }
    channels["guides"]?.defaultAutoArchive = 10_080
    channels["guides"]?.defaultReaction = (nil, "🕯️")
  }

  private func decorate(_ guild: Guild) {
    for (name, animated) in [("lantern", false), ("moth", false), ("hammer", false), ("flicker", true)] {
      var emoji = Emoji(id: world.newID(), name: name)
      emoji.animated = animated
      emoji.creator = guild.ownerID
      guild.emojis[emoji.id] = emoji
    }
    var sticker = Sticker(id: world.newID(), name: "Sleepy Lantern", tags: "🏮")
    sticker.description = "A lantern that nods off."
    sticker.creator = people["pippa"]
    guild.stickers[sticker.id] = sticker
    var rule = AutoModerationRule(
      id: world.newID(), name: "No gold sellers", creator: guild.ownerID, triggerType: 1,
      metadata: [
        "keyword_filter": ["buygold*", "*freenitro*"], "regex_patterns": [], "allow_list": [],
      ],
      actions: [
        ["type": 1, "metadata": ["custom_message": "We light our own lamps here."]],
        ["type": 2, "metadata": ["channel_id": .id(channels["mod-log"]?.id ?? ChannelID(0))]],
      ])
    rule.enabled = true
    guild.autoModeration[rule.id] = rule
    var invite = Invite(
      code: "lanternfall", guild: guild.id, channel: channels["welcome"]?.id ?? ChannelID(0),
      inviter: guild.ownerID, createdAt: world.now)
    invite.maxAge = 0
    world.add(invite)
    guild.welcomeScreen = WelcomeScreen(
      enabled: true, description: "Take a light, find a group.",
      channels: [
        [
          "channel_id": .id(channels["introductions"]?.id ?? ChannelID(0)), "description": "Say hello",
          "emoji_id": .null, "emoji_name": "👋",
        ]
      ])
    guild.features.insert("WELCOME_SCREEN_ENABLED")
  }

  // MARK: What is to come

  /// An event of the coming Saturday, a poll that is open, people in voice.
  func plan(in guild: Guild) {
    guard let kofi = people["kofi"], let raid = channels["Raid Night"], let general = channels["general"]
    else {
      return
    }
    var event = ScheduledEvent(
      id: world.newID(), name: "Raid Night: the Drowned Belfry", creator: kofi,
      startsAt: world.now + .seconds(2 * 86_400), entityType: 2)
    event.description = "Twelve places, two healers, one plan. Newcomers are carried with love."
    event.channel = raid.id
    event.subscribers = ["kofi", "wren", "gwen", "mateo", "priya", "elio"].compactMap { people[$0] }
    guild.scheduledEvents[event.id] = event
    if let mateo = people["mateo"] {
      var message = Message(id: world.newID(), channel: general.id, author: .user(mateo))
      message.poll = Poll(
        question: "Which boss first on Saturday?",
        answers: [("The Drowned Belfry", "🔔"), ("Moth Queen", "🦋"), ("That one room with the stairs", "🪜")]
          .map {
            ["text": .string($0.0), "emoji": ["id": .null, "name": .string($0.1)]]
          }, expiresAt: world.now + .seconds(2 * 86_400))
      message.poll?.votes = [
        1: ["kofi", "wren", "priya", "bjorn"].compactMap { people[$0] },
        2: ["mei", "noor"].compactMap { people[$0] }, 3: ["zeno"].compactMap { people[$0] },
      ]
      world.post(message, in: general)
    }
    for (name, key) in [("rosa", "The Long Stair"), ("kamala", "The Long Stair"), ("gwen", "Raid Night")] {
      guard let user = people[name], let channel = channels[key] else { continue }
      guild.voiceStates[user] = VoiceState(
        user: user, channel: channel.id, sessionID: world.random.hex(32))
    }
  }
}
