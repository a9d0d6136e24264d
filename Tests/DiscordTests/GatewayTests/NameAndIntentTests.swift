// Event names, intents and presences.

import JSON
import Testing

@testable import DiscordGateway

@Suite struct GatewayEventNameTests {
  @Test func `every documented name is found again, from text and from a frame`() throws {
    let parser = try JSONParser()
    for (index, name) in GatewayEventName.documented.enumerated() {
      #expect(Int(GatewayEventName("\(name)").index) == index)
      #expect(GatewayEventName("\(name)").description == "\(name)")
      let parsed = try parser.parse(Array("[\"\(name)\"]".utf8)) { root in
        try GatewayEventName(#require(root.array?.first { _ in true }).asText())
      }
      #expect(Int(parsed.index) == index)
    }
    #expect(GatewayEventName.messageCreate.description == "MESSAGE_CREATE")
    #expect(GatewayEventName.webhooksUpdate.description == "WEBHOOKS_UPDATE")
  }

  @Test func `a new name is carried, told apart and the same each time`() {
    let invented = GatewayEventName("GUILD_DREAM_CREATE")
    #expect(invented == GatewayEventName("GUILD_DREAM_CREATE"))
    #expect(invented != GatewayEventName("GUILD_DREAM_DELETE"))
    #expect(!invented.isDocumented)
    #expect(invented.description == "GUILD_DREAM_CREATE")
    #expect(GatewayEventName("").description == "")
    #expect(GatewayEventName(String(repeating: "A", count: 65)) == .unrecognized)
  }
}

@Suite struct IntentTests {
  @Test func `requirements add up, and say what becomes of a feature`() {
    let welcome = IntentRequirement(
      feature: "welcome", needs: [.guilds, .guildMembers],
      degradesTo: [.init(without: .guildMembers, loss: "greets at the first message")])
    let filter = IntentRequirement(feature: "filter", needs: [.guilds, .guildMessages, .messageContent])
    #expect(
      IntentRequirement.intents(for: [welcome, filter])
        == [.guilds, .guildMembers, .guildMessages, .messageContent])
    #expect(IntentRequirement.droppable(for: [welcome, filter]) == .guildMembers)
    #expect(welcome.outcome(with: [.guilds, .guildMembers]) == .works)
    #expect(welcome.outcome(with: .guilds) == .degraded(welcome.degradesTo))
    #expect(welcome.outcome(with: .guildMembers) == .refuses(.guilds))
    #expect(filter.outcome(with: [.guilds, .guildMessages]) == .refuses(.messageContent))
  }

  @Test func `privileged intents are known by name`() {
    #expect(Intents.privileged.names == ["GUILD_MEMBERS", "GUILD_PRESENCES", "MESSAGE_CONTENT"])
    #expect(Intents.documented.rawValue == 0x3_31_FF_FF)
  }
}

@Suite struct PresenceTests {
  @Test(arguments: [
    PresenceUpdate.Activity(.playing, name: ""),
    .init(.playing, name: String(repeating: "a", count: 129)),
    .init(.custom, name: "Custom Status"),
    .init(.custom, name: "Custom Status", state: String(repeating: "a", count: 129)),
    .init(.playing, name: "chess", url: "https://twitch.tv/x"),
    .init(.streaming, name: "chess", url: "https://example.org/x"),
  ])
  func `what Discord would refuse is refused`(activity: PresenceUpdate.Activity) {
    let error = #expect(throws: GatewayError.self) {
      try PresenceUpdate(activities: [activity]).validate()
    }
    #expect(error?.code == .invalidPayload)
  }

  @Test func `a presence is written as Discord wants it`() throws {
    let update = PresenceUpdate(.doNotDisturb, activities: [.custom("busy")])
    try update.validate()
    let text = String(decoding: try GatewayPayload.presence(update), as: UTF8.self)
    #expect(
      text
        == #"{"op":3,"d":{"since":null,"activities":[{"name":"Custom Status","type":4,"state":"busy"}],"status":"dnd","afk":false}}"#
    )
  }

  @Test(arguments: [
    ("wss://gateway.discord.gg", "wss://gateway.discord.gg/?v=10&encoding=json&compress=zstd-stream"),
    ("wss://gateway.discord.gg/", "wss://gateway.discord.gg/?v=10&encoding=json&compress=zstd-stream"),
    ("ws://127.0.0.1:80/gw", "ws://127.0.0.1:80/gw?v=10&encoding=json&compress=zstd-stream"),
    ("ws://127.0.0.1:80?a=b", "ws://127.0.0.1:80/?a=b&v=10&encoding=json&compress=zstd-stream"),
  ])
  func `the gateway's address is completed`(base: String, complete: String) {
    #expect(GatewayAddress.complete(base, compression: .zstdStream) == complete)
  }
}
