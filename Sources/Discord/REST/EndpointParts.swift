// What endpoints are made of: path parameters, files, reasons, tokens, and the answer that is none.

package import DiscordCore
internal import DiscordLimits
internal import DiscordModels
internal import HTTPClient
package import JSON
package import Vault

/// A value that may stand in a path.
package protocol PathParameter: Sendable {
  /// The value as text, not yet percent-encoded.
  var pathText: String { get }
  /// The number, when the value is an id.
  var pathNumber: UInt64? { get }
}

extension Snowflake: PathParameter {
  package var pathText: String { String(rawValue) }
  package var pathNumber: UInt64? { rawValue }
}

extension String: PathParameter {
  package var pathText: String { self }
  package var pathNumber: UInt64? { nil }
}

/// The answer of routes that answer with nothing. Whatever Discord sends all the same is ignored.
package struct Empty: WireDecodable, Hashable {
  package init() {}
  package init(from json: JSONView) throws(JSONError) {}
}

/// A token that is not the bot's: a user's, or a client's id and secret.
package struct RESTToken: Sendable {
  /// The bytes after `Bearer `, or `id:secret` before encoding.
  package let secret: Secret

  package init(_ secret: Secret) { self.secret = secret }
}

/// A file to be sent.
package struct UploadFile: Sendable {
  /// Where the bytes come from.
  package enum Content: Sendable {
    case bytes([UInt8])
    /// A file of this machine, read while it is sent.
    case file(path: String)
  }

  /// As Discord shows it.
  package var name: String
  /// Nil lets Discord guess from the name.
  package var contentType: String?
  package var content: Content

  package init(_ name: String, contentType: String? = nil, _ content: Content) {
    (self.name, self.contentType, self.content) = (name, contentType, content)
  }

  func add(to form: inout MultipartForm, as field: String) {
    switch content {
    case .bytes(let bytes): form.add(field, fileName: name, contentType: contentType, bytes: bytes)
    case .file(let path): form.add(field, fileName: name, contentType: contentType, path: path)
    }
  }
}

/// The `X-Audit-Log-Reason` field (https://discord.com/developers/docs/reference#audit-log-reason).
package enum AuditReason {
  /// Characters that Discord takes, counted after percent-encoding.
  package static let limit = 512

  /// The reason percent-encoded, cut at a character's end so that Discord takes it: a ban must not fail because its
  /// reason is long. Nil for a blank one.
  package static func encode(_ reason: String) -> String? {
    guard reason.contains(where: { !$0.isWhitespace }) else { return nil }
    var encoded = ""
    for character in reason {
      let piece = PercentEncoding.component(character)
      guard encoded.utf8.count + piece.utf8.count <= limit else { break }
      encoded += piece
    }
    return encoded
  }
}

/// Percent-encoding (RFC 3986 section 2.1).
package enum PercentEncoding {
  /// The text with everything but unreserved characters encoded.
  package static func component(_ text: some CustomStringConvertible) -> String {
    let text = text.description
    guard !text.utf8.allSatisfy(isUnreserved) else { return text }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count * 3)
    for byte in text.utf8 {
      if isUnreserved(byte) {
        bytes.append(byte)
      } else {
        bytes += [UInt8(ascii: "%"), digit(byte >> 4), digit(byte & 15)]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
  }

  private static func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
      UInt8(ascii: "~"):
      true
    default: false
    }
  }
}

/// A template with its parameters filled in.
struct PathRendering {
  let path: String
  let major: MajorParameter
  /// A webhook of an interaction: its id is an application's, and the global limit does not count it.
  let isInteractionWebhook: Bool

  init(_ template: StaticString, _ parameters: [any PathParameter]) {
    path = template.withUTF8Buffer { Self.fill($0, with: parameters) }
    let first = parameters.first?.pathNumber ?? 0
    let second = parameters.count > 1 && parameters[1].pathNumber == nil ? parameters[1].pathText : ""
    let starts = { (prefix: StaticString) in RouteKey(method: "", template: template).hasPrefix(prefix) }
    isInteractionWebhook = starts("/webhooks/{application.id}/{interaction.token}")
    if starts("/channels/{") {
      major = .channel(first)
    } else if starts("/guilds/{") {
      major = .guild(first)
    } else if starts("/webhooks/{") {
      major = .webhook(first, token: second)
    } else if starts("/interactions/{") {
      major = .interaction(first, token: second)
    } else {
      major = .none
    }
  }

  /// Puts the parameters where the braces are. `@me`, `@original` and `:` in templates are plain text.
  private static func fill(
    _ template: UnsafeBufferPointer<UInt8>, with parameters: [any PathParameter]
  ) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(template.count + 24 * parameters.count)
    var next = parameters.startIndex
    var isInside = false
    for byte in template {
      switch byte {
      case UInt8(ascii: "{"):
        precondition(next < parameters.endIndex, "the template has more parameters than were given")
        bytes += PercentEncoding.component(parameters[next].pathText).utf8
        next += 1
        isInside = true
      case UInt8(ascii: "}"): isInside = false
      default: if !isInside { bytes.append(byte) }
      }
    }
    precondition(next == parameters.endIndex, "more parameters than the template has")
    return String(decoding: bytes, as: UTF8.self)
  }
}
