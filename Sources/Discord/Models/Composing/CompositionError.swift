// What a builder says when Discord would refuse what was built.

/// Something that Discord would answer with "Invalid Form Body", found before it was sent.
///
/// The description is a sentence for whoever wrote the message or command: it names field and limit, never content:
/// "embeds[0].title is 300 characters long; Discord takes at most 256".
package struct CompositionError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong, as a caller decides by it.
  package struct Code: Hashable, Sendable, CustomStringConvertible {
    private enum Name: String {
      case tooLong, tooShort, tooMany, tooFew, outOfRange, missing, duplicate, malformed, conflict, misplaced
    }
    private let name: Name
    private init(_ name: Name) { self.name = name }
    package var description: String { name.rawValue }

    /// More characters than Discord takes.
    package static let tooLong = Code(.tooLong)
    /// Fewer characters than Discord asks for, or nothing but white space.
    package static let tooShort = Code(.tooShort)
    /// More elements than Discord takes.
    package static let tooMany = Code(.tooMany)
    /// Fewer elements than Discord asks for.
    package static let tooFew = Code(.tooFew)
    /// A number outside its bounds.
    package static let outOfRange = Code(.outOfRange)
    /// Something that must be there is not.
    package static let missing = Code(.missing)
    /// The same name, id or value a second time.
    package static let duplicate = Code(.duplicate)
    /// Text that does not have the form Discord asks for.
    package static let malformed = Code(.malformed)
    /// Two things that exclude each other.
    package static let conflict = Code(.conflict)
    /// A component or option in a place where Discord does not take it.
    package static let misplaced = Code(.misplaced)
  }

  /// What is wrong; decide by this.
  package let code: Code
  /// The field as Discord names it, from the outermost object on: `embeds[0].fields[3].value`.
  package private(set) var path: String
  /// What is wrong with it, as the rest of the sentence.
  package let problem: String
  /// The length, count or number that was found, where it is about one.
  package let found: Int?
  /// What Discord takes instead, where it is about a number.
  package let limit: ClosedRange<Int>?

  package init(
    _ code: Code, _ path: String, _ problem: String, found: Int? = nil, limit: ClosedRange<Int>? = nil
  ) {
    (self.code, self.path, self.problem, self.found, self.limit) = (code, path, problem, found, limit)
  }

  package var description: String { "\(path) \(problem)" }

  /// The same error, seen from the object that has the offender in that field.
  func inside(_ field: String, _ index: Int?) -> CompositionError {
    var outer = self
    outer.path = index.map { "\(field)[\($0)].\(path)" } ?? "\(field).\(path)"
    return outer
  }
}

/// What can be checked against Discord's limits before it is sent.
package protocol Validatable {
  /// Does nothing if Discord would take this, as far as it can be known without asking.
  ///
  /// - Throws: the first thing Discord would refuse.
  func validate() throws(CompositionError)
}

/// The comparisons behind every `validate()`.
enum Check {
  /// The length of a text must lie in `limit`. An upper bound alone costs nothing for texts that are short in bytes.
  static func text(_ text: String, _ field: String, _ limit: ClosedRange<Int>) throws(CompositionError) {
    if limit.lowerBound == 0, text.utf8.count <= limit.upperBound { return }
    try length(text.discordLength, field, limit)
  }

  /// As `text`, for a field that may be missing.
  static func text(_ text: String?, _ field: String, _ limit: ClosedRange<Int>) throws(CompositionError) {
    if let text { try Self.text(text, field, limit) }
  }

  /// The length of a text that Discord trims before it counts.
  static func trimmed(_ text: String?, _ field: String, _ limit: ClosedRange<Int>) throws(CompositionError) {
    if let text { try length(text.discordTrimmedLength, field, limit) }
  }

  static func length(_ length: Int, _ field: String, _ limit: ClosedRange<Int>) throws(CompositionError) {
    if length > limit.upperBound {
      let problem = "is \(length) characters long; Discord takes at most \(limit.upperBound)"
      throw CompositionError(.tooLong, field, problem, found: length, limit: limit)
    }
    if length < limit.lowerBound {
      let problem =
        length == 0
        ? "is empty; Discord asks for \(limit.lowerBound == 1 ? "text" : "at least \(limit.lowerBound) characters")"
        : "is \(length) characters long; Discord asks for at least \(limit.lowerBound)"
      throw CompositionError(.tooShort, field, problem, found: length, limit: limit)
    }
  }

