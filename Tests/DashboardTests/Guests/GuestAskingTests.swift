// Pages of a plugin that runs: what drawing asks of it, what a person has to ask for, and how its failures read.

import Assembly
import Dashboard
import DiscordCore
import HTTPTypes
import JSON
import PlatformAccess
import PlatformAudit
import Resources
import Sandbox
import SandboxContract
import SandboxTestKit
import Testing

private let handlers = """
  from yourbot_sdk import Plugin
  plugin = Plugin()

  @plugin.on_dashboard("total")
  def total(ctx, params):
      return {"text": "nothing lost"}

  @plugin.on_dashboard("wipe")
  def wipe(ctx, params):
      return {"text": "wiped clean"}

  @plugin.on_dashboard("sweep")
  def sweep(ctx, params):
      return {"text": "swept under"}

  @plugin.on_dashboard("broken")
  def broken(ctx, params):
      raise ValueError("broken on purpose")

  @plugin.on_event("message_create")
  def said(ctx, event):
      print("heard", sorted(event))

  @plugin.on_dashboard("mute")
  def mute(ctx, params):
      raise ValueError()

  plugin.run()
  """

private let pages = """
  {"schema": 2, "rpc": {"wipe": {"writes": true}, "sweep": {"writes": true}}, "pages": [{"id": "p", "title": "P",
   "data_sources": [{"id": "dust", "rpc_method": "sweep", "refresh_seconds": 5}],
   "widgets": [
     {"id": "total", "type": "text", "rpc_method": "total", "visible_when": {"source": "dust", "path": "text"}},
     {"id": "wiped", "type": "text", "rpc_method": "wipe", "rpc_params": {"all": true}, "refresh_seconds": 5},
     {"id": "swept", "type": "stat_card", "label": "Swept", "source": "dust"},
     {"id": "part", "type": "section", "widgets": [{"id": "inner", "type": "text", "source": "dust"}]}]}]}
  """

/// The plugin, let in, and what was said to it.
struct AskedPlugin: Sendable {
  let launcher: ObservedLauncher
  let here: String

  /// Runs `body` on a stage that has it.
  static func run(_ body: @escaping @Sendable (DashboardStage, AskedPlugin) async throws -> Void) async throws
  {
    let launcher = try ObservedLauncher(processes: ["asked": handlers])
    try await DashboardStage.run(guests: launcher) { stage in
      var source = PluginSource()
      source.manifest = #"{"id": "asked", "name": "Asked", "version": "1.0.0", "description": "Is asked."}"#
      source.files[0].text = handlers
      source.files.append(("dashboard_manifest.json", pages))
      let actor = GuestActor(.user(stage.owner))
      let artifact = try await stage.house.sandbox.stage(source.zip(), origin: .guild(stage.guild), by: actor)
      try await stage.house.sandbox.install(
        artifact, in: stage.guild, GuestGrants(capabilities: []), by: actor)
      try await body(stage, AskedPlugin(launcher: launcher, here: "/g/\(stage.guild)/guests/at/asked"))
    }
  }

  /// The parameters of every call of a handler.
  func calls(_ method: String) -> [JSONObject] {
    launcher.transcript.filter { $0.speaker == .host && $0.method == "dashboard.\(method)" }.map(\.params)
  }
}

