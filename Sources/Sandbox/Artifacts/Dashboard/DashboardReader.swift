// Reading a dashboard's manifest: what it consists of, and in words what is wrong with it.

import JSON
import PlatformAccess

/// Reads pages, sources, the theme and the list of methods.
struct DashboardReader {
  let files: Set<String>
  /// The first 10.
  private(set) var problems: [String] = []
  /// What is wrong and was always let pass; the first 10.
  private(set) var remarks: [String] = []
  /// The first form of manifests was never checked closely: what it let pass, it lets pass.
  private(set) var isFirstSchema = true
  var widgetIDs: Set<String> = []
  var actionMethods: Set<String> = []
  var readMethods: Set<String> = []
  private var sourceIDs: Set<String> = []

  static let maximumPages = 20
  static let maximumWidgets = 200

  init(files: Set<String>) { self.files = files }

  mutating func problem(_ sentence: String) {
    if problems.count < 10 { problems.append(sentence) }
  }

  mutating func remark(_ sentence: String) {
    if remarks.count < 10 { remarks.append(sentence) }
  }

  /// A problem in the second form of manifests, a remark in the first.
  mutating func mistake(_ sentence: String) {
    if isFirstSchema { remark(sentence) } else { problem(sentence) }
  }

  mutating func dashboard(_ object: JSONObject) -> GuestDashboard {
    let schema = object["schema"]?.int64 ?? 1
    if let written = object["schema"], written.int64 != 1, written.int64 != 2 {
      problem("\"schema\" must be 1 or 2.")
    }
    isFirstSchema = schema != 2
    let mode = object["mode"]?.string ?? "manifest"
    if mode != "manifest", mode != "iframe" { problem("\"mode\" must be \"manifest\" or \"iframe\".") }
    let items = list(object["pages"], "pages", maximum: Self.maximumPages)
    if items.isEmpty { remark("The dashboard has no pages.") }
    var (pages, ids): ([GuestDashboard.Page], Set<String>) = ([], [])
    for item in items {
      guard let page = page(item, isFramed: mode == "iframe") else { continue }
      if ids.insert(page.id).inserted {
        pages.append(page)
      } else {
        mistake("Two pages have the id \(page.id).")
      }
    }
    for method in actionMethods.intersection(readMethods).sorted() {
      problem("The method \(method) is an action and must not be read by a widget as well.")
    }
    let written = GuestDashboard(
      schema: schema == 2 ? 2 : 1, pages: pages, methods: methods(object["rpc"]),
      theme: isFirstSchema ? nil : theme(object["theme"]))
    for method in written.writingMethods.intersection(readMethods).subtracting(actionMethods).sorted() {
      remark("The method \(method) writes: what it feeds is shown to managers, who ask for it with a button.")
    }
    return written.raisingWhatWritingFeeds()
  }

  private mutating func page(_ value: JSONValue, isFramed: Bool) -> GuestDashboard.Page? {
    guard let object = value.object, let id = lenientIdentifier(object["id"], "a page") else {
      if value.object == nil { problem("A page must be an object.") }
      return nil
    }
    let title = text(object["title"], 100)
    if title == nil { problem("The page \(id) has no title.") }
    let role = role(object["permission"], above: .viewer, "the page \(id)")
    if isFramed {
      guard let src = file(object["src"], "the page \(id)") else { return nil }
      return GuestDashboard.Page(
        id: id, title: title ?? id, icon: text(object["icon"], 50), role: role, sources: [],
        content: .frame(src))
    }
    let sources = isFirstSchema ? [] : sources(object["data_sources"])
    let widgets = widgets(
      object["widgets"], Surroundings(role: role, sources: Set(sources.map(\.id)), isInside: false),
      of: "the page \(id)")
    if widgets.isEmpty { remark("There is no widget on the page \(id).") }
    return GuestDashboard.Page(
      id: id, title: title ?? id, icon: text(object["icon"], 50), role: role, sources: sources,
      content: .widgets(widgets))
  }

