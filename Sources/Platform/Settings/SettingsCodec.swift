// How one Swift type stands in a settings document.

package import JSON

/// Reading and writing one type of setting, and saying what it is.
///
/// Reading never stops at the first mistake: it notes each problem with its path and goes on.
package struct SettingsCodec<Value: Sendable>: Sendable {
  package let kind: SettingsKind
  package let encode: @Sendable (Value) -> JSONValue
  /// nil when the problems that were appended leave no value.
  package let decode: @Sendable (JSONValue, SettingsPath, inout [SettingsProblem]) -> Value?

  package init(
    _ kind: SettingsKind, encode: @escaping @Sendable (Value) -> JSONValue,
    decode: @escaping @Sendable (JSONValue, SettingsPath, inout [SettingsProblem]) -> Value?
  ) {
    (self.kind, self.encode, self.decode) = (kind, encode, decode)
  }
}

extension SettingsCodec where Value == Bool {
  /// On or off.
  package static let toggle = SettingsCodec(.toggle, encode: { .bool($0) }) { json, path, problems in
    json.bool ?? problems.wrongType(path, "true or false")
  }
}

extension SettingsCodec where Value == Int {
  /// A whole number within bounds.
  package static func integer(_ bounds: ClosedRange<Int>) -> SettingsCodec {
    SettingsCodec(.integer(bounds), encode: { .integer(Int64($0)) }) { json, path, problems in
      guard let number = json.int64.flatMap(Int.init(exactly:)) else {
        return problems.wrongType(path, "a whole number")
      }
      return problems.checked(number, in: bounds, at: path) { "\($0)" }
    }
  }
}

extension SettingsCodec where Value == Double {
  /// A number within bounds.
  package static func number(_ bounds: ClosedRange<Double>) -> SettingsCodec {
    SettingsCodec(.number(bounds), encode: { .double($0) }) { json, path, problems in
      guard let number = json.double else { return problems.wrongType(path, "a number") }
      return problems.checked(number, in: bounds, at: path) { "\($0)" }
    }
  }
}

extension SettingsCodec where Value == String {
  /// A text; `variables` makes it a template that may name them in braces.
  package static func text(
    _ lengths: ClosedRange<Int>, isMultiline: Bool = false, variables: [String]? = nil
  ) -> SettingsCodec {
    let rules = SettingsTextRules(lengths: lengths, isMultiline: isMultiline, variables: variables)
    return SettingsCodec(.text(rules), encode: { .string($0) }) { json, path, problems in
      guard let text = json.string else { return problems.wrongType(path, "a text") }
      return problems.checked(text, lengths: lengths, at: path)
    }
  }
}

extension SettingsCodec where Value == Duration {
  /// A span of time within bounds, to the second.
  package static func duration(_ bounds: ClosedRange<Duration>) -> SettingsCodec {
    SettingsCodec(.duration(bounds), encode: { .integer($0.components.seconds) }) { json, path, problems in
      guard let seconds = json.int64 else { return problems.wrongType(path, "a number of seconds") }
      return problems.checked(Duration.seconds(seconds), in: bounds, at: path) {
        "\($0.components.seconds)"
      }
    }
  }
}

extension SettingsCodec where Value: RawRepresentable<String> & CaseIterable {
  /// One of the cases, by name.
  package static var choice: SettingsCodec {
    let names = Value.allCases.map(\.rawValue)
    return SettingsCodec(.choice(names), encode: { .string($0.rawValue) }) { json, path, problems in
      guard let text = json.string else { return problems.wrongType(path, "a text") }
      guard let value = Value(rawValue: text) else {
        problems.append(SettingsProblem(path, .notAChoice, ["choices": names.joined(separator: ", ")]))
        return nil
      }
      return value
    }
  }
}

