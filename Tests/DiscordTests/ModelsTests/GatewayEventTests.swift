// Payloads of gateway events.

import DiscordCore
import DiscordModels
import EventLoop
import JSON
import Testing

/// An event with a payload as it comes, and the model that reads it.
struct EventSample: Sendable, CustomTestStringConvertible {
  let name: String
  let payload: String
  let read: @Sendable (JSONValue) throws -> Void
  var testDescription: String { name }

  init<Model: WireDecodable>(_ name: String, _ model: Model.Type, _ payload: String) {
    (self.name, self.payload) = (name, payload)
    read = { _ = try decode($0, as: Model.self) }
  }

  static let all: [EventSample] = [
    .init("READY", ReadyEvent.self, #"{"v":10,"user":{"id":"1"},"session_id":"s"}"#),
    .init("RATE_LIMITED", RateLimitedEvent.self, #"{"opcode":8,"retry_after":2.5,"meta":{"guild_id":"1"}}"#),
    .init(
      "GUILD_CREATE", GuildCreateEvent.self, #"{"id":"1","owner_id":"2","members":[{"user":{"id":"3"}}]}"#),
    .init("GUILD_DELETE", UnavailableGuild.self, #"{"id":"1","unavailable":true}"#),
    .init(
      "GUILD_AUDIT_LOG_ENTRY_CREATE", GuildAuditLogEntryCreateEvent.self,
      #"{"guild_id":"1","id":"2","action_type":20}"#),
    .init("GUILD_BAN_ADD", GuildBanEvent.self, #"{"guild_id":"1","user":{"id":"2"}}"#),
    .init("GUILD_EMOJIS_UPDATE", GuildEmojisUpdateEvent.self, #"{"guild_id":"1","emojis":[{"id":"2"}]}"#),
    .init("GUILD_STICKERS_UPDATE", GuildStickersUpdateEvent.self, #"{"guild_id":"1","stickers":[]}"#),
    .init("GUILD_INTEGRATIONS_UPDATE", GuildIntegrationsUpdateEvent.self, #"{"guild_id":"1"}"#),
    .init("INTEGRATION_CREATE", IntegrationEvent.self, #"{"guild_id":"1","id":"2","type":"discord"}"#),
    .init("INTEGRATION_DELETE", IntegrationDeleteEvent.self, #"{"guild_id":"1","id":"2"}"#),
    .init("GUILD_ROLE_CREATE", GuildRoleEvent.self, #"{"guild_id":"1","role":{"id":"2"}}"#),
    .init("GUILD_ROLE_DELETE", GuildRoleDeleteEvent.self, #"{"guild_id":"1","role_id":"2"}"#),
    .init(
      "GUILD_SCHEDULED_EVENT_USER_ADD", GuildScheduledEventUserEvent.self,
      #"{"guild_scheduled_event_id":"1","user_id":"2","guild_id":"3"}"#),
    .init(
      "GUILD_SCHEDULED_EVENT_EXCEPTION_CREATE", GuildScheduledEventExceptionEvent.self,
      #"{"guild_id":"1","event_id":"2","event_exception_id":"3","is_canceled":true}"#),
    .init("SOUNDBOARD_SOUNDS", SoundboardSoundsEvent.self, #"{"guild_id":"1","soundboard_sounds":[]}"#),
    .init(
      "GUILD_SOUNDBOARD_SOUND_DELETE", SoundboardSoundDeleteEvent.self, #"{"guild_id":"1","sound_id":"2"}"#),
    .init("WEBHOOKS_UPDATE", WebhooksUpdateEvent.self, #"{"guild_id":"1","channel_id":"2"}"#),
    .init(
      "GUILD_JOIN_REQUEST_UPDATE", JoinRequestEvent.self,
      #"{"guild_id":"1","status":"APPROVED","request":{"id":"2"}}"#),
    .init("GUILD_MEMBER_ADD", GuildMemberEvent.self, #"{"guild_id":"1","user":{"id":"2"},"roles":[]}"#),
    .init("GUILD_MEMBER_REMOVE", GuildMemberRemoveEvent.self, #"{"guild_id":"1","user":{"id":"2"}}"#),
    .init(
      "GUILD_MEMBERS_CHUNK", GuildMembersChunkEvent.self,
      #"{"guild_id":"1","members":[],"chunk_index":0,"chunk_count":2}"#),
    .init("CHANNEL_PINS_UPDATE", ChannelPinsUpdateEvent.self, #"{"channel_id":"1"}"#),
    .init("THREAD_CREATE", ThreadCreateEvent.self, #"{"id":"1","type":11,"newly_created":true}"#),
    .init("THREAD_DELETE", ThreadDeleteEvent.self, #"{"id":"1","guild_id":"2","parent_id":"3","type":12}"#),
    .init("THREAD_LIST_SYNC", ThreadListSyncEvent.self, #"{"guild_id":"1","threads":[],"members":[]}"#),
    .init("THREAD_MEMBER_UPDATE", ThreadMemberUpdateEvent.self, #"{"guild_id":"1","id":"2","user_id":"3"}"#),
    .init(
      "THREAD_MEMBERS_UPDATE", ThreadMembersUpdateEvent.self,
      #"{"id":"1","guild_id":"2","removed_member_ids":["3"]}"#),
    .init("TYPING_START", TypingStartEvent.self, #"{"channel_id":"1","user_id":"2","timestamp":1767225600}"#),
    .init("PRESENCE_UPDATE", Presence.self, #"{"user":{"id":"1"},"guild_id":"2","status":"dnd"}"#),
    .init("VOICE_STATE_UPDATE", VoiceState.self, #"{"user_id":"1","channel_id":null}"#),
    .init("VOICE_CHANNEL_STATUS_UPDATE", VoiceChannelStatusUpdateEvent.self, #"{"id":"1","guild_id":"2"}"#),
    .init(
      "VOICE_CHANNEL_START_TIME_UPDATE", VoiceChannelStartTimeUpdateEvent.self,
      #"{"id":"1","guild_id":"2","voice_start_time":1767225600}"#),
    .init("CHANNEL_INFO", ChannelInfoEvent.self, #"{"guild_id":"1","channels":[{"id":"2","status":"AFK"}]}"#),
    .init(
      "VOICE_CHANNEL_EFFECT_SEND", VoiceChannelEffectSendEvent.self,
      #"{"channel_id":"1","guild_id":"2","user_id":"3"}"#),
    .init(
      "VOICE_SERVER_UPDATE", VoiceServerUpdateEvent.self, #"{"token":"t","guild_id":"1","endpoint":null}"#),
    .init("MESSAGE_CREATE", Message.self, MessageModelTests.plain),
    .init("MESSAGE_UPDATE", MessageUpdateEvent.self, #"{"id":"1","channel_id":"2"}"#),
    .init("MESSAGE_DELETE", MessageDeleteEvent.self, #"{"id":"1","channel_id":"2","guild_id":"3"}"#),
    .init("MESSAGE_DELETE_BULK", MessageDeleteBulkEvent.self, #"{"ids":["1","2"],"channel_id":"3"}"#),
    .init(
      "MESSAGE_REACTION_ADD", MessageReactionAddEvent.self,
      #"{"user_id":"1","channel_id":"2","message_id":"3","emoji":{"id":null,"name":"🔥"}}"#),
    .init(
      "MESSAGE_REACTION_REMOVE", MessageReactionRemoveEvent.self,
      #"{"user_id":"1","channel_id":"2","message_id":"3","emoji":{"id":"4","name":null}}"#),
    .init(
      "MESSAGE_REACTION_REMOVE_ALL", MessageReactionRemoveAllEvent.self,
      #"{"channel_id":"2","message_id":"3"}"#),
    .init(
      "MESSAGE_REACTION_REMOVE_EMOJI", MessageReactionRemoveEmojiEvent.self,
      #"{"channel_id":"2","message_id":"3","emoji":{"name":"🔥"}}"#),
    .init(
      "MESSAGE_POLL_VOTE_ADD", MessagePollVoteEvent.self,
      #"{"user_id":"1","channel_id":"2","message_id":"3","answer_id":1}"#),
    .init("INVITE_CREATE", InviteCreateEvent.self, #"{"code":"abc","channel_id":"1","max_age":3600}"#),
    .init("INVITE_DELETE", InviteDeleteEvent.self, #"{"code":"abc","channel_id":"1"}"#),
    .init(
      "AUTO_MODERATION_ACTION_EXECUTION", AutoModerationActionExecutionEvent.self,
      #"{"guild_id":"1","action":{"type":3,"metadata":{"duration_seconds":5}},"rule_id":"2","user_id":"3"}"#),
    .init(
      "APPLICATION_COMMAND_PERMISSIONS_UPDATE", ApplicationCommandPermissionsUpdateEvent.self,
      #"{"id":"1","application_id":"2","guild_id":"3","permissions":[{"id":"3","type":1,"permission":true}]}"#
    ),
  ]
}

@Suite struct GatewayEventTests {
  @Test(arguments: EventSample.all)
  func `an event is read, with fields of tomorrow as well`(event: EventSample) throws {
    guard var payload = try JSONValue(parsing: Array(event.payload.utf8)).object else { return }
    try event.read(.object(payload))
    payload["tomorrow"] = [["new": nil]]
    try event.read(.object(payload))
  }

  /// Which fields cannot be missing is decided here, not by accident.
  @Test(arguments: EventSample.all)
  func `an event without anything is refused`(event: EventSample) {
    #expect(throws: JSONError.self) { try event.read([:]) }
    #expect(throws: JSONError.self) { try event.read(nil) }
  }

  @Test func `READY`() throws {
    let ready: ReadyEvent = try decode(
      """
      {"v":10,"user":{"id":"1","username":"Guildhall","bot":true},"guilds":[{"id":"2","unavailable":true}],
      "session_id":"abc","resume_gateway_url":"wss://example.com","shard":[3,16],"application":{"id":"4",
      "flags":565248}}
      """)
    #expect(ready.user.isBot && ready.guilds.first?.isUnavailable == true && ready.shard == [3, 16])
    #expect(
      ready.applicationID == ApplicationID(4) && ready.applicationFlags.contains(.gatewayGuildMembersLimited))
  }

  @Test func `GUILD_CREATE brings guild and extras`() throws {
    let event: GuildCreateEvent = try decode(
      """
      {"id":"1","owner_id":"2","name":"Tavern","joined_at":"2026-01-01T00:00:00Z","large":true,"member_count":99,
      "members":[{"user":{"id":"2"},"roles":[]}],"channels":[{"id":"3","type":0,"permission_overwrites":[{"id":"1",
      "type":0,"allow":"0","deny":"1024"}]}],"threads":[{"id":"4","type":11}],"voice_states":[{"user_id":"2",
      "channel_id":"5"}],"presences":[{"user":{"id":"2"},"status":"idle","client_status":{"web":"idle"},
      "activities":[{"name":"Custom Status","type":4,"state":"brewing","created_at":1767225600000}]}],
      "roles":[{"id":"1"}],"stage_instances":[],"guild_scheduled_events":[],"soundboard_sounds":[{"sound_id":"6"}]}
      """)
    #expect(event.guild.name == "Tavern" && event.guild.roles.count == 1 && event.extras.memberCount == 99)
    #expect(event.extras.isLarge && event.extras.members.count == 1 && event.extras.threads.count == 1)
    #expect(event.extras.channels.first?.permissionOverwrites.first?.deny == .viewChannel)
    #expect(event.extras.voiceStates.first?.channelID == ChannelID(5))
    #expect(event.extras.presences.first?.activities.first?.state == "brewing")
    #expect(event.extras.presences.first?.clientStatus?.web == .idle)
    #expect(event.extras.soundboardSounds.first?.id == SoundboardSoundID(6))
  }

  @Test func `moments in seconds and as text`() throws {
    let start = Timestamp(milliseconds: 1_767_225_600_000)
    for time in ["1767225600", #""2026-01-01T00:00:00Z""#] {
      let event: VoiceChannelStartTimeUpdateEvent = try decode(
        #"{"id":"1","guild_id":"2","voice_start_time":\#(time)}"#)
      #expect(event.voiceStartTime == start)
    }
    for time in ["null", "-1", "9223372036854775807", "{}"] {
      let event: TypingStartEvent = try decode(#"{"channel_id":"1","user_id":"2","timestamp":\#(time)}"#)
      #expect(event.timestamp == nil)
    }
  }

  @Test func `a voice server's token is hidden`() throws {
    let event: VoiceServerUpdateEvent = try decode(#"{"token":"my-token","guild_id":"1","endpoint":"h:443"}"#)
    #expect(event.token.text == "my-token" && !"\(event)".contains("my-token"))
  }
}
