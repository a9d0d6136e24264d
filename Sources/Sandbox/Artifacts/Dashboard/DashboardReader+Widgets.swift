// Reading the widgets of a page, those in containers among them.

import JSON
import PlatformAccess

/// Where a widget stands.
struct Surroundings {
  /// What its page and container ask for.
  let role: AccessRole
  /// Sources of its page.
  let sources: Set<String>
  /// Whether it is in a container, which can hold no other.
  let isInside: Bool
}

extension DashboardReader {
  mutating func widgets(_ value: JSONValue?, _ place: Surroundings, of owner: String) -> [GuestWidget] {
    let items = list(value, "widgets of \(owner)", maximum: Self.maximumWidgets)
    if items.isEmpty, place.isInside { problem("There is no widget in \(owner).") }
    return items.compactMap { widget($0, place) }
  }

  private mutating func widget(_ value: JSONValue, _ place: Surroundings) -> GuestWidget? {
    guard widgetIDs.count < Self.maximumWidgets else {
      problem("The dashboard has more than \(Self.maximumWidgets) widgets.")
      return nil
    }
    guard let object = value.object else {
      problem("A widget must be an object.")
      return nil
    }
    guard let id = uniqueID(object["id"]) else { return nil }
    let role = role(object["permission"], above: place.role, "the widget \(id)")
    let inner = Surroundings(role: role, sources: place.sources, isInside: true)
    guard let kind = kind(object, id: id, place, inner) else { return nil }
    let feed = feed(object, id: id, kind: kind, place)
    return GuestWidget(
      id: id, title: text(object["title"], 200) ?? "",
      width: choice(object["width"], .full, "width", id), height: height(object["height"], id), role: role,
      feed: feed,
      refreshSeconds: refresh(object["refresh_seconds"], "the widget \(id)"),
      condition: condition(object["visible_when"], id, place), inline: feed == nil ? object : nil, kind: kind)
  }

  private mutating func uniqueID(_ value: JSONValue?) -> String? {
    guard let written = lenientIdentifier(value, "a widget") else { return nil }
    if widgetIDs.insert(written).inserted { return written }
    guard isFirstSchema else {
      problem("Two widgets have the id \(written).")
      return nil
    }
    // The first form of manifests allows it; here an id leads to one widget.
    for number in 2...Self.maximumWidgets + 1 {
      let id = "\(written.prefix(56))-\(number)"
      if widgetIDs.insert(id).inserted { return id }
    }
    return nil
  }

  private mutating func kind(
    _ object: JSONObject, id: String, _ place: Surroundings, _ inner: Surroundings
  ) -> GuestWidget.Kind? {
    let type = object["type"]?.string ?? ""
    switch type {
    case "stat_card":
      return .statCard(
        GuestWidget.StatCard(
          label: text(object["label"], 100) ?? "", icon: text(object["icon"], 50),
          format: format(object["format"])))
    case "chart": return chart(object, id)
    case "table": return columns(object["columns"], id).map { .table($0) }
    case "form": return .form(form(object, id))
    case "text": return .text
    case "alert": return .alert
    case "progress_bar": return .progressBar(label: text(object["label"], 100))
    case "list": return .list
    case "markdown": return .markdown
    case "image": return file(object["src"], "the widget \(id)").map { .image($0) }
    case "heading": return heading(object, id)
    case "divider": return .divider
    case "key_value": return .keyValue
    case "timeline": return .timeline
    case "badge_list": return .badgeList
    case "user_list": return .userList
    case "action_button": return action(object, id).map { .actionButton($0) }
    case "section", "tabs": return container(type, object, id, place, inner)
    default:
      problem("The widget \(id) has a type that there is none of: \(ArtifactFinding.quoted(type, 40)).")
      return nil
    }
  }

  private mutating func feed(
    _ object: JSONObject, id: String, kind: GuestWidget.Kind, _ place: Surroundings
  ) -> GuestWidget.Feed? {
    switch kind {
    case .image, .heading, .divider, .section, .tabs: return nil
    case .actionButton:
      if object["rpc_method"] != nil { problem("The button \(id) has action_rpc_method, never rpc_method.") }
      return nil
    default: break
    }
    if !isFirstSchema, let source = object["source"]?.string {
      if place.sources.contains(source) { return .source(source) }
      problem("The widget \(id) takes its data from a source that its page does not have.")
      return nil
    }
    if let method = method(object["rpc_method"], "the widget \(id)") {
      readMethods.insert(method)
      return .method(method, params: params(object["rpc_params"], "the widget \(id)"))
    }
    switch kind {
    case .statCard, .chart, .table: problem("The widget \(id) needs an rpc_method or a source.")
    default: break
    }
    return nil
  }

