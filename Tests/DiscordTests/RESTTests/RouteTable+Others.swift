// The rows of commands, invites, voice, templates, payments, applications, users and OAuth2.

import DiscordCore
import DiscordModels
import DiscordREST
import EventLoop
import JSON
import Vault

extension RouteRow {
  static let commands: [RouteRow] = [
    RouteRow(
      "getGlobalCommands", "list_application_commands",
      .getGlobalCommands(of: Sample.application, withLocalizations: true)),
    RouteRow(
      "getGuildCommands", "list_guild_application_commands",
      .getGuildCommands(of: Sample.application, in: Sample.guild, withLocalizations: true)),
    RouteRow(
      "overwriteGlobalCommands", "bulk_set_application_commands",
      .overwriteGlobalCommands([Sample.definition, .user("Look")], of: Sample.application)),
    RouteRow(
      "overwriteGuildCommands", "bulk_set_guild_application_commands",
      .overwriteGuildCommands([Sample.definition], of: Sample.application, in: Sample.guild)),
    RouteRow(
      "getGlobalCommand", "get_application_command", .getGlobalCommand(Sample.command, of: Sample.application)
    ),
    RouteRow(
      "createGlobalCommand", "create_application_command",
      .createGlobalCommand(Sample.definition, of: Sample.application)),
    RouteRow(
      "editGlobalCommand", "update_application_command",
      .editGlobalCommand(Sample.command, of: Sample.application, Sample.definition)),
    RouteRow(
      "deleteGlobalCommand", "delete_application_command",
      .deleteGlobalCommand(Sample.command, of: Sample.application)),
    RouteRow(
      "getGuildCommand", "get_guild_application_command",
      .getGuildCommand(Sample.command, of: Sample.application, in: Sample.guild)),
    RouteRow(
      "createGuildCommand", "create_guild_application_command",
      .createGuildCommand(Sample.definition, of: Sample.application, in: Sample.guild)),
    RouteRow(
      "editGuildCommand", "update_guild_application_command",
      .editGuildCommand(Sample.command, of: Sample.application, in: Sample.guild, Sample.definition)),
    RouteRow(
      "deleteGuildCommand", "delete_guild_application_command",
      .deleteGuildCommand(Sample.command, of: Sample.application, in: Sample.guild)),
    RouteRow(
      "getGuildCommandPermissions", "list_guild_application_command_permissions",
      .getGuildCommandPermissions(of: Sample.application, in: Sample.guild)),
    RouteRow(
      "getCommandPermissions", "get_guild_application_command_permissions",
      .getCommandPermissions(of: Sample.command, application: Sample.application, in: Sample.guild)),
    RouteRow(
      "editCommandPermissions", "set_guild_application_command_permissions",
      .editCommandPermissions(
        [CommandPermission(target: 1, type: .role, isAllowed: true)], of: Sample.command,
        application: Sample.application, in: Sample.guild, as: Sample.bearer)),
  ]

  static let invites: [RouteRow] = [
    RouteRow("getInvite", "invite_resolve", .getInvite("abc", withCounts: true, event: Sample.event)),
    RouteRow("deleteInvite", "invite_revoke", .deleteInvite("abc")),
    RouteRow("createInvite", "create_channel_invite", .createInvite(to: Sample.channel, invite)),
    RouteRow(
      "createInvite", "create_channel_invite",
      .createInvite(to: Sample.channel, invite, onlyFor: [Sample.user])),
    RouteRow("getChannelInvites", "list_channel_invites", .getChannelInvites(Sample.channel)),
    RouteRow(
      "updateInviteTargetUsers", "update_invite_target_users",
      .updateInviteTargetUsers([Sample.user], of: "abc")),
    RouteRow(
      "getInviteTargetUsersStatus", "get_invite_target_users_job_status",
      .getInviteTargetUsersStatus(of: "abc")),
  ]

  private static var invite: InviteCreate {
    var invite = InviteCreate(maxAge: 60, maxUses: 5, isTemporary: true, isUnique: true, roles: [Sample.role])
    (invite.targetUser, invite.targetApplication) = (Sample.user, Sample.application)
    return invite
  }

