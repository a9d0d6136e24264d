// Every route, called with all it can be given, and Discord's own name of the operation it must be.

import DiscordCore
import DiscordModels
import DiscordREST
import EventLoop
import JSON
import Testing
import Vault

/// One call of one route.
struct RouteRow: Sendable, CustomTestStringConvertible {
  /// Of the function that makes the call.
  let name: String
  /// In Discord's description of its API; nil for the few it leaves out.
  let operation: String?
  let call: RESTCall

  var testDescription: String { name }

  init<Response>(_ name: String, _ operation: String?, _ endpoint: Endpoint<Response>) {
    (self.name, self.operation, call) = (name, operation, endpoint.call)
  }
}

/// Ids and values that the rows use.
enum Sample {
  static let guild = GuildID(1_000)
  static let channel = ChannelID(2_000)
  static let message = MessageID(3_000)
  static let user = UserID(4_000)
  static let role = RoleID(5_000)
  static let application = ApplicationID(6_000)
  static let command = ApplicationCommandID(7_000)
  static let webhook = WebhookID(8_000)
  static let emoji = EmojiID(9_000)
  static let event = GuildScheduledEventID(10_000)
  static let interaction = InteractionID(11_000)
  static let exception = Snowflake<Entity.ScheduledEventException>(12_000)
  static let sound = SoundboardSoundID(13_000)
  static let sticker = StickerID(14_000)
  static let sku = SKUID(15_000)
  static let entitlement = EntitlementID(16_000)
  static let rule = AutoModerationRuleID(17_000)
  static let tag = ForumTagID(18_000)
  static let time = Timestamp(milliseconds: 1_800_000_000_000)
  static let image = DataURI("image/png", [1, 2, 3])
  static let file = OutgoingFile("a.png", [1, 2, 3])
  static let bearer = RESTToken(Secret(utf8: "token"))
  static let overwrite = PermissionOverwrite(.role(role), allow: .viewChannel, deny: .sendMessages)

  /// A message with all that goes together.
  static var text: MessageCreate {
    var message = MessageCreate("hi")
      .embed(
        Embed(title: "T", description: "D", url: "https://e.org", color: 1, timestamp: time)
          .author("A", url: "https://e.org", iconURL: "https://e.org/a.png")
          .footer("F", iconURL: "https://e.org/f.png").image("https://e.org/i.png")
          .thumbnail("https://e.org/t.png").field("n", "v", inline: true)
      )
      .components(
        .row(.button("a", id: "a", emoji: "👍"), .link("l", to: "https://e.org"), .premium(sku)),
        .row(.select(id: "s", [.init("a", description: "d", emoji: "👍", isDefault: true)], choosing: 1...1)),
        .row(.channelSelect(id: "c", types: [.guildText], placeholder: "p", selected: [channel]))
      )
      .poll(PollCreate("q", ["a", .init("b", emoji: "👍")]))
      .mentioning(AllowedMentions(users: .only([user]), roles: .only([role]), repliedUser: true))
    message.flags = .suppressNotifications
    return message
  }

  /// A message of the second generation with every component that messages have.
  static var components: MessageCreate {
    MessageCreate([
      .container(
        color: 1, isSpoiler: true,
        [
          .text("t"),
          .section("s", accessory: .thumbnail("https://e.org/a.png", description: "d", isSpoiler: true)),
          .gallery([.init("https://e.org/a.png", description: "d", isSpoiler: true)]), .divider,
          .row(.userSelect(id: "u", selected: [user])), .row(.roleSelect(id: "r", selected: [role])),
          .row(.mentionableSelect(id: "m", selected: [.user(user)])),
        ])
    ])
  }

  static var edit: MessageEdit {
    var edit = MessageEdit(replacingWith: text)
    edit.keptAttachments = [AttachmentID(1)]
    edit.flags = .suppressEmbeds
    return edit
  }

  static let thread = ThreadCreate("t", autoArchiveMinutes: 1_440, slowmode: 5)

  static let definition = ApplicationCommandDefinition.chatInput(
    "tag", "Tags",
    [
      .subcommand(
        "get", "Get",
        [
          .string("name", "Name", required: true, length: 1...5, autocomplete: true)
            .localized(names: ["de": "name"], descriptions: ["de": "Name"]),
          .integer("n", "N", choices: [.init("One", .integer(1), nameLocalizations: ["de": "Eins"])]),
          .number("x", "X", range: 0...1), .channel("c", "C", types: [.guildText]), .boolean("b", "B"),
          .user("u", "U"), .role("r", "R"), .mentionable("m", "M"), .attachment("a", "A"),
        ]), .group("g", "G", [.subcommand("s", "S")]),
    ]
  ).needing(.manageGuild).inGuildsOnly().localized(names: ["de": "schild"], descriptions: ["de": "Schilder"])

  static let channelEdit = ChannelEdit {
    ($0.name, $0.type, $0.position, $0.topic, $0.isNSFW) = ("n", .guildText, 1, .set("t"), true)
    ($0.slowmode, $0.bitrate, $0.userLimit, $0.parent) = (1, 64_000, 2, .set(channel))
    ($0.permissionOverwrites, $0.rtcRegion, $0.videoQualityMode) = (.set([overwrite]), .clear, .auto)
    ($0.defaultAutoArchiveDuration, $0.availableTags) = (1_440, [ForumTag(name: "t", emojiName: "👍")])
    $0.defaultReaction = .set(DefaultReaction(emojiName: "👍"))
    ($0.defaultThreadSlowmode, $0.defaultSortOrder, $0.defaultForumLayout) = (
      1, .set(.creationDate), .listView
    )
  }

  static let search = MessageSearch {
    ($0.content, $0.slop, $0.authors, $0.authorTypes) = ("c", 2, [user], ["user"])
    ($0.mentions, $0.mentionedRoles, $0.mentionsEveryone, $0.channels) = ([user], [role], true, [channel])
    ($0.oldest, $0.newest, $0.has, $0.linkHosts) = (message, message, ["image"], ["e.org"])
    ($0.attachmentExtensions, $0.isPinned, $0.includesNSFW) = (["png"], true, false)
    ($0.sortBy, $0.order, $0.limit, $0.offset) = ("timestamp", "asc", 25, 0)
  }
}
