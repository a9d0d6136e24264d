// What the ids of Discord name.

/// Tags for `Snowflake`; no values of these exist.
package enum Entity {
  package enum Application {}
  package enum ApplicationCommand {}
  package enum Attachment {}
  package enum AuditLogEntry {}
  package enum AutoModerationRule {}
  package enum Channel {}
  package enum Emoji {}
  package enum Entitlement {}
  package enum ForumTag {}
  package enum Guild {}
  package enum GuildScheduledEvent {}
  package enum Integration {}
  package enum Interaction {}
  package enum JoinRequest {}
  package enum Message {}
  package enum OnboardingOption {}
  package enum OnboardingPrompt {}
  package enum Role {}
  package enum ScheduledEventException {}
  package enum SKU {}
  package enum SoundboardSound {}
  package enum StageInstance {}
  package enum Sticker {}
  package enum StickerPack {}
  package enum Subscription {}
  package enum Team {}
  package enum User {}
  package enum Webhook {}
}

/// The ids of Discord, each by the name of what it stands for.
package typealias ApplicationID = Snowflake<Entity.Application>
package typealias ApplicationCommandID = Snowflake<Entity.ApplicationCommand>
package typealias AttachmentID = Snowflake<Entity.Attachment>
package typealias AuditLogEntryID = Snowflake<Entity.AuditLogEntry>
package typealias AutoModerationRuleID = Snowflake<Entity.AutoModerationRule>
/// Threads are channels too.
package typealias ChannelID = Snowflake<Entity.Channel>
package typealias EmojiID = Snowflake<Entity.Emoji>
package typealias EntitlementID = Snowflake<Entity.Entitlement>
package typealias ForumTagID = Snowflake<Entity.ForumTag>
package typealias GuildID = Snowflake<Entity.Guild>
package typealias GuildScheduledEventID = Snowflake<Entity.GuildScheduledEvent>
package typealias IntegrationID = Snowflake<Entity.Integration>
package typealias InteractionID = Snowflake<Entity.Interaction>
package typealias JoinRequestID = Snowflake<Entity.JoinRequest>
package typealias MessageID = Snowflake<Entity.Message>
package typealias OnboardingOptionID = Snowflake<Entity.OnboardingOption>
package typealias OnboardingPromptID = Snowflake<Entity.OnboardingPrompt>
package typealias RoleID = Snowflake<Entity.Role>
package typealias ScheduledEventExceptionID = Snowflake<Entity.ScheduledEventException>
package typealias SKUID = Snowflake<Entity.SKU>
package typealias SoundboardSoundID = Snowflake<Entity.SoundboardSound>
package typealias StageInstanceID = Snowflake<Entity.StageInstance>
package typealias StickerID = Snowflake<Entity.Sticker>
package typealias StickerPackID = Snowflake<Entity.StickerPack>
package typealias SubscriptionID = Snowflake<Entity.Subscription>
package typealias TeamID = Snowflake<Entity.Team>
package typealias UserID = Snowflake<Entity.User>
package typealias WebhookID = Snowflake<Entity.Webhook>

extension GuildID {
  /// The id of the role @everyone, which every member has.
  package var everyoneRole: RoleID { converted() }

  /// The shard that is told of this guild
  /// (https://discord.com/developers/docs/events/gateway#sharding-sharding-formula).
  ///
  /// - Precondition: `count` is positive.
  package func shard(of count: Int) -> Int { Int((rawValue &>> 22) % UInt64(count)) }
}
