// What endpoints are made of.

import DiscordCore
import DiscordLimits
import DiscordREST
import HTTPTypes
import JSON
import Testing

@Suite struct `Endpoints` {
  private let channel = ChannelID(1)
  private let message = MessageID(2)

  @Test func `parameters stand where the braces are, encoded`() {
    let call = Endpoint<Empty>(
      .put, "/channels/{channel.id}/messages/{message.id}/reactions/{emoji}/@me", channel, message, "🔥:a/b"
    ).call
    #expect(call.path == "/channels/1/messages/2/reactions/%F0%9F%94%A5%3Aa%2Fb/@me")
    #expect(call.major == .channel(1))
    #expect("\(call.route)" == "PUT /channels/{channel.id}/messages/{message.id}/reactions/{emoji}/@me")
  }

  @Test func `a guild's route is its guild's, a channel's is whose the caller says`() {
    #expect(Endpoint<Empty>(.get, "/guilds/{guild.id}/roles", GuildID(7)).call.guild == GuildID(7))
    let endpoint = Endpoint<Empty>(.get, "/channels/{channel.id}", channel)
    #expect(endpoint.call.guild == nil)
    #expect(endpoint.of(GuildID(7)).call.guild == GuildID(7))
  }

  @Test func `interactions carry no token and stand outside the global limit`() {
    let calls = [
      Endpoint<Empty>(
        .post, "/interactions/{interaction.id}/{interaction.token}/callback", InteractionID(3), "tok"
      ).call,
      Endpoint<Empty>(
        .patch, "/webhooks/{application.id}/{interaction.token}/messages/@original", ApplicationID(3), "tok"
      ).call,
    ]
    for call in calls {
      #expect(!call.isGloballyLimited)
      #expect(call.priority == .interaction)
      #expect(!call.carriesBotToken)
      #expect(!"\(call.major)".contains("tok"))
    }
    let webhook = Endpoint<Empty>(.post, "/webhooks/{webhook.id}/{webhook.token}", WebhookID(3), "tok").call
    #expect(webhook.isGloballyLimited && !webhook.carriesBotToken)
    #expect(Endpoint<Empty>(.get, "/webhooks/{webhook.id}", WebhookID(3)).call.carriesBotToken)
  }

  @Test func `repeating is harmless where HTTP says so, or the route does`() {
    let make = { (method: HTTPMethod) in Endpoint<Empty>(method, "/channels/{channel.id}", ChannelID(1)) }
    #expect([HTTPMethod.get, .put, .delete].allSatisfy { make($0).call.isRepeatable })
    #expect(![HTTPMethod.post, .patch].contains { make($0).call.isRepeatable })
    #expect(make(.post).repeatable().call.isRepeatable)
  }

  @Test func `a query is encoded and leaves out what is nil`() {
    let endpoint = Endpoint<Empty>(.get, "/guilds/{guild.id}/members/search", GuildID(1))
      .query("query", "a b&c").query("limit", 5).query("after", UserID?.none)
    #expect(endpoint.call.query == "query=a%20b%26c&limit=5")
  }

  @Test func `a body that has no JSON form is a defect, not a trap`() {
    let call = Endpoint<Empty>(.post, "/channels/{channel.id}", channel).json { json in
      json.object { $0.field("volume", Double.nan) }
    }.call
    #expect(call.defect != nil)
  }

  @Test(arguments: [
    ("spam", "spam"), ("Spam & more\n", "Spam%20%26%20more%0A"), (" \n ", nil), ("", nil), ("é", "%C3%A9"),
  ])
  func `a reason is percent-encoded, a blank one is none`(_ reason: String, _ encoded: String?) {
    #expect(AuditReason.encode(reason) == encoded)
  }

  @Test func `a long reason is cut between characters`() throws {
    let encoded = try #require(AuditReason.encode(String(repeating: "ä", count: 300)))
    // Six characters each; 85 of them fit into 512.
    #expect(encoded == String(repeating: "%C3%A4", count: 85))
    let plain = try #require(AuditReason.encode(String(repeating: "a", count: 600)))
    #expect(plain.utf8.count == 512)
  }

  @Test func `known limits come with the routes`() {
    let crosspost = Endpoint<Empty>(
      .post, "/channels/{channel.id}/messages/{message.id}/crosspost", channel, message)
    #expect(crosspost.call.hiddenLimit == .crosspost)
    #expect(Endpoint<Empty>(.post, "/guilds/{guild.id}/roles", GuildID(1)).call.hiddenLimit == .roleCreate)
    #expect(Endpoint<Empty>(.get, "/guilds/{guild.id}/roles", GuildID(1)).call.hiddenLimit == nil)
    #expect(Endpoint<Empty>(.get, "/guilds/{guild.id}/emojis", GuildID(1)).call.hiddenLimit == .emoji)
    let rename = Endpoint<Empty>(.patch, "/channels/{channel.id}", channel).renamingChannel()
    #expect(rename.call.hiddenLimit == .channelRename)
  }
}

extension RESTCall {
  fileprivate var carriesBotToken: Bool { if case .bot = authorization { true } else { false } }
}
