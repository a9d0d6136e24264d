// Where a field stands: its name in the form, and its keys in the catalogs.

import JSON
import PlatformSettings

/// A place in a form: the path that names its controls, and the path without numbers that names its sentences.
struct SettingsPlace {
  /// `ladder[2].duration`; in templates the number is a placeholder.
  private(set) var path = ""
  /// `ladder.duration`.
  private(set) var key = ""
  /// The name of the last field.
  private(set) var name = ""
  /// How many records and lists are around it.
  private(set) var depth = 0

  func field(_ name: String) -> SettingsPlace {
    var place = self
    place.path += path.isEmpty ? name : ".\(name)"
    place.key += key.isEmpty ? name : ".\(name)"
    place.name = name
    place.depth += 1
    return place
  }

  func element(_ index: String) -> SettingsPlace {
    var place = self
    place.path += "[\(index)]"
    place.depth += 1
    return place
  }
}

/// A step of a path.
enum SettingsPathStep: Equatable {
  case field(Substring)
  /// The number as it is written: digits, or a placeholder.
  case element(Substring)

  /// The steps of `a.b[2].c`; nil for what is no path. Longer paths than forms have are none.
  static func parse(_ path: String) -> [SettingsPathStep]? {
    guard path.utf8.count <= 500 else { return nil }
    var steps: [SettingsPathStep] = []
    var rest = path[...]
    while !rest.isEmpty {
      if rest.first == "[" {
        guard let end = rest.firstIndex(of: "]") else { return nil }
        steps.append(.element(rest[rest.index(after: rest.startIndex)..<end]))
        rest = rest[rest.index(after: end)...]
      } else {
        if rest.first == "." { rest = rest.dropFirst() }
        let name = rest.prefix { $0 != "." && $0 != "[" }
        guard !name.isEmpty else { return nil }
        steps.append(.field(name))
        rest = rest.dropFirst(name.count)
      }
    }
    return steps
  }
}

/// How a list is shown, and so how it comes back.
enum SettingsListLayout {
  /// A few choices to tick.
  case checks
  /// A select of several.
  case picker
  /// One a line.
  case lines
  /// Each in a row of its own, to be moved and removed.
  case rows

  /// What suits a list of `element`s that holds `values`.
  init(of element: SettingsKind, isSet: Bool, values: [JSONValue]) {
    switch element {
    case .choice(let names) where isSet: self = names.count <= 12 ? .checks : .picker
    case .reference(.user): self = .lines
    case .reference where isSet: self = .picker
    case .text(let rules) where !rules.isMultiline && rules.lengths.lowerBound > 0:
      // What a line cannot hold, such as a text with line ends, gets a row.
      let isPlain = values.allSatisfy { value in
        guard let text = value.string else { return false }
        return !text.allSatisfy(\.isWhitespace) && !text.contains(where: \.isNewline)
      }
      self = isPlain ? .lines : .rows
    default: self = .rows
    }
  }
}

extension SettingsKind {
  /// Without the option of being none.
  var wrapped: SettingsKind {
    if case .optional(let kind) = self { kind.wrapped } else { self }
  }

  /// What stands where nothing was chosen yet.
  var blank: JSONValue {
    switch self {
    case .toggle: false
    case .integer(let bounds): .integer(Int64(min(max(0, bounds.lowerBound), bounds.upperBound)))
    case .number(let bounds): .double(min(max(0, bounds.lowerBound), bounds.upperBound))
    case .text: ""
    case .duration(let bounds): .integer(bounds.lowerBound.components.seconds)
    case .choice(let names): .string(names.first ?? "")
    case .reference: "0"
    case .color: "#000000"
    case .optional: .null
    case .list: []
    case .record(let fields):
      .object(JSONObject(fields: fields.map { JSONObject.Field(key: $0.name, value: $0.initial) }))
    }
  }

  /// Whether none of it is what an empty field means; otherwise it takes a switch.
  var isNoneWhenEmpty: Bool {
    switch self {
    case .toggle, .integer, .number, .duration, .choice, .reference, .color: true
    case .text(let rules): rules.lengths.lowerBound > 0
    case .optional, .list, .record: false
    }
  }
}
