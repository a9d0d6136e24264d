// Dashboards of plugins: read, refused in words, asked who may do what, and their handlers' answers.

import JSON
import PlatformAccess
import SandboxArtifacts
import SandboxTestKit
import Testing

private func read(_ text: String, files: Set<String> = []) throws -> (
  dashboard: GuestDashboard, problems: [String], remarks: [String]
) {
  let object = try #require(JSONValue(parsing: Array(text.utf8)).object)
  return GuestDashboard.read(object, files: files)
}

private func page(_ widgets: String, schema: Int = 2, _ more: String = "") throws -> (
  dashboard: GuestDashboard, problems: [String], remarks: [String]
) {
  try read(
    #"{"schema": \#(schema), "pages": [{"id": "p", "title": "P"\#(more), "widgets": [\#(widgets)]}]}"#,
    files: ["dashboard/a.png"])
}

private func widget(_ text: String) throws -> GuestWidget {
  let (dashboard, problems, _) = try page(text)
  #expect(problems.isEmpty)
  return try #require(dashboard.pages.first?.widgets.first)
}

private func data(_ widget: String, _ result: String) throws -> GuestWidgetData {
  GuestWidgetData(try JSONValue(parsing: Array(result.utf8)), for: try DashboardTestsSupport.widget(widget))
}

private enum DashboardTestsSupport {
  static func widget(_ text: String) throws -> GuestWidget {
    let (dashboard, _, _) = try page(text)
    return try #require(dashboard.pages.first?.widgets.first)
  }
}