  static let voice: [RouteRow] = [
    RouteRow("listVoiceRegions", "list_voice_regions", .listVoiceRegions()),
    RouteRow("getCurrentVoiceState", "get_self_voice_state", .getCurrentVoiceState(in: Sample.guild)),
    RouteRow("getVoiceState", "get_voice_state", .getVoiceState(of: Sample.user, in: Sample.guild)),
    RouteRow(
      "modifyCurrentVoiceState", "update_self_voice_state",
      .modifyCurrentVoiceState(
        in: Sample.guild, channel: Sample.channel, isSuppressed: false, handRaised: .set(Sample.time))),
    RouteRow(
      "modifyVoiceState", "update_voice_state",
      .modifyVoiceState(of: Sample.user, in: Sample.guild, channel: Sample.channel, isSuppressed: true)),
    RouteRow("getStageInstance", "get_stage_instance", .getStageInstance(of: Sample.channel)),
    RouteRow(
      "createStageInstance", "create_stage_instance",
      .createStageInstance(in: Sample.channel, topic: "t", tellsEveryone: true, event: Sample.event)),
    RouteRow(
      "modifyStageInstance", "update_stage_instance", .modifyStageInstance(of: Sample.channel, topic: "t")),
    RouteRow("deleteStageInstance", "delete_stage_instance", .deleteStageInstance(of: Sample.channel)),
  ]

  static let templates: [RouteRow] = [
    RouteRow("getGuildTemplate", "get_guild_template", .getGuildTemplate("abc")),
    RouteRow(
      "createGuildTemplate", "create_guild_template",
      .createGuildTemplate(of: Sample.guild, named: "n", description: "d")),
    RouteRow("syncGuildTemplate", "sync_guild_template", .syncGuildTemplate("abc", of: Sample.guild)),
    RouteRow(
      "modifyGuildTemplate", "update_guild_template",
      .modifyGuildTemplate("abc", of: Sample.guild, name: "n", description: .clear)),
    RouteRow("deleteGuildTemplate", "delete_guild_template", .deleteGuildTemplate("abc", of: Sample.guild)),
    RouteRow("getGuildTemplates", "list_guild_templates", .getGuildTemplates(of: Sample.guild)),
  ]

  static let monetization: [RouteRow] = [
    RouteRow(
      "listEntitlements", "get_entitlements",
      .listEntitlements(
        of: Sample.application,
        EntitlementFilter(
          user: Sample.user, guild: Sample.guild, skus: [Sample.sku], excludesEnded: true,
          excludesDeleted: true),
        .after(Sample.entitlement), limit: 5)),
    RouteRow(
      "getEntitlement", "get_entitlement", .getEntitlement(Sample.entitlement, of: Sample.application)),
    RouteRow(
      "createTestEntitlement", "create_entitlement",
      .createTestEntitlement(of: Sample.sku, to: .guild(Sample.guild), application: Sample.application)),
    RouteRow(
      "consumeEntitlement", "consume_entitlement",
      .consumeEntitlement(Sample.entitlement, of: Sample.application)),
    RouteRow(
      "deleteTestEntitlement", "delete_entitlement",
      .deleteTestEntitlement(Sample.entitlement, of: Sample.application)),
    RouteRow("listSKUs", nil, .listSKUs(of: Sample.application)),
    RouteRow(
      "listSubscriptions", "get_sku_subscriptions",
      .listSubscriptions(of: Sample.sku, user: Sample.user, .before(SubscriptionID(1)), limit: 5)),
    RouteRow(
      "getSubscription", "get_sku_subscription",
      .getSubscription(SubscriptionID(1), of: Sample.sku, user: Sample.user)),
  ]

