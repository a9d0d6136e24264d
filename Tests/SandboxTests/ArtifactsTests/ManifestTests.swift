// Manifests: what is read out of them, in every spelling, and what is said about the wrong ones.

import SandboxArtifacts
import SandboxContract
import SandboxTestKit
import Testing

/// Reads a plugin with that manifest besides id, name and version, and those sources.
private func read(
  _ fields: String = "", _ sources: String = "", files: [(path: String, text: String)] = [],
  _ change: (inout ArtifactRules) -> Void = { _ in }
) throws -> Artifact {
  var source = PluginSource()
  source.manifest =
    #"{"id": "starter", "name": "Starter", "version": "1.0.0""# + (fields.isEmpty ? "" : ", \(fields)") + "}"
  source.files = [("__main__.py", sources)] + files
  var rules = ArtifactRules()
  change(&rules)
  return try Artifact(zip: source.zip(), rules: rules)
}

/// Codes of the errors, sorted; empty when it is let in.
private func errors(
  _ fields: String = "", _ sources: String = "", files: [(path: String, text: String)] = [],
  _ change: (inout ArtifactRules) -> Void = { _ in }
) throws -> [String] {
  do {
    _ = try read(fields, sources, files: files, change)
    return []
  } catch let error as ArtifactError {
    return Set(error.findings.filter { $0.severity == .error }.map(\.code)).sorted()
  }
}

