// Reading and writing what builders share: optional fields, lists of parts.

import DiscordCore
import EventLoop
import JSON

extension JSONView {
  /// The part in that field; nil if it is missing, null or malformed.
  func object<Part: WireDecodable>(_ key: JSONKey) -> Part? {
    guard let value = self[key], !value.isNull else { return nil }
    // Malformed optional fields are as good as missing.
    return try? Part(from: value)
  }

  /// The parts of a list; malformed ones are left out, and a missing list is empty.
  func list<Part: WireDecodable>(_ key: JSONKey) -> [Part] {
    self[key]?.array?.compactMap { try? Part(from: $0) } ?? []
  }
}

extension JSONWriter {
  /// Each of these writes the field if there is a value, and nothing otherwise.
  mutating func optional(_ name: StaticString, _ value: String?) { if let value { field(name, value) } }
  mutating func optional(_ name: StaticString, _ value: Bool?) { if let value { field(name, value) } }
  mutating func optional(_ name: StaticString, _ value: (some FixedWidthInteger)?) {
    if let value { field(name, value) }
  }
  mutating func optional(_ name: StaticString, _ value: Double?) { if let value { field(name, value) } }
  mutating func optional<Entity>(_ name: StaticString, _ value: Snowflake<Entity>?) {
    if let value { field(name, value) }
  }
  mutating func optional(_ name: StaticString, _ value: Timestamp?) {
    if let value { field(name, value.description) }
  }
  mutating func optional(_ name: StaticString, _ value: (some WireEncodable)?) {
    guard let value else { return }
    key(name)
    value.write(to: &self)
  }

  /// Writes a list of parts.
  mutating func elements(_ name: StaticString, _ parts: [some WireEncodable]) {
    key(name)
    beginArray()
    for part in parts { part.write(to: &self) }
    endArray()
  }

  /// Writes nothing, null or the value.
  mutating func patch(_ name: StaticString, _ value: Patch<String>) {
    switch value {
    case .keep: break
    case .clear: fieldNull(name)
    case .set(let value): field(name, value)
    }
  }
}
