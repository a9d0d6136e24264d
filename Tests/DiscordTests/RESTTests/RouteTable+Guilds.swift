// The rows of guilds and what belongs to them.

import DiscordCore
import DiscordModels
import DiscordREST
import EventLoop
import JSON
import Vault

extension RouteRow {
  static let guilds: [RouteRow] = [
    RouteRow("getGuild", "get_guild", .getGuild(Sample.guild, withCounts: true)),
    RouteRow(
      "modifyGuild", "update_guild",
      .modifyGuild(
        Sample.guild,
        GuildEdit {
          ($0.name, $0.description, $0.icon, $0.splash) = ("name", .set("d"), .set(Sample.image), .clear)
          ($0.discoverySplash, $0.banner, $0.verificationLevel) = (.clear, .clear, .high)
          ($0.defaultMessageNotifications, $0.explicitContentFilter) = (.onlyMentions, .allMembers)
          ($0.preferredLocale, $0.afkChannel, $0.afkTimeout) = (.german, .set(Sample.channel), 300)
          ($0.systemChannel, $0.systemChannelFlags, $0.rulesChannel) = (.clear, [], .clear)
          ($0.publicUpdatesChannel, $0.safetyAlertsChannel) = (.clear, .clear)
          ($0.features, $0.isPremiumProgressBarEnabled) = (["COMMUNITY"], true)
        })),
    RouteRow("getGuildPreview", "get_guild_preview", .getGuildPreview(Sample.guild)),
    RouteRow("getGuildChannels", "list_guild_channels", .getGuildChannels(Sample.guild)),
    RouteRow(
      "createGuildChannel", "create_guild_channel",
      .createGuildChannel(ChannelCreate("n", type: .guildForum) { $0 = Sample.channelEdit }, in: Sample.guild)
    ),
    RouteRow(
      "modifyChannelPositions", "bulk_update_guild_channels",
      .modifyChannelPositions(
        [ChannelPosition(Sample.channel, 1, parent: .some(Sample.channel), locksPermissions: true)],
        in: Sample.guild)),
    RouteRow(
      "deleteIntegration", "delete_guild_integration",
      .deleteIntegration(IntegrationID(1), from: Sample.guild)),
    RouteRow("getIntegrations", "list_guild_integrations", .getIntegrations(of: Sample.guild)),
    RouteRow("getGuildInvites", "list_guild_invites", .getGuildInvites(Sample.guild)),
    RouteRow("getVoiceRegions", "list_guild_voice_regions", .getVoiceRegions(of: Sample.guild)),
    RouteRow(
      "getPruneCount", "preview_prune_guild", .getPruneCount(in: Sample.guild, days: 7, roles: [Sample.role])),
    RouteRow("prune", "prune_guild", .prune(Sample.guild, days: 7, roles: [Sample.role])),
    RouteRow(
      "setIncidentActions", "update_guild_incident_actions",
      .setIncidentActions(
        in: Sample.guild, invitesDisabledUntil: .set(Sample.time), directMessagesDisabledUntil: .clear)),
    RouteRow("getWidgetSettings", "get_guild_widget_settings", .getWidgetSettings(of: Sample.guild)),
    RouteRow(
      "modifyWidget", "update_guild_widget_settings",
      .modifyWidget(of: Sample.guild, isEnabled: true, channel: .set(Sample.channel))),
    RouteRow("getWidget", "get_guild_widget", .getWidget(of: Sample.guild)),
    RouteRow("getVanityURL", "get_guild_vanity_url", .getVanityURL(of: Sample.guild)),
    RouteRow(
      "getAuditLog", "list_guild_audit_log_entries",
      .getAuditLog(
        of: Sample.guild, user: Sample.user, target: "1", action: .memberKick, .after(AuditLogEntryID(1)),
        limit: 5)),
  ]

