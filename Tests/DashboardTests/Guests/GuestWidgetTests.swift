// Widgets of plugins: each kind shows its data, and nothing that a plugin says is markup.

import Dashboard
import HTML
import JSON
import PlatformAccess
import Resources
import SandboxArtifacts
import Testing

private func widgets(_ text: String, _ sources: String = "") throws -> [GuestWidget] {
  let page = #"{"schema": 2, "pages": [{"id": "p", "title": "P", \#(sources)"widgets": [\#(text)]}]}"#
  let object = try #require(JSONValue(parsing: Array(page.utf8)).object)
  let (dashboard, problems, _) = GuestDashboard.read(object, files: ["dashboard/a.png"])
  #expect(problems.isEmpty, "\(problems)")
  guard case .widgets(let widgets) = dashboard.pages.first?.content else { return [] }
  return widgets
}

private func context(_ role: AccessRole = .owner) throws -> GuestContext {
  var context = GuestContext(strings: try dashboard.get().english, role: role)
  context.picture = { SafeURL(segments: ["files"] + $0.split(separator: "/").map(String.init)) }
  context.target = { PostTarget(SafeURL(segments: ["act", $0.id]), hidden: [("csrf", "token")]) }
  context.channels = [Picker.Option("7", label: "general", mark: .textChannel)]
  return context
}

private func html(_ context: GuestContext, _ widgets: [GuestWidget], _ results: [String: JSONValue]) throws
  -> String
{
  let strings = context.strings.componentStrings
  let bytes = HTMLWriter.bytes(strings: strings) { html in
    GuestWidgets(context).write(
      widgets, data: { widget in results[widget.id].map { GuestWidgetData($0, for: widget) } }, into: &html)
  }
  return String(decoding: bytes, as: UTF8.self)
}

/// One widget with its handler's answer.
private func html(_ widget: String, _ result: String, _ role: AccessRole = .owner) throws -> String {
  let list = try widgets(widget)
  let value = try JSONValue(parsing: Array(result.utf8))
  return try html(
    context(role), list, Dictionary(list.flatMap(\.flattened).map { ($0.id, value) }) { one, _ in one })
}

