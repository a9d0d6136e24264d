// Events that come twice, and work that was cut off: nothing is lost, and nobody is acted upon twice.

@testable import AutoModPlugin
import DiscordBot
import DiscordCore
import DiscordGateway
import DiscordModels
import EventLoop
import HTTPTypes
import JSON
import PlatformConfiguration
import PlatformDispatch
import PlatformPlugins
import PluginTestKit
import Simulator
import SimulatorWorld
import Storage
import StorageTestKit
import Testing

@Suite(.timeLimit(.minutes(3)), .serialized) struct ReplayTests {
  @Test(arguments: Engine.allCases)
  func `an event that comes again when half was done leads to the other half alone`(_ engine: Engine)
    async throws
  {
    try await PluginStage.withAutoMod(on: engine, { $0.words.words = ["rude"] }) { stage in
      try await stage.configure(AutoMod.self) {
        $0.words.response = FilterResponse([.delete, .warn], points: 2)
      }
      // Written before the plugin heard of anything: its event is given by hand, twice.
      try await stage.enable("automod", false)
      let json = try #require(
        try await stage.act(
          .post, "/channels/\(stage.channel)/messages", ["content": "rude"], as: stage.member))
      let message = MessageID(try #require(json["id"]?.snowflake))
      // Events come in order: once this one is known, the message is too, and nobody wanted it.
      try await stage.act(.patch, "/channels/\(stage.channel)", ["name": "later"], as: stage.owner)
      try await stage.eventually("the bot has caught up") {
        stage.bot.cache.channel(stage.channel, in: stage.guild)?.name == "later"
      }
      try await stage.enable("automod")
      CaseKeeper.fail(1, in: stage.storage)
      var object = try #require(json.object)
      object.fields.append(.init(key: "guild_id", value: .id(stage.guild)))
      let event = GuildEvent(
        name: .messageCreate, guild: stage.guild, bot: stage.bot.id, key: "replayed:1",
        receivedAt: stage.time.now, json: try JSONValue.object(object).encoded())
      try await stage.dispatcher.inject(event)
      try await stage.isRemoved(message)
      #expect(stage.cases.isEmpty)
      try await stage.dispatcher.inject(event)
      try await stage.eventually("the case is made up for", within: .seconds(20)) {
        await stage.advance(by: .seconds(1))
        return stage.cases.count == 1
      }
      try await stage.dispatcher.inject(event)
      try await stage.eventually("nothing is left to do") {
        try await OrderStore(store: stage.store).nextDue() == nil
      }
      #expect(stage.cases.count == 1 && stage.cases.first?.points == 2)
    }
  }

  @Test func `what a process that died had begun is finished by the next`() async throws {
    try await PluginStage.withAutoMod { stage in
      try await stage.enable("automod", false)
      let message = try await stage.say("this was about to go")
      // A verdict was written down and taken, and then nothing more came of it.
      let context = try await stage.context(AutoMod.self)
      let store = OrderStore(store: stage.store)
      let place = AutoModPlugin.MessageReference(channel: stage.channel, message: message)
      let now = stage.time.now
      let orders = [
        Order(key: "delete/\(message)", member: stage.member, cause: "m\(message)", work: .delete(place)),
        Order(
          key: "sanction/m\(message)", member: stage.member, cause: "m\(message)",
          work: .sanction(
            .init(kind: .warn, points: 1, rule: "words", reason: "r", tells: false, message: place))),
      ]
      let isNew = try await store.add(orders, raid: nil, by: context.effects, at: now)
      #expect(isNew)
      #expect(try await store.take(10, of: .words, at: now).isEmpty)
      #expect(try await store.take(10, of: .sanctions, at: now).map(\.work) == [orders[1].work])
      #expect(try await store.take(10, of: .deletions, at: now).map(\.work) == [orders[0].work])
      for desk in Desk.allCases { #expect(try await store.take(10, of: desk, at: now).isEmpty) }
      try await stage.enable("automod")
      await stage.advance(by: OrderStore.lease + .seconds(1))
      try await stage.isRemoved(message)
      try await stage.eventually("and the case is there") { stage.cases.count == 1 }
    }
  }

  @Test func `a raid's text stays forbidden after a restart, and nobody is held twice`() async throws {
    let text = "join the best server of all times now"
    var before = AutoModState()
    let rules = try CompiledRules(settings { $0.raid.isOn = true })
    var hold: RaidHold?
    for index in 1...5 {
      hold =
        rules.decide(
          message(text, id: UInt64(index), by: UInt64(index)), in: GuildFacts(), state: &before
        ).raid ?? hold
    }
    let raid = try #require(hold)
    #expect(raid.members.count == 5 && raid.until == start + .seconds(300))
    try await PluginStage.withAutoMod { stage in
      let store = OrderStore(store: stage.store)
      let effects = try await stage.context(AutoMod.self).effects
      _ = try await store.add([], raid: raid, by: effects, at: start)
      var after = AutoModState()
      for hold in try await store.raids(at: start) { after.restore(hold) }
      let old = rules.decide(message(text, id: 10, by: 3, at: 2), in: GuildFacts(), state: &after)
      let new = rules.decide(message(text, id: 11, by: 9, at: 2), in: GuildFacts(), state: &after)
      #expect(old.signs == [.more] && old.deletes.count == 1 && old.sentences.isEmpty)
      #expect(new.signs == [.raid] && new.sentences.map(\.member) == [UserID(9)])
      #expect(try await store.raids(at: raid.until).isEmpty)
    }
  }

  @Test func `whoever was contained is not contained again for what was on its way`() {
    var outbursts = Outbursts()
    func sentence(_ containment: Containment, points: Int = 0) -> Sentence {
      var sentence = Sentence(UserID(7))
      sentence.containment = containment
      sentence.points = points
      return sentence
    }
    let long = sentence(.timeout(.seconds(3_600)))
    #expect(outbursts.settle([long], at: start) == [long])
    #expect(outbursts.settle([sentence(.none, points: 1)], at: start + .seconds(5)).isEmpty)
    #expect(outbursts.settle([sentence(.timeout(.seconds(60)))], at: start + .seconds(9)).isEmpty)
    #expect(outbursts.settle([sentence(.ban)], at: start + .seconds(9)).count == 1)
    #expect(outbursts.settle([long], at: start + .seconds(20)).count == 1)
  }

  @Test func `a raid of five hundred messages goes as a whole, and each author is held once`() async throws {
    try await PluginStage.withAutoMod { stage in
      let raiders = try await stage.raiders(50)
      try await stage.raid(by: raiders, rounds: 10, "everybody come to the better server now")
      try await stage.eventually("everything is gone", within: .seconds(60)) {
        try await stage.messages().allSatisfy { PluginStage.text($0).contains("better") == false }
      }
      try await stage.eventually("each is held", within: .seconds(30)) { stage.cases.count >= 50 }
      try await stage.eventually("nothing is left to do", within: .seconds(30)) {
        try await OrderStore(store: stage.store).nextDue() == nil
      }
      #expect(stage.cases.count == 50 && Set(stage.cases.map(\.target)) == Set(raiders))
      #expect(stage.cases.allSatisfy { $0.kind == .timeout && $0.duration == .seconds(3_600) })
    }
  }
}