  static let members: [RouteRow] = [
    RouteRow("getGuildMember", "get_guild_member", .getGuildMember(Sample.user, in: Sample.guild)),
    RouteRow(
      "modifyGuildMember", "update_guild_member",
      .modifyGuildMember(
        Sample.user, in: Sample.guild,
        MemberEdit {
          ($0.nickname, $0.roles, $0.isMuted, $0.isDeafened) = (.set("n"), [Sample.role], true, false)
          ($0.voiceChannel, $0.timedOutUntil, $0.flags) = (.clear, .set(Sample.time), [])
        })),
    RouteRow("timeOut", "update_guild_member", .timeOut(Sample.user, in: Sample.guild, until: nil)),
    RouteRow(
      "modifyCurrentMember", "update_my_guild_member",
      .modifyCurrentMember(
        in: Sample.guild,
        CurrentMemberEdit {
          ($0.nickname, $0.avatar, $0.banner, $0.biography) = (
            .set("n"), .set(Sample.image), .clear, .set("b")
          )
        })),
    RouteRow(
      "listGuildMembers", "list_guild_members",
      .listGuildMembers(of: Sample.guild, after: Sample.user, limit: 5)),
    RouteRow(
      "searchGuildMembers", "search_guild_members",
      .searchGuildMembers(of: Sample.guild, beginningWith: "a b", limit: 5)),
    RouteRow("addGuildMember", "add_guild_member", .addGuildMember(Sample.user, to: Sample.guild, added)),
    RouteRow("removeGuildMember", "delete_guild_member", .removeGuildMember(Sample.user, from: Sample.guild)),
    RouteRow("addRole", "add_guild_member_role", .addRole(Sample.role, to: Sample.user, in: Sample.guild)),
    RouteRow(
      "removeRole", "delete_guild_member_role", .removeRole(Sample.role, from: Sample.user, in: Sample.guild)),
    RouteRow("getBan", "get_guild_ban", .getBan(of: Sample.user, in: Sample.guild)),
    RouteRow("getBans", "list_guild_bans", .getBans(in: Sample.guild, .after(Sample.user), limit: 5)),
    RouteRow(
      "createBan", "ban_user_from_guild",
      .createBan(of: Sample.user, in: Sample.guild, deletingMessagesOf: 60)),
    RouteRow("removeBan", "unban_user_from_guild", .removeBan(of: Sample.user, in: Sample.guild)),
    RouteRow(
      "bulkBan", "bulk_ban_users_from_guild",
      .bulkBan([Sample.user], in: Sample.guild, deletingMessagesOf: 60)),
  ]

  private static var added: MemberAdd {
    var member = MemberAdd(accessToken: "t", nickname: "n", roles: [Sample.role])
    (member.isMuted, member.isDeafened) = (true, true)
    return member
  }

  static let roles: [RouteRow] = [
    RouteRow("getRole", "get_guild_role", .getRole(Sample.role, in: Sample.guild)),
    RouteRow("createRole", "create_guild_role", .createRole(role, in: Sample.guild)),
    RouteRow("modifyRole", "update_guild_role", .modifyRole(Sample.role, in: Sample.guild, role)),
    RouteRow("getRoles", "list_guild_roles", .getRoles(of: Sample.guild)),
    RouteRow(
      "modifyRolePositions", "bulk_update_guild_roles",
      .modifyRolePositions([Sample.role: 1, RoleID(1): 2], in: Sample.guild)),
    RouteRow("deleteRole", "delete_guild_role", .deleteRole(Sample.role, in: Sample.guild)),
    RouteRow("getRoleMemberCounts", "guild_role_member_counts", .getRoleMemberCounts(of: Sample.guild)),
  ]

  private static let role = RoleEdit {
    ($0.name, $0.permissions, $0.colors) = (
      "n", .viewChannel, RoleColors(primary: 1, secondary: 2, tertiary: 3)
    )
    ($0.isHoisted, $0.isMentionable, $0.icon, $0.unicodeEmoji) = (true, false, .clear, .set("👍"))
  }

  static let newcomers: [RouteRow] = [
    RouteRow("getOnboarding", "get_guilds_onboarding", .getOnboarding(of: Sample.guild)),
    RouteRow(
      "modifyOnboarding", "put_guilds_onboarding",
      .modifyOnboarding(
        of: Sample.guild,
        OnboardingEdit {
          let option = OnboardingOption(
            channelIDs: [Sample.channel], roleIDs: [Sample.role], emoji: "👍", title: "o", description: "d")
          $0.prompts = [OnboardingPrompt(id: OnboardingPromptID(1), options: [option], title: "p")]
          ($0.defaultChannels, $0.isEnabled, $0.mode) = ([Sample.channel], true, .advanced)
        })),
    RouteRow("getWelcomeScreen", "get_guild_welcome_screen", .getWelcomeScreen(of: Sample.guild)),
    RouteRow(
      "modifyWelcomeScreen", "update_guild_welcome_screen",
      .modifyWelcomeScreen(
        of: Sample.guild,
        WelcomeScreenEdit {
          $0.channels = [WelcomeChannel(channelID: Sample.channel, description: "d", emojiName: "👍")]
          ($0.isEnabled, $0.description) = (true, .set("d"))
        })),
    RouteRow("getNewMemberWelcome", "get_guild_new_member_welcome", .getNewMemberWelcome(of: Sample.guild)),
    RouteRow(
      "getJoinRequests", "get_guild_join_requests",
      .getJoinRequests(of: Sample.guild, status: "SUBMITTED", .before(Snowflake(1)), limit: 5)),
    RouteRow(
      "approveJoinRequest", "action_guild_join_request", .approveJoinRequest(Snowflake(1), of: Sample.guild)),
    RouteRow(
      "rejectJoinRequest", "action_guild_join_request",
      .rejectJoinRequest(Snowflake(1), of: Sample.guild, saying: "no")),
  ]

