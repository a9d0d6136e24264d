// A modal as an application sends it, checked as Discord checks it.

internal import JSON

/// Reads the `data` of a callback of type 9
/// (https://discord.com/developers/docs/interactions/receiving-and-responding#modal).
struct ModalDraft: Sendable {
  private(set) var errors = FormErrors()
  private(set) var customID = ""
  private(set) var title = ""
  private(set) var components: [JSONValue] = []
  private var identifiers: Set<String> = []

  /// `path`: where the data lies in the request.
  init(_ data: JSONValue?, path: [String] = ["data"]) {
    guard let data, data.object != nil else {
      errors.required(path)
      return
    }
    customID = text(data, "custom_id", 1...100, path)
    title = text(data, "title", 1...45, path)
    guard let list = data["components"]?.array else {
      errors.required(path + ["components"])
      return
    }
    errors.length(path + ["components"], list.count, 1...5)
    for (index, component) in list.enumerated() {
      top(component, path + ["components", String(index)])
    }
    components = list
  }

  private mutating func text(_ object: JSONValue, _ key: String, _ range: ClosedRange<Int>, _ path: [String])
    -> String
  {
    guard let text = object[key]?.string else {
      errors.required(path + [key])
      return ""
    }
    errors.length(path + [key], text.unicodeScalars.count, range)
    return text
  }

  /// Row with a text input, label with an input, or words between them.
  private mutating func top(_ component: JSONValue, _ path: [String]) {
    switch component["type"]?.int64 {
    case 1:
      let inner = component["components"]?.array ?? []
      errors.length(path + ["components"], inner.count, 1...1)
      for (index, input) in inner.enumerated() {
        let here = path + ["components", String(index)]
        if input["type"]?.int64 != 4 { errors.choice(here + ["type"], [4]) }
        _ = text(input, "label", 1...45, here)
        self.input(input, here)
      }
    case 18:
      _ = text(component, "label", 1...45, path)
      if let words = component["description"]?.string {
        errors.length(path + ["description"], words.unicodeScalars.count, 0...100)
      }
      guard let input = component["component"] else { return errors.required(path + ["component"]) }
      self.input(input, path + ["component"])
    case 10: _ = text(component, "content", 1...4_000, path)
    default: errors.choice(path + ["type"], [1, 10, 18])
    }
  }

  private mutating func input(_ input: JSONValue, _ path: [String]) {
    let id = text(input, "custom_id", 1...100, path)
    if !id.isEmpty, !identifiers.insert(id).inserted {
      errors.add(
        path + ["custom_id"], "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated")
    }
    switch input["type"]?.int64 {
    case 4: textInput(input, path)
    case 3: options(input, path, 1...25)
    case 5, 6, 7, 8: counts(input, path, 0...25)
    case 19: counts(input, path, 0...10)
    case 21: options(input, path, 2...10)
    case 22: options(input, path, 1...10)
    case 23: break
    default: errors.choice(path + ["type"], [3, 4, 5, 6, 7, 8, 19, 21, 22, 23])
    }
  }

  private mutating func textInput(_ input: JSONValue, _ path: [String]) {
    if ![1, 2].contains(input["style"]?.int64) { errors.choice(path + ["style"], [1, 2]) }
    for (key, range) in [("min_length", Int64(0)...4_000), ("max_length", 1...4_000)] {
      guard let number = input[key]?.int64, !range.contains(number) else { continue }
      errors.add(
        path + [key], "NUMBER_TYPE_MAX",
        "int value should be between \(range.lowerBound) and \(range.upperBound).")
    }
    if let words = input["placeholder"]?.string {
      errors.length(path + ["placeholder"], words.unicodeScalars.count, 0...100)
    }
    if let value = input["value"]?.string {
      errors.length(path + ["value"], value.unicodeScalars.count, 0...4_000)
    }
  }

  private mutating func options(_ input: JSONValue, _ path: [String], _ range: ClosedRange<Int>) {
    let list = input["options"]?.array ?? []
    errors.length(path + ["options"], list.count, range)
    var values: Set<String> = []
    for (index, option) in list.enumerated() {
      let here = path + ["options", String(index)]
      _ = text(option, "label", 1...100, here)
      let value = text(option, "value", 1...100, here)
      if !values.insert(value).inserted {
        errors.add(
          here + ["value"], "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
          "The specified option value is already used")
      }
    }
    counts(input, path, 0...Int64(range.upperBound))
  }

  private mutating func counts(_ input: JSONValue, _ path: [String], _ range: ClosedRange<Int64>) {
    for key in ["min_values", "max_values"] {
      guard let number = input[key]?.int64, !range.contains(number) else { continue }
      errors.add(
        path + [key], "NUMBER_TYPE_MAX",
        "int value should be between \(range.lowerBound) and \(range.upperBound).")
    }
  }
}
