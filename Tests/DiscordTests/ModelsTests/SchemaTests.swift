// Every main model reads what Discord's own description of its interface allows, and worse.

import DiscordModels
import JSON
import Testing

/// A schema with the model that reads it.
struct ModelOfSchema: Sendable, CustomTestStringConvertible {
  let schema: String
  let read: @Sendable (JSONValue) throws -> Void
  var testDescription: String { schema }

  init<Model: WireDecodable>(_ schema: String, _ model: Model.Type) {
    self.schema = schema
    read = { _ = try decode($0, as: Model.self) }
  }

  static let all: [ModelOfSchema] = users + guilds + channels + messages + applications
  static let users: [ModelOfSchema] = [
    .init("UserResponse", User.self), .init("UserPIIResponse", CurrentUser.self),
    .init("GuildMemberResponse", GuildMember.self), .init("PrivateGuildMemberResponse", GuildMember.self),
    .init("GuildBanResponse", Ban.self), .init("UserAvatarDecorationResponse", AvatarDecoration.self),
    .init("UserNameplateResponse", Nameplate.self), .init("UserPrimaryGuildResponse", UserPrimaryGuild.self),
    .init("VoiceStateResponse", VoiceState.self), .init("VoiceRegionResponse", VoiceRegion.self),
  ]
  static let guilds: [ModelOfSchema] = [
    .init("GuildResponse", Guild.self), .init("GuildWithCountsResponse", Guild.self),
    .init("MyGuildResponse", PartialGuild.self), .init("GuildPreviewResponse", GuildPreview.self),
    .init("GuildIncidentsDataResponse", IncidentsData.self), .init("GuildRoleResponse", Role.self),
    .init("GuildRoleTagsResponse", RoleTags.self), .init("EmojiResponse", Emoji.self),
    .init("GuildStickerResponse", Sticker.self), .init("StandardStickerResponse", Sticker.self),
    .init("StickerPackResponse", StickerPack.self), .init("GuildWelcomeScreenResponse", WelcomeScreen.self),
    .init("GuildOnboardingResponse", GuildOnboarding.self),
    .init("GuildJoinRequestResponse", JoinRequest.self),
    .init("GuildJoinRequestsListResponse", JoinRequestList.self),
    .init("KeywordRuleResponse", AutoModerationRule.self),
    .init("MLSpamRuleResponse", AutoModerationRule.self),
    .init("DefaultKeywordRuleResponse", AutoModerationRule.self),
    .init("MentionSpamRuleResponse", AutoModerationRule.self),
    .init("UserProfileRuleResponse", AutoModerationRule.self),
    .init("ExternalScheduledEventResponse", GuildScheduledEvent.self),
    .init("VoiceScheduledEventResponse", GuildScheduledEvent.self),
    .init("StageScheduledEventResponse", GuildScheduledEvent.self),
    .init("ScheduledEventUserResponse", ScheduledEventUser.self),
    .init("RecurrenceRuleResponse", RecurrenceRule.self), .init("StageInstanceResponse", StageInstance.self),
    .init("GuildScheduledEventExceptionResponse", ScheduledEventException.self),
    .init("SoundboardSoundResponse", SoundboardSound.self),
    .init("GuildTemplateResponse", GuildTemplate.self),
    .init("GuildAuditLogResponse", AuditLog.self), .init("AuditLogEntryResponse", AuditLogEntry.self),
    .init("DiscordIntegrationResponse", Integration.self),
    .init("ExternalConnectionIntegrationResponse", Integration.self),
    .init("GuildSubscriptionIntegrationResponse", Integration.self),
  ]
  static let channels: [ModelOfSchema] = [
    .init("GuildChannelResponse", Channel.self), .init("ThreadResponse", Channel.self),
    .init("PrivateChannelResponse", Channel.self), .init("PrivateGroupChannelResponse", Channel.self),
    .init("ThreadMemberResponse", ThreadMember.self), .init("ForumTagResponse", ForumTag.self),
    .init("GuildInviteResponse", Invite.self), .init("GroupDMInviteResponse", Invite.self),
    .init("FriendInviteResponse", Invite.self), .init("GuildIncomingWebhookResponse", Webhook.self),
    .init("ApplicationIncomingWebhookResponse", Webhook.self),
    .init("ChannelFollowerWebhookResponse", Webhook.self),
  ]
  static let messages: [ModelOfSchema] = [
    .init("MessageResponse", Message.self), .init("BasicMessageResponse", Message.self),
    .init("MessageAttachmentResponse", Attachment.self), .init("MessageReactionResponse", Reaction.self),
    .init("MinimalContentMessageResponse", MessageSnapshot.self),
    .init("MessageCallResponse", MessageCall.self),
    .init("ApplicationCommandInteractionMetadataResponse", MessageInteraction.self),
    .init("MessageComponentInteractionMetadataResponse", MessageInteraction.self),
    .init("ModalSubmitInteractionMetadataResponse", MessageInteraction.self),
    .init("MessageRoleSubscriptionDataResponse", RoleSubscriptionData.self),
    .init("ResolvedObjectsResponse", ResolvedEntities.self),
    .init("InteractionCallbackResponse", InteractionCallback.self),
  ]
  static let applications: [ModelOfSchema] = [
    .init("PrivateApplicationResponse", Application.self), .init("ApplicationResponse", Application.self),
    .init("BasicApplicationResponseWithBot", PartialApplication.self), .init("TeamResponse", Team.self),
    .init("EntitlementResponse", Entitlement.self), .init("SubscriptionResponse", Subscription.self),
    .init("ApplicationCommandResponse", ApplicationCommand.self),
    .init("CommandPermissionsResponse", GuildCommandPermissions.self),
    .init("OAuth2GetAuthorizationResponse", CurrentAuthorization.self),
  ]
}

