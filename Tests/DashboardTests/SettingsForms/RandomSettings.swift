// Documents that a settings description allows, made by a seeded generator.

import Dashboard
import DiscordCore
import JSON
import PlatformSettings
import TestKit

/// Makes values of every kind of setting, the strange ones more often than people do.
struct RandomSettings {
  var generator: SplitMix
  let choices: GuildChoices
  /// Texts are these, cut to what a field takes, in the place of random ones.
  var texts: [String] = []

  mutating func document(_ fields: [SettingsFieldDescription]) -> JSONValue { value(.record(fields)) }

  mutating func value(_ kind: SettingsKind) -> JSONValue {
    switch kind {
    case .toggle: return .bool(.random(using: &generator))
    case .integer(let bounds): return .integer(Int64(Int.random(in: bounds, using: &generator)))
    case .number(let bounds):
      let number = Double.random(in: bounds, using: &generator)
      return .double(chance(2) ? min(max(number.rounded(), bounds.lowerBound), bounds.upperBound) : number)
    case .text(let rules): return .string(text(rules))
    case .duration(let bounds):
      let seconds = bounds.lowerBound.components.seconds...bounds.upperBound.components.seconds
      return .integer(.random(in: seconds, using: &generator))
    case .choice(let names): return .string(names.randomElement(using: &generator) ?? "")
    case .reference(let reference): return .string(id(reference))
    case .color: return .string(SettingsColor(.random(in: 0...0xFF_FFFF, using: &generator)).text)
    case .optional(let kind): return chance(3) ? .null : value(kind)
    case .list(let element, let counts, let isSet): return .array(list(element, counts, isSet: isSet))
    case .record(let fields):
      return .object(
        JSONObject(fields: fields.map { JSONObject.Field(key: $0.name, value: value($0.kind)) }))
    }
  }

  private mutating func list(_ element: SettingsKind, _ counts: ClosedRange<Int>, isSet: Bool) -> [JSONValue]
  {
    var most = 5
    if case .record = element { most = 2 }
    let count = Int.random(
      in: counts.lowerBound...min(counts.upperBound, max(counts.lowerBound, most)), using: &generator)
    var values: [JSONValue] = []
    for _ in 0..<(count * 4) where values.count < count {
      let value = value(element)
      if !isSet || !values.contains(value) { values.append(value) }
    }
    return values
  }

  private mutating func id(_ reference: SettingsReference) -> String {
    let known: [String] =
      switch reference {
      case .channel(let types):
        choices.channels.filter { types.isEmpty || types.contains($0.type) }.map(\.id.description)
      case .role: choices.roles.map(\.id.description)
      case .user: choices.people.keys.map(\.description).sorted()
      }
    if !chance(4), let id = known.randomElement(using: &generator) { return id }
    return String(UInt64.random(in: 1...UInt64.max, using: &generator))
  }

  private static let scalars: [Unicode.Scalar] = Array(
    "abc XYZ 0,1.2;: <>&\"'`{}[]()\\/%+=#@é\u{301}\u{200F}ß日本🦊👩\u{200D}🚀\u{FE0F}\t\u{A0}".unicodeScalars)

  private mutating func text(_ rules: SettingsTextRules) -> String {
    if let text = texts.randomElement(using: &generator) {
      let head = String(String.UnicodeScalarView(text.unicodeScalars.prefix(rules.lengths.upperBound)))
      if head.unicodeScalars.count >= rules.lengths.lowerBound { return head }
    }
    let upper = min(rules.lengths.upperBound, rules.lengths.lowerBound + 30)
    let count = Int.random(in: rules.lengths.lowerBound...upper, using: &generator)
    var text = String.UnicodeScalarView()
    for _ in 0..<count {
      let isBreak = chance(rules.isMultiline ? 8 : 300)
      text.append(
        isBreak
          ? ["\n", "\n", "\r"].randomElement(using: &generator) ?? "\n"
          : Self.scalars.randomElement(using: &generator) ?? "a")
    }
    // A field of spaces alone means none where none is possible: people do not see them.
    if text.allSatisfy(\.properties.isWhitespace), !text.isEmpty {
      text = String.UnicodeScalarView(String(repeating: "x", count: text.count).unicodeScalars)
    }
    return String(text)
  }

  private mutating func chance(_ of: Int) -> Bool { Int.random(in: 0..<of, using: &generator) == 0 }
}