  static let autoModeration: [RouteRow] =
    [
      AutoModerationRuleEdit(
        "n", .keyword,
        AutoModerationTriggerMetadata(keywordFilter: ["a"], regexPatterns: ["b"], allowList: ["c"]),
        actions: [.blockMessage(telling: "t"), .sendAlertMessage(to: Sample.channel), .timeout(seconds: 60)]),
      AutoModerationRuleEdit("n", .spam, actions: [.blockMessage()]),
      AutoModerationRuleEdit(
        "n", .keywordPreset, AutoModerationTriggerMetadata(presets: [.slurs], allowList: ["c"]),
        actions: [.blockMessage()]),
      AutoModerationRuleEdit(
        "n", .mentionSpam,
        AutoModerationTriggerMetadata(mentionTotalLimit: 5, isMentionRaidProtectionEnabled: true),
        actions: [.blockMessage()]),
      AutoModerationRuleEdit(
        "n", .memberProfile, AutoModerationTriggerMetadata(keywordFilter: ["a"]),
        actions: [AutoModerationAction(.blockMemberInteraction)]),
    ].map {
      RouteRow(
        "createAutoModerationRule", "create_auto_moderation_rule",
        .createAutoModerationRule($0, in: Sample.guild))
    }
    + [
      RouteRow(
        "getAutoModerationRules", "list_auto_moderation_rules", .getAutoModerationRules(of: Sample.guild)),
      RouteRow(
        "getAutoModerationRule", "get_auto_moderation_rule",
        .getAutoModerationRule(Sample.rule, of: Sample.guild)),
      RouteRow(
        "modifyAutoModerationRule", "update_auto_moderation_rule",
        .modifyAutoModerationRule(
          Sample.rule, of: Sample.guild,
          AutoModerationRuleEdit {
            ($0.name, $0.eventType, $0.isEnabled) = ("n", .messageSend, false)
            ($0.exemptRoles, $0.exemptChannels) = ([Sample.role], [Sample.channel])
          })),
      RouteRow(
        "deleteAutoModerationRule", "delete_auto_moderation_rule",
        .deleteAutoModerationRule(Sample.rule, of: Sample.guild)),
    ]

  static let events: [RouteRow] =
    [
      ScheduledEventEdit("n", at: .voice(Sample.channel), from: Sample.time),
      ScheduledEventEdit(
        "n", at: .stage(Sample.channel), from: Sample.time, to: Sample.time, description: "d"),
      ScheduledEventEdit("n", at: .external("here"), from: Sample.time, to: Sample.time),
    ].map {
      RouteRow(
        "createScheduledEvent", "create_guild_scheduled_event", .createScheduledEvent($0, in: Sample.guild))
    }
    + [
      RouteRow(
        "listScheduledEvents", "list_guild_scheduled_events",
        .listScheduledEvents(of: Sample.guild, withUserCount: true)),
      RouteRow(
        "getScheduledEvent", "get_guild_scheduled_event",
        .getScheduledEvent(Sample.event, of: Sample.guild, withUserCount: true)),
      RouteRow(
        "modifyScheduledEvent", "update_guild_scheduled_event",
        .modifyScheduledEvent(
          Sample.event, of: Sample.guild,
          ScheduledEventEdit {
            ($0.name, $0.description, $0.image, $0.status) = ("n", .clear, .set(Sample.image), .active)
            ($0.start, $0.end, $0.place) = (Sample.time, .set(Sample.time), .external("there"))
            $0.recurrence = .set(RecurrenceRule(start: Sample.time, frequency: .weekly, byWeekday: [.monday]))
          })),
      RouteRow(
        "deleteScheduledEvent", "delete_guild_scheduled_event",
        .deleteScheduledEvent(Sample.event, of: Sample.guild)),
      RouteRow(
        "createScheduledEventException", "create_guild_scheduled_event_exception",
        .createScheduledEventException(on: Sample.time, .canceled, of: Sample.event, in: Sample.guild)),
      RouteRow(
        "modifyScheduledEventException", "update_guild_scheduled_event_exception",
        .modifyScheduledEventException(
          Sample.exception,
          ScheduledEventExceptionEdit {
            ($0.start, $0.end, $0.isCanceled) = (.set(Sample.time), .clear, false)
          },
          of: Sample.event, in: Sample.guild)),
      RouteRow(
        "deleteScheduledEventException", "delete_guild_scheduled_event_exception",
        .deleteScheduledEventException(Sample.exception, of: Sample.event, in: Sample.guild)),
      RouteRow(
        "getScheduledEventUsers", "list_guild_scheduled_event_users",
        .getScheduledEventUsers(
          of: Sample.event, in: Sample.guild, withMember: true, .after(Sample.user), limit: 5)),
      RouteRow(
        "getScheduledEventUsers", "list_guild_scheduled_event_exception_users",
        .getScheduledEventUsers(
          of: Sample.event, on: Sample.exception, in: Sample.guild, withMember: true, .before(Sample.user),
          limit: 5)),
      RouteRow(
        "getScheduledEventUserCounts", "count_guild_scheduled_event_users",
        .getScheduledEventUserCounts(of: Sample.event, on: [Sample.exception], in: Sample.guild)),
    ]