@Suite struct SchemaTests {
  @Test(arguments: ModelOfSchema.all)
  func `a model reads whatever its schema allows`(model: ModelOfSchema) throws {
    let samples = try SchemaSamples.discord.get()
    for fill in SchemaSamples.Fill.allCases {
      let sample = try samples.sample(model.schema, fill)
      #expect(throws: Never.self, "\(fill)") { try model.read(sample) }
    }
  }

  @Test(arguments: ModelOfSchema.all)
  func `fields that Discord adds tomorrow do no harm`(model: ModelOfSchema) throws {
    guard case .object(var object) = try SchemaSamples.discord.get().sample(model.schema, .most) else {
      return
    }
    object.fields.insert(.init(key: "tomorrow", value: ["deep": [[["er"]]]]), at: 0)
    object["number_of_tomorrow"] = 1
    try model.read(.object(object))
  }

  @Test(arguments: ModelOfSchema.all)
  func `what is no object is refused`(model: ModelOfSchema) {
    for value in [JSONValue.null, [], "text", 1, true] {
      #expect(throws: JSONError.self) { try model.read(value) }
    }
  }

  /// Lists must not be emptied by an element that cannot be read.
  @Test func `nothing of a full message is lost`() throws {
    let message: Message = try decode(try SchemaSamples.discord.get().sample("MessageResponse", .most))
    #expect(message.mentions.count == 1 && message.mentionRoles.count == 1 && message.attachments.count == 1)
    #expect(message.embeds.count == 1 && message.components.count == 1 && message.reactions.count == 1)
    #expect(message.stickers.count == 1 && message.snapshots.count == 1 && message.poll != nil)
    #expect(message.interaction != nil && message.thread != nil && message.referencedMessage != nil)
    let rest = message.particulars
    #expect(rest.mentionChannels.count == 1 && rest.activity != nil && rest.application != nil)
    #expect(rest.roleSubscription != nil && rest.call?.participants.count == 1)
    #expect(rest.resolved?.users.count == 1 && rest.resolved?.channels.count == 1)
    #expect(message.reference != nil && message.webhookID != nil && message.nonce == "1")
  }

  @Test func `nothing of a full guild is lost`() throws {
    let guild: Guild = try decode(try SchemaSamples.discord.get().sample("GuildWithCountsResponse", .most))
    #expect(guild.roles.count == 1 && guild.emojis.count == 1 && guild.stickers.count == 1)
    #expect(guild.features == [.animatedBanner] && guild.incidents?.invitesDisabledUntil != nil)
    #expect(guild.afkChannelID != nil && guild.vanityURLCode == "1" && guild.approximateMemberCount == 1)
    #expect(guild.roles.first?.tags?.isPremiumSubscriber == true, "a tag that is null is set")
  }
}