@Suite struct DashboardReadingTests {
  @Test func `every kind of widget is read`() throws {
    let (dashboard, problems, _) = try page(
      #"""
      {"id": "a", "type": "stat_card", "rpc_method": "dashboard.total", "label": "L", "format": "number", "width": "third"},
      {"id": "b", "type": "chart", "source": "s", "chart_type": "pie"},
      {"id": "c", "type": "table", "source": "s", "columns": ["x", {"key": "y", "label": "Y", "format": "badge",
        "format_options": {"colors": {"open": "green"}}}]},
      {"id": "d", "type": "form", "rpc_method": "load", "save_rpc_method": "save", "fields": [
        {"key": "k", "label": "K", "type": "number", "min": 1, "max": 9, "required": true}, {"name": "old"}]},
      {"id": "e", "type": "text", "text": "hello"}, {"id": "f", "type": "alert"}, {"id": "g", "type": "progress_bar"},
      {"id": "h", "type": "list"}, {"id": "i", "type": "markdown"}, {"id": "j", "type": "image", "src": "dashboard/a.png"},
      {"id": "k", "type": "heading", "text": "H", "level": 1}, {"id": "l", "type": "divider"},
      {"id": "m", "type": "key_value"}, {"id": "n", "type": "timeline"}, {"id": "o", "type": "badge_list"},
      {"id": "q", "type": "user_list"},
      {"id": "r", "type": "action_button", "action_rpc_method": "go", "label": "Go", "confirm": "Sure?"},
      {"id": "t", "type": "section", "heading": "S", "widgets": [{"id": "t1", "type": "text"}]},
      {"id": "u", "type": "tabs", "tabs": [{"id": "x", "title": "X", "widgets": [{"id": "u1", "type": "list"}]}]}
      """#, #", "data_sources": [{"id": "s", "rpc_method": "dashboard.all", "refresh_seconds": 30}]"#)
    #expect(problems.isEmpty)
    let widgets = try #require(dashboard.pages.first).widgets
    #expect(widgets.map(\.id).joined() == "abcdefghijklmnoqrtt1uu1")
    #expect(widgets[0].feed == .method("total", params: JSONObject()))
    #expect(widgets[1].feed == .source("s"))
    #expect(widgets[0].width == .third)
    #expect(dashboard.pages.first?.sources.first?.method == "all")
    #expect(dashboard.widget("u1")?.page.id == "p")
  }

  @Test(arguments: [
    #"{"id": "a", "type": "nonsense"}"#, #"{"type": "text"}"#, #"{"id": "<b>", "type": "text"}"#, "7",
    #"{"id": "a", "type": "text"}, {"id": "a", "type": "text"}"#, #"{"id": "a", "type": "chart"}"#,
    #"{"id": "a", "type": "table", "rpc_method": "x"}"#, #"{"id": "a", "type": "chart", "source": "none"}"#,
    #"{"id": "a", "type": "chart", "rpc_method": "../x"}"#, #"{"id": "a", "type": "text", "width": "huge"}"#,
    #"{"id": "a", "type": "text", "refresh_seconds": 1}"#,
    #"{"id": "a", "type": "text", "permission": "god"}"#,
    #"{"id": "a", "type": "image", "src": "../manifest.json"}"#,
    #"{"id": "a", "type": "image", "src": "/etc/passwd"}"#,
    #"{"id": "a", "type": "image", "src": "dashboard/../x.png"}"#,
    #"{"id": "a", "type": "image", "src": "dashboard\\a.png"}"#,
    #"{"id": "a", "type": "image", "src": "https://evil.example/a.png"}"#,
    #"{"id": "a", "type": "image", "src": "dashboard/b.png"}"#,
    #"{"id": "a", "type": "heading"}"#, #"{"id": "a", "type": "heading", "text": "x", "level": 9}"#,
    #"{"id": "a", "type": "action_button", "rpc_method": "x", "label": "L"}"#,
    #"{"id": "a", "type": "action_button", "action_rpc_method": "x"}"#,
    #"{"id": "a", "type": "section", "widgets": []}"#,
    #"{"id": "a", "type": "tabs", "tabs": []}"#,
    #"{"id": "a", "type": "section", "widgets": [{"id": "b", "type": "section", "widgets": [{"id": "c", "type": "text"}]}]}"#,
    #"{"id": "a", "type": "text", "rpc_method": "go"}, {"id": "b", "type": "action_button", "action_rpc_method": "go", "label": "G"}"#,
    #"{"id": "a", "type": "text", "visible_when": {"source": "none", "path": "x"}}"#,
  ])
  func `what is wrong is said in words`(widgets: String) throws {
    let (_, problems, _) = try page(widgets)
    #expect(!problems.isEmpty)
    #expect(problems.allSatisfy { $0.hasSuffix(".") })
  }

  @Test func `the first form of manifests lets pass what it always did`() throws {
    let (dashboard, problems, _) = try page(
      #"""
      {"id": "my widget", "type": "text", "refresh_seconds": 1, "source": "none", "height": 7},
      {"id": "my widget", "type": "form", "fields": []}, {"id": 5, "type": "list"}
      """#, schema: 1)
    #expect(problems.isEmpty)
    let ids = dashboard.pages.flatMap(\.widgets).map(\.id)
    #expect(ids == ["my_widget", "my_widget-2", "5"])
    #expect(try read(#"{"pages": []}"#).problems.isEmpty)
    #expect(try page(#"{"id": "a", "type": "chart"}"#, schema: 1).problems.count == 1)
  }

  @Test func `manifests made to hurt stay within bounds`() throws {
    let many = (0..<2_000).map { #"{"id": "w\#($0)", "type": "nope"}"# }.joined(separator: ",")
    let (dashboard, problems, _) = try page(many)
    #expect(problems.count == 10)
    #expect(dashboard.pages.flatMap(\.widgets).isEmpty)
    let fine = (0..<2_000).map { #"{"id": "w\#($0)", "type": "text"}"# }.joined(separator: ",")
    #expect(try page(fine).dashboard.pages.flatMap(\.widgets).count == 200)
  }

  @Test func `frames and themes are read`() throws {
    let (dashboard, problems, _) = try read(
      #"""
      {"schema": 2, "mode": "iframe", "pages": [{"id": "p", "title": "P", "src": "index.html?tab=1"}],
       "rpc": {"dashboard.list": {"writes": false}, "wipe": {"writes": true}, "odd": {}},
       "theme": {"accent": "#ABC", "chart_palette": ["#112233"], "density": "compact", "header": {"title": "T"}}}
      """#, files: ["dashboard/index.html"])
    #expect(problems.isEmpty)
    #expect(dashboard.isFramed)
    #expect(dashboard.pages.first?.content == .frame("dashboard/index.html"))
    #expect(dashboard.methods == ["list": .reads, "wipe": .writes, "odd": .unsaid])
    #expect(dashboard.theme?.accent == "#abc")
    #expect(dashboard.theme?.isCompact == true)
    for theme in [
      #"{"accent": "red"}"#, ##"{"accent": "#12345"}"##, #"{"logo": "../x"}"#, #"{"chart_palette": "x"}"#,
      "7",
    ] {
      #expect(try !read(#"{"schema": 2, "pages": [], "theme": \#(theme)}"#).problems.isEmpty)
    }
  }

  @Test func `a dashboard without handlers is refused, with dynamic ones it is not`() throws {
    var source = PluginSource()
    source.files.append(
      (
        "dashboard_manifest.json",
        #"{"pages": [{"id": "p", "title": "P", "widgets": [{"id": "w", "type": "list", "rpc_method": "dashboard.rows"}]}]}"#
      ))
    let error = try #require(throws: ArtifactError.self) { _ = try Artifact(zip: source.zip()) }
    #expect(error.code.rawValue == "dashboard_rpc_method_missing_handler")
    source.files[0].text = "@plugin.on_dashboard('rows')\ndef rows(ctx, params): pass\n"
    #expect(try Artifact(zip: source.zip()).dashboard?.pages.count == 1)
    source.files[0].text = "for n in names: plugin.on_dashboard(n)(f)\n"
    #expect(try Artifact(zip: source.zip()).warnings.map(\.code) == ["dashboard_rpc_method_missing_handler"])
    source.files[1] = ("dashboard_manifest.json", "{")
    let broken = try #require(throws: ArtifactError.self) { _ = try Artifact(zip: source.zip()) }
    #expect(broken.code.rawValue == "dashboard_manifest_unparseable")
  }

  @Test func `a dashboard may stand in the manifest, or in a file that it names`() throws {
    let pages = #"{"pages": [{"id": "p", "title": "P", "widgets": []}]}"#
    var source = PluginSource()
    source.manifest = #"{"id": "starter", "name": "S", "version": "1", "dashboard_manifest": \#(pages)}"#
    #expect(try Artifact(zip: source.zip()).dashboard?.pages.first?.title == "P")
    source.manifest = #"{"id": "starter", "name": "S", "version": "1", "dashboard_manifest": "board.json"}"#
    #expect(throws: ArtifactError.self) { _ = try Artifact(zip: source.zip()) }
    source.files.append(("board.json", pages))
    #expect(try Artifact(zip: source.zip()).dashboard?.pages.first?.title == "P")
  }
}

@Suite struct DashboardRoleTests {
  @Test func `permissions raise what holds anyway, and never lower it`() throws {
    let (dashboard, problems, _) = try read(
      #"""
      {"schema": 2, "rpc": {"direct": {"writes": false}, "wipe": {"writes": true}, "mine": {"writes": false}}, "pages": [
        {"id": "a", "title": "A", "permission": "manager", "widgets": [
          {"id": "w1", "type": "list", "rpc_method": "rows", "permission": "viewer"},
          {"id": "w2", "type": "action_button", "action_rpc_method": "go", "label": "Go", "permission": "owner"},
          {"id": "w3", "type": "section", "permission": "owner", "widgets": [
            {"id": "w4", "type": "list", "rpc_method": "mine"}]}]},
        {"id": "b", "title": "B", "widgets": [
          {"id": "w5", "type": "form", "rpc_method": "load", "save_rpc_method": "save", "permission": "viewer", "fields": []}]}]}
      """#)
    #expect(problems.isEmpty)
    #expect(dashboard.widget("w1")?.widget.role == .manager)
    #expect(dashboard.widget("w2")?.widget.actingRole == .owner)
    #expect(dashboard.widget("w4")?.widget.role == .owner)
    #expect(dashboard.widget("w5")?.widget.actingRole == .manager)
    #expect(dashboard.role(reading: "rows") == .manager)
    #expect(dashboard.role(reading: "dashboard.load") == .viewer)
    #expect(dashboard.role(reading: "go") == nil)
    #expect(dashboard.role(calling: "direct") == .viewer)
    #expect(dashboard.role(calling: "wipe") == .manager)
    #expect(dashboard.role(calling: "unheard-of") == .manager)
    // Harmless by the list, and for owners by the page: what the page says holds.
    #expect(dashboard.role(calling: "mine") == .owner)
    #expect(dashboard.role(calling: "go") == .owner)
    #expect(dashboard.writes("save") && dashboard.writes("wipe") && !dashboard.writes("rows"))
  }

  @Test func `what a writing method feeds is for managers, wherever it stands`() throws {
    let (dashboard, problems, remarks) = try read(
      #"""
      {"schema": 2, "rpc": {"wipe": {"writes": true}, "odd": {"writes": "no"}, "named": {}, "rows": {"writes": false}},
       "pages": [{"id": "a", "title": "A", "data_sources": [{"id": "s", "rpc_method": "dashboard.wipe"}], "widgets": [
        {"id": "w1", "type": "list", "rpc_method": "wipe", "permission": "viewer"},
        {"id": "w2", "type": "list", "source": "s"}, {"id": "w3", "type": "list", "rpc_method": "odd"},
        {"id": "w4", "type": "list", "rpc_method": "named"}, {"id": "w5", "type": "list", "rpc_method": "rows"},
        {"id": "w6", "type": "section", "widgets": [{"id": "w7", "type": "list", "source": "s"}]},
        {"id": "w8", "type": "tabs", "tabs": [{"id": "t", "title": "T", "widgets": [
          {"id": "w9", "type": "list", "rpc_method": "wipe", "permission": "owner"}]}]},
        {"id": "f", "type": "form", "rpc_method": "load", "save_rpc_method": "save", "fields": []},
        {"id": "w10", "type": "list", "rpc_method": "save"}]}]}
      """#)
    #expect(problems.isEmpty)
    let roles = dashboard.pages.flatMap(\.widgets).map { ($0.id, $0.role) }
    #expect(
      Dictionary(uniqueKeysWithValues: roles) == [
        "w1": .manager, "w2": .manager, "w3": .manager, "w4": .viewer, "w5": .viewer, "w6": .viewer,
        "w7": .manager, "w8": .viewer, "w9": .owner, "f": .viewer, "w10": .manager,
      ])
    #expect(dashboard.writingMethods == ["wipe", "odd", "save"])
    #expect(dashboard.role(reading: "wipe") == .manager && dashboard.role(reading: "named") == .viewer)
    #expect(dashboard.role(calling: "wipe") == .manager && dashboard.role(calling: "named") == .manager)
    // Whoever wrote it learns why viewers do not see it.
    for method in ["wipe", "odd", "save"] {
      #expect(remarks.contains { $0.contains("The method \(method) writes") }, "\(method)")
    }
  }

  @Test func `an unreadable permission is the strictest`() throws {
    #expect(
      try page(#"{"id": "a", "type": "text", "permission": 7}"#, schema: 1).dashboard.widget("a")?.widget.role
        == .owner)
  }
}

@Suite struct WidgetDataTests {
  @Test func `errors are failures, whatever else is there`() throws {
    let list = #"{"id": "a", "type": "list", "rpc_method": "x"}"#
    #expect(try data(list, #"{"error": "boom", "items": [1]}"#) == .failure("boom"))
    #expect(try data(list, #"{"error": {"message": "deep"}}"#) == .failure("deep"))
    #expect(try data(list, #"{"error": 7}"#) == .failure(""))
    #expect(try data(list, #"{"error": null, "items": []}"#) == .pairs([]))
    #expect(try data(list, #"{"error": false}"#) == .pairs([]))
  }

  @Test func `each kind reads its own shape`() throws {
    #expect(
      try data(#"{"id": "a", "type": "stat_card", "rpc_method": "x"}"#, #"{"value": 12, "change": "-3"}"#)
        == .stat(value: .number(12), change: .text("-3")))
    #expect(
      try data(
        #"{"id": "a", "type": "chart", "rpc_method": "x"}"#,
        #"{"labels": ["a", 2], "series": [{"name": "n", "data": [1, "2", null, {"y": 4}]}]}"#)
        == .chart(
          labels: ["a", "2", "3", "4"],
          series: [GuestWidgetData.Series(name: "n", values: [1, 2, nil, 4])]))
    #expect(
      try data(
        #"{"id": "a", "type": "table", "rpc_method": "x", "columns": ["p", "q"]}"#,
        #"{"rows": [{"q": true, "p": "v"}, [1, 2], {}], "total": 9}"#)
        == .table(
          rows: [[.text("v"), .flag(true)], [.number(1), .number(2)], [.nothing, .nothing]], total: 9))
    #expect(
      try data(#"{"id": "a", "type": "alert"}"#, #"{"level": "warn", "message": "m"}"#)
        == .alert(.warning, "m"))
    #expect(
      try data(#"{"id": "a", "type": "progress_bar"}"#, #"{"value": 3, "max": 4, "label": "l"}"#)
        == .progress(value: 3, maximum: 4, label: "l"))
    #expect(try data(#"{"id": "a", "type": "text"}"#, #"{"text": "t"}"#) == .text("t"))
    #expect(try data(#"{"id": "a", "type": "markdown"}"#, #"{"markdown": "**m**"}"#) == .markdown("**m**"))
    #expect(
      try data(#"{"id": "a", "type": "key_value"}"#, #"{"items": [{"key": "k", "value": 1}]}"#)
        == .pairs([GuestWidgetData.Pair(name: "k", value: .number(1))]))
    #expect(
      try data(
        #"{"id": "a", "type": "badge_list"}"#, #"{"items": [{"label": "l", "color": "green"}, "plain"]}"#)
        == .badges([.init(label: "l", color: .green), .init(label: "plain", color: nil)]))
    #expect(
      try data(
        #"{"id": "a", "type": "user_list"}"#,
        #"{"users": [{"user_id": "123", "name": "Ada", "avatar": "https://evil.example/a.png"}]}"#)
        == .users([.init(id: "123", name: "Ada", avatar: nil, detail: nil)]))
  }

  /// Every kind with every wrong type: empty, and never a crash.
  @Test func `missing and wrong data is empty`() throws {
    let kinds = [
      #""stat_card", "rpc_method": "x""#, #""chart", "rpc_method": "x""#,
      #""table", "rpc_method": "x", "columns": ["a"]"#,
      #""form", "rpc_method": "x", "fields": [{"key": "k"}]"#, #""text""#, #""alert""#, #""progress_bar""#,
      #""list""#,
      #""markdown""#, #""key_value""#, #""timeline""#, #""badge_list""#, #""user_list""#,
      #""heading", "text": "h""#,
    ]
    let results = [
      "null", "7", "-1e308", "\"text\"", "[]", "[[[[]]]]", "{}", "[null, 7, {}, []]",
      "{\"items\": {\"a\": [1]}}",
      #"{"rows": 7, "labels": {}, "series": [7, null, {"data": "x"}], "values": [], "items": "x", "users": 7, "value": {}}"#,
      #"{"rows": [null, 7, "x", [[]]], "total": -5, "value": [[1]], "items": [{"label": {}, "value": {"a": 1}}]}"#,
      #"{"total": 9223372036854775807, "value": 18446744073709551615, "max": 0, "rows": []}"#,
    ]
    for kind in kinds {
      for result in results { _ = try data(#"{"id": "a", "type": \#(kind)}"#, result) }
    }
  }

  @Test func `too much is cut`() throws {
    let rows = (0..<2_000).map { #"{"a": "\#($0)"}"# }.joined(separator: ",")
    guard
      case .table(let kept, let total) = try data(
        #"{"id": "a", "type": "table", "rpc_method": "x", "columns": ["a"]}"#, #"{"rows": [\#(rows)]}"#)
    else { return #expect(Bool(false)) }
    #expect(kept.count == 500)
    #expect(total == 2_000)
    let series = (0..<50).map { _ in
      #"{"data": [\#(Array(repeating: "1", count: 3_000).joined(separator: ","))]}"#
    }
    guard
      case .chart(let labels, let lines) = try data(
        #"{"id": "a", "type": "chart", "rpc_method": "x"}"#,
        #"{"series": [\#(series.joined(separator: ","))]}"#)
    else { return #expect(Bool(false)) }
    #expect(lines.count == 20)
    #expect(labels.count == 1_000)
    let long = String(repeating: "é", count: 50_000)
    #expect(
      try data(#"{"id": "a", "type": "text"}"#, #"{"text": "\#(long)"}"#)
        == .text(String(long.prefix(20_000))))
  }

  @Test func `a condition looks where it says`() throws {
    let text = #"""
      {"id": "a", "type": "text", "visible_when": {"source": "s", "path": "state.list.1", "equals": 2}},
      {"id": "b", "type": "text", "visible_when": {"source": "s", "path": "state.on"}}
      """#
    let (dashboard, problems, _) = try page(text, #", "data_sources": [{"id": "s", "rpc_method": "m"}]"#)
    #expect(problems.isEmpty)
    let (first, second) = (dashboard.widget("a")?.widget.condition, dashboard.widget("b")?.widget.condition)
    #expect(first?.holds(for: ["state": ["list": [1, 2]]]) == true)
    #expect(first?.holds(for: ["state": ["list": [1, 3]]]) == false)
    #expect(first?.holds(for: [1]) == false)
    #expect(second?.holds(for: ["state": ["on": true]]) == true)
    #expect(second?.holds(for: ["state": ["on": false]]) == false)
    #expect(second?.holds(for: .null) == false)
  }

  @Test func `answers to saving and acting are understood`() {
    #expect(GuestActionResult(["ok": true]) == .done(nil))
    #expect(GuestActionResult(["ok": false, "error": "no"]) == .refused("no"))
    #expect(GuestActionResult(["error": "no"]) == .refused("no"))
    #expect(GuestActionResult(["ok": false]) == .refused(nil))
    #expect(GuestActionResult(["error": ""]) == .refused(nil))
    #expect(GuestActionResult(.null) == .done(nil))
    #expect(GuestActionResult(["message": "saved"]) == .done("saved"))
  }
}

@Suite struct FormSubmissionTests {
  private func form() throws -> GuestWidget.Form {
    let widget = try widget(
      #"""
      {"id": "f", "type": "form", "save_rpc_method": "save", "rpc_params": {"page": 1}, "fields": [
        {"key": "name", "label": "N", "type": "text", "required": true, "max": 5}, {"key": "count", "type": "number", "min": 1, "max": 9},
        {"key": "on", "type": "toggle"}, {"key": "pick", "type": "select", "options": [{"value": "a", "label": "A"}, "b"]},
        {"key": "many", "type": "multi_select", "options": ["x", "y"]}, {"key": "where", "type": "channel"},
        {"key": "plugin_id", "type": "text"}]}
      """#)
    guard case .form(let form) = widget.kind else { throw GuestWidgetError() }
    return form
  }

  private struct GuestWidgetError: Error {}

  @Test func `values have their types, and stand where both kinds of handlers look`() throws {
    let form = try form()
    let submission = GuestFormSubmission(
      form,
      sent: [
        ("value.name", "Ada"), ("value.count", "3"), ("value.on", "on"), ("value.pick", "b"),
        ("value.many", "x"),
        ("value.many", "y"), ("value.where", "123"), ("value.plugin_id", "evil"), ("name", "not ours"),
        ("csrf", "t"),
      ])
    #expect(submission.mistakes.isEmpty)
    let params = submission.params(of: form)
    #expect(params["name"] == "Ada")
    #expect(params["count"] == 3)
    #expect(params["on"] == true)
    #expect(params["many"] == ["x", "y"])
    #expect(params["page"] == 1)
    #expect(params["values"]?["where"] == "123")
    // The host's own key is not the form's to set.
    #expect(params["plugin_id"] == nil)
    #expect(params["values"]?["plugin_id"] == "evil")
  }

  @Test func `what does not fit is a mistake of its field`() throws {
    let submission = GuestFormSubmission(
      try form(),
      sent: [("value.count", "12"), ("value.pick", "c"), ("value.many", "z"), ("value.where", "<#1>")])
    #expect(
      submission.mistakes == [
        "name": .missing, "count": .outOfBounds, "pick": .notOffered, "many": .notOffered,
        "where": .notOffered,
      ])
    #expect(GuestFormSubmission(try form(), sent: [("value.name", "abcdef")]).mistakes == ["name": .tooLong])
    #expect(
      GuestFormSubmission(try form(), sent: [("value.name", "a"), ("value.count", "nan")]).mistakes == [
        "count": .notNumber
      ])
  }
}
