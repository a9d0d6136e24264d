// Messages as the gateway and the REST API send them.

import DiscordCore
import DiscordModels
import EventLoop
import JSON
import Testing

@Suite struct MessageModelTests {
  /// A plain message of a guild, as MESSAGE_CREATE brings it.
  static let plain = """
    {"type":0,"tts":false,"timestamp":"2026-05-04T03:02:01.123000+00:00","pinned":false,"nonce":"1217498362011213824",
    "mentions":[],"mention_roles":[],"mention_everyone":false,"member":{"roles":["41","42"],"premium_since":null,
    "pending":false,"nick":"Nova","mute":false,"joined_at":"2024-01-02T03:04:05.678000+00:00","flags":2,
    "deaf":false,"communication_disabled_until":null,"banner":null,"avatar":null},"id":"1217498362011213825",
    "flags":0,"embeds":[],"edited_timestamp":null,"content":"Anyone up for a round tonight?","components":[],
    "channel_type":0,"channel_id":"1100000000000000001","author":{"username":"nova_dev","public_flags":64,
    "primary_guild":null,"id":"80351110224678912","global_name":"Nova","display_name_styles":null,
    "discriminator":"0","collectibles":null,"clan":null,"avatar_decoration_data":null,
    "avatar":"8342729096ea3675442027381ff50dfe"},"attachments":[],"guild_id":"1100000000000000000"}
    """

  @Test func `a plain message`() throws {
    let message: Message = try decode(Self.plain)
    #expect(message.id == MessageID(1_217_498_362_011_213_825) && message.type == .default)
    #expect(message.content == "Anyone up for a round tonight?" && message.author.displayName == "Nova")
    #expect(message.member?.roles == [RoleID(41), RoleID(42)] && message.member?.user == nil)
    #expect(message.member?.flags == .completedOnboarding && message.author.publicFlags == .hypesquadBravery)
    #expect(message.timestamp == Timestamp(milliseconds: 1_777_863_721_123))
    #expect(message.nonce == "1217498362011213824" && message.guildID == GuildID(1_100_000_000_000_000_000))
    #expect(message.particulars.isEmpty && message.editedTimestamp == nil)
  }

  @Test func `an answer to a message that is gone is not an answer to none`() throws {
    var tree = try JSONValue(parsing: Array(Self.plain.utf8)).object ?? JSONObject()
    tree["type"] = 19
    tree["message_reference"] = ["type": 0, "channel_id": "1", "message_id": "2"]
    tree["referenced_message"] = .null
    let gone: Message = try decode(.object(tree))
    #expect(gone.particulars.isReferencedMessageDeleted && gone.referencedMessage == nil)
    #expect(gone.reference?.messageID == MessageID(2))
    tree["referenced_message"] = try JSONValue(parsing: Array(Self.plain.utf8))
    let there: Message = try decode(.object(tree))
    #expect(!there.particulars.isReferencedMessageDeleted)
    #expect(there.referencedMessage?.content == "Anyone up for a round tonight?")
  }

  @Test func `a forward carries what it forwards`() throws {
    let message: Message = try decode(
      """
      {"id":"5","channel_id":"6","author":{"id":"7","username":"x"},"content":"","flags":16384,
      "message_reference":{"type":1,"channel_id":"8","message_id":"9","guild_id":"10"},
      "message_snapshots":[{"message":{"content":"said elsewhere","timestamp":"2026-01-01T00:00:00Z","type":0,
      "flags":0,"embeds":[],"attachments":[{"id":"1","filename":"a.png","size":3,"url":"u","proxy_url":"p"}]}}]}
      """)
    #expect(message.reference?.type == .forward && message.flags.contains(.hasSnapshot))
    #expect(message.snapshots.first?.content == "said elsewhere")
    #expect(message.snapshots.first?.attachments.first?.filename == "a.png")
    #expect(message.timestamp == MessageID(5).createdAt, "a missing time is that of the id")
  }

  @Test func `reactions count both kinds`() throws {
    let reaction: Reaction = try decode(
      """
      {"emoji":{"id":null,"name":"🔥"},"count":5,"count_details":{"burst":2,"normal":3},"burst_colors":["#ff0000"],
      "me":true,"me_burst":false,"burst_me":false,"burst_count":2}
      """)
    #expect(reaction.count == 5 && reaction.normalCount == 3 && reaction.burstCount == 2)
    #expect(reaction.meReacted && !reaction.meReactedBurst && reaction.emoji == "🔥")
    #expect(throws: JSONError.self) { try decode(#"{"count":1}"#, as: Reaction.self) }
  }

  @Test func `an interaction's message says through whom it came`() throws {
    let interaction: MessageInteraction = try decode(
      """
      {"id":"1","type":5,"user":{"id":"2","username":"a"},"authorizing_integration_owners":{"0":"3","1":"4"},
      "triggering_interaction_metadata":{"id":"5","type":3,"interacted_message_id":"6",
      "authorizing_integration_owners":{"7":"8"}}}
      """)
    #expect(interaction.owners == IntegrationOwners(guildID: GuildID(3), userID: UserID(4)))
    #expect(interaction.triggering?.value.interactedMessageID == MessageID(6))
    #expect(interaction.triggering?.value.owners == IntegrationOwners())
  }

  @Test func `text, lists and pictures of the wrong kind leave the rest of the message alone`() throws {
    let message: Message = try decode(
      """
      {"id":"5","channel_id":"6","author":{"id":"7"},"content":null,"mentions":{},"embeds":[null,{"title":"t"}],
      "attachments":[{"filename":"no id"},{"id":"1"}],"components":"none","flags":null,"type":null,
      "timestamp":"yesterday","member":[],"thread":3,"poll":[]}
      """)
    #expect(message.content == "" && message.embeds.count == 1 && message.attachments.count == 1)
    #expect(message.type == .default && message.poll == nil && message.thread == nil && message.member == nil)
  }

  @Test func `an edit without the message is still an edit`() throws {
    let whole: MessageUpdateEvent = try decode(Self.plain)
    #expect(whole.message?.author.id == UserID(80_351_110_224_678_912))
    let part: MessageUpdateEvent = try decode(#"{"id":"1","channel_id":"2","guild_id":"3","embeds":[]}"#)
    #expect(part.id == MessageID(1) && part.channelID == ChannelID(2) && part.guildID == GuildID(3))
    #expect(part.message == nil)
  }
}
