// Addresses of routes, with values that are there: what tests over the whole route table ask for.

import Assembly
import Dashboard
import DiscordBot
import DiscordCore
import EventLoop
import HTTPServer
import HTTPTypes
import JSON
import ModerationPlugin
import PlatformAccess
import PlatformAudit
import PlatformBots
import PlatformConfiguration
import PlatformDispatch
import PlatformNotices
import PlatformPlugins
import PlatformSite
import PlatformText
import Sandbox
import SandboxContract
import SandboxData
import SandboxTestKit
import Testing

/// A value for each placeholder of each route. A route with one that has none here fails the tests that use it: add it.
struct RouteSamples {
  let stage: DashboardStage

  /// The route's address on the stage.
  func address(of route: Route) async throws -> String {
    var path = ""
    for segment in route.pattern.segments {
      switch segment {
      case .literal(let text): path += "/\(text)"
      case .placeholder(let name), .rest(let name): path += "/\(try await value(name, route))"
      }
    }
    return path.isEmpty ? "/" : path
  }

  private func value(_ name: String, _ route: Route) async throws -> String {
    switch (name, route.name) {
    case ("guild", _): return "\(stage.guild)"
    case ("digest", _): return try await stage.someGuest().release.digest
    case ("plugin", let name) where name.hasPrefix("guild.guest"):
      return try await stage.someGuest().plugin
    case ("page", let name) where name.hasPrefix("guild.guest"): return "beds"
    case ("widget", _): return "title"
    case ("method", _): return "save"
    case ("path", "guild.guest.file"): return "dashboard/logo.svg"
    case ("path", "guest.frame"): return "index.html"
    case ("token", "guest.frame"): return "nobody.signed.this.1.x"
    case ("file", "guest.static"): return "yourbot-sdk.js"
    case ("user", "api.access.revokeUser"):
      try await stage.grant(.user(stage.member), .viewer)
      return "\(stage.member)"
    case ("user", _), ("member", _): return "\(stage.member)"
    case ("plugin", "guild.plugin.preset"), ("plugin", "guild.plugin.preset.apply"): return "automod"
    case ("preset", _): return "strict"
    case ("plugin", "guild.action"): return try await switchedOn("moderation")
    case ("page", "guild.action"): return "edit"
    case ("plugin", "guild.page"), ("plugin", "guild.page.first"): return try await switchedOn("welcome")
    case ("page", "guild.page"): return "preview"
    case ("plugin", _): return "welcome"
    case ("command", _): return "help"
    case ("page", "docs.page"): return "start"
    case ("page", "operator.legal.page"), ("page", "operator.legal.publish"): return "privacy"
    case ("bot", _): return "\(try #require(try await stage.house.registry.registrations().first).bot)"
    case ("wish", _): return "start"
    case ("number", "operator.incidents.update"): return "\(try await stage.someIncident())"
    case ("number", "operator.notices.dismiss"): return "\(try await stage.someNotice(for: .operators))"
    case ("hash", _): return "a_0123456789abcdef0123456789abcdef"
    case ("file", "assets"): return "app.css"
    case ("page", "legal"): return "privacy"
    case ("role", "api.access.revokeRole"), ("role", "api.access.grantRole"):
      return "\(try await grantedRole())"
    case ("number", "guild.guest.deadLetter"): return "\(try await stage.someDeadLetter().number)"
    case ("number", "api.cases.get"): return "\(try await stage.someCase())"
    case ("number", "api.notices.mark"): return "\(try await stage.someNotice(for: .guild(stage.tenant)))"
    default:
      throw StageFailure(description: "\(route.name) (\(route.pattern)) has no sample for {\(name)}")
    }
  }

  /// The plugin, switched on: its own pages are there only then.
  private func switchedOn(_ plugin: String) async throws -> String {
    if try await !stage.house.configurations.current(stage.tenant).isEnabled(plugin) {
      try await stage.enable(plugin)
    }
    return plugin
  }

  /// A role of the server with a grant.
  private func grantedRole() async throws -> RoleID {
    let bot = try #require(stage.house.dispatcher.bots.bot(serving: stage.guild))
    let role = try #require(bot.cache.roles(in: stage.guild).first { $0.name == "Managers" })
    try await stage.grant(.role(role.id), .viewer)
    return role.id
  }
}

extension DashboardStage {
  /// Somebody with a grant.
  func granted(_ access: AccessRole, _ name: String) async throws -> UserID {
    let user = try await newcomer(name)
    try await grant(.user(user), access)
    return user
  }

