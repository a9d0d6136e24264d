// What a plugin's handler answered, read for the widget that asked.

package import JSON

/// Data of one widget. Reading never fails: what is missing is empty, and what is too much is cut.
package enum GuestWidgetData: Hashable, Sendable {
  /// Numbers of one name.
  package struct Series: Hashable, Sendable {
    package let name: String
    /// As many as there are labels, at least; nil where nothing is known.
    package let values: [Double?]

    package init(name: String, values: [Double?]) {
      (self.name, self.values) = (name, values)
    }
  }

  /// A step of a timeline.
  package struct Moment: Hashable, Sendable {
    package let time: GuestValue
    package let title: String
    package let text: String?
    package let level: Level?
  }

  /// How something is meant.
  package enum Level: String, Hashable, Sendable {
    case info, success, warning, error
  }

  /// A name with a value.
  package struct Pair: Hashable, Sendable {
    package let name: String
    package let value: GuestValue

    package init(name: String, value: GuestValue) {
      (self.name, self.value) = (name, value)
    }
  }

  /// A word with a colour.
  package struct Badge: Hashable, Sendable {
    package let label: String
    package let color: GuestWidget.BadgeColor?

    package init(label: String, color: GuestWidget.BadgeColor?) {
      (self.label, self.color) = (label, color)
    }
  }

  /// Somebody.
  package struct User: Hashable, Sendable {
    /// Decimal digits; nil when the plugin does not say.
    package let id: String?
    package let name: String
    /// An address on Discord's own servers; others are not loaded.
    package let avatar: String?
    package let detail: String?

    package init(id: String?, name: String, avatar: String?, detail: String?) {
      (self.id, self.name, self.avatar, self.detail) = (id, name, avatar, detail)
    }
  }

  /// The widget shows something that needs no data.
  case nothing
  /// The plugin answered with an error; its words, or none.
  case failure(String)
  case stat(value: GuestValue, change: GuestValue)
  case chart(labels: [String], series: [Series])
  /// Cells in the order of the columns. `total` counts rows that were not sent as well.
  case table(rows: [[GuestValue]], total: Int)
  /// A form's values by key.
  case values([String: JSONValue])
  case text(String)
  case alert(Level, String)
  case progress(value: Double, maximum: Double, label: String?)
  /// Of a list and of a `key_value`.
  case pairs([Pair])
  case markdown(String)
  case moments([Moment])
  case badges([Badge])
  case users([User])

  /// Bounds: more is not read.
  package enum Limit {
    package static let rows = 500
    package static let items = 200
    package static let series = 20
    package static let points = 1_000
    package static let text = 20_000
    package static let label = 200
  }

  /// `result`: the handler's, whole.
  package init(_ result: JSONValue, for widget: GuestWidget) {
    if let words = GuestFailure.words(in: result) {
      self = .failure(words)
    } else {
      self = Self.read(result, widget.kind)
    }
  }

  /// The data of a widget that brings its own.
  package init(inlineOf widget: GuestWidget) {
    // A key called `error` in a manifest is not an answer.
    self = Self.read(widget.inline.map { .object($0) } ?? .null, widget.kind)
  }

  private static func read(_ result: JSONValue, _ kind: GuestWidget.Kind) -> GuestWidgetData {
    switch kind {
    case .statCard:
      .stat(value: GuestValue(result["value"] ?? scalar(result)), change: GuestValue(result["change"]))
    case .chart: chart(result)
    case .table(let columns): table(result, columns)
    case .form(let form): values(result, form)
    case .text: .text(words(result, "text", "content"))
    case .alert: .alert(level(result["level"]) ?? .info, words(result, "message", "text"))
    case .progressBar(let label):
      .progress(
        value: GuestValue(result["value"]).number ?? 0, maximum: GuestValue(result["max"]).number ?? 100,
        label: short(result["label"]) ?? label)
    case .list, .keyValue: pairs(result)
    case .markdown: .markdown(words(result, "markdown", "text", "content"))
    case .timeline: moments(result)
    case .badgeList: badges(result)
    case .userList: users(result)
    case .image, .heading, .divider, .actionButton, .section, .tabs: .nothing
    }
  }

  // MARK: Each kind

  private static func chart(_ result: JSONValue) -> GuestWidgetData {
    var labels = (result["labels"]?.array ?? []).prefix(Limit.points).map {
      (GuestValue($0).text ?? "").cut(Limit.label)
    }
    let written = result["series"]?.array ?? result["datasets"]?.array ?? []
    var series: [Series] = []
    for (index, one) in written.prefix(Limit.series).enumerated() {
      let points = (one["data"]?.array ?? one.array ?? []).prefix(Limit.points)
      // Points of a scatter may bring their own place.
      let values = points.map { GuestValue($0["y"] ?? $0).number.flatMap { $0.isFinite ? $0 : nil } }
      if labels.count < values.count {
        let more = points.dropFirst(labels.count).enumerated().map { offset, point in
          (GuestValue(point["x"]).text ?? "\(labels.count + offset + 1)").cut(Limit.label)
        }
        labels += more
      }
      series.append(Series(name: short(one["name"] ?? one["label"]) ?? "\(index + 1)", values: values))
    }
    return .chart(labels: labels, series: series)
  }

  private static func table(_ result: JSONValue, _ columns: [GuestWidget.Column]) -> GuestWidgetData {
    let written = result["rows"]?.array ?? result.array ?? []
    let rows = written.prefix(Limit.rows).map { row in
      columns.enumerated().map { index, column in
        // Some plugins send a row as a list, in the order of the columns.
        if let cells = row.array { return GuestValue(index < cells.count ? cells[index] : nil) }
        return GuestValue(row[column.key])
      }
    }
    let total = result["total"]?.int64.map { Int(clamping: $0) } ?? written.count
    return .table(rows: rows, total: max(total, written.count))
  }

  private static func values(_ result: JSONValue, _ form: GuestWidget.Form) -> GuestWidgetData {
    let object = result["values"]?.object ?? result.object ?? JSONObject()
    var values: [String: JSONValue] = [:]
    for field in form.fields {
      guard let value = object[field.key], value.weight <= 1_000 else { continue }
      values[field.key] = value
    }
    return .values(values)
  }

  private static func pairs(_ result: JSONValue) -> GuestWidgetData {
    if let object = result["items"]?.object {
      return .pairs(
        object.fields.prefix(Limit.items).map {
          Pair(name: $0.key.cut(Limit.label), value: GuestValue($0.value))
        })
    }
    return .pairs(
      items(result, "items").map { item in
        let name = short(item["label"] ?? item["key"] ?? item["name"] ?? item["title"] ?? scalar(item)) ?? ""
        return Pair(name: name, value: GuestValue(item["value"]))
      })
  }

  private static func moments(_ result: JSONValue) -> GuestWidgetData {
    .moments(
      items(result, "items", "events").map { item in
        Moment(
          time: GuestValue(item["time"] ?? item["timestamp"]),
          title: short(item["title"] ?? item["label"]) ?? "",
          text: item["text"]?.string?.cut(GuestValue.maximumLength), level: level(item["level"]))
      })
  }

  private static func badges(_ result: JSONValue) -> GuestWidgetData {
    .badges(
      items(result, "items", "badges").map { item in
        Badge(
          label: short(item["label"] ?? scalar(item)) ?? "",
          color: item["color"]?.string.flatMap(GuestWidget.BadgeColor.init(rawValue:)))
      })
  }

  private static func users(_ result: JSONValue) -> GuestWidgetData {
    .users(
      items(result, "users", "items").map { item in
        let id = (item["user_id"] ?? item["id"])?.snowflake.map { "\($0)" }
        let avatar = (item["avatar"] ?? item["avatar_url"])?.string.flatMap {
          isDiscordPicture($0) ? $0 : nil
        }
        return User(
          id: id, name: short(item["name"] ?? item["username"] ?? item["display_name"]) ?? id ?? "",
          avatar: avatar,
          detail: short(item["detail"]))
      })
  }

  // MARK: Values

  private static func items(_ result: JSONValue, _ keys: String...) -> ArraySlice<JSONValue> {
    let items = keys.lazy.compactMap { result[$0]?.array }.first ?? result.array ?? []
    return items.prefix(Limit.items)
  }

  private static func words(_ result: JSONValue, _ keys: String...) -> String {
    let text = keys.lazy.compactMap { result[$0]?.plainText }.first ?? result.string ?? ""
    return text.cut(Limit.text)
  }

  private static func short(_ value: JSONValue?) -> String? {
    guard let text = value?.plainText?.trimmed, !text.isEmpty else { return nil }
    return text.cut(Limit.label)
  }

  /// The value itself if it is neither list nor object.
  private static func scalar(_ value: JSONValue) -> JSONValue? {
    value.object == nil && value.array == nil ? value : nil
  }

  private static func level(_ value: JSONValue?) -> Level? {
    value?.string.flatMap { $0 == "warn" ? .warning : Level(rawValue: $0) }
  }

  private static func isDiscordPicture(_ address: String) -> Bool {
    address.utf8.count <= 300
      && (address.hasPrefix("https://cdn.discordapp.com/")
        || address.hasPrefix("https://media.discordapp.net/"))
  }
}

/// A handler that raised: the SDK takes it for an answer, with what went wrong in it (section 11.5).
package enum GuestFailure {
  /// The plugin's words about its failure, empty where it has none; nil for an answer that is no failure.
  package static func words(in result: JSONValue) -> String? {
    guard let error = result["error"], !error.isNull, error != .bool(false) else { return nil }
    return (error.string ?? error["message"]?.string ?? "").cut(500)
  }
}

/// What a plugin answered to a form that was saved, or to a button.
package enum GuestActionResult: Hashable, Sendable {
  /// Done; the plugin's words, if it has any.
  case done(String?)
  /// Not done; the plugin's words, if it has any.
  case refused(String?)

  /// `{"ok": false}` and `{"error": …}` mean no; everything else is taken for yes.
  package init(_ result: JSONValue) {
    if let words = GuestFailure.words(in: result) {
      self = .refused(words.isEmpty ? nil : words)
    } else if result["ok"] == .bool(false) {
      self = .refused(result["message"]?.string?.cut(500))
    } else {
      self = .done(result["message"]?.string?.cut(500))
    }
  }
}
