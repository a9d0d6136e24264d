// Discord's ids: 64-bit numbers with a birth time inside, typed by what they name.

package import EventLoop
package import JSON

/// The id of an entity of Discord (https://discord.com/developers/docs/reference#snowflakes).
///
/// `Entity` is a tag that keeps a channel's id from being passed where a role's is due. On the wire an id is a string
/// of decimal digits.
package struct Snowflake<Entity>: Hashable, Sendable {
  /// Milliseconds since Discord's epoch in the upper 42 bits, then worker, process and increment.
  @usableFromInline package let rawValue: UInt64

  @inlinable package init(_ rawValue: UInt64) { self.rawValue = rawValue }

  /// The id that decimal digits spell, as Discord writes ids; nil for anything else.
  package init?(_ text: some StringProtocol) {
    guard text.utf8.first != UInt8(ascii: "+"), let rawValue = UInt64(text) else { return nil }
    self.rawValue = rawValue
  }

  /// The smallest id born at that instant: for paging by time and for deciding what is too old.
  package init(earliestAt instant: Timestamp) {
    rawValue = UInt64(max(0, instant.milliseconds - discordEpochMilliseconds)) << 22
  }

  /// When the entity was made, to the millisecond.
  package var createdAt: Timestamp {
    Timestamp(milliseconds: Int64(rawValue >> 22) + discordEpochMilliseconds)
  }

  /// The same number as the id of another kind of entity, where Discord lets them coincide: the role @everyone has its
  /// guild's id, a thread the id of the message it was started from, an application the id of its bot user.
  package func converted<Other>(to entity: Other.Type = Other.self) -> Snowflake<Other> {
    Snowflake<Other>(rawValue)
  }
}

/// 2015-01-01T00:00:00Z, the first instant of snowflakes, in milliseconds since 1970.
package let discordEpochMilliseconds: Int64 = 1_420_070_400_000

extension Snowflake: Comparable {
  package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

extension Snowflake: CustomStringConvertible {
  /// Decimal digits, as on the wire.
  package var description: String { String(rawValue) }
}

extension Snowflake: Codable {
  /// From a string of digits, or from a number, which some senders write.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    // A number is tried next, and its error is the one that counts.
    if let text = try? container.decode(String.self) {
      guard let id = Self(text) else {
        throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a snowflake")
      }
      self = id
    } else {
      rawValue = try container.decode(UInt64.self)
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

extension JSONView {
  /// The id that stands here, as a string of digits or a number; nil for anything else, `null` included.
  package func id<Entity>(_ entity: Entity.Type = Entity.self) -> Snowflake<Entity>? {
    snowflake.map { Snowflake<Entity>($0) }
  }

  /// The id that must stand here.
  ///
  /// - Throws: `.typeMismatch`.
  package func asID<Entity>(_ entity: Entity.Type = Entity.self) throws(JSONError)
    -> Snowflake<Entity>
  {
    Snowflake<Entity>(try asSnowflake())
  }
}

extension JSONWriter {
  /// Writes an id as a string of digits.
  package mutating func id<Entity>(_ value: Snowflake<Entity>) { snowflake(value.rawValue) }

  /// Writes a field whose value is an id.
  package mutating func field<Entity>(_ name: StaticString, _ value: Snowflake<Entity>) {
    field(name, snowflake: value.rawValue)
  }
}

extension JSONValue {
  /// An id as JSON carries it: a string of digits.
  package static func id<Entity>(_ value: Snowflake<Entity>) -> JSONValue { .string(value.description) }
}
