// The plugin's commands, as they are typed.

import DiscordBot
import DiscordCore
import DiscordModels
import DiscordREST
import EventLoop
import PlatformAudit
import PlatformPlugins
import PlatformTenancy
import Storage
import TestKit
import Testing

@testable import RolesPlugin

@Suite(.timeLimit(.minutes(2)), .serialized) struct CommandStageTests {
  @Test func `several members get several roles for a while, each by one call`() async throws {
    try await RoleStage.run { stage in
      let (red, blue) = (try await stage.role("Red"), try await stage.role("Blue"))
      let (ada, grace) = (stage.members[0], stage.members[1])
      let text = "role add <@\(ada)> <@\(grace)> <@&\(red)> <@&\(blue)> 7d for the conference"
      let answer = try await stage.type(text, by: stage.owner, cause: "command")
      #expect(answer.hasPrefix("<@\(ada)> now has <@&\(red)>, <@&\(blue)>. It ends <t:"))
      #expect(stage.writes.values.count == 2)
      // Handled twice, it changes nothing more.
      try await stage.advance(by: .seconds(5))
      _ = try await stage.type(text, by: stage.owner, cause: "command")
      #expect(stage.writes.values.count == 2)
      for user in [ada, grace] { #expect(await stage.roles(of: user).isSuperset(of: [red, blue])) }
      #expect(try await stage.type("role temporary", by: stage.owner).contains("<@&\(blue)> ends <t:"))
      // Asked for a shorter time, the longer one counts; who has it for good keeps it for good.
      let end = stage.clock.now + .seconds(7 * 86_400) - .seconds(5)
      #expect(
        try await stage.type("role add <@\(ada)> <@&\(blue)> 1d", by: stage.owner)
          .contains("\(Mention.timestamp(end, .relative))"))
      let green = try await stage.role("Green")
      try await stage.set(green, of: ada, to: true)
      #expect(
        try await stage.type("role add <@\(ada)> <@&\(green)> 1d", by: stage.owner)
          == "<@\(ada)> has <@&\(green)> for good already.")
      // Without a time, what had an end stays.
      _ = try await stage.type("role add <@\(ada)> <@&\(red)>", by: stage.owner)
      try await stage.advance(by: .seconds(8 * 86_400))
      #expect(await stage.roles(of: ada).contains(red))
      #expect(await !stage.roles(of: ada).contains(blue))
      #expect(await !stage.roles(of: grace).contains(red))
    }
  }

  @Test func `toggle and remove do what they say`() async throws {
    try await RoleStage.run { stage in
      let (red, blue) = (try await stage.role("Red"), try await stage.role("Blue"))
      let user = stage.members[0]
      _ = try await stage.type("role add <@\(user)> <@&\(red)>", by: stage.owner)
      try await stage.advance(by: .seconds(5))
      _ = try await stage.type("role toggle <@\(user)> <@&\(red)> <@&\(blue)>", by: stage.owner)
      #expect(await !stage.roles(of: user).contains(red))
      #expect(await stage.roles(of: user).contains(blue))
      try await stage.advance(by: .seconds(5))
      #expect(
        try await stage.type("role remove <@\(user)> <@&\(blue)>", by: stage.owner)
          == "<@\(user)> no longer has <@&\(blue)>.")
      #expect(await !stage.roles(of: user).contains(blue))
    }
  }

  @Test func `nobody gives above their rank, beyond their limits, or to a stranger`() async throws {
    try await RoleStage.run { stage in
      let (low, staff, high) = (
        try await stage.role("Low"), try await stage.role("Staff"), try await stage.role("High")
      )
      let (giver, user) = (stage.members[0], stage.members[1])
      for role in await stage.roles(of: giver) { try? await stage.set(role, of: giver, to: false) }
      // Roles are made one below the other: the newest stands lowest.
      try await stage.set(staff, of: giver, to: true)
      #expect(
        try await stage.type("role add <@\(user)> <@&\(low)>", by: giver) == "<@\(user)>: Above you.")
      #expect(try await stage.type("role add <@\(user)> <@&\(high)>", by: giver).contains("now has"))
      try await stage.context().change(by: stage.owner) {
        $0.limits = [GivingLimit(staff: staff, roles: [low])]
      }
      #expect(
        try await stage.type("role remove <@\(user)> <@&\(high)>", by: giver)
          == "Your roles do not let you give or take <@&\(high)>.")
      #expect(
        try await stage.type("role add 123456789012345678 <@&\(low)>", by: stage.owner)
          == "<@123456789012345678> is not a member of this server.")
    }
  }

  @Test func `a menu is made, filled, published, moved and deleted by command`() async throws {
    try await RoleStage.run { stage in
      let red = try await stage.role("Red")
      let owner = stage.owner
      #expect(try await stage.type("rolemenu list", by: owner).hasPrefix("There are no role menus"))
      #expect(try await stage.type("rolemenu create", by: owner) == "form New role menu")
      #expect(
        try await stage.type("rolemenu create select limited 2 Pick a colour", by: owner)
          .hasPrefix("**Menu 1** · menu of choices · at most 2 at a time"))
      #expect(try await stage.type("rolemenu publish 1", by: owner) == "The menu has nothing to pick.")
      #expect(
        try await stage.type("rolemenu option add 1 <@&\(red)> 🔴 7d Red | Like a rose", by: owner)
          .contains("`1` 🔴 Red → <@&\(red)> · for 1w"))
      // After a prefix, what is no emoji belongs to the label.
      #expect(
        try await stage.type("rolemenu option add 1 <@&\(red)> Very red", by: owner).contains(
          "`2` Very red →"))
      #expect(try await stage.type("rolemenu option remove 1 2", by: owner).contains("Menu 1"))
      #expect(
        try await stage.type("rolemenu publish 1", by: owner).hasPrefix("Menu 1 is published: https://"))
      let place = try #require(try await stage.rows.menu(1)?.place)
      let message = try await stage.bot.rest.send(.getMessage(place.message, in: place.channel))
      #expect(message.embeds.first?.description?.contains("Like a rose") == true)
      #expect(try await stage.type("rolemenu edit 1 buttons toggle", by: owner).contains("buttons"))
      #expect(try await stage.type("rolemenu list", by: owner).contains("<#\(place.channel)>"))
      #expect(try await stage.type("rolemenu delete 1", by: owner).hasPrefix("Menu 1 is deleted"))
      try await stage.advance(by: .seconds(1))
      await #expect(throws: RESTError.self) {
        _ = try await stage.bot.rest.send(.getMessage(place.message, in: place.channel))
      }
      let log = try await AuditLog(stage.storage.guild(Tenant(stage.guild))).entries()
      #expect(
        log.map(\.action).reversed() == [
          "roles.menu.create", "roles.menu.change", "roles.menu.change", "roles.menu.change",
          "roles.menu.publish",
          "roles.menu.change", "roles.menu.delete",
        ])
      #expect(log.allSatisfy { $0.actor == .user(owner) })
    }
  }

  @Test func `a command that is handled twice does its work once`() async throws {
    try await RoleStage.run { stage in
      let red = try await stage.role("Red")
      for _ in 0..<2 {
        _ = try await stage.type("rolemenu create One", by: stage.owner, cause: "create")
        _ = try await stage.type("rolemenu option add 1 <@&\(red)> Red", by: stage.owner, cause: "option")
        _ = try await stage.type("rolemenu publish 1", by: stage.owner, cause: "publish")
        #expect(
          try await stage.type("role humans give <@&\(red)>", by: stage.owner, cause: "bulk")
            == "Job 1 has begun.")
      }
      let menus = try await stage.rows.menus()
      #expect(menus.map(\.menu.options.count) == [1])
      #expect(try await stage.rows.jobs(limit: 5).count == 1)
      let log = try await AuditLog(stage.storage.guild(Tenant(stage.guild))).entries()
      #expect(log.count == 4)
    }
  }

  @Test func `power is given to many, or offered in a menu, only when somebody is sure`() async throws {
    try await RoleStage.run { stage in
      let mod = try await stage.role("Mod", permissions: .kickMembers)
      let owner = stage.owner
      #expect(
        try await stage.type("role all give <@&\(mod)>", by: owner).contains("carries power over others"))
      _ = try await stage.type("rolemenu create Power", by: owner)
      #expect(
        try await stage.type("rolemenu option add 1 <@&\(mod)> Mod", by: owner)
          .contains("carries power over others (KICK_MEMBERS)"))
      #expect(
        try await stage.type("rolemenu option add 1 <@&\(mod)> --confirm Mod", by: owner).contains("`1` Mod"))
      #expect(try await stage.type("role bots give <@&\(mod)> --confirm", by: owner) == "Job 1 has begun.")
      #expect(
        try await stage.type("role bots take <@&\(mod)>", by: owner).hasPrefix("Another job is running"))
      try await stage.advance(by: .seconds(2))
      try await stage.advance(by: .seconds(2))
      #expect(try await stage.rows.job(1)?.state == .finished)
      #expect(try await stage.type("role cancel 1", by: owner) == "Job 1 is not running.")
    }
  }

  @Test func `a choice that binds can be made again once it was reset`() async throws {
    try await RoleStage.run { stage in
      let (red, blue) = (try await stage.role("Red"), try await stage.role("Blue"))
      let menu = try await stage.menu([red, blue], mode: .binding)
      let user = stage.members[0]
      _ = try await stage.press(1, of: menu, by: user)
      #expect(
        try await stage.press(2, of: menu, by: user) == "You chose <@&\(red)>, and that choice is for good.")
      #expect(
        try await stage.type("rolemenu reset 1 <@\(user)>", by: stage.owner).contains("may choose again"))
      try await stage.advance(by: .seconds(2))
      #expect(try await stage.press(2, of: menu, by: user).contains("You now have <@&\(blue)>."))
    }
  }

  @Test func `a role's page says what stands in the way`() async throws {
    try await RoleStage.run { stage in
      let red = try await stage.role("Red")
      #expect(try await stage.type("role info <@&\(red)>", by: stage.owner) == "<@&\(red)>")
      #expect(try await stage.type("role info 123456789012345678", by: stage.owner) == "refusal.noRole")
    }
  }
}
