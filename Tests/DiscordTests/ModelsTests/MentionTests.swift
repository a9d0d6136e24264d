// Mentions, links and escaped text.

import DiscordCore
import DiscordModels
import EventLoop
import Testing

@Suite struct MentionTests {
  static let mentions: [(Mention, String)] = [
    (.user(UserID(1)), "<@1>"), (.role(RoleID(2)), "<@&2>"), (.channel(ChannelID(3)), "<#3>"),
    (.command("tag create", ApplicationCommandID(4)), "</tag create:4>"),
    (.timestamp(Timestamp(milliseconds: 1_500)), "<t:1>"),
    (.timestamp(Timestamp(milliseconds: -1_500), .relative), "<t:-2:R>"),
    (.emoji(EmojiID(5), name: "wave"), "<:wave:5>"),
    (.emoji(EmojiID(6), name: "dance", isAnimated: true), "<a:dance:6>"),
    (.everyone, "@everyone"), (.here, "@here"),
  ]

  @Test(arguments: mentions.indices)
  func `a mention is written and read`(index: Int) {
    let (mention, text) = Self.mentions[index]
    #expect("\(mention)" == text)
    guard case .timestamp = mention else {
      #expect(Mention(text) == mention)
      return
    }
    #expect(Mention(text)?.description == text)
  }

  @Test(arguments: [
    "", "<", "<>", "<@>", "<@x>", "<#-1>", "<@1", "@1>", "<t:>", "<t:99999999999999999999>", "<::1>", "</:1>",
    "<@1> ",
  ])
  func `what is no mention is refused`(text: String) {
    #expect(Mention(text) == nil)
  }

  @Test func `all mentions of a text are found in order`() {
    let text = "a <@1><@!2> <b <#3> <@everyone @everyone <:x:4> < <t:5:R>> <@&6"
    #expect(
      Mention.all(in: text) == [
        .user(UserID(1)), .user(UserID(2)), .channel(ChannelID(3)), .everyone, .everyone,
        .emoji(EmojiID(4), name: "x"), .timestamp(Timestamp(milliseconds: 5_000), .relative),
      ])
  }

  @Test func `a text of opening brackets alone is searched in one pass`() {
    #expect(Mention.all(in: String(repeating: "<", count: 100_000)).isEmpty)
  }

  @Test func `arguments of prefix commands are read`() {
    #expect(UserID(typed: "<@!12>") == UserID(12))
    #expect(UserID(typed: "12") == UserID(12))
    #expect(UserID(typed: "<@&12>") == nil)
    #expect(UserID(typed: "bob") == nil)
    #expect(RoleID(typed: "<@&12>") == RoleID(12))
    #expect(RoleID(typed: "<@12>") == nil)
    #expect(ChannelID(typed: "<#12>") == ChannelID(12))
    #expect(ChannelID(typed: "https://discord.com/channels/1/2") == ChannelID(2))
    #expect(ChannelID(typed: "https://discord.com/channels/1/2/3") == ChannelID(2))
    #expect(MessageID.typed("2-3").map { [$0.channel?.rawValue, $0.message.rawValue] } == [2, 3])
    #expect(MessageID.typed("https://ptb.discord.com/channels/@me/2/3")?.channel == ChannelID(2))
    #expect(MessageID.typed("3")?.channel == nil)
    #expect(MessageID.typed("2-3-4") == nil)
  }

  @Test func `an emoji is read from what somebody typed`() {
    #expect(EmojiReference(typed: "<a:dance:6>") == .custom(EmojiID(6), name: "dance", isAnimated: true))
    #expect(EmojiReference(typed: "👍🏽") == "👍🏽")
    #expect(EmojiReference(typed: "1️⃣") == "1️⃣")
    #expect(EmojiReference(typed: "1") == nil)
    #expect(EmojiReference(typed: "x") == nil)
    #expect(EmojiReference(typed: "👍👍") == nil)
    #expect(EmojiReference.custom(EmojiID(6), name: "dance").pathSegment == "dance:6")
  }
}

