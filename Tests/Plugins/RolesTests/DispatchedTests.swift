// The plugin in its place: commands, clicks and reactions come by the gateway, timers by the schedule.

import DiscordCore
import EventLoop
import HTTPTypes
import JSON
import PlatformAudit
import PlatformDispatch
import PlatformPlugins
import PluginTestKit
import SimulatorWorld
import StorageTestKit
import Testing

@testable import RolesPlugin

@Suite(.timeLimit(.minutes(3)), .serialized) struct DispatchedTests {
  /// Makes a menu with one option and publishes it; returns its message.
  private func publish(
    _ role: RoleID, style: String = "buttons", duration: String? = nil, on stage: PluginStage
  ) async throws -> (id: MessageID, message: JSONValue) {
    try await stage.slash("rolemenu create", ["style": .string(style), "title": "Pick a colour"])
    try await stage.eventually("the menu is made") { try await !RoleStore(stage.store).menus().isEmpty }
    if let duration {
      try await stage.slash(
        "rolemenu option add",
        ["menu": 1, "role": .id(role), "emoji": "🔴", "duration": .string(duration), "label": "Red"])
    } else {
      try await stage.slash(
        "rolemenu option add", ["menu": 1, "role": .id(role), "emoji": "🔴", "label": "Red"])
    }
    try await stage.eventually("the option is there") {
      try await RoleStore(stage.store).menu(1)?.menu.options.count == 1
    }
    try await stage.slash("rolemenu publish", ["menu": 1])
    try await stage.eventually("the menu is published") {
      try await RoleStore(stage.store).menu(1)?.place != nil
    }
    let place = try #require(try await RoleStore(stage.store).menu(1)?.place)
    let message = try #require(
      try await stage.messages().first { $0["id"]?.snowflake == place.message.rawValue })
    return (place.message, message)
  }

  private func has(_ role: RoleID, _ user: UserID, on stage: PluginStage) async -> Bool {
    await stage.roles(of: user)?.contains(role) ?? false
  }

  @Test(arguments: Engine.allCases)
  func `a member takes a role from a menu, and every step is on record`(_ engine: Engine) async throws {
    try await PluginStage.run([PluginUnit(Roles.self)], on: engine) { stage in
      try await stage.enable("roles")
      let red = try await stage.newRole("Red")
      let (id, message) = try await publish(red, on: stage)
      let button = try #require(PluginStage.customIDs(message).first)
      try await stage.press(button, on: id, as: stage.member)
      try await stage.eventually("the member has the role") { await has(red, stage.member, on: stage) }
      try await stage.eventually("the member is told") {
        try await stage.newest(as: stage.member) == "You now have <@&\(red)>."
      }
      try await stage.eventually("the decision is on record") {
        try await stage.decisions(about: stage.member).contains {
          $0.key == "why.picked" || $0.key == "picked"
        }
      }
      #expect(try await stage.audit("roles.").map(\.action).contains("roles.menu.publish"))
    }
  }

  @Test(arguments: Engine.allCases, [10, 11])
  func `clicks that are handled at once end in the last state`(_ engine: Engine, _ clicks: Int) async throws {
    try await PluginStage.run([PluginUnit(Roles.self)], on: engine) { stage in
      try await stage.enable("roles")
      let red = try await stage.newRole("Red")
      let (id, message) = try await publish(red, on: stage)
      let button = try #require(PluginStage.customIDs(message).first)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<clicks {
          group.addTask { try await stage.press(button, on: id, as: stage.member) }
        }
        try await group.waitForAll()
      }
      try await stage.eventually("every click is decided") {
        try await stage.decisions(about: stage.member).count { $0.key == "picked" } == clicks
      }
      try await stage.eventually("nothing is left to do") {
        await stage.advance(by: .milliseconds(500))
        return try await RoleStore(stage.store).wishers().isEmpty
      }
      #expect(await has(red, stage.member, on: stage) == (clicks % 2 == 1))
    }
  }

  @Test func `all commands can be registered`() async throws {
    try await PluginStage.run([PluginUnit(Roles.self)]) { stage in
      try await stage.enable("roles")
      let summary = try await stage.dispatcher.resyncCommands(in: stage.guild)
      #expect(summary.problems.isEmpty)
    }
  }

  @Test func `reactions that come by the gateway give and take`() async throws {
    try await PluginStage.run([PluginUnit(Roles.self)]) { stage in
      try await stage.enable("roles")
      let red = try await stage.newRole("Red")
      let (id, _) = try await publish(red, style: "reactions", on: stage)
      let path = "/channels/\(stage.channel)/messages/\(id)/reactions/%F0%9F%94%B4/@me"
      try await stage.act(.put, path, as: stage.member)
      try await stage.eventually("the member has the role") { await has(red, stage.member, on: stage) }
      await stage.advance(by: .seconds(5))
      try await stage.act(.delete, path, as: stage.member)
      try await stage.eventually("the role is gone") {
        await stage.advance(by: .milliseconds(500))
        return await !has(red, stage.member, on: stage)
      }
    }
  }

  @Test func `a role given for a while goes when its time is over`() async throws {
    try await PluginStage.run([PluginUnit(Roles.self)]) { stage in
      try await stage.enable("roles")
      let red = try await stage.newRole("Red")
      try await stage.slash(
        "role add", ["members": .string("<@\(stage.member)>"), "role": .id(red), "duration": "7d"])
      try await stage.eventually("the member has the role") { await has(red, stage.member, on: stage) }
      await stage.advance(by: .seconds(7 * 86_400 - 60))
      #expect(await has(red, stage.member, on: stage))
      await stage.advance(by: .seconds(61))
      try await stage.eventually("the role is gone") {
        await stage.advance(by: .milliseconds(500))
        return await !has(red, stage.member, on: stage)
      }
    }
  }

  @Test func `a menu deleted by hand is told to the owners`() async throws {
    try await PluginStage.run([PluginUnit(Roles.self)]) { stage in
      try await stage.enable("roles")
      let (id, _) = try await publish(try await stage.newRole("Red"), on: stage)
      try await stage.act(.delete, "/channels/\(stage.channel)/messages/\(id)", as: stage.owner)
      try await stage.eventually("the owners are told") {
        stage.notices.contains { $0.key == "notice.menuMissing" }
      }
    }
  }
}
