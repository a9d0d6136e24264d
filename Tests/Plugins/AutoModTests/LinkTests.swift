// Links, invites and frauds, however they are written.

import AutoModPlugin
import DiscordCore
import Testing

@Suite struct LinkTests {
  private let allLinks = settings {
    $0.links.isOn = true
    $0.links.allowed = ["example.org"]
    $0.links.denied = ["evil.com", "xn--bcher-kva.example"]
  }

  @Test(
    "A link is one, whatever is done to it",
    arguments: [
      ("see https://a.com/x", "a.com"), ("hxxps://a.com", "a.com"), ("hxxp[:]//a.com", "a.com"),
      ("[click](https://a.com/x)", "a.com"), ("<https://a.com>", "a.com"), ("HTTPS://A.COM.", "a.com"),
      ("https://example.org@a.com/", "a.com"), ("https://user:pw@a.com", "a.com"), ("https:\\\\a.com", nil),
      ("https://a.com:8080/x", "a.com"), ("(https://a.com)", "a.com"), ("||https://a.com||", "a.com"),
      ("ｈｔｔｐｓ://a.com", "a.com"), ("https://a\u{200B}.com", "a.com"), ("https://BÜCHER.de", "bücher.de"),
      ("https://example.org.a.com", "example.org.a.com"), ("https://notexample.org", "notexample.org"),
      ("nothing.", nil), ("a.com", nil), ("https://example.org/x", nil), ("https://www.example.org", nil),
      ("1.5 and 3.14", nil), ("e.g. this", nil), ("https://", nil), ("ends.with", nil),
      ("bare evil.com here", "evil.com"), ("www.evil.com", "www.evil.com"), ("notevil.com", nil),
      ("https://bücher.example", "bücher.example"), ("xn--bcher-kva.example", "bücher.example"),
    ] as [(String, String?)])
  func links(text: String, host: String?) throws {
    let match = try verdict(message(text), allLinks).matches.first
    #expect(match?.parameters["host"] == host)
  }

  @Test("Only the denied are refused where that is the policy")
  func denied() throws {
    var settings = allLinks
    settings.links.policy = .denied
    #expect(try verdict(message("https://a.com"), settings).matches.isEmpty)
    #expect(try verdict(message("https://x.evil.com"), settings).signs == [.deniedLink])
  }

  @Test(
    "An invite is one, whatever is done to it",
    arguments: [
      ("discord.gg/abc", "abc"), ("https://discord.gg/abc?event=1", "abc"), ("discord.com/invite/aBc", "aBc"),
      ("https://ptb.discord.com/invite/abc", "abc"), ("discordapp.com/invite/abc-d", "abc-d"),
      ("https://discord.gg/invite/abc", "abc"), ("discord.gg//abc", "abc"),
      ("https://discord.gg\\abc", "abc"),
      ("discord .gg / abc", "abc"), ("discord (dot) gg/abc", "abc"), ("dsc.gg/abc", "abc"),
      ("[join](https://discord.gg/abc)", "abc"), ("ｄiscord.gg/abc", "abc"),
      ("discord.gg", nil), ("discord.com/channels/1/2", nil), ("discord.com", nil), ("discord.gg/own", nil),
      ("discord.gg/friend", nil), ("mydiscord.gg/abc", nil), ("top.gg", nil),
    ] as [(String, String?)])
  func invites(text: String, code: String?) throws {
    let settings = settings {
      $0.invites.isOn = true
      $0.invites.allowed = ["friend"]
    }
    let guild = GuildFacts(ownInvites: ["own"])
    #expect(try verdict(message(text), settings, in: guild).matches.first?.parameters["code"] == code)
  }

  @Test("Own invites are refused where even they are not wanted, and codes are told apart by their capitals")
  func ownInvites() throws {
    let guild = GuildFacts(ownInvites: ["own"])
    let strict = settings {
      $0.invites.isOn = true
      $0.invites.allowsOwn = false
    }
    #expect(try verdict(message("discord.gg/own"), strict, in: guild).signs == [.invite])
    let lenient = settings { $0.invites.isOn = true }
    #expect(try verdict(message("discord.gg/OWN"), lenient, in: guild).signs == [.invite])
    #expect(try verdict(message("discord.gg/own discord.gg/other"), lenient, in: guild).signs == [.invite])
  }

  @Test(
    "A fraud is recognised",
    arguments: [
      ("https://discord-nitro.com/x", MatchSign.listedScam), ("get.free-nitro.com", .listedScam),
      ("https://mine.example/x", .listedScam),
      ("https://dlscord.com/nitro", .imitation), ("https://discorcl.gift", .imitation),
      ("https://dіscord.com", .imitation), ("https://xn--dscord-pvf.com", .imitation),
      ("https://steamcommunlty.com/tradeoffer", .imitation), ("https://steamcornmunity.com", .imitation),
      ("https://discord-freegift.ru", .imitation), ("https://discordnitro.click", .imitation),
      ("https://discrod.com", .imitation), ("steamcomunnity.com/x", .imitation),
      ("[discord.com/nitro](https://a.example/x)", .disguisedLink),
      ("FREE NITRO https://a.example", .lure), ("fr33 n1tro for everyone https://a.example", .lure),
      ("Claim your airdrop: https://a.example", .lure),
    ])
  func frauds(text: String, sign: MatchSign) throws {
    let settings = settings {
      $0.scams.isOn = true
      $0.scams.domains = ["mine.example"]
    }
    #expect(try verdict(message(text), settings).signs == [sign])
  }

  @Test(
    "What is genuine or harmless is no fraud",
    arguments: [
      "https://discord.com/nitro", "https://support.discord.com/x", "https://discord.gift/abc",
      "https://steamcommunity.com/id/x", "https://store.steampowered.com/app/1", "anyone got free nitro?",
      "https://discord.js.org", "https://discords.example", "https://steamdb.info",
      "https://github.com/discord/x",
      "https://en.wikipedia.org/wiki/Steam", "https://trusted.example free nitro", "https://twitch.tv/x",
      "https://discordpy.readthedocs.io", "[docs](https://a.example)", "[a.example](https://a.example/x)",
      "https://record.com", "https://disco.com",
    ])
  func genuine(text: String) throws {
    let settings = settings {
      $0.scams.isOn = true
      $0.links.allowed = ["trusted.example"]
    }
    #expect(try verdict(message(text), settings).matches.isEmpty)
  }

  @Test("A link behind many others is found all the same")
  func hiddenAmongMany() throws {
    let crowd = (0..<400).map { "a\($0).de" }.joined(separator: " ")
    #expect(try verdict(message(crowd + " evil.com"), allLinks).signs == [.deniedLink])
  }

  @Test("The operator's list is read line by line, and what means nothing is counted")
  func list() {
    var unread = 0
    let list = ScamList(
      parsing: "# remark\nevil.com\n *.bad.example # why\n= good.example\n~ give me *\n\nnot a domain\n~ \n",
      unreadLines: &unread)
    #expect(list.domains == ["evil.com", "bad.example"])
    #expect(list.genuine == ["good.example"])
    #expect(list.lures == ["give me *"])
    #expect(unread == 2)
    #expect(ScamList.bundled.domains.count > 10)
    #expect(ScamList.bundled.lures.count > 10)
  }
}