extension SettingsCodec {
  /// What `codec` reads, or none.
  package static func optional<Wrapped>(_ codec: SettingsCodec<Wrapped>) -> SettingsCodec
  where Value == Wrapped? {
    SettingsCodec(.optional(codec.kind), encode: { $0.map(codec.encode) ?? .null }) { json, path, problems in
      if json.isNull { return .some(nil) }
      return codec.decode(json, path, &problems).map { .some($0) }
    }
  }

  /// Elements in an order that people choose.
  package static func list<Element>(_ codec: SettingsCodec<Element>, _ counts: ClosedRange<Int>)
    -> SettingsCodec where Value == [Element]
  {
    let kind = SettingsKind.list(codec.kind, counts: counts, isSet: false)
    return SettingsCodec(kind, encode: { .array($0.map(codec.encode)) }) { json, path, problems in
      codec.elements(json, counts, path, &problems)
    }
  }

  /// Elements none of which may stand twice; the order is kept all the same.
  package static func unique<Element: Hashable>(_ codec: SettingsCodec<Element>, _ counts: ClosedRange<Int>)
    -> SettingsCodec where Value == [Element]
  {
    let kind = SettingsKind.list(codec.kind, counts: counts, isSet: true)
    return SettingsCodec(kind, encode: { .array($0.map(codec.encode)) }) { json, path, problems in
      guard let elements = codec.elements(json, counts, path, &problems) else { return nil }
      var seen: Set<Element> = []
      for (index, element) in elements.enumerated() where !seen.insert(element).inserted {
        problems.append(SettingsProblem(path.element(index), .twice))
        return nil
      }
      return elements
    }
  }

  /// A record within the record.
  package static func record() -> SettingsCodec where Value: SettingsRecord {
    SettingsCodec(.record(Value.fields.descriptions), encode: { Value.fields.encode($0) }) {
      json, path, problems in
      Value.fields.decode(json, at: path, &problems)
    }
  }

  private func elements(
    _ json: JSONValue, _ counts: ClosedRange<Int>, _ path: SettingsPath, _ problems: inout [SettingsProblem]
  ) -> [Value]? {
    guard let array = json.array else { return problems.wrongType(path, "a list") }
    guard counts.contains(array.count) else {
      let isFew = array.count < counts.lowerBound
      let limit = isFew ? counts.lowerBound : counts.upperBound
      problems.append(SettingsProblem(path, isFew ? .tooFew : .tooMany, ["limit": "\(limit)"]))
      return nil
    }
    var elements: [Value] = []
    for (index, element) in array.enumerated() {
      if let value = decode(element, path.element(index), &problems) { elements.append(value) }
    }
    return elements.count == array.count ? elements : nil
  }
}

extension [SettingsProblem] {
  /// Notes that something else stands there than is due; nil, so that it can be returned at once.
  mutating func wrongType<Value>(_ path: SettingsPath, _ due: String) -> Value? {
    append(SettingsProblem(path, .wrongType, ["due": due]))
    return nil
  }

  /// The value when it lies within its bounds.
  mutating func checked<Value: Comparable>(
    _ value: Value, in bounds: ClosedRange<Value>, at path: SettingsPath, _ text: (Value) -> String
  ) -> Value? {
    if bounds.contains(value) { return value }
    let isSmall = value < bounds.lowerBound
    let limit = text(isSmall ? bounds.lowerBound : bounds.upperBound)
    append(SettingsProblem(path, isSmall ? .tooSmall : .tooLarge, ["limit": limit]))
    return nil
  }

  /// The text when its length is right.
  mutating func checked(_ text: String, lengths: ClosedRange<Int>, at path: SettingsPath) -> String? {
    let count = text.unicodeScalars.count
    if lengths.contains(count) { return text }
    let isShort = count < lengths.lowerBound
    let limit = isShort ? lengths.lowerBound : lengths.upperBound
    append(
      SettingsProblem(path, isShort ? .tooShort : .tooLong, ["limit": "\(limit)", "count": "\(count)"]))
    return nil
  }
}
