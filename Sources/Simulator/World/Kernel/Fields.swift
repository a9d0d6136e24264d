// Builds one JSON object, field by field, as the renderers of the world need it.

package import DiscordCore
package import EventLoop
package import JSON

/// An object under construction: appending is cheap, names are not looked up.
package struct Fields: Sendable {
  private var fields: [JSONObject.Field] = []

  package init() {}

  /// What was put.
  package var value: JSONValue { .object(JSONObject(fields: fields)) }

  /// Appends a field.
  package mutating func put(_ key: String, _ value: JSONValue) {
    fields.append(JSONObject.Field(key: key, value: value))
  }

  /// Appends a text; null for nil.
  package mutating func put(_ key: String, _ value: String?) { put(key, value.map { .string($0) } ?? .null) }

  /// Appends a number; null for nil.
  package mutating func put(_ key: String, _ value: Int?) {
    put(key, value.map { .integer(Int64($0)) } ?? .null)
  }

  /// Appends a truth.
  package mutating func put(_ key: String, _ value: Bool) { put(key, .bool(value)) }

  /// Appends an id; null for nil.
  package mutating func put<Entity>(_ key: String, _ value: Snowflake<Entity>?) {
    put(key, value.map { .id($0) } ?? .null)
  }

  /// Appends ids.
  package mutating func put<Entity>(_ key: String, _ values: some Sequence<Snowflake<Entity>>) {
    put(key, .array(values.map { .id($0) }))
  }

  /// Appends an instant; null for nil.
  package mutating func put(_ key: String, _ value: Timestamp?) {
    put(key, value.map { .string($0.wire) } ?? .null)
  }

  /// Appends permissions as digits.
  package mutating func put(_ key: String, _ value: Permissions) { put(key, .string(value.description)) }

  /// Appends every field of another object.
  package mutating func append(_ other: JSONValue) { fields += other.object?.fields ?? [] }
}

extension Timestamp {
  /// As Discord writes instants: `2026-01-01T00:00:00.000000+00:00`.
  package var wire: String {
    let part = ((milliseconds % 1_000) + 1_000) % 1_000
    let digits = String(part + 1_000).dropFirst()
    return "\(description.dropLast()).\(digits)000+00:00"
  }

  /// Reads an RFC 3339 instant, with `Z` or an offset, to the millisecond; nil for anything else.
  package init?(wire text: String) {
    let bytes = Array(text.utf8)
    func number(_ range: Range<Int>) -> Int64? {
      guard range.upperBound <= bytes.count else { return nil }
      var value: Int64 = 0
      for byte in bytes[range] {
        guard byte &- 48 < 10 else { return nil }
        value = value * 10 + Int64(byte - 48)
      }
      return value
    }
    guard bytes.count >= 19, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
      bytes[10] | 0x20 == UInt8(ascii: "t") || bytes[10] == UInt8(ascii: " "),
      let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
      let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19),
      (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 61
    else { return nil }
    var position = 19
    var fraction: Int64 = 0
    if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
      position += 1
      var scale: Int64 = 100
      while position < bytes.count, bytes[position] &- 48 < 10 {
        fraction += Int64(bytes[position] - 48) * scale
        scale /= 10
        position += 1
      }
    }
    var offset: Int64 = 0
    if position < bytes.count, bytes[position] | 0x20 != UInt8(ascii: "z") {
      let sign: Int64 = bytes[position] == UInt8(ascii: "-") ? -1 : 1
      guard let hours = number(position + 1..<position + 3) else { return nil }
      let minutes = number(position + 4..<position + 6) ?? number(position + 3..<position + 5) ?? 0
      offset = sign * (hours * 60 + minutes)
    }
    let days = Self.daysSinceEpoch(year: year, month: month, day: day)
    let seconds = ((days * 24 + hour) * 60 + minute - offset) * 60 + second
    self.init(milliseconds: seconds * 1_000 + fraction)
  }

  /// Days from 1970-01-01 in the proleptic Gregorian calendar: years are counted from March, so that the leap day
  /// comes last.
  private static func daysSinceEpoch(year: Int64, month: Int64, day: Int64) -> Int64 {
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }
}