@Suite(.timeLimit(.minutes(10))) struct GuestAskingTests {
  @Test func `looking at a page asks no method that writes, whoever looks`() async throws {
    try await AskedPlugin.run { stage, plugin in
      let viewer = try await stage.browser(as: try await stage.granted(.viewer, "vera"))
      let manager = try await stage.browser(as: stage.manager)
      #expect(try await viewer.get("\(plugin.here)/pages/p/total").text.contains("nothing lost"))
      #expect(!plugin.calls("total").isEmpty)
      let looked = try await viewer.get("\(plugin.here)/pages/p")
      #expect(looked.status == .ok)
      for widget in ["wiped", "swept", "inner"] {
        #expect(!looked.text.contains("data-guest-widget=\"\(widget)\""), "\(widget)")
        #expect(try await viewer.get("\(plugin.here)/pages/p/\(widget)").status == .forbidden, "\(widget)")
      }
      for path in ["", "/wiped", "/swept", "/part", "/inner"] {
        let page = try await manager.get("\(plugin.here)/pages/p\(path)")
        #expect(page.status == .ok && page.text.contains("Ask the plugin"), "\(path)")
        // Nor does a script, again and again.
        #expect(!page.text.contains("data-refresh-seconds"), "\(path)")
      }
      #expect(plugin.calls("wipe").isEmpty && plugin.calls("sweep").isEmpty)
    }
  }

  @Test func `what a writing method feeds is asked by a manager's form, anew each time`() async throws {
    try await AskedPlugin.run { stage, plugin in
      let viewer = try await stage.browser(as: try await stage.granted(.viewer, "vera"))
      let manager = try await stage.browser(as: stage.manager)
      let (wipe, sweep) = ("\(plugin.here)/calls/wipe", "\(plugin.here)/calls/sweep")
      let press = [("widget", "wiped"), ("ask", "on")]
      for browser in [viewer, manager] { _ = try await browser.get("/servers") }
      #expect(try await viewer.post(wipe, press).status == .forbidden)
      #expect(try await manager.post(wipe, press, csrf: "").status == .forbidden)
      #expect(try await manager.post(wipe, [("widget", "total"), ("ask", "on")]).status == .notFound)
      #expect(try await manager.post(sweep, press).status == .notFound)
      #expect(plugin.calls("wipe").isEmpty && plugin.calls("sweep").isEmpty)
      for count in 1...2 {
        let shown = try await manager.post(wipe, press)
        #expect(shown.status == .ok && shown.text.contains("wiped clean"))
        #expect(plugin.calls("wipe").count == count)
      }
      #expect(plugin.calls("wipe").first?["all"] == true)
      // All that share a source show what it answered.
      let swept = try await manager.post(sweep, [("widget", "swept"), ("ask", "on")])
      #expect(swept.text.contains("swept under"))
      #expect(plugin.calls("sweep").count == 1)
    }
  }

  @Test func `a frame is refused what a handler failed at, in words that people know`() async throws {
    try await AskedPlugin.run { stage, plugin in
      let manager = try await stage.browser(as: stage.manager)
      _ = try await manager.get("/servers")
      func asked(_ method: String, _ params: String = "{}", in language: String = "en") async throws
        -> Browser.Page
      {
        try await manager.post(
          "\(plugin.here)/calls/\(method)", [("frame", "on"), ("params", params)],
          fields: ["Accept": "application/json", "Accept-Language": language])
      }
      let fine = try await asked("total")
      #expect(fine.status == .ok)
      #expect(try fine.json()["result"]?["text"] == "nothing lost")
      let english = try dashboard.get().english
      for (method, params, words) in [
        ("broken", "{}", "broken on purpose"), ("mute", "{}", english["guest.failed.help"]),
        ("unheard", "{}", "The plugin has nothing that answers to unheard."),
        ("total", "7", english["guest.call.badParams"]),
      ] {
        let refused = try await asked(method, params)
        #expect(refused.status == HTTPStatus(422), "\(method)")
        #expect(try refused.json()["error"]?["message"]?.string == words, "\(method)")
      }
      let german = try await asked("unheard", in: "de")
      #expect(
        try german.json()["error"]?["message"]?.string == "Das Plugin hat nichts, was auf unheard antwortet.")
    }
  }

  @Test(arguments: [
    RPCError(.upstream, "the plugin did not get to it in time"),
    RPCError(.upstream, "the plugin's process ended"),
    RPCError(.upstream, "unknown method: dashboard.rows"),
    RPCError(.notFound, "the plugin is not switched on in this server"),
    RPCError(.validation, "the plugin's answer is larger than 1 MiB"),
    RPCError(.internalFault, "the host could not do this; it is on record there"),
  ])
  func `an error of the host is a sentence in the reader's language`(error: RPCError) throws {
    let resources = try dashboard.get()
    let sentences = ["en", "de", "es"].map {
      error.sentence(asking: "dashboard.rows", resources.catalog($0))
    }
    #expect(Set(sentences).count == 3)
    for sentence in sentences {
      #expect(!sentence.contains(error.message) && !sentence.contains("⟦") && !sentence.contains("{"))
    }
  }
}
