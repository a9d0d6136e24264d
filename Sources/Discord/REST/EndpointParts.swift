// What endpoints are made of: path parameters, files, reasons, tokens, and the answer that is none.

package import DiscordCore
internal import DiscordLimits
internal import DiscordModels
internal import HTTPClient
internal import HTTPTypes
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

extension MultipartForm {
  /// Adds a file as a part of this name.
  mutating func add(_ name: String, _ file: OutgoingFile) {
    switch file.content {
    case .bytes(let bytes): add(name, fileName: file.name, contentType: file.contentType, bytes: bytes)
    case .file(let path): add(name, fileName: file.name, contentType: file.contentType, path: path)
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
      let piece = PercentEncoding.encode(String(character))
      guard encoded.utf8.count + piece.utf8.count <= limit else { break }
      encoded += piece
    }
    return encoded
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
        bytes += PercentEncoding.encode(parameters[next].pathText).utf8
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