  private mutating func condition(_ value: JSONValue?, _ id: String, _ place: Surroundings) -> GuestWidget
    .Condition?
  {
    guard let value, !value.isNull, !isFirstSchema else { return nil }
    guard let source = value["source"]?.string, place.sources.contains(source),
      let path = value["path"]?.string, (1...200).contains(path.utf8.count)
    else {
      problem(
        "visible_when of the widget \(id) needs a source of its page and a path of at most 200 characters.")
      return nil
    }
    let equals = value["equals"]
    if equals?.array != nil || equals?.object != nil {
      problem("\"equals\" of the widget \(id) must be a text, a number, true, false or null.")
      return nil
    }
    return GuestWidget.Condition(
      source: source, path: path.split(separator: ".").map(String.init), value: equals)
  }

  private mutating func container(
    _ type: String, _ object: JSONObject, _ id: String, _ place: Surroundings, _ inner: Surroundings
  ) -> GuestWidget.Kind? {
    guard !place.isInside else {
      problem("The container \(id) stands in another; containers have one level only.")
      return nil
    }
    if type == "section" {
      return .section(
        GuestWidget.Section(
          heading: text(object["heading"], 120), description: text(object["description"], 500),
          isCollapsible: object["collapsible"]?.bool ?? false,
          widgets: widgets(object["widgets"], inner, of: "the section \(id)")))
    }
    var (tabs, ids): ([GuestWidget.Tab], Set<String>) = ([], [])
    for item in list(object["tabs"], "tabs", maximum: 20) {
      guard let tabID = identifier(item["id"], "a tab of \(id)") else { continue }
      if !ids.insert(tabID).inserted {
        problem("Two tabs of \(id) have the id \(tabID).")
        continue
      }
      tabs.append(
        GuestWidget.Tab(
          id: tabID, title: text(item["title"], 100) ?? tabID,
          widgets: widgets(item["widgets"], inner, of: "the tab \(tabID)")))
    }
    if tabs.isEmpty { problem("The widget \(id) needs at least one tab.") }
    return .tabs(tabs)
  }

  // MARK: Values

  /// A value of a fixed set; `fallback` when it is missing or unknown.
  mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ value: JSONValue?, _ fallback: Choice, _ name: String, _ id: String
  ) -> Choice {
    guard let value, !value.isNull else { return fallback }
    if let choice = value.string.flatMap(Choice.init(rawValue:)) { return choice }
    let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
    mistake("\"\(name)\" of the widget \(id) must be one of: \(known).")
    return fallback
  }

  private mutating func height(_ value: JSONValue?, _ id: String) -> GuestWidget.Height? {
    value.flatMap { $0.isNull ? nil : choice($0, .medium, "height", id) }
  }

  /// Unknown formats are shown as they are.
  private func format(_ value: JSONValue?) -> GuestWidget.Format {
    value?.string.flatMap(GuestWidget.Format.init(rawValue:)) ?? .plain
  }

  private mutating func chart(_ object: JSONObject, _ id: String) -> GuestWidget.Kind {
    let options = object["chart_options"]?.object ?? JSONObject()
    if let written = object["chart_options"], !written.isNull, written.object == nil || written.weight > 500 {
      problem("chart_options of the widget \(id) must be an object of at most 500 values.")
    }
    return .chart(
      GuestWidget.Chart(
        kind: object["chart_type"]?.string.flatMap(GuestWidget.Chart.Kind.init(rawValue:)) ?? .line,
        isStacked: options["stacked"]?.bool ?? false, options: options))
  }

  private mutating func heading(_ object: JSONObject, _ id: String) -> GuestWidget.Kind? {
    guard let text = text(object["text"], 200) else {
      problem("The heading \(id) needs a text of 1 to 200 characters.")
      return nil
    }
    let level = object["level"]?.int64 ?? 2
    if !(1...3).contains(level) { problem("The level of the heading \(id) must be 1, 2 or 3.") }
    return .heading(text, level: Int(min(3, max(1, level))))
  }

  private mutating func columns(_ value: JSONValue?, _ id: String) -> [GuestWidget.Column]? {
    var columns: [GuestWidget.Column] = []
    for item in list(value, "columns", maximum: 30) {
      let key = item.string ?? item["key"]?.string ?? ""
      guard (1...100).contains(key.utf8.count) else {
        mistake("A column of the table \(id) has no key.")
        continue
      }
      let colors = item["format_options"]?["colors"]?.object?.fields.prefix(50) ?? []
      columns.append(
        GuestWidget.Column(
          key: key, label: text(item["label"], 100) ?? key, format: format(item["format"]),
          colors: Dictionary(
            colors.compactMap { field in
              field.value.string.flatMap(GuestWidget.BadgeColor.init(rawValue:)).map {
                (field.key.cut(100), $0)
              }
            }, uniquingKeysWith: { first, _ in first })))
    }
    if columns.isEmpty {
      problem("The table \(id) needs columns.")
      return nil
    }
    return columns
  }
}

extension JSONValue {
  /// A text, a number or a truth value as text; nil for everything else.
  var plainText: String? {
    switch self {
    case .string(let text): text
    case .integer(let number): "\(number)"
    case .unsigned(let number): "\(number)"
    case .double(let number): "\(number)"
    case .bool(let flag): "\(flag)"
    default: nil
    }
  }
}