  private mutating func sources(_ value: JSONValue?) -> [GuestDashboard.Source] {
    var sources: [GuestDashboard.Source] = []
    for item in list(value, "data_sources", maximum: 50) {
      guard let object = item.object, let id = identifier(object["id"], "a data source") else {
        if item.object == nil { problem("A data source must be an object.") }
        continue
      }
      guard sourceIDs.insert(id).inserted else {
        problem("Two data sources have the id \(id).")
        continue
      }
      guard let method = method(object["rpc_method"], "the data source \(id)") else {
        if object["rpc_method"] == nil { problem("The data source \(id) needs an rpc_method.") }
        continue
      }
      readMethods.insert(method)
      sources.append(
        GuestDashboard.Source(
          id: id, method: method, params: params(object["rpc_params"], "the data source \(id)"),
          refreshSeconds: refresh(object["refresh_seconds"], "the data source \(id)")))
    }
    return sources
  }

  private mutating func methods(_ value: JSONValue?) -> [String: GuestDashboard.Effect] {
    guard let value, !value.isNull else { return [:] }
    guard let object = value.object else {
      problem("\"rpc\" must be an object.")
      return [:]
    }
    var methods: [String: GuestDashboard.Effect] = [:]
    for field in object.fields.prefix(200) {
      guard let name = method(.string(field.key), "\"rpc\"") else { continue }
      methods[name] = Self.effect(field.value)
    }
    return methods
  }

  private static func effect(_ value: JSONValue) -> GuestDashboard.Effect {
    guard let written = value.object == nil ? value : value["writes"], !written.isNull else { return .unsaid }
    // What is said in no known way is not said to be harmless.
    return written.bool == false ? .reads : .writes
  }

  private mutating func theme(_ value: JSONValue?) -> GuestDashboard.Theme? {
    guard let value, !value.isNull else { return nil }
    guard let object = value.object else {
      problem("\"theme\" must be an object.")
      return nil
    }
    var theme = GuestDashboard.Theme()
    theme.accent = color(object["accent"], "accent")
    theme.secondaryAccent = color(object["accent_secondary"], "accent_secondary")
    theme.chartPalette = list(object["chart_palette"], "chart_palette", maximum: 8).compactMap {
      color($0, "chart_palette")
    }
    if object["logo"] != nil { theme.logo = file(object["logo"], "the theme's logo") }
    theme.title = text(object["header"]?["title"], 120)
    theme.subtitle = text(object["header"]?["subtitle"], 120)
    theme.isCompact = object["density"]?.string == "compact"
    if let density = object["density"], !["compact", "cozy"].contains(density.string) {
      problem("\"density\" must be \"cozy\" or \"compact\".")
    }
    return theme
  }
}

// MARK: Values

extension DashboardReader {
  /// The items of a list; empty when it is missing or none.
  mutating func list(_ value: JSONValue?, _ name: String, maximum: Int) -> [JSONValue] {
    guard let value, !value.isNull else { return [] }
    guard let items = value.array else {
      problem("\"\(name)\" must be a list.")
      return []
    }
    if items.count > maximum { problem("\"\(name)\" has more than \(maximum) entries.") }
    return Array(items.prefix(maximum))
  }

  /// Letters, digits, `_` and `-`, at most 64.
  mutating func identifier(_ value: JSONValue?, _ owner: String) -> String? {
    if let id = value?.string, Self.isIdentifier(id) { return id }
    problem("The id of \(owner) must have 1 to 64 letters, digits, _ or -.")
    return nil
  }

  /// The same; in the first form of manifests any text will do, and what is no identifier is made one.
  mutating func lenientIdentifier(_ value: JSONValue?, _ owner: String) -> String? {
    guard isFirstSchema, let text = value?.plainText, !text.isEmpty else { return identifier(value, owner) }
    if Self.isIdentifier(text) { return text }
    let plain = text.unicodeScalars.prefix(50).map { scalar in
      scalar.isASCII && (scalar.properties.isAlphabetic || (48...57).contains(scalar.value))
        ? Character(scalar) : "_"
    }
    return String(plain)
  }