  /// How many elements a list has.
  static func count(_ count: Int, _ field: String, _ limit: ClosedRange<Int>) throws(CompositionError) {
    if count > limit.upperBound {
      let problem = "has \(count) elements; Discord takes at most \(limit.upperBound)"
      throw CompositionError(.tooMany, field, problem, found: count, limit: limit)
    }
    if count < limit.lowerBound {
      let problem = "has \(count) elements; Discord asks for at least \(limit.lowerBound)"
      throw CompositionError(.tooFew, field, problem, found: count, limit: limit)
    }
  }

  /// A number that may be missing.
  static func number(_ number: Int?, _ field: String, _ limit: ClosedRange<Int>) throws(CompositionError) {
    guard let number, !limit.contains(number) else { return }
    let problem = "is \(number); Discord takes \(limit.lowerBound) to \(limit.upperBound)"
    throw CompositionError(.outOfRange, field, problem, found: number, limit: limit)
  }

  /// A least and a most number, either of which may be missing.
  static func order(_ least: Int?, _ most: Int?, _ field: String, _ other: String) throws(CompositionError) {
    guard let least, let most, least > most else { return }
    throw CompositionError(
      .conflict, field, "is \(least), more than \(other), which is \(most)", found: least)
  }

  /// Elements that must differ in what `key` says; the first that does not is named.
  static func distinct<Element, Key: Hashable>(
    _ elements: some Sequence<Element>, _ list: String, _ field: String, by key: (Element) -> Key?
  ) throws(CompositionError) {
    var seen: Set<Key> = []
    for (index, element) in elements.enumerated() {
      guard let key = key(element), !seen.insert(key).inserted else { continue }
      throw CompositionError(
        .duplicate, "\(list)[\(index)].\(field)", "is used twice; Discord wants each once")
    }
  }

  /// Elements that must differ themselves.
  static func distinct(_ elements: some Sequence<some Hashable>, _ list: String) throws(CompositionError) {
    var seen: Set<AnyHashable> = []
    for (index, element) in elements.enumerated() where !seen.insert(element).inserted {
      throw CompositionError(.duplicate, "\(list)[\(index)]", "is there twice; Discord wants each once")
    }
  }

  /// An address that Discord fetches or opens; with `schemes` besides http and https.
  static func address(
    _ address: String?, _ field: String, limit: Int = 2_048, schemes: [String] = []
  ) throws(CompositionError) {
    guard let address else { return }
    try text(address, field, 1...limit)
    for scheme in ["https://", "http://"] + schemes
    where address.utf8.count > scheme.utf8.count && address.utf8.starts(with: scheme.utf8) { return }
    let taken = (["https://", "http://"] + schemes).joined(separator: ", ")
    throw CompositionError(.malformed, field, "is not an address that begins with one of \(taken)")
  }

  /// Runs the checks of a part; its errors get the part's place in front.
  static func part(
    _ field: String, _ index: Int? = nil, _ body: () throws(CompositionError) -> Void
  ) throws(CompositionError) {
    do { try body() } catch { throw error.inside(field, index) }
  }

  /// Checks each element of a list.
  static func each(_ parts: [some Validatable], _ field: String) throws(CompositionError) {
    for (index, each) in parts.enumerated() {
      try part(field, index) { () throws(CompositionError) in try each.validate() }
    }
  }
}

extension String {
  /// How long Discord says this text is: code points, not UTF-16 units and not what a person would call a character
  /// (https://github.com/discord/discord-api-docs/issues/1315).
  package var discordLength: Int { unicodeScalars.count }

  /// The length without white space at both ends, which Discord removes from contents and embeds before it counts.
  package var discordTrimmedLength: Int {
    let scalars = unicodeScalars
    guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
      let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
    else { return 0 }
    return scalars.distance(from: first, to: last) + 1
  }

  /// The text, or as much of it as has `limit` code points, the last of them an ellipsis if something was left out. A
  /// character is never cut in two.
  package func shortened(to limit: Int) -> String {
    guard utf8.count > limit, discordLength > limit else { return self }
    guard limit > 0 else { return "" }
    var kept = ""
    var length = 1
    for character in self {
      length += character.unicodeScalars.count
      if length > limit { break }
      kept.append(character)
    }
    return kept + "…"
  }
}