@Suite struct GuestWidgetTests {
  @Test(
    arguments: [
      (
        #"{"id": "w", "type": "stat_card", "rpc_method": "x", "label": "Members"}"#,
        #"{"value": 12345, "change": 3}"#, ["Members", "12\u{202F}345", "tone-success"]
      ),
      (
        #"{"id": "w", "type": "stat_card", "rpc_method": "x", "format": "percent"}"#, #"{"value": 12.5}"#,
        ["12.5 %"]
      ),
      (
        #"{"id": "w", "type": "chart", "rpc_method": "x", "title": "Messages"}"#,
        #"{"labels": ["Mon"], "series": [{"name": "All", "data": [7]}]}"#,
        ["data-chart=\"line\"", "Mon", "data-value=\"7.0\""]
      ),
      (
        #"{"id": "w", "type": "chart", "rpc_method": "x", "chart_type": "doughnut"}"#,
        #"{"labels": ["A", "B"], "series": [{"data": [1, 2]}]}"#, ["data-chart=\"doughnut\"", "chart-2"]
      ),
      (
        #"{"id": "w", "type": "chart", "rpc_method": "x", "chart_type": "gauge", "chart_options": {"max": 10}}"#,
        #"{"labels": ["Load"], "series": [{"data": [5]}]}"#, ["<progress", "50 %", "Load"]
      ),
      (
        #"{"id": "w", "type": "table", "rpc_method": "x", "columns": [{"key": "s", "label": "State", "format": "badge", "format_options": {"colors": {"open": "green"}}}]}"#,
        #"{"rows": [{"s": "open"}], "total": 40}"#, ["State", "badge tone-success", "1 of 40"]
      ),
      (
        #"{"id": "w", "type": "text", "rpc_method": "x", "title": "T"}"#, #"{"text": "one\n\ntwo"}"#,
        ["<p class=\"guest-text\">one</p>", "two"]
      ),
      (
        #"{"id": "w", "type": "alert", "rpc_method": "x"}"#, #"{"level": "error", "message": "Mind this"}"#,
        ["tone-error", "role=\"alert\"", "Mind this"]
      ),
      (
        #"{"id": "w", "type": "progress_bar", "rpc_method": "x"}"#,
        #"{"value": 1, "max": 4, "label": "Goal"}"#, ["Goal", "25 %", "1 of 4"]
      ),
      (
        #"{"id": "w", "type": "list", "rpc_method": "x"}"#, #"{"items": [{"label": "Level", "value": 3}]}"#,
        ["<dt>Level</dt>", "3"]
      ),
      (#"{"id": "w", "type": "list", "rpc_method": "x"}"#, #"{"items": ["alone"]}"#, ["<li>alone</li>"]),
      (
        #"{"id": "w", "type": "markdown", "rpc_method": "x"}"#,
        ##"{"markdown": "# Title\n\n**bold** [a](https://a.example)\n\n## Part"}"##,
        ["<h2>Title</h2>", "<strong>bold</strong>", "https://a.example", "id=\"guest-w-part\""]
      ),
      (
        #"{"id": "w", "type": "key_value", "rpc_method": "x"}"#,
        #"{"items": [{"key": "On", "value": true}]}"#, ["On", "Yes"]
      ),
      (
        #"{"id": "w", "type": "timeline", "rpc_method": "x"}"#,
        #"{"items": [{"time": "2026-11-21T08:00:00Z", "title": "Begun", "level": "error"}]}"#,
        ["Begun", "2026-11-21T08:00:00Z", "tone-error"]
      ),
      (
        #"{"id": "w", "type": "badge_list", "rpc_method": "x"}"#,
        #"{"items": [{"label": "new", "color": "gold"}]}"#, ["badge tone-warning", "new"]
      ),
      (
        #"{"id": "w", "type": "user_list", "rpc_method": "x"}"#,
        #"{"users": [{"user_id": "5", "name": "Ada", "detail": "first"}]}"#, ["Ada", "first"]
      ),
      (
        #"{"id": "w", "type": "image", "src": "dashboard/a.png", "title": "Map"}"#, "{}",
        ["src=\"/files/dashboard/a.png\"", "alt=\"Map\""]
      ),
      (
        #"{"id": "w", "type": "heading", "text": "Part", "level": 2}"#, "{}",
        ["<h3 class=\"guest-heading\">Part</h3>"]
      ),
      (#"{"id": "w", "type": "divider"}"#, "{}", ["<hr>"]),
      (
        #"{"id": "w", "type": "action_button", "action_rpc_method": "go", "label": "Go", "style": "danger", "confirm": "Really?"}"#,
        "{}", ["action=\"/act/w\"", "button-danger", "Really?", "csrf"]
      ),
      (
        #"{"id": "w", "type": "section", "heading": "Inner", "collapsible": true, "widgets": [{"id": "v", "type": "text", "rpc_method": "x"}]}"#,
        #"{"text": "within"}"#, ["<details", "Inner", "within"]
      ),
      (
        #"{"id": "w", "type": "tabs", "tabs": [{"id": "t", "title": "First", "widgets": [{"id": "v", "type": "text", "rpc_method": "x"}]}]}"#,
        #"{"text": "within"}"#, ["First", "within", "tab-panel"]
      ),
    ] as [(String, String, [String])])
  func `each kind shows its data`(widget: String, result: String, expected: [String]) throws {
    let page = try html(widget, result)
    for part in expected { #expect(page.contains(part), "\(part) in \(page)") }
    #expect(!page.contains("⟦"))
    #expect(PageCheck("<!doctype html><html><body>\(page)</body></html>").faults == [])
  }

  @Test func `a form has a field of each kind with its value`() throws {
    let kinds = [
      "text", "textarea", "number", "toggle", "color", "date", "range", "select", "multi_select", "channel",
      "role",
    ]
    let fields = kinds.map {
      #"{"key": "\#($0)", "label": "L \#($0)", "type": "\#($0)", "min": 1, "max": 9, "options": [{"value": "a", "label": "Alpha"}]}"#
    }
    let form =
      #"{"id": "w", "type": "form", "rpc_method": "load", "save_rpc_method": "save", "fields": [\#(fields.joined(separator: ","))]}"#
    let values = #"""
      {"values": {"text": "t1", "textarea": "t2", "number": 5, "toggle": true, "color": "#aabbcc", "date": "2026-11-21T00:00",
       "range": 3, "select": "a", "multi_select": ["a", "gone"], "channel": "7", "role": "99"}}
      """#
    let page = try html(form, values)
    for kind in kinds {
      #expect(page.contains("name=\"value.\(kind)\""), "\(kind)")
      #expect(page.contains("L \(kind)"))
    }
    for part in [
      "value=\"t1\"", "t2</textarea>", "value=\"5\"", "checked", "value=\"#aabbcc\"", "2026-11-21",
      "type=\"range\"", "general", "value=\"99\"", "not found",
    ] {
      #expect(page.contains(part), "\(part)")
    }
    #expect(PageCheck("<!doctype html><html><body>\(page)</body></html>").faults == [])
    // Who may only look gets no form.
    let looking = try html(form, values, .viewer)
    #expect(!looking.contains("<form"))
    #expect(looking.contains("disabled"))
  }

  @Test func `a widget for others is not there`() throws {
    let widget = #"{"id": "w", "type": "text", "rpc_method": "x", "permission": "manager"}"#
    #expect(try html(widget, #"{"text": "secret"}"#, .manager).contains("secret"))
    #expect(try !html(widget, #"{"text": "secret"}"#, .viewer).contains("secret"))
  }

  @Test func `a failure, an emptiness and a delay each look like one`() throws {
    let widget = #"{"id": "w", "type": "list", "rpc_method": "x"}"#
    #expect(try html(widget, #"{"error": "database is away"}"#).contains("database is away"))
    #expect(try html(widget, "{}").contains("Nothing here yet."))
    #expect(try html(context(), widgets(widget), [:]).contains("skeleton"))
    let stat = #"{"id": "w", "type": "stat_card", "rpc_method": "x"}"#
    #expect(try html(stat, #"{"error": ""}"#).contains("without saying which"))
  }

  @Test func `progress beyond all bounds is drawn within them`() throws {
    let widget = #"{"id": "w", "type": "progress_bar", "rpc_method": "x"}"#
    for (value, shown) in [("1e308", "100 %"), ("-1e308", "0 %"), ("\"x\"", "0 %"), ("50", "50 %")] {
      #expect(try html(widget, #"{"value": \#(value), "max": 100}"#).contains(shown))
    }
    #expect(try html(widget, #"{"value": 1, "max": 0}"#).contains("0 %"))
    #expect(try html(widget, #"{"value": 1, "max": -5}"#).contains("0 %"))
  }
}

@Suite struct HostileGuestTests {
  private static let kinds: [(widget: String, result: String)] = [
    (
      #""type": "stat_card", "rpc_method": "x", "label": "T", "icon": "T""#, #"{"value": "T", "change": "T"}"#
    ),
    (
      #""type": "chart", "rpc_method": "x", "title": "T""#,
      #"{"labels": ["T"], "series": [{"name": "T", "data": [1]}]}"#
    ),
    (
      #""type": "chart", "rpc_method": "x", "chart_type": "pie""#,
      #"{"labels": ["T", "T"], "series": [{"name": "T", "data": [1, 2]}]}"#
    ),
    (
      #""type": "table", "rpc_method": "x", "columns": [{"key": "a", "label": "T", "format": "link"}, {"key": "a", "format": "code"}, {"key": "a", "format": "avatar"}, {"key": "a", "format": "badge"}, {"key": "a", "format": "timestamp"}, "a"]"#,
      #"{"rows": [{"a": "T"}]}"#
    ),
    (#""type": "text", "title": "T", "rpc_method": "x""#, #"{"text": "T"}"#),
    (#""type": "alert", "title": "T", "rpc_method": "x""#, #"{"message": "T"}"#),
    (#""type": "progress_bar", "rpc_method": "x""#, #"{"value": 1, "label": "T"}"#),
    (#""type": "list", "rpc_method": "x""#, #"{"items": [{"label": "T", "value": "T"}, "T"]}"#),
    (#""type": "markdown", "rpc_method": "x""#, ##"{"markdown": "T\n\n# T\n\n[T](T)\n\n![T](T)\n\n<T>"}"##),
    (#""type": "key_value", "rpc_method": "x""#, #"{"items": [{"key": "T", "value": {"T": "T"}}]}"#),
    (#""type": "timeline", "rpc_method": "x""#, #"{"items": [{"time": "T", "title": "T", "text": "T"}]}"#),
    (#""type": "badge_list", "rpc_method": "x""#, #"{"items": [{"label": "T", "color": "T"}]}"#),
    (
      #""type": "user_list", "rpc_method": "x""#,
      #"{"users": [{"user_id": "T", "name": "T", "avatar": "T", "detail": "T"}]}"#
    ),
    (#""type": "heading", "text": "T""#, "{}"),
    (#""type": "image", "src": "dashboard/a.png", "title": "T""#, "{}"),
    (#""type": "action_button", "action_rpc_method": "go", "label": "T", "confirm": "T""#, "{}"),
    (
      #""type": "form", "rpc_method": "l", "save_rpc_method": "s", "fields": [{"key": "T", "label": "T", "placeholder": "T", "help_text": "T"}, {"key": "n", "type": "number", "placeholder": "T"}, {"key": "s", "label": "T", "type": "select", "options": [{"value": "T", "label": "T"}]}, {"key": "c", "type": "channel"}, {"key": "d", "type": "date"}, {"key": "k", "type": "color"}]"#,
      #"{"values": {"T": "T", "n": "T", "s": "T", "c": "T", "d": "T", "k": "T"}}"#
    ),
    (
      #""type": "section", "heading": "T", "description": "T", "widgets": [{"id": "v", "type": "list", "rpc_method": "x"}]"#,
      #"{"items": ["T"]}"#
    ),
    (#""type": "list", "rpc_method": "x""#, #"{"error": "T"}"#),
  ]

  /// Every hostile text in every place where a plugin may have words.
  @Test(arguments: 0..<19)
  func `nothing that a plugin says is markup`(kind: Int) throws {
    let (written, answer) = Self.kinds[kind]
    for hostile in HostileTexts.all {
      // The check reads characters: a quote and what joins it would be one.
      let text = hostile.unicodeScalars.first?.properties.isGraphemeExtend == true ? "a" + hostile : hostile
      // Without the quotes around it, as it stands inside of a JSON text.
      let encoded = String(
        decoding: try JSONValue.string(text).encoded().dropFirst().dropLast(), as: UTF8.self)
      let fill = { (template: String) in
        template.replacing("\"T\"", with: "\"\(encoded)\"").replacing("T\\n", with: "\(encoded)\\n")
          .replacing("[T](T)", with: "[\(encoded)](\(encoded))").replacing("<T>", with: encoded)
      }
      let page =
        #"{"schema": 2, "pages": [{"id": "p", "title": "P", "widgets": [{"id": "w", \#(fill(written))}]}]}"#
      let object = try #require(JSONValue(parsing: Array(page.utf8)).object)
      guard
        case .widgets(let list) = GuestDashboard.read(object, files: ["dashboard/a.png"]).dashboard.pages
          .first?.content
      else { continue }
      let value = try JSONValue(parsing: Array(fill(answer).utf8))
      let shown = try html(context(), list, ["w": value, "v": value])
      #expect(
        PageCheck("<!doctype html><html><body>\(shown)</body></html>").faults == [], "\(text.prefix(60))")
      if text.contains("<"), text.count > 3 { #expect(!shown.contains(text), "\(text.prefix(60))") }
    }
  }

  @Test func `links of a plugin lead to other sites over https, and pictures come from its own files`() throws
  {
    let table =
      #"{"id": "w", "type": "table", "rpc_method": "x", "columns": [{"key": "a", "format": "link"}]}"#
    for address in [
      "javascript:alert(1)", "data:text/html,x", "/logout", "//evil.example", "http://a.example",
      "mailto:a@b.c",
    ] {
      #expect(try !html(table, #"{"rows": [{"a": "\#(address)"}]}"#).contains("<a "), "\(address)")
      let markdown = #"{"id": "w", "type": "markdown", "rpc_method": "x"}"#
      let page = try html(markdown, #"{"markdown": "[a](\#(address)) ![p](https://evil.example/p.png)"}"#)
      #expect(!page.contains("<a "), "\(address)")
      #expect(!page.contains("<img"))
    }
    let good = try html(table, #"{"rows": [{"a": "https://a.example/x?y=1"}]}"#)
    #expect(good.contains("href=\"https://a.example/x?y=1\""))
    #expect(good.contains("noopener"))
    let users = #"{"id": "w", "type": "user_list", "rpc_method": "x"}"#
    #expect(
      try !html(users, #"{"users": [{"name": "A", "avatar": "https://evil.example/a.png"}]}"#).contains(
        "<img"))
    #expect(
      try html(users, #"{"users": [{"name": "A", "avatar": "https://cdn.discordapp.com/a.png"}]}"#).contains(
        "<img"))
  }

  @Test func `quotes within quotes within quotes are a page and not a crash`() throws {
    let markdown = #"{"id": "w", "type": "markdown", "rpc_method": "x"}"#
    for part in [">", "- ", "*", "[", "1. ", "`", "|", "**_"] {
      let text = String(repeating: part, count: 20_000 / part.count)
      #expect(try !html(markdown, #"{"markdown": "\#(text)x"}"#).isEmpty)
    }
  }

  @Test func `a widget is drawn again as often as it says, else as its source does`() throws {
    let list = try widgets(
      #"{"id": "a", "type": "stat_card", "source": "s"}, {"id": "b", "type": "stat_card", "source": "s", "refresh_seconds": 60}"#,
      #""data_sources": [{"id": "s", "rpc_method": "x", "refresh_seconds": 30}], "#)
    var context = try context()
    context.refreshSeconds = ["s": 30]
    let page = try html(context, list, [:])
    #expect(page.contains("data-refresh-seconds=\"30\"") && page.contains("data-refresh-seconds=\"60\""))
  }

  @Test func `what a writing method feeds is a button until somebody asked, and stays then`()
    throws
  {
    let list = try widgets(
      #"{"id": "a", "type": "stat_card", "label": "Gone", "rpc_method": "x", "refresh_seconds": 60}"#)
    var context = try context()
    #expect(try html(context, list, [:]).contains("skeleton"))
    context.ask = { PostTarget(SafeURL(segments: ["ask", $0.id]), hidden: [("csrf", "token")]) }
    let before = try html(context, list, [:])
    for part in ["action=\"/ask/a\"", "csrf", "Gone", "Ask the plugin"] { #expect(before.contains(part)) }
    let after = try html(context, list, ["a": ["value": "all of it"]])
    #expect(after.contains("all of it") && !after.contains("Ask the plugin"))
    for page in [before, after] {
      #expect(!page.contains("skeleton") && !page.contains("data-refresh-seconds"))
      #expect(PageCheck("<!doctype html><html><body>\(page)</body></html>").faults == [])
    }
  }

  @Test func `a palette of eight colours is eight colours in charts`() throws {
    let colors = (1...8).map { "#00000\($0)" }
    func sheet(_ count: Int) throws -> String {
      let palette = colors.prefix(count).map { "\"\($0)\"" }.joined(separator: ", ")
      let object = try #require(
        JSONValue(
          parsing: Array(#"{"schema": 2, "pages": [], "theme": {"chart_palette": [\#(palette)]}}"#.utf8)
        ).object)
      return GuestThemeSheet.text(try #require(GuestDashboard.read(object, files: []).dashboard.theme))
    }
    let eight = try sheet(8)
    for (index, color) in colors.enumerated() {
      let number = index + 1
      #expect(eight.contains("--chart-\(number): \(color)"))
      #expect(
        eight.contains(
          ".chart-legend > :nth-child(8n+\(number)) > .chart-key { --key: var(--chart-\(number)); }"))
    }
    // Six have classes of their own.
    #expect(try !sheet(6).contains("nth-child"))
  }

  @Test func `a plugin's colours are rules for lines and charts, and nothing else gets into the sheet`()
    throws
  {
    func theme(_ text: String) throws -> GuestDashboard.Theme? {
      let object = try #require(
        JSONValue(parsing: Array(#"{"schema": 2, "pages": [], "theme": \#(text)}"#.utf8)).object)
      return GuestDashboard.read(object, files: []).dashboard.theme
    }
    let given = try #require(
      try theme(##"{"accent": "#F1C40F", "chart_palette": ["#123", "#abcdef"], "header": {"title": "<b>"}}"##)
    )
    #expect(
      GuestThemeSheet.text(given)
        == ".guest-page { --guest-accent: #f1c40f; --guest-accent-2: #f1c40f; --chart-1: #123; --chart-2: #abcdef; }\n"
    )
    let hostile = try theme(
      ##"{"accent": "#fff; } body { display: none", "chart_palette": ["url(//evil)"]}"##)
    #expect(hostile.map(GuestThemeSheet.text) == "")
    let surroundings = try context()
    let head = String(
      decoding: HTMLWriter.bytes(strings: try context().strings.componentStrings) {
        $0.add(GuestThemeHead(given, surroundings))
      }, as: UTF8.self)
    #expect(head.contains("&lt;b&gt;") && !head.contains("<b>"))
  }
}