@Suite struct MessageLinkTests {
  @Test func `a link is made and read`() {
    let link = MessageLink(guild: GuildID(1), channel: ChannelID(2), message: MessageID(3))
    #expect(link.address() == "https://discord.com/channels/1/2/3")
    #expect(MessageLink(link.address()) == link)
    #expect(MessageLink("<https://canary.discord.com/channels/1/2/3/?x#y>") == link)
    #expect(
      MessageLink(guild: nil, channel: ChannelID(2), message: MessageID(3)).address()
        == "https://discord.com/channels/@me/2/3")
    let local = link.address(origin: "http://127.0.0.1:80")
    #expect(MessageLink(local) == nil)
    #expect(MessageLink(local, origin: "http://127.0.0.1:80") == link)
  }

  @Test(arguments: [
    "https://discord.com/channels/1/2", "https://discord.com/channels/x/2/3",
    "https://evil.com/channels/1/2/3",
    "https://discord.com.evil.com/channels/1/2/3", "https://discord.com/channels/1/2/3/4",
    "discord.com/channels/1/2/3",
    "https://discord.com/channels/1/2/x", "",
  ])
  func `what is no link to a message is refused`(text: String) {
    #expect(MessageLink(text) == nil)
  }

  @Test func `all links of a text are found`() {
    let text =
      "see https://discord.com/channels/1/2/3, (https://discord.com/channels/@me/4/5) and <https://discord.com/channels/1/2>."
    #expect(MessageLink.all(in: text).map(\.message) == [MessageID(3), MessageID(5)])
  }
}

@Suite struct MarkdownTests {
  static let escapes: [(String, String)] = [
    ("plain text, nothing else!", "plain text, nothing else!"),
    ("*a* _b_ ~c~ `d` |e|", #"\*a\* \_b\_ \~c\~ \`d\` \|e\|"#),
    ("# head\n- item\n1. one\n> quote", "\\# head\n\\- item\n1\\. one\n\\> quote"),
    ("a # b - c 1.5", "a # b - c 1.5"),
    ("[text](https://x.y)", #"\[text\](https\://x\.y)"#),
    ("discord.gg/abc", #"discord\.gg/abc"#),
    ("<@1> <#2> </a:3> <t:4> <:e:5>", "\\<@\u{200B}1\\> \\<#2\\> \\</a:3\\> \\<t:4\\> \\<:e:5\\>"),
    ("@everyone @here @nobody", "@\u{200B}everyone @\u{200B}here @nobody"),
    (#"\*already\*"#, #"\\\*already\\\*"#),
  ]

  @Test(arguments: escapes.indices)
  func `text from people does nothing`(index: Int) {
    let (text, escaped) = Self.escapes[index]
    #expect(Markdown.escaped(text) == escaped)
  }

  @Test func `escaped text mentions nobody and links nowhere`() {
    let nasty = "<@1><@&2><#3>@everyone@here</x:4><t:5:R><:a:6>https://discord.com/channels/1/2/3"
    let escaped = Markdown.escaped(nasty)
    #expect(
      Mention.all(in: escaped.replacing("\\", with: "")).allSatisfy {
        if case .user = $0 { false } else { true }
      })
    #expect(MessageLink.all(in: escaped).isEmpty)
    #expect(!escaped.contains("@everyone"))
    #expect(!escaped.contains("@here"))
  }

  @Test(arguments: ["plain", "a`b", "``", "`", "```x```", "", "a`"])
  func `code cannot be left`(text: String) {
    let code = Markdown.code(text)
    let fence = code.hasPrefix("``") ? "``" : "`"
    #expect(code.hasPrefix(fence) && code.hasSuffix(fence))
    #expect(!code.dropFirst(fence.count).dropLast(fence.count).contains(fence))
    #expect(!Markdown.codeBlock(text).dropFirst(3).dropLast(3).contains("```"))
  }

  @Test func `a link keeps its title inside`() {
    #expect(Markdown.link("a]b", to: "https://x.y/(z)") == #"[a\]b](https://x.y/%28z%29)"#)
  }

  @Test func `shortening keeps characters whole`() {
    #expect("hello".shortened(to: 5) == "hello")
    #expect("hello!".shortened(to: 5) == "hell…")
    #expect("👨‍👩‍👧‍👦👨‍👩‍👧‍👦".shortened(to: 9) == "👨‍👩‍👧‍👦…")
    #expect("👨‍👩‍👧‍👦".shortened(to: 3) == "…")
    #expect("abc".shortened(to: 0) == "")
  }
}
