// Errors of form fields as Discord lists them: a tree that mirrors the request, with codes at its leaves.

internal import JSON

/// What is wrong with a body, gathered while it is read.
struct FieldErrors: Sendable, Equatable {
  struct Entry: Sendable, Equatable {
    var path: [String]
    var code: String
    var message: String
  }

  private(set) var entries: [Entry] = []

  var isEmpty: Bool { entries.isEmpty }

  init() {}

  mutating func add(_ path: [String], _ code: String, _ message: String) {
    entries.append(Entry(path: path, code: code, message: message))
  }

  mutating func required(_ path: [String]) {
    add(path, "BASE_TYPE_REQUIRED", "This field is required")
  }

  /// Checks a length and says so in Discord's words.
  mutating func length(_ path: [String], _ count: Int, _ range: ClosedRange<Int>) {
    guard !range.contains(count) else { return }
    if range.lowerBound == 0 {
      add(path, "BASE_TYPE_MAX_LENGTH", "Must be \(range.upperBound) or fewer in length.")
    } else {
      add(
        path, "BASE_TYPE_BAD_LENGTH", "Must be between \(range.lowerBound) and \(range.upperBound) in length.")
    }
  }

  mutating func choice(_ path: [String], _ values: some Sequence<some CustomStringConvertible>) {
    let list = values.map(\.description).sorted().joined(separator: ", ")
    add(path, "BASE_TYPE_CHOICES", "Value must be one of {\(list)}.")
  }

  /// The `errors` of a 50035 answer.
  var json: JSONValue {
    Self.node(entries.map { ($0.path[...], $0) })
  }

  private static func node(_ entries: [(ArraySlice<String>, Entry)]) -> JSONValue {
    var object = JSONObject()
    let own = entries.filter(\.0.isEmpty).map { entry -> JSONValue in
      ["code": .string(entry.1.code), "message": .string(entry.1.message)]
    }
    if !own.isEmpty { object["_errors"] = .array(own) }
    var keys: [String] = []
    for (path, _) in entries {
      if let key = path.first, !keys.contains(key) { keys.append(key) }
    }
    for key in keys {
      object[key] = node(entries.filter { $0.0.first == key }.map { ($0.0.dropFirst(), $0.1) })
    }
    return .object(object)
  }
}