  static let applications: [RouteRow] = [
    RouteRow("getCurrentApplication", "get_my_application", .getCurrentApplication()),
    RouteRow(
      "modifyCurrentApplication", "update_my_application",
      .modifyCurrentApplication(
        ApplicationEdit {
          let parameters = InstallParameters(scopes: [.bot], permissions: .viewChannel)
          ($0.description, $0.icon, $0.coverImage, $0.flags) = ("d", .set(Sample.image), .clear, 0)
          ($0.interactionsEndpointURL, $0.roleConnectionsVerificationURL) = (.set("https://e.org"), .clear)
          ($0.customInstallURL, $0.installParameters) = (.clear, .set(parameters))
          ($0.integrationTypes, $0.tags) = ([0: parameters, 1: nil], ["t"])
          ($0.eventWebhooksURL, $0.eventWebhooksStatus) = (.set("https://e.org"), 2)
          $0.eventWebhooksTypes = ["APPLICATION_AUTHORIZED"]
        })),
    RouteRow(
      "getActivityInstance", "applications_get_activity_instance",
      .getActivityInstance("i-1", of: Sample.application)),
    RouteRow(
      "getRoleConnectionMetadata", "get_application_role_connections_metadata",
      .getRoleConnectionMetadata(of: Sample.application)),
    RouteRow(
      "updateRoleConnectionMetadata", "update_application_role_connections_metadata",
      .updateRoleConnectionMetadata(
        [
          RoleConnectionMetadata(
            type: 1, key: "k", name: "n", description: "d", nameLocalizations: ["de": "n"],
            descriptionLocalizations: ["de": "d"])
        ], of: Sample.application)),
  ]

  static let users: [RouteRow] = [
    RouteRow("getCurrentUser", "get_my_user", .getCurrentUser()),
    RouteRow("getCurrentUser", "get_my_user", .getCurrentUser(as: Sample.bearer)),
    RouteRow("getUser", "get_user", .getUser(Sample.user)),
    RouteRow(
      "modifyCurrentUser", "update_my_user",
      .modifyCurrentUser(username: "nm", avatar: .set(Sample.image), banner: .clear)),
    RouteRow(
      "getCurrentUserGuilds", "list_my_guilds",
      .getCurrentUserGuilds(.after(Sample.guild), limit: 5, withCounts: true)),
    RouteRow("getCurrentUserGuilds", "list_my_guilds", .getCurrentUserGuilds(as: Sample.bearer)),
    RouteRow("leaveGuild", "leave_guild", .leaveGuild(Sample.guild)),
    RouteRow("createDM", "create_dm", .createDM(with: Sample.user)),
    RouteRow("getGatewayBot", "get_bot_gateway", .getGatewayBot()),
    RouteRow("getGateway", "get_gateway", .getGateway()),
  ]

  static let oauth2: [RouteRow] = [
    RouteRow(
      "exchangeCode", nil,
      .exchangeCode("c", redirectURI: "https://e.org", login: OAuth2Login(), client: Sample.bearer)),
    RouteRow("refreshToken", nil, .refreshToken(Secret(utf8: "t"), client: Sample.bearer)),
    RouteRow("clientCredentials", nil, .clientCredentials([.identify], client: Sample.bearer)),
    RouteRow("revokeToken", nil, .revokeToken(Secret(utf8: "t"), client: Sample.bearer)),
    RouteRow("getCurrentBotApplication", "get_my_oauth2_application", .getCurrentBotApplication()),
    RouteRow(
      "getCurrentAuthorization", "get_my_oauth2_authorization", .getCurrentAuthorization(as: Sample.bearer)),
    RouteRow(
      "getCurrentUserGuildMember", "get_my_guild_member",
      .getCurrentUserGuildMember(in: Sample.guild, as: Sample.bearer)),
    RouteRow(
      "getCurrentUserConnections", "list_my_connections", .getCurrentUserConnections(as: Sample.bearer)),
    RouteRow(
      "getCurrentUserEntitlements", "get_current_user_application_entitlements",
      .getCurrentUserEntitlements(
        of: Sample.application, skus: [Sample.sku], excludesConsumed: true, as: Sample.bearer)),
    RouteRow(
      "getRoleConnection", "get_application_user_role_connection",
      .getRoleConnection(with: Sample.application, as: Sample.bearer)),
    RouteRow(
      "updateRoleConnection", "update_application_user_role_connection",
      .updateRoleConnection(
        RoleConnection(platformName: "p", platformUsername: "u", metadata: ["k": "1"]),
        with: Sample.application, as: Sample.bearer)),
    RouteRow(
      "deleteRoleConnection", "delete_application_user_role_connection",
      .deleteRoleConnection(with: Sample.application, as: Sample.bearer)),
  ]

  static let all =
    channels + threads + messages + webhooks + interactions + guilds + members + roles + newcomers
    + autoModeration
    + events + expressions + commands + invites + voice + templates + monetization + applications + users
    + oauth2
}
