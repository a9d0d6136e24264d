// Takes secrets out of text, so that a log or an error message can be shown to anybody.

/// Removes what is shaped like a secret, and what is named as one.
///
/// By shape: Discord bot tokens, webhook and interaction tokens in URLs, JSON web tokens, `Bearer`, `Bot` and `Basic`
/// credentials, passwords in URLs, keys with a well-known prefix (`sk_live_…`, `whsec_…`, `ghp_…`), PEM private keys.
/// By name: whatever follows `token=`, `"client_secret":`, `Cookie:` and the like, in plain text, JSON (also JSON in
/// JSON), URLs and percent-encoded text. A secret of no known shape under an innocent name is not found: that is what
/// `Secret` is for. In doubt it removes too much rather than too little.
///
/// One pass, no regular expressions; time grows with the length of the text and nothing else.
package enum Redactor {
  /// What stands in place of a secret.
  package static let replacement = "(redacted)"
  /// No secret is shorter than this, name included.
  private static let shortestText = 6

  /// The text without its secrets. Text without any is returned as it is, without a copy.
  package static func redact(_ text: String) -> String {
    guard text.utf8.count >= shortestText else { return text }
    var text = text
    let redacted = text.withUTF8 { bytes -> String? in
      var scanner = SecretScanner(bytes)
      scanner.scan()
      return scanner.found.isEmpty ? nil : replace(scanner.found, in: bytes)
    }
    return redacted ?? text
  }

  /// The fields of a log entry without their secrets. A text under a name such as `token` or `session_id` goes as a
  /// whole; a number under such a name stays when it is short, as a count is. Names are taken to be constants.
  package static func redact(_ fields: [String: LogValue]) -> [String: LogValue] {
    var result = fields
    for (key, value) in fields {
      let name = key.utf8.withContiguousStorageIfAvailable { SecretName($0) } ?? nil
      switch value {
      case .string(let text):
        if name != nil {
          result[key] = text.isEmpty ? value : .string(replacement)
        } else {
          let redacted = redact(text)
          if redacted != text { result[key] = .string(redacted) }
        }
      case .integer(let number):
        if let name, name.coversShortNumbers || number.magnitude >= 1_000_000 {
          result[key] = .string(replacement)
        }
      case .double, .boolean:
        break
      }
    }
    return result
  }

  private static func replace(_ ranges: [Range<Int>], in bytes: UnsafeBufferPointer<UInt8>) -> String {
    var output: [UInt8] = []
    output.reserveCapacity(bytes.count)
    var end = 0
    for range in ranges {
      output.append(contentsOf: bytes[end..<range.lowerBound])
      output.append(contentsOf: replacement.utf8)
      end = range.upperBound
    }
    output.append(contentsOf: bytes[end...])
    return String(decoding: output, as: UTF8.self)
  }
}
