// Errors of form fields, gathered in Discord's words while a body is read.

internal import SimulatorWorld

/// What is wrong with a body, gathered while it is read.
struct FormErrors: Sendable, Equatable {
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

  mutating func append(_ other: FormErrors) { entries += other.entries }

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
        path, "BASE_TYPE_BAD_LENGTH", "Must be between \(range.lowerBound) and \(range.upperBound) in length."
      )
    }
  }

  mutating func choice(_ path: [String], _ values: some Sequence<some CustomStringConvertible>) {
    let list = values.map(\.description).sorted().joined(separator: ", ")
    add(path, "BASE_TYPE_CHOICES", "Value must be one of {\(list)}.")
  }

  /// The 50035 that says all of it.
  var failure: RESTFailure {
    var errors = FieldErrors()
    for entry in entries { errors.add(entry.path, code: entry.code, entry.message) }
    return errors.failure
  }
}
