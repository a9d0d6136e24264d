// The filters that judge the form of one message, whom they spare, and how what they ask for is merged.

import AutoModPlugin
import DiscordCore
import EventLoop
import Testing

@Suite struct FormTests {
  @Test(
    "Each filter of form sees what it is for",
    arguments: [
      ("<@1><@2><@3><@!3><@&4>", MatchSign.mentions), ("hey @everyone", .everyone), ("@here", .everyone),
      ("THIS IS SHOUTING TEXT", .capitals), ("ЭТО ОЧЕНЬ ГРОМКО", .capitals),
      ("😀😀😀😀😀😀", .emoji), ("<:a:1><:b:2><a:c:3>😀😀😀", .emoji), ("👨‍👩‍👧🇩🇪👍🏽1️⃣❤️☕", .emoji),
      (String(repeating: "x\n", count: 30), .lines), (String(repeating: "wort ", count: 200), .characters),
      ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaa", .repeats), ("Z̴̡̛̥̲͚a̸̢̛l̷̢g̴̨o̵", .marks),
      ("h\u{200B}e\u{200B}l\u{200B}l\u{200B}o\u{200B}\u{200B}", .invisible),
      ("a\u{2060}\u{2060}\u{2060}\u{200D}\u{200D}\u{200D}", .invisible),
    ])
  func sees(text: String, sign: MatchSign) throws {
    #expect(try verdict(message(text), strict).signs.contains(sign))
  }

  private let strict = settings {
    $0.mentions.isOn = true
    $0.mentions.maximum = 3
    $0.capitals.isOn = true
    $0.emoji.isOn = true
    $0.emoji.maximum = 5
    $0.walls.isOn = true
    $0.walls.maximumLines = 20
    $0.walls.maximumCharacters = 900
    $0.walls.maximumRepeats = 20
    $0.hiddenText.isOn = true
    $0.hiddenText.maximumMarks = 3
    $0.hiddenText.maximumInvisible = 3
  }

  @Test(
    "And spares what people write in peace",
    arguments: [
      "<@1><@1><@1><@1>", "mail@everywhere.example", "OK LOL", "Das GEHT so nicht, wirklich",
      "<:KEKW:1><:POGGERSPOG:2>",
      "😀👨‍👩‍👧‍👦👩🏽‍🚀🏳️‍🌈", "हिन्दी में क्‍या हाल", "می‌خواهم بنویسم", "tiếng Việt ở đây", "ภาษาไทยที่นี่", "מְנֻקָּד", "",
      "🏴󠁧󠁢󠁥󠁮󠁧󠁿 England", "한국어 글자",
    ])
  func spares(text: String) throws {
    #expect(try verdict(message(text), strict).matches.isEmpty)
  }

  @Test("Mentions are counted as Discord does where it says more than the text")
  func mentionCounts() throws {
    let reply = message("hi") { ($0.mentionedUsers, $0.mentionedRoles) = (2, 2) }
    #expect(try verdict(reply, strict).matches.first?.parameters == ["count": "4", "limit": "3"])
  }

  @Test("Who may mention everyone is not held up")
  func everyoneInForce() throws {
    #expect(try verdict(message("@everyone") { $0.mentionsEveryone = true }, strict).matches.isEmpty)
  }

  @Test("Files are judged by their ends")
  func files() throws {
    var settings = settings { $0.attachments.isOn = true }
    func sign(_ names: String...) throws -> MatchSign? {
      try verdict(message("") { $0.files = names.map { .init(name: $0) } }, settings).signs.first
    }
    #expect(try sign("setup.EXE") == .refusedFile)
    #expect(try sign("cat.png.exe. ") == .refusedFile)
    #expect(try sign("cat.png", "exe") == nil)
    settings.attachments.onlyAllowed = ["*.png", "jpg"]
    #expect(try sign("cat.PNG") == nil)
    #expect(try sign("cat.gif") == .fileNotAllowed)
    #expect(try sign("README") == .fileNotAllowed)
    settings.attachments.maximumCount = 1
    #expect(try sign("a.png", "b.png") == .files)
  }

  @Test("Moderators, exempt roles and exempt places are left alone, and the verdict says why")
  func exemptions() throws {
    var settings = strict
    settings.exemptRoles = [RoleID(5)]
    settings.exemptChannels = [ChannelID(900)]
    settings.mentions.response.exemptRoles = [RoleID(6)]
    let text = "@everyone"
    let moderator = try verdict(message(text) { $0.isByModerator = true }, settings)
    #expect(moderator.exemptions.map(\.reason) == [.moderator] && moderator.matches.isEmpty)
    let role = try verdict(message(text) { $0.roles = [RoleID(4), RoleID(5)] }, settings)
    #expect(role.exemptions.map(\.reason) == [.role(RoleID(5))])
    let thread = try verdict(message(text) { $0.parents = [ChannelID(101), ChannelID(900)] }, settings)
    #expect(thread.exemptions.map(\.reason) == [.channel(ChannelID(900))])
    let ofRule = try verdict(message(text) { $0.roles = [RoleID(6)] }, settings)
    #expect(ofRule.exemptions.map(\.rule) == [.filter(.mentions)] && ofRule.isQuiet)
    #expect(try verdict(message("hi") { $0.roles = [RoleID(6)] }, settings).exemptions.isEmpty)
  }

  @Test("Of several rules the strongest containment holds, points add up, and the message goes once")
  func merging() throws {
    let settings = settings {
      $0.mentions.isOn = true
      $0.mentions.response = FilterResponse([.delete, .timeout], timeout: .seconds(600), points: 2)
      $0.words.isOn = true
      $0.words.words = ["bad"]
      $0.words.response = FilterResponse(
        [.warn, .delete, .timeout], timeout: .seconds(60), points: 3, tellsMember: true)
      var rule = CustomRule()
      (rule.name, rule.words, rule.response.actions) = ("Worse", ["bad"], [.log, .kick])
      $0.rules = [rule]
    }
    let verdict = try verdict(message("@everyone bad"), settings)
    #expect(verdict.names == ["mentions", "words", "rule:Worse"])
    #expect(verdict.deletes == [MessageReference(channel: ChannelID(100), message: MessageID(1))])
    let sentence = try #require(verdict.sentences.first)
    #expect(verdict.sentences.count == 1)
    #expect(sentence.containment == .kick && sentence.points == 5 && sentence.warns && sentence.tells)
    #expect(verdict.logs)
    #expect(Containment.timeout(.seconds(1)) < .timeout(.seconds(2)))
    #expect(Containment.none < .timeout(.seconds(1)) && Containment.kick < .ban)
  }

  @Test("With the defaults, ordinary talk passes and the worst does not")
  func defaults() throws {
    let settings = AutoModSettings()
    for text in ["hello there", "GG", "look: https://example.org/a", "😂😂😂", "<@1> <@2> lunch?"] {
      #expect(try verdict(message(text), settings).matches.isEmpty, "\(text)")
    }
    for text in ["@everyone FREE NITRO https://dlscord.gift/x", "join discord.gg/abc"] {
      #expect(try !verdict(message(text), settings).isQuiet, "\(text)")
    }
  }
}
