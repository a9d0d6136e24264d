// What bodies of requests share: how they are written down, pictures in them, pages of lists.

import DiscordCore
package import DiscordModels
package import JSON
import HTTPTypes

/// The body of a call that changes something: nothing is sent of what is not set.
///
///     ChannelEdit { $0.topic = .clear; $0.slowmode = 10 }
package protocol ChangeBody: WireEncodable {
  /// A change of nothing.
  init()
}

extension ChangeBody {
  /// A change of what the closure sets.
  package init(_ set: (inout Self) -> Void) {
    self.init()
    set(&self)
  }
}

/// A picture or sound as it stands in a JSON body (https://discord.com/developers/docs/reference#image-data).
package struct DataURI: Hashable, WireEncodable {
  package let text: String

  /// Bytes of a file of this type: `image/png`, `audio/ogg` …
  package init(_ contentType: String, _ bytes: [UInt8]) {
    text = "data:\(contentType);base64,\(Base64.encode(bytes))"
  }

  /// A picture by its first bytes: PNG, JPEG, GIF, WebP or AVIF. Nil for anything else.
  package init?(image bytes: [UInt8]) {
    guard let type = Self.imageType(bytes) else { return nil }
    self.init(type, bytes)
  }

  private static func imageType(_ bytes: [UInt8]) -> String? {
    func has(_ text: StaticString, at offset: Int) -> Bool {
      text.withUTF8Buffer { bytes.dropFirst(offset).starts(with: $0) }
    }
    if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) { return "image/png" }
    if bytes.starts(with: [0xFF, 0xD8, 0xFF]) { return "image/jpeg" }
    if has("GIF8", at: 0) { return "image/gif" }
    if has("RIFF", at: 0), has("WEBP", at: 8) { return "image/webp" }
    if has("ftypavif", at: 4) { return "image/avif" }
    return nil
  }

  package func write(to json: inout JSONWriter) { json.string(text) }
}

/// Which part of a list sorted by id is asked for.
package enum Page<ID: CustomStringConvertible & Sendable>: Sendable {
  /// From Discord's own beginning.
  case first
  case before(ID)
  case after(ID)
  /// As many on both sides; messages only.
  case around(ID)
}

extension Endpoint {
  /// The query of a page.
  func page(_ page: Page<some CustomStringConvertible & Sendable>, limit: Int?) -> Self {
    let limited = query("limit", limit)
    return switch page {
    case .first: limited
    case .before(let id): limited.query("before", id)
    case .after(let id): limited.query("after", id)
    case .around(let id): limited.query("around", id)
    }
  }

  /// A query field for each value, as Discord reads lists.
  func queries(_ name: StaticString, _ values: [some CustomStringConvertible]) -> Self {
    values.reduce(self) { $0.query(name, $1) }
  }

  /// A list in one query field, with commas.
  func list(_ name: StaticString, _ values: [some CustomStringConvertible]) -> Self {
    values.isEmpty ? self : query(name, values.map(\.description).joined(separator: ","))
  }

  /// The body of what a builder made, if it keeps to Discord's limits; the call fails with the builder's words if not.
  func composed(_ value: some WireEncodable & Validatable) -> Self {
    json(value).checked(value)
  }

  /// Only the check.
  func checked(_ value: some Validatable) -> Self {
    do throws(CompositionError) {
      try value.validate()
      return self
    } catch {
      return refused(because: error.description)
    }
  }
}

extension JSONWriter {
  /// Writes permissions as a number, as Discord's own description of its API asks for in bodies.
  mutating func bits(_ name: StaticString, _ permissions: Permissions?) {
    if let permissions { field(name, permissions.rawValue) }
  }

  /// Writes a list of ids.
  mutating func ids<Entity>(_ name: StaticString, _ ids: [Snowflake<Entity>]) {
    array(name) { json in for id in ids { json.id(id) } }
  }

  /// Writes a list of ids if there is one.
  mutating func ids<Entity>(_ name: StaticString, _ list: [Snowflake<Entity>]?) {
    if let list { ids(name, list) }
  }
}