@Suite struct ManifestTests {
  @Test func `a plugin is known by its content`() throws {
    let (one, same, other) = (try read(), try read(), try read(#""x": 1"#))
    #expect(one.digest == same.digest)
    #expect(one.digest != other.digest)
    #expect(one.digest.count == 64)
    #expect(one.content(of: "manifest.json") != nil)
    #expect(one.content(of: "nothing.py") == nil)
  }

  @Test func `what people read is kept within bounds`() throws {
    let long = String(repeating: "x", count: 3_000)
    let artifact = try read(
      #""description": "\#(long)", "author": {"name": "Ada"}, "homepage": "javascript:alert(1)", "#
        + #""icon_url": "https://example.com/i.png", "tags": ["fun", 7, "", "tools"], "unknown": {"a": 1}"#)
    #expect(artifact.manifest.description.count == 2_000)
    #expect(artifact.manifest.author == "Ada")
    #expect(artifact.manifest.homepage.isEmpty)
    #expect(artifact.manifest.icon == "https://example.com/i.png")
    #expect(artifact.manifest.tags == ["fun", "tools"])
    #expect(artifact.warnings.map(\.code) == ["description_too_long", "address_refused"])
  }

  @Test(arguments: [
    ("", "manifest_invalid_json"), ("{", "manifest_invalid_json"), ("[]", "manifest_not_object"),
    ("\"x\"", "manifest_not_object"), ("null", "manifest_not_object"), ("{}", "manifest_missing_field"),
    (#"{"id": 7, "name": [], "version": {}}"#, "manifest_missing_field"),
    (#"{"id": "UPPER", "name": "N", "version": "1"}"#, "manifest_id_invalid"),
    (#"{"id": "../../x", "name": "N", "version": "1"}"#, "manifest_id_invalid"),
    (#"{"id": "ab", "name": "N", "version": "1"}"#, "manifest_id_invalid"),
    (#"{"id": "starter", "name": "N\u202Eevil", "version": "1"}"#, "manifest_name_invalid"),
    (#"{"id": "starter", "name": "N", "version": "../1"}"#, "manifest_version_invalid"),
    (#"{"id": "starter", "name": "N", "version": "1 0"}"#, "manifest_version_invalid"),
  ])
  func `a manifest without an identity is refused`(manifest: String, code: String) throws {
    var source = PluginSource()
    source.manifest = manifest
    let error = try #require(throws: ArtifactError.self) { _ = try Artifact(zip: source.zip()) }
    #expect(error.code.rawValue == code)
  }

  @Test func `manifests made to hurt are refused`() throws {
    let deep = String(repeating: "[", count: 400) + String(repeating: "]", count: 400)
    #expect(try errors(#""x": \#(deep)"#) == ["manifest_invalid_json"])
    let deeper = String(repeating: #"{"a":"#, count: 100_000)
    #expect(try errors(#""x": \#(deeper)"#) == ["manifest_invalid_json"])
    #expect(try errors(#""x": "\#(String(repeating: "a", count: 2 << 20))""#) == ["archive_bomb"])
    let numbers = (0..<200_000).map { "\($0)" }.joined(separator: ",")
    #expect(try errors(#""x": [\#(numbers)]"#) == ["manifest_invalid_json"])
    let invalid = Array(#"{"id": ""#.utf8) + [0xFF, 0xFE] + Array(#""}"#.utf8)
    let zip = try ZipWriter.zip([ZipEntry("manifest.json", bytes: invalid), ZipEntry("__main__.py", "x")])
    let error = try #require(throws: ArtifactError.self) { _ = try Artifact(zip: zip) }
    #expect(error.code.rawValue == "manifest_encoding")
  }

  @Test func `the mark of some editors does not matter`() throws {
    var source = PluginSource()
    source.manifest = "\u{FEFF}" + source.manifest
    #expect(try Artifact(zip: source.zip()).manifest.id == "starter")
  }

  @Test func `a manifest of another plugin or version is refused`() throws {
    #expect(try errors { $0.plugin = "other" } == ["manifest_plugin_id_mismatch"])
    #expect(try errors { $0.version = "2.0.0" } == ["manifest_version_mismatch"])
    #expect(try errors { ($0.plugin, $0.version) = ("starter", "1.0.0") }.isEmpty)
  }

  @Test func `a zip of a folder is told what to do`() throws {
    let zip = try ZipWriter.zip([ZipEntry("plugin/manifest.json", "{}"), ZipEntry("plugin/__main__.py", "x")])
    let error = try #require(throws: ArtifactError.self) { _ = try Artifact(zip: zip) }
    #expect(error.code == .missingEntryPoint)
    #expect(error.message.contains("not the folder"))
    #expect(error.findings.map(\.code).contains("missing_manifest"))
  }
}

@Suite struct CapabilityTests {
  @Test func `four keys, the sources, commands and domains are one list`() throws {
    let artifact = try read(
      #"""
      "capabilities_required": ["storage:kv", "discord:ban_members"], "capabilities_requested": ["storage:kv"],
      "requested_capabilities": ["discord:manage_webhooks"], "capabilities": ["storage:sql"],
      "slash_commands": [{"name": "hi", "description": "x"}], "proxy_domains": ["API.Example.com", "*.other.org"]
      """#, "ctx.discord.ban_member(1)\nctx.discord.add_role(1)\nevent.get('content')\n")
    #expect(
      Set(artifact.manifest.capabilities) == [
        .storageKV, .banMembers, .manageWebhooks, .sql, .manageRoles, .messageContent, .respond, .http,
      ])
    #expect(artifact.manifest.domains == ["api.example.com", "other.org"])
    let used = artifact.warnings.filter { $0.code == "capability_used_not_declared" }
    #expect(used.count == 2)
  }

  @Test(
    arguments: [
      ("ctx.kv.get('a')", .storageKV), ("ctx.sql.query_one('')", .sql), ("x.secrets.set('')", .secrets),
      ("d.send_message()", .sendMessage), ("d.edit_message()", .editMessage),
      ("d.delete_message()", .deleteMessage),
      ("d.add_reaction()", .addReaction), ("d.search_members()", .read),
      ("d.create_thread()", .manageChannels),
      ("d.timeout_bulk()", .moderateMembers), ("d.kick_bulk()", .kickMembers),
      ("d.remove_role_bulk()", .manageRoles),
      ("c.interaction.defer()", .respond), ("c.http.post()", .http), ("c.ws.ensure()", .webSocket),
      ("f(\"content\")", .messageContent), ("e.get(\"content\")", .messageContent),
    ] as [(String, GuestCapability)])
  func `a call gives its capability away`(call: String, capability: GuestCapability) throws {
    #expect(try read("", call).manifest.capabilities == [capability])
  }

  @Test func `calls without a pattern, and files of tests, give nothing away`() throws {
    let artifact = try read(
      "", "d.bulk_delete_messages()\nc.kv.exists()\nkv.get()\nd.unban_member()\nc.interaction.followup()\n",
      files: [("site-packages/a.py", "d.ban_member()")])
    #expect(artifact.manifest.capabilities.isEmpty)
  }

  @Test func `old names are taken without effect, unknown ones with a word`() throws {
    let old = try read(
      #""capabilities": ["events:member_join", "kv:read", "discord:respond_to_interaction"]"#)
    #expect(old.manifest.capabilities.isEmpty)
    #expect(old.warnings.isEmpty)
    #expect(try read(#""capabilities": ["discord:rule_all"]"#).warnings.map(\.code) == ["capability_unknown"])
    #expect(
      try read(#""capabilities": ["discord:ban_members"]"#).warnings.map(\.code) == [
        "capability_declared_not_used"
      ])
  }

  @Test(arguments: [
    (#""capabilities": "storage:kv""#, "capabilities_not_list"),
    (#""capabilities": {}"#, "capabilities_not_list"),
    (#""capabilities": ["kv"]"#, "capability_malformed"), (#""capabilities": [7]"#, "capability_malformed"),
    (#""proxy_domains_requested": "a.com""#, "proxy_domains_not_list"),
    (#""proxy_domains": ["https://a.com"]"#, "proxy_domain_invalid"),
    (#""proxy_domains": ["a.com/path"]"#, "proxy_domain_invalid"),
    (#""proxy_domains": ["a.com:8080"]"#, "proxy_domain_invalid"),
    (#""proxy_domains": ["user@a.com"]"#, "proxy_domain_invalid"),
    (#""proxy_domains": ["127.0.0.1"]"#, "proxy_domain_invalid"),
    (#""proxy_domains": ["[::1]"]"#, "proxy_domain_invalid"),
    (#""proxy_domains": ["localhost"]"#, "proxy_domain_invalid"),
    (#""proxy_domains": ["metadata.internal"]"#, "proxy_domain_invalid"),
    (#""proxy_domains": ["*"]"#, "proxy_domain_invalid"),
    (#""proxy_domains": ["*.com"]"#, "proxy_domain_invalid"),
    (#""proxy_domains": ["a..com"]"#, "proxy_domain_invalid"),
    (#""proxy_domains": ["-a.com"]"#, "proxy_domain_invalid"),
    (#""proxy_domains": ["a.com\u0000.b.com"]"#, "proxy_domain_invalid"),
    (#""proxy_domains": ["ａ.com"]"#, "proxy_domain_invalid"),
    (#""proxy_domains": ["0x7f.0x1"]"#, "proxy_domain_invalid"),
  ])
  func `wrong lists are refused`(fields: String, code: String) throws {
    #expect(try errors(fields) == [code])
  }
}

@Suite struct EventScanTests {
  @Test func `events are those that are named`() throws {
    let sources = """
      @plugin.on_event("member_join")
      def a(ctx, event): pass
      plugin.on_event( 'message_create' )(b)
      @plugin.on_component("x")
      def c(ctx, event): pass
      """
    #expect(try read("", sources).manifest.events == ["member_join", "message_create", "interaction_create"])
    #expect(try read("", "print()").manifest.events == [])
  }

  @Test(arguments: [
    "plugin.on_event(name)", "plugin.on_event(f\"x_{y}\")", "plugin.on_event(\"a\" + b)",
    "getattr(plugin, \"on_event\")",
    "register = plugin.on_event", "plugin.on_event(\"a\\x41\")", "plugin.on_event()", "plugin.on_event(",
  ])
  func `when a name cannot be told, all events are sent`(sources: String) throws {
    #expect(try read("", sources).manifest.events == nil)
  }

  @Test func `names within other names are none`() throws {
    #expect(try read("", "plugin.on_events(x)\nmy_on_event(x)\n").manifest.events == [])
  }
}

@Suite struct CronManifestTests {
  @Test func `schedules are read and compared with the functions`() throws {
    let artifact = try read(
      #""cron": [{"spec": "*/15 * * * *", "name": "tick"}, {"spec": "0 9 * * 1", "name": "weekly"}]"#,
      "@plugin.cron(\"*/15 * * * *\")  # often\n@other\nasync def tick(ctx): pass\n"
        + "@plugin.cron('0 0 * * *')\ndef lonely(ctx): pass\n@plugin.schedule(60)\ndef never(): pass\n")
    #expect(artifact.manifest.cron.map(\.name) == ["tick", "weekly"])
    #expect(artifact.manifest.events?.contains("cron") == true)
    #expect(
      artifact.warnings.map(\.code) == [
        "cron_task_not_in_manifest", "schedule_task_never_runs", "cron_missing_task",
      ])
  }

  @Test(arguments: [
    (#"{}"#, "cron_not_list"), (#"[7]"#, "cron_entry_malformed"),
    (#"[{"spec": "* * * * *"}]"#, "cron_entry_malformed"),
    (#"[{"spec": "0 0 * * *", "name": "not a name"}]"#, "cron_name_invalid"),
    (#"[{"spec": "0 0 * * *", "name": "1st"}]"#, "cron_name_invalid"),
    (#"[{"spec": "@daily", "name": "a"}]"#, "cron_spec_invalid"),
    (#"[{"spec": "* * * * *", "name": "a"}]"#, "cron_spec_too_frequent"),
    (#"[{"spec": "0,3 * * * *", "name": "a"}]"#, "cron_spec_too_frequent"),
    (#"[{"spec": "0 0 * * *", "name": "a"}, {"spec": "0 1 * * *", "name": "a"}]"#, "cron_name_duplicate"),
  ])
  func `wrong schedules are refused`(list: String, code: String) throws {
    #expect(try errors(#""cron": \#(list)"#) == [code])
  }

  @Test func `a flood of schedules is refused once`() throws {
    let entries = (0..<5_000).map { #"{"spec": "\#($0 % 60) 0 * * *", "name": "t\#($0)"}"# }.joined(
      separator: ",")
    #expect(try errors(#""cron": [\#(entries)]"#) == ["cron_too_many"])
  }
}

@Suite struct RequirementTests {
  @Test func `packages are read, the SDK is the host's`() throws {
    let text = """
      # tools
      yourbot-sdk>=0.10
      MMO_Maid.SDK
      httpx[http2] >= 0.27, < 1 ; python_version >= "3.11"  # http
      pydantic==2.7.1 \\
        --hash=sha256:\(String(repeating: "a", count: 64))

      """
    let artifact = try read("", "", files: [("requirements.txt", text)])
    #expect(
      artifact.manifest.requirements == [
        "httpx[http2] >= 0.27, < 1 ; python_version >= \"3.11\"",
        "pydantic==2.7.1 --hash=sha256:\(String(repeating: "a", count: 64))",
      ])
  }

  @Test(arguments: [
    "-e .", "-e git+https://x.y/z", "--index-url https://evil.example", "-i https://evil.example",
    "--extra-index-url=https://evil.example", "-r other.txt", "-c constraints.txt", "--find-links .",
    "--trusted-host evil.example", "--no-binary :all:", "https://evil.example/a.whl", "git+ssh://git@x.y/z",
    "a @ https://evil.example/a.whl", "a@file:///etc/passwd", "./local", "../up", "/abs/a.tar.gz",
    "local.whl",
    "file:///a", "a; $(reboot)", "a`x`", "a | b", "=1.0", "a --hash=md5:1", "ünïcode", "a\u{0}b",
    "a --global-option=x",
  ])
  func `lines that lead elsewhere are refused`(line: String) throws {
    #expect(try errors("", "", files: [("requirements.txt", line + "\n")]) == ["requirement_refused"])
  }

  @Test func `too many lines are refused`() throws {
    let text = (0..<60).map { "package\($0)" }.joined(separator: "\n")
    #expect(try errors("", "", files: [("requirements.txt", text)]) == ["requirements_too_many"])
  }
}

@Suite struct RiskTests {
  @Test func `dangerous capabilities come first`() {
    let risk = GuestRisk([.storageKV, .banMembers, .sql, .webSocket, .storageKV])
    #expect(risk.capabilities == [.banMembers, .webSocket, .sql, .storageKV])
    #expect(risk.tier == .dangerous)
    #expect(GuestRisk([.read]).tier == .safe)
    #expect(GuestRisk([]).tier == .safe)
  }

  @Test func `a version that asks for more needs approval`() {
    var (old, new) = (
      GuestManifest(id: "a", name: "A", version: "1"), GuestManifest(id: "a", name: "A", version: "2")
    )
    old.capabilities = [.storageKV, .sql]
    old.domains = ["example.com"]
    new.capabilities = [.storageKV]
    new.domains = ["api.example.com", "example.com"]
    #expect(!GuestRiskChange(from: old, to: new).needsApproval)
    #expect(GuestRiskChange(from: old, to: new).removed == [.sql])
    new.capabilities.append(.kickMembers)
    #expect(GuestRiskChange(from: old, to: new).added == [.kickMembers])
    #expect(GuestRiskChange(from: old, to: new).needsApproval)
    new.capabilities = old.capabilities
    new.domains = ["notexample.com"]
    #expect(GuestRiskChange(from: old, to: new).addedDomains == ["notexample.com"])
  }
}
