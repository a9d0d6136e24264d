// Menus in a guild: clicks and reactions, from the event to the roles.

import Synchronization
import DiscordREST
import DiscordBot
import TestKit
import DiscordCore
@testable import DiscordModels
import EventLoop
import HTML
import JSON
import PlatformAccess
import PlatformPlugins
import PlatformSchedule
import Simulator
import Testing

@testable import RolesPlugin

@Suite(.timeLimit(.minutes(2)), .serialized) struct MenuStageTests {
  @Test func `a click gives a role, says so, and is on record with its reason`() async throws {
    try await RoleStage.run { stage in
      let red = try await stage.role("Red")
      let menu = try await stage.menu([red])
      let user = stage.members[0]
      #expect(try await stage.press(1, of: menu, by: user) == "You now have <@&\(red)>.")
      #expect(await stage.roles(of: user).contains(red))
      #expect(stage.whys.values.contains { $0.key == "picked" && $0.subject.member == user })
      try await stage.advance(by: .seconds(2))
      #expect(try await stage.press(1, of: menu, by: user) == "You no longer have <@&\(red)>.")
      #expect(await !stage.roles(of: user).contains(red))
    }
  }

  @Test func `the same click handled twice counts once`() async throws {
    try await RoleStage.run { stage in
      let red = try await stage.role("Red")
      let menu = try await stage.menu([red])
      let user = stage.members[0]
      _ = try await stage.press(1, of: menu, by: user, cause: "click")
      stage.forgetMemory()
      try await stage.advance(by: .seconds(5))
      #expect(try await stage.press(1, of: menu, by: user, cause: "click") == "That was done already.")
      try await stage.advance(by: .seconds(5))
      #expect(await stage.roles(of: user).contains(red))
    }
  }

  @Test(arguments: [10, 11])
  func `ten clicks at once are one write, then one more with the last state`(_ clicks: Int) async throws {
    try await RoleStage.run { stage in
      let red = try await stage.role("Red")
      let menu = try await stage.menu([red])
      let user = stage.members[0]
      for _ in 0..<clicks {
        _ = try await stage.press(1, of: menu, by: user)
        stage.clock.advance(by: .milliseconds(90))
      }
      #expect(stage.writes.values.count == 1)
      try await stage.advance(by: .seconds(2))
      #expect(await stage.roles(of: user).contains(red) == (clicks % 2 == 1))
      #expect(stage.writes.values.count == 2)
      #expect(try await stage.rows.wishers().isEmpty)
    }
  }

  @Test func `what was wished for when the process died is done by the next one`() async throws {
    try await RoleStage.run { stage in
      let red = try await stage.role("Red")
      let menu = try await stage.menu([red])
      let user = stage.members[0]
      _ = try await stage.press(1, of: menu, by: user)
      // The second click waits for its turn when everything in memory, and its timer, are lost.
      _ = try await stage.press(1, of: menu, by: user)
      stage.forgetMemory()
      stage.stageTimers.pending.withLock { $0 = [:] }
      #expect(await stage.roles(of: user).contains(red))
      try await Reconciling.begin(try await stage.context())
      try await stage.advance(by: .seconds(2))
      #expect(await !stage.roles(of: user).contains(red))
    }
  }

  @Test func `a change is told once in the log channel, and nobody is notified`() async throws {
    try await RoleStage.run { stage in
      let channel = stage.channel
      try await stage.context().change(by: stage.owner) { $0.logChannel = channel }
      let red = try await stage.role("Red")
      let menu = try await stage.menu([red])
      let user = stage.members[0]
      for _ in 0..<2 { _ = try await stage.press(1, of: menu, by: user, cause: "click") }
      let messages = try await stage.bot.rest.send(.getMessages(in: channel, limit: 10))
      let told = messages.flatMap(\.embeds).filter { $0.description == "<@\(user)> got <@&\(red)>" }
      #expect(told.map(\.footer?.text) == ["Role menu 1: Pick"])
      #expect(messages.allSatisfy { $0.mentions.isEmpty })
    }
  }

  @Test func `where Discord's limit has no room the click is answered at once, and the role comes later`()
    async throws
  {
    try await RoleStage.run { stage in
      let red = try await stage.role("Red")
      let menu = try await stage.menu([red])
      let user = stage.members[0]
      var order = FaultOrder(.rateLimit(scope: .user, retryAfter: .seconds(60)), count: 1)
      order.route = "PUT /guilds/{guild.id}/members/{user.id}/roles/{role.id}"
      await stage.simulator.faults.order(order)
      let began = ContinuousClock.now
      #expect(
        try await stage.press(1, of: menu, by: user)
          == "You get <@&\(red)> in a moment.")
      #expect(ContinuousClock.now - began < .seconds(5))
      #expect(try await stage.rows.wishers() == [user])
      #expect(stage.stageTimers.pending.withLock { $0.keys.contains { $0.kind == "roles.write" } })
    }
  }

  @Test func `several changes are one call, and nobody's other roles are lost`() async throws {
    try await RoleStage.run { stage in
      let (red, blue) = (try await stage.role("Red"), try await stage.role("Blue"))
      let (extra, other) = (try await stage.role("Extra"), try await stage.role("Other"))
      let menu = try await stage.menu([red, blue], mode: .unique) { $0.options[1].roles.append(extra) }
      let user = stage.members[0]
      _ = try await stage.press(1, of: menu, by: user)
      try await stage.advance(by: .seconds(4))
      let before = await stage.roles(of: user)
      // Somebody else gives a role that the click's own copy of the roles does not show yet.
      let stale = await stage.person(user)
      try await stage.set(other, of: user, to: true)
      _ = try await Picking.pick(
        .press([2]), in: menu, by: user, roles: stale.roles, isWaitedFor: true, try await stage.context())
      #expect(await stage.roles(of: user) == before.subtracting([red]).union([blue, extra, other]))
      #expect(
        stage.writes.values == [
          "PUT /guilds/{guild.id}/members/{user.id}/roles/{role.id}",
          "PATCH /guilds/{guild.id}/members/{user.id}",
        ])
    }
  }

  @Test func `refusals are told in words and change nothing`() async throws {
    try await RoleStage.run { stage in
      let (red, blue) = (try await stage.role("Red"), try await stage.role("Blue"))
      let gate = try await stage.role("Gate")
      let menu = try await stage.menu([red, blue], mode: .limited) {
        ($0.limit, $0.required) = (1, [gate])
      }
      let user = stage.members[0]
      #expect(
        try await stage.press(1, of: menu, by: user) == "You need one of these roles first: <@&\(gate)>.")
      try await stage.set(gate, of: user, to: true)
      _ = try await stage.press(1, of: menu, by: user)
      #expect(
        try await stage.press(2, of: menu, by: user)
          == "You may have 1 of these at a time. Give one back first.")
      #expect(stage.writes.values.count == 1)
      #expect(
        stage.whys.values.filter { $0.outcome == .notAllowed }.map(\.key) == [
          "refused.required", "refused.limit",
        ])
    }
  }

  @Test func `reactions give and take, a unique one replaces the other, a refused one goes`() async throws {
    try await RoleStage.run { stage in
      let (red, blue) = (try await stage.role("Red"), try await stage.role("Blue"))
      let menu = try await stage.menu([red, blue], style: .reactions, mode: .unique)
      let user = stage.members[0]
      #expect(try await stage.reactors("🔴", of: menu) == [stage.bot.id])
      try await stage.react("🔴", to: menu, by: user)
      try await stage.fireTimers()
      #expect(await stage.roles(of: user).contains(red))
      try await stage.react("🔵", to: menu, by: user)
      try await stage.advance(by: .seconds(2))
      #expect(await stage.roles(of: user).isSuperset(of: [blue]))
      #expect(await !stage.roles(of: user).contains(red))
      #expect(try await stage.reactors("🔴", of: menu) == [stage.bot.id])
      try await stage.unreact("🔵", from: menu, by: user)
      try await stage.advance(by: .seconds(2))
      #expect(await !stage.roles(of: user).contains(blue))

      let gate = try await stage.role("Gate")
      let closed = try await stage.menu([red], style: .reactions) { $0.required = [gate] }
      try await stage.react("🔴", to: closed, by: user)
      try await stage.fireTimers()
      #expect(await !stage.roles(of: user).contains(red))
      #expect(try await stage.reactors("🔴", of: closed) == [stage.bot.id])
    }
  }

  @Test func `after an outage reactions and roles agree, and roles given by hand stay`() async throws {
    try await RoleStage.run { stage in
      let (red, blue) = (try await stage.role("Red"), try await stage.role("Blue"))
      let menu = try await stage.menu([red, blue], style: .reactions)
      let (stays, leaves, comes, byHand) = (
        stage.members[0], stage.members[1], stage.members[2], stage.members[3]
      )
      for user in [stays, leaves] { try await stage.react("🔴", to: menu, by: user) }
      try await stage.fireTimers()
      #expect(await stage.roles(of: leaves).contains(red))
      // Nobody looks.
      try await stage.unreact("🔴", from: menu, by: leaves, isSeen: false)
      try await stage.react("🔵", to: menu, by: comes, isSeen: false)
      try await stage.set(red, of: byHand, to: true)
      stage.forgetMemory()
      try await Reconciling.begin(try await stage.context())
      for _ in 0..<6 { try await stage.advance(by: .seconds(1)) }
      #expect(await stage.roles(of: stays).contains(red))
      #expect(await !stage.roles(of: leaves).contains(red))
      #expect(await stage.roles(of: comes).contains(blue))
      #expect(await stage.roles(of: byHand).contains(red))
      // A second time finds nothing to do.
      let writes = stage.writes.values.count
      try await Reconciling.begin(try await stage.context())
      for _ in 0..<6 { try await stage.advance(by: .seconds(1)) }
      #expect(stage.writes.values.count == writes)
    }
  }

  @Test func `a change of the menu changes its message in place`() async throws {
    try await RoleStage.run { stage in
      let (red, blue) = (try await stage.role("Red"), try await stage.role("Blue"))
      let menu = try await stage.menu([red])
      let person = await stage.person(stage.owner)
      let changed = try await MenuEditing.change(menu.id, by: person, try await stage.context()) {
        $0.title = "Colours"
        $0.add(RoleOption(id: 0, roles: [blue], label: "Blue"))
      }
      #expect(changed.place == menu.place)
      let place = try #require(menu.place)
      let message = try await stage.bot.rest.send(.getMessage(place.message, in: place.channel))
      #expect(message.embeds.first?.title == "Colours")
      #expect(message.components.flatMap(\.flattened).count { $0.kind == .button } == 2)
      // Who may not is told, and nothing changes.
      let powerful = try await stage.role("Mod", permissions: .banMembers)
      await #expect(throws: Refusal.self) {
        _ = try await MenuEditing.change(menu.id, by: person, try await stage.context()) {
          $0.add(RoleOption(id: 0, roles: [powerful], label: "Mod"))
        }
      }
      #expect(try await stage.rows.menu(menu.id)?.menu.options.count == 2)
    }
  }

  @Test(arguments: [false, true])
  func `a menu deleted by hand is noticed, and published again where that is set`(_ republishes: Bool)
    async throws
  {
    try await RoleStage.run { stage in
      try await stage.context().change(by: stage.owner) { $0.republishesMissing = republishes }
      let menu = try await stage.menu([try await stage.role("Red")])
      let place = try #require(menu.place)
      _ = try await stage.bot.rest.send(.deleteMessage(place.message, in: place.channel))
      let event: MessageDeleteEvent = try stage.decode([
        "id": .id(place.message), "channel_id": .id(place.channel), "guild_id": .id(stage.guild),
      ])
      try await Handlers.deleted(try await stage.context(), event)
      #expect(try await stage.rows.menu(menu.id)?.isMissing == true)
      try await stage.advance(by: .seconds(3))
      let after = try #require(try await stage.rows.menu(menu.id))
      #expect(after.isMissing != republishes)
      #expect((after.place != menu.place) == republishes)
      #expect(stage.notices.values.map(\.key) == (republishes ? [] : ["notice.menuMissing"]))
    }
  }

  @Test func `a menu whose message went during an outage is noticed`() async throws {
    try await RoleStage.run { stage in
      let menu = try await stage.menu([try await stage.role("Red")])
      let place = try #require(menu.place)
      _ = try await stage.bot.rest.send(.deleteMessage(place.message, in: place.channel))
      try await Reconciling.begin(try await stage.context())
      try await stage.advance(by: .seconds(1))
      #expect(try await stage.rows.menu(menu.id)?.isMissing == true)
    }
  }

  @Test func `a menu of choices takes several at once, and shows itself anew`() async throws {
    try await RoleStage.run { stage in
      let (red, blue) = (try await stage.role("Red"), try await stage.role("Blue"))
      let menu = try await stage.menu([red, blue], style: .select)
      let user = stage.members[0]
      let responder = StageResponder()
      let invocation = ComponentInvocationContext(
        core: try await stage.context().core, person: await stage.person(user), channel: stage.channel,
        state: "\(menu.id):0",
        input: .component(
          ComponentInvocation(
            customID: "x", kind: .stringSelect, id: nil, values: ["1", "2"], resolved: ResolvedEntities())),
        message: nil, responder: responder)
      try await Handlers.chose(ComponentCall(invocation))
      #expect(await stage.roles(of: user).isSuperset(of: [red, blue]))
      #expect(responder.answers.values == ["shown anew", "You now have <@&\(red)>, <@&\(blue)>."])
      #expect(stage.writes.values == ["PATCH /guilds/{guild.id}/members/{user.id}"])
    }
  }

  @Test func `reactions that a moderator cleared take nothing, and ours come back`() async throws {
    try await RoleStage.run { stage in
      let red = try await stage.role("Red")
      let menu = try await stage.menu([red], style: .reactions)
      let user = stage.members[0]
      try await stage.react("🔴", to: menu, by: user)
      try await stage.fireTimers()
      let place = try #require(menu.place)
      _ = try await stage.bot.rest.send(.deleteAllReactions(from: place.message, in: place.channel))
      let event: MessageReactionRemoveAllEvent = try stage.decode([
        "channel_id": .id(place.channel), "message_id": .id(place.message), "guild_id": .id(stage.guild),
      ])
      try await Handlers.clearedAll(try await stage.context(), event)
      try await Reconciling.begin(try await stage.context())
      for _ in 0..<4 { try await stage.advance(by: .seconds(1)) }
      #expect(try await stage.reactors("🔴", of: menu) == [stage.bot.id])
      #expect(await stage.roles(of: user).contains(red))
    }
  }

  @Test func `a channel or role that goes is told to the owners`() async throws {
    try await RoleStage.run { stage in
      let red = try await stage.role("Red")
      let menu = try await stage.menu([red])
      let role: GuildRoleDeleteEvent = try stage.decode([
        "guild_id": .id(stage.guild), "role_id": .id(red),
      ])
      try await Handlers.roleDeleted(try await stage.context(), role)
      let channel: Channel = try stage.decode([
        "id": .id(stage.channel), "type": 0, "guild_id": .id(stage.guild), "name": "x",
      ])
      try await Handlers.channelDeleted(try await stage.context(), channel)
      #expect(stage.notices.values.map(\.key) == ["notice.roleGone", "notice.menuMissing"])
      #expect(try await stage.rows.menu(menu.id)?.place == nil)
    }
  }

  @Test func `the page lists menus and jobs`() async throws {
    try await RoleStage.run { stage in
      let red = try await stage.role("<Red>")
      _ = try await stage.menu([red]) { $0.title = "Pick <one>" }
      _ = try await stage.begin(
        BulkJob(.give, red, to: .bots, by: stage.owner, at: stage.clock.now, expected: 9, in: stage.channel))
      let page = try await Pages.menus(
        try await stage.context(), PageRequest(user: stage.owner, role: .viewer))
      let html = String(decoding: HTMLWriter.bytes(strings: words, page.write), as: UTF8.self)
      #expect(html.contains("Pick &lt;one&gt;"))
      #expect(html.contains("buttons · pick again to give back"))
      #expect(html.contains("Give &lt;Red&gt;"))
      #expect(!html.contains("⟦"))
    }
  }
}

private let words = ComponentStrings { $0.rawValue }
