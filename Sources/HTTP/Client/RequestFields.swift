// Which header fields a request may have, and how libcurl wants them.

internal import HTTPTypes

enum RequestFields {
  /// Fields that frame the message, name the host or belong to the connection: libcurl writes them, and a second
  /// opinion about them is how requests are smuggled.
  private static let reserved: Set<String> = [
    "connection", "content-length", "expect", "host", "http2-settings", "keep-alive", "proxy-authorization",
    "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
  ]

  /// What may be told to an origin that the caller did not name.
  private static let harmless: Set<String> = [
    "accept", "accept-encoding", "accept-language", "content-encoding", "content-language", "content-type",
    "if-match", "if-modified-since", "if-none-match", "if-unmodified-since", "range", "user-agent",
  ]

  /// - Throws: `HTTPError` with `.invalidRequest` for a method or field that cannot or must not be sent.
  static func check(method: HTTPMethod, fields: HTTPFields) throws(HTTPError) {
    guard HTTPFields.isToken(method.rawValue), method.rawValue != "CONNECT", method.rawValue != "TRACE" else {
      throw HTTPError(.invalidRequest, reason: "the method cannot be sent")
    }
    guard fields.firstUnsendable == nil else {
      throw HTTPError(.invalidRequest, reason: "a header field has forbidden characters")
    }
    guard !fields.fields.contains(where: { reserved.contains($0.name.lowercased()) }) else {
      throw HTTPError(.invalidRequest, reason: "a header field is the client's own to send")
    }
  }

  /// Whether a field, its name in lower case, may follow a redirect to another origin.
  static func mayLeaveOrigin(_ name: String) -> Bool {
    harmless.contains(name)
  }

  /// Lines for `CURLOPT_HTTPHEADER`: `Name;` sends an empty value, `Name:` would suppress libcurl's own field,
  /// which is wanted for `Expect`.
  static func lines(_ fields: HTTPFields, userAgent: String) -> [String] {
    var lines = fields.fields.map { $0.value.isBlank ? "\($0.name);" : "\($0.name): \($0.value)" }
    lines.append("Expect:")
    if fields["User-Agent"] == nil, !userAgent.isEmpty { lines.append("User-Agent: \(userAgent)") }
    return lines
  }
}

extension String {
  fileprivate var isBlank: Bool { utf8.allSatisfy { $0 == 0x20 || $0 == 0x09 } }
}