  static func isIdentifier(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count)
      && text.utf8.allSatisfy {
        (97...122).contains($0) || (65...90).contains($0) || (48...57).contains($0) || $0 == 95 || $0 == 45
      }
  }

  /// A method's name without its prefix; nil when there is none.
  mutating func method(_ value: JSONValue?, _ owner: String) -> String? {
    guard let value, !value.isNull else { return nil }
    if let name = value.string.map(GuestDashboard.bareName), name.utf8.count <= 64,
      name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy({
        Self.isIdentifier(String($0))
      })
    {
      return name
    }
    problem("The method of \(owner) must have a name of 1 to 64 letters, digits, _ or -.")
    return nil
  }

  mutating func params(_ value: JSONValue?, _ owner: String) -> JSONObject {
    guard let value, !value.isNull else { return JSONObject() }
    if let object = value.object, value.weight <= 500 { return object }
    problem("The rpc_params of \(owner) must be an object of at most 500 values.")
    return JSONObject()
  }

  mutating func refresh(_ value: JSONValue?, _ owner: String) -> Int? {
    guard let value, !value.isNull else { return nil }
    if let seconds = value.int64, (5...3_600).contains(seconds) { return Int(seconds) }
    // Old manifests say 0 for never.
    if value.int64 != 0 { mistake("refresh_seconds of \(owner) must be a whole number from 5 to 3600.") }
    return nil
  }

  /// A permission can only raise what holds anyway.
  mutating func role(_ value: JSONValue?, above natural: AccessRole, _ owner: String) -> AccessRole {
    guard let value, !value.isNull else { return natural }
    guard let name = value.string, let role = AccessRole(name: name) else {
      mistake("The permission of \(owner) must be viewer, manager or owner.")
      // Unreadable wishes are read as the strictest.
      return .owner
    }
    return max(natural, role)
  }

  /// A text with something in it, cut; nil otherwise.
  func text(_ value: JSONValue?, _ length: Int) -> String? {
    guard let text = value?.string?.trimmed, !text.isEmpty else { return nil }
    return text.cut(length)
  }

  /// A path of a file that the plugin brings below `dashboard/`.
  mutating func file(_ value: JSONValue?, _ owner: String) -> String? {
    // What a page is asked with is no part of the file's name.
    let written = value?.string?.split(whereSeparator: { $0 == "?" || $0 == "#" }).first.map(String.init)
    guard var path = written, (1...200).contains(path.utf8.count) else {
      problem("\(owner.sentence) needs the path of a file below dashboard/.")
      return nil
    }
    let isPlain =
      !path.hasPrefix("/") && !path.contains("\\") && !path.contains(":")
      && !path.split(separator: "/", omittingEmptySubsequences: false).contains {
        $0 == ".." || $0 == "." || $0 == ""
      }
    if isPlain, !path.hasPrefix("dashboard/"), files.contains("dashboard/" + path) {
      path = "dashboard/" + path
    }
    guard isPlain, path.hasPrefix("dashboard/") else {
      problem("\(owner.sentence) must name a file below dashboard/, without .. and backslashes.")
      return nil
    }
    if !files.contains(path) { problem("\(owner.sentence) names a file that the plugin does not bring.") }
    return path
  }

  mutating func color(_ value: JSONValue?, _ owner: String) -> String? {
    guard let value, !value.isNull else { return nil }
    if let text = value.string, text.hasPrefix("#"), [4, 7, 9].contains(text.utf8.count),
      text.dropFirst().utf8.allSatisfy({
        (48...57).contains($0) || (97...102).contains($0) || (65...70).contains($0)
      })
    {
      return text.lowercased()
    }
    problem("\"\(owner)\" must be a colour such as #3fa9f5.")
    return nil
  }
}

extension String {
  /// With a capital at its beginning.
  fileprivate var sentence: String { prefix(1).uppercased() + dropFirst() }
}

extension JSONValue {
  /// How many values are in it, itself counted.
  var weight: Int {
    switch self {
    case .array(let items): items.reduce(1) { $0 + $1.weight }
    case .object(let object): object.fields.reduce(1) { $0 + $1.value.weight }
    case .string(let text): 1 + text.utf8.count / 100
    default: 1
    }
  }
}
