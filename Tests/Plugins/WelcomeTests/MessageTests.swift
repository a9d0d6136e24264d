// What greetings say and how they look.

import Cards
import DiscordCore
import DiscordModels
import JSON
import PlatformSettings
import Resources
import Testing

@testable import WelcomePlugin

private let ada = UserID(175_928_847_299_117_063)
private let server = TemplateValues.Server(name: "Aurora *Café*", members: 1_234, tier: 2)

private func strings() throws -> StringCatalog {
  try ResourceFolder(of: "WelcomePlugin").catalog(language: "en")
}

private func guest(_ name: String = "Ada") -> Guest {
  Guest(user: ada, name: "ada.l", displayName: name, number: 1_234)
}

private func greeting(_ occasion: Occasion = .join, _ name: String = "Ada") throws -> GreetingMessage {
  GreetingMessage(occasion, of: guest(name), in: server, cause: "event/1", strings: try strings())
}

@Suite struct GreetingMessageTests {
  @Test func `variables are filled in, and names are text`() throws {
    var settings = GreetingSettings()
    settings.texts = [
      "{user} {user.name} {user.mention} {server} {server.members} {ordinal} {server.tier} {unknown}"
    ]
    let message = try greeting(.join, "**A**").message(settings, card: nil)
    #expect(
      message.content
        == "\\*\\*A\\*\\* ada\\.l <@\(ada)> Aurora \\*Café\\* 1,234 1,234th 2 {unknown}")
  }

  @Test func `nobody but the newcomer is notified, whatever they are called`() throws {
    let message = try greeting(.join, "@everyone <@1> {user.id}").message(GreetingSettings(), card: nil)
    #expect(message.allowedMentions == .only(ada))
    var settings = GreetingSettings()
    settings.texts = ["@everyone {user}"]
    #expect(try greeting(.join, "@here {user.id}").message(settings, card: nil).allowedMentions == .only(ada))
    #expect(
      try greeting(.join, "{user.id}").message(settings, card: nil).content == "@everyone "
        + Markdown.escaped("{user.id}"))
    settings.pings = false
    #expect(try greeting().message(settings, card: nil).allowedMentions == .none)
    #expect(try greeting(.leave).message(GreetingSettings(), card: nil).allowedMentions == .none)
  }

  @Test func `one of several texts is taken, the same for the same event`() throws {
    let texts = (0..<8).map { "text \($0)" }
    let picks = (0..<200).map { GreetingMessage.choice(texts, by: "event/\($0)") }
    #expect(picks == (0..<200).map { GreetingMessage.choice(texts, by: "event/\($0)") })
    #expect(Set(picks.compactMap(\.self)) == Set(texts))
    #expect(GreetingMessage.choice([], by: "x") == nil)
  }

  @Test func `an embed mentions outside of it, and has title, colour and card`() async throws {
    var settings = GreetingSettings()
    settings.form = .embed
    settings.title = "Hello {user}"
    settings.color = SettingsColor(0x123456)
    let greeting = try greeting()
    let card = try await CardRenderer.process.render(
      greeting.card(settings, CardSettings(), avatar: nil).card)
    let message = greeting.message(settings, card: card)
    #expect(message.content == "<@\(ada)>")
    #expect(message.embeds.first?.title == "Hello Ada")
    #expect(message.embeds.first?.color == 0x123456)
    #expect(message.embeds.first?.image?.url == "attachment://welcome.png")
    #expect(message.files.first?.name == "welcome.png")
    #expect(throws: Never.self) { try message.validate() }
  }

  @Test func `every text stays within what Discord takes`() throws {
    var settings = GreetingSettings()
    settings.texts = [String(repeating: "{user} ", count: 280)]
    let long = String(repeating: "*", count: 32)
    let message = try greeting(.join, long).message(settings, card: nil)
    #expect((message.content ?? "").unicodeScalars.count <= 2_000)
    #expect(message.content?.hasSuffix("…") == true)
    settings.form = .embed
    settings.title = String(repeating: "{user}", count: 40)
    let embed = try greeting(.join, long).message(settings, card: nil)
    #expect(throws: Never.self) { try embed.validate() }
    settings.form = .plain
    settings.texts = [" \n "]
    #expect(try greeting().message(settings, card: nil).content == "Ada")
  }

  @Test func `several people are greeted in one message, the rest counted`() throws {
    let few = [guest(), Guest(user: UserID(7), name: "b", displayName: "B", number: 1)]
    let message = GreetingMessage.together(.join, few, pings: true, strings: try strings())
    #expect(message.content == "Welcome, <@\(ada)>, <@7>!")
    #expect(message.allowedMentions == AllowedMentions(users: .only([ada, UserID(7)])))
    let many = (1...500).map { number in
      Guest(
        user: UserID(UInt64.max - UInt64(number)), name: "x", displayName: String(repeating: "_", count: 32),
        number: 1)
    }
    for occasion in Occasion.allCases {
      let message = GreetingMessage.together(occasion, many, pings: true, strings: try strings())
      #expect(throws: Never.self) { try message.validate() }
      #expect(message.content?.contains(occasion == .leave ? "475 more" : "460 more") == true)
    }
  }

  @Test func `numbers are written as people read them`() throws {
    let strings = try strings()
    let ordinals = [1, 2, 3, 4, 11, 12, 13, 21, 22, 101, 111, 1_000, 1_234_563].map {
      TemplateValues.ordinal($0, strings)
    }
    #expect(
      ordinals == [
        "1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "22nd", "101st", "111th", "1,000th",
        "1,234,563rd",
      ])
  }

  @Test func `a card has the guild's colours, the guild's words, and plain text`() throws {
    var settings = GreetingSettings()
    var look = CardSettings()
    #expect(try greeting().card(settings, look, avatar: nil).headline == "Welcome to Aurora *Café*")
    #expect(try greeting().card(settings, look, avatar: nil).detail == "1,234th member")
    (settings.headline, settings.detail) = ("Hi from {server}", "{user.mention}")
    (look.style, look.accent) = (.daylight, SettingsColor(0xFF0000))
    let card = try greeting().card(settings, look, avatar: nil)
    #expect((card.headline, card.detail) == ("Hi from Aurora *Café*", "Ada"))
    #expect(card.style.accent == Color(0xFF0000))
    #expect(card.style.background == CardStyle.daylight.background)
  }

  @Test func `what is typed to accept the rules may differ in case and spaces`() {
    #expect(Acceptance.isSame("  i  Agree ", "I agree"))
    #expect(!Acceptance.isSame("I disagree", "I agree"))
  }

  @Test func `a guest is read back as they were written`() throws {
    var guest = guest()
    (guest.avatar, guest.isBot) = ("a_1", true)
    #expect(Guest(guest.document) == guest)
    #expect(Guest(.null) == nil)
  }
}