  func grant(_ subject: AccessGrant.Subject, _ access: AccessRole) async throws {
    #expect(try await AccessStore(store).grant(AccessGrant(subject, access), by: owner, at: time.now))
  }

  /// A case of the member; made the first time.
  func someCase() async throws -> Int64 {
    let cases = CaseStore(store)
    var filter = CaseFilter()
    (filter.target, filter.limit) = (member, 1)
    if let known = try await cases.find(filter).cases.first { return known.number }
    let draft = CaseDraft(
      .warn, of: member, by: .person(owner), because: "Rude <b>words</b>", effectKey: "sample", at: time.now)
    return try await cases.record(draft).number
  }

  /// An incident that is not over.
  func someIncident() async throws -> Int64 {
    let incidents = house.statusBoard.incidents
    if let known = try await incidents.unresolved().first { return known.number }
    return try await incidents.open(IncidentDraft("Slow", text: "We look."), by: nil, at: time.now)
  }

  /// A notice of that audience; made the first time.
  func someNotice(for audience: NoticeAudience) async throws -> Int64 {
    if let known = try await house.notices.list(audience).first { return known.number }
    house.notices.report(
      NoticeDraft(.warning, from: "welcome", key: "sample", Sentence("plugin.name")), to: audience)
    _ = await house.notices.write(all: true)
    // The house writes too: what it took a moment ago may be on its way yet.
    try await eventually("the notice is written") { try await !house.notices.list(audience).isEmpty }
    return try #require(try await house.notices.list(audience).first).number
  }

  /// An event that the plugin of `someGuest` failed at.
  func someDeadLetter() async throws -> StoredDeadLetter {
    let plugin = try await someGuest().plugin
    if let known = try await house.sandbox.deadLetters(of: plugin, in: guild).first { return known }
    return try await keepDeadLetter("hi <b>there</b>", of: plugin)
  }

  /// A member's message that a plugin failed at.
  func keepDeadLetter(_ content: String, of plugin: String) async throws -> StoredDeadLetter {
    let said: JSONValue = [
      "content": .string(content), "message_id": "1", "author_id": .string("\(member)"),
    ]
    let delivery = GuestDelivery(
      guild: guild, plugin: plugin, type: "message_create", payload: try #require(said.object),
      cause: .event("message_create"))
    house.sandbox.data.keep(GuestDeadLetter(delivery, at: time.now, attempts: 5))
    return try #require(try await house.sandbox.deadLetters(of: plugin, in: guild).first)
  }

  /// Somebody with a grant who left.
  func departed(_ name: String) async throws -> UserID {
    let user = try await granted(.manager, name)
    try await act(.delete, "/guilds/\(guild)/members/\(user)", as: owner)
    return user
  }
}

extension DashboardStage {
  /// A third-party plugin that is let in, with a page and a picture.
  func someGuest() async throws -> GuestInstallation {
    if let known = house.sandbox.stored("starter", in: guild), known.removedAt == nil {
      return known.installation
    }
    var source = PluginSource()
    source.manifest = """
      {"id": "starter", "name": "Starter", "version": "1.0.0", "description": "Says hello.",
       "capabilities_required": ["storage:kv", "discord:ban_members", "events:message_content"]}
      """
    source.files[0].text = """
      from yourbot_sdk import Plugin

      plugin = Plugin()

      @plugin.on_dashboard("load")
      def load(ctx, params):
          return {"values": {"text": ""}}

      @plugin.on_dashboard("save")
      def save(ctx, params):
          return {"ok": True}

      plugin.run()
      """
    source.files.append(("dashboard/logo.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>"))
    source.files.append(
      (
        "dashboard_manifest.json",
        """
        {"schema": 2, "pages": [{"id": "beds", "title": "Beds", "widgets": [
          {"id": "title", "type": "heading", "text": "What grows", "level": 1},
          {"id": "sign", "type": "form", "rpc_method": "load", "save_rpc_method": "save",
           "fields": [{"key": "text", "label": "Text", "type": "text"}]}]}]}
        """
      ))
    let actor = GuestActor(.user(owner))
    let artifact = try await house.sandbox.stage(source.zip(), origin: .guild(guild), by: actor)
    try await house.sandbox.install(
      artifact, in: guild, GuestGrants(capabilities: [.storageKV]), by: actor)
    return try #require(house.sandbox.stored("starter", in: guild)).installation
  }
}