  static let expressions: [RouteRow] = [
    RouteRow("listGuildEmojis", "list_guild_emojis", .listGuildEmojis(of: Sample.guild)),
    RouteRow("getGuildEmoji", "get_guild_emoji", .getGuildEmoji(Sample.emoji, of: Sample.guild)),
    RouteRow(
      "createGuildEmoji", "create_guild_emoji",
      .createGuildEmoji(named: "nm", Sample.image, roles: [Sample.role], in: Sample.guild)),
    RouteRow(
      "modifyGuildEmoji", "update_guild_emoji",
      .modifyGuildEmoji(Sample.emoji, of: Sample.guild, name: "nm", roles: [])),
    RouteRow("deleteGuildEmoji", "delete_guild_emoji", .deleteGuildEmoji(Sample.emoji, of: Sample.guild)),
    RouteRow(
      "listApplicationEmojis", "list_application_emojis", .listApplicationEmojis(of: Sample.application)),
    RouteRow(
      "getApplicationEmoji", "get_application_emoji",
      .getApplicationEmoji(Sample.emoji, of: Sample.application)),
    RouteRow(
      "createApplicationEmoji", "create_application_emoji",
      .createApplicationEmoji(named: "nm", Sample.image, of: Sample.application)),
    RouteRow(
      "modifyApplicationEmoji", "update_application_emoji",
      .modifyApplicationEmoji(Sample.emoji, of: Sample.application, name: "nm")),
    RouteRow(
      "deleteApplicationEmoji", "delete_application_emoji",
      .deleteApplicationEmoji(Sample.emoji, of: Sample.application)),
    RouteRow("getSticker", "get_sticker", .getSticker(Sample.sticker)),
    RouteRow("getGuildSticker", "get_guild_sticker", .getGuildSticker(Sample.sticker, of: Sample.guild)),
    RouteRow(
      "createGuildSticker", "create_guild_sticker",
      .createGuildSticker(
        named: "nm", description: "d", tags: "t", OutgoingFile("a.png", [1]), in: Sample.guild)),
    RouteRow(
      "modifyGuildSticker", "update_guild_sticker",
      .modifyGuildSticker(Sample.sticker, of: Sample.guild, name: "nm", description: .clear, tags: "t")),
    RouteRow("listGuildStickers", "list_guild_stickers", .listGuildStickers(of: Sample.guild)),
    RouteRow(
      "deleteGuildSticker", "delete_guild_sticker", .deleteGuildSticker(Sample.sticker, of: Sample.guild)),
    RouteRow("listStickerPacks", "list_sticker_packs", .listStickerPacks()),
    RouteRow("getStickerPack", "get_sticker_pack", .getStickerPack(Snowflake(1))),
    RouteRow(
      "sendSoundboardSound", "send_soundboard_sound",
      .sendSoundboardSound(Sample.sound, source: Sample.guild, in: Sample.channel)),
    RouteRow(
      "deleteSoundboardSound", "delete_guild_soundboard_sound",
      .deleteSoundboardSound(Sample.sound, of: Sample.guild)),
    RouteRow("listDefaultSoundboardSounds", "get_soundboard_default_sounds", .listDefaultSoundboardSounds()),
    RouteRow("listSoundboardSounds", "list_guild_soundboard_sounds", .listSoundboardSounds(of: Sample.guild)),
    RouteRow(
      "getSoundboardSound", "get_guild_soundboard_sound", .getSoundboardSound(Sample.sound, of: Sample.guild)),
    RouteRow(
      "createSoundboardSound", "create_guild_soundboard_sound",
      .createSoundboardSound(
        named: "nm", DataURI("audio/ogg", [1]), volume: 0.5, emoji: "👍", in: Sample.guild)),
    RouteRow(
      "modifySoundboardSound", "update_guild_soundboard_sound",
      .modifySoundboardSound(Sample.sound, of: Sample.guild, name: "nm", volume: .set(1), emoji: .clear)),
  ]
}
