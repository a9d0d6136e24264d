// Answers: pages, what a form did, and what it refused, for browsers and for scripts.

import HTML
import HTTPServer
import JSON
import HTTPTypes
import Resources
import Vault

extension Visit {
  /// The answer to a form that did what it should: on to `next`, which tells so; for a script, the sentence in JSON.
  ///
  /// `key` is a sentence below `flash.` in the catalog. `more` is what a script gets besides.
  ///
  /// - Throws: `HTTPServerError` for a sentence that fits into no cookie.
  func done(
    _ key: String, _ values: [String: String] = [:], next: SafeURL, tone: Tone = .success,
    more: [JSONObject.Field] = []
  ) throws -> HTTPResponse {
    if wantsJSON {
      let sentence = strings(dynamic: "flash.\(key)", values)
      let fields = [JSONObject.Field(key: "message", value: .string(sentence))]
      return try json(.object(JSONObject(fields: fields + more)))
    }
    var response = HTTPResponse.redirect(to: next.description)
    try response.set(cookie(Flash.cookie, Flash(tone, key, values).encoded, lasts: .seconds(60)))
    return response
  }

  /// The answer to a form that was refused: back to `next`, which says why; for a script, 422 with the sentence.
  ///
  /// - Throws: as `done`.
  func refused(_ key: String, _ values: [String: String] = [:], next: SafeURL) throws -> HTTPResponse {
    guard wantsJSON else { return try done(key, values, next: next, tone: .error) }
    return try refusal(strings(dynamic: "flash.\(key)", values))
  }

  /// 422 with a sentence, in JSON.
  ///
  /// - Throws: `JSONError`, which no sentence brings about.
  func refusal(_ sentence: String) throws -> HTTPResponse {
    try json(["error": ["message": .string(sentence)]], status: HTTPStatus(422))
  }

  /// An answer in JSON, which nobody keeps.
  ///
  /// - Throws: `JSONError` for a number that JSON does not have.
  func json(_ value: JSONValue, status: HTTPStatus = .ok) throws -> HTTPResponse {
    var response = HTTPResponse(
      status: status, contentType: "application/json", bytes: try value.encoded())
    response.fields["Cache-Control"] = "no-store"
    return response
  }

  /// A cookie as this site sets them.
  func cookie(_ name: String, _ value: String, lasts: Duration?, isHTTPOnly: Bool = true) -> SetCookie {
    house.site.cookie(name, value, lasts: lasts, isHTTPOnly: isHTTPOnly)
  }
}

extension SiteSettings {
  /// A cookie as this site sets them.
  func cookie(_ name: String, _ value: String, lasts: Duration?, isHTTPOnly: Bool = true) -> SetCookie {
    var cookie = SetCookie(name, value)
    cookie.maxAge = lasts
    cookie.isHTTPOnly = isHTTPOnly
    cookie.isSecure = isSecure
    return cookie
  }
}

extension SafeURL {
  /// The address of a page of a guild.
  static func guild(
    _ place: some CustomStringConvertible, _ path: String..., query: [(name: String, value: String)] = []
  ) -> SafeURL {
    SafeURL(segments: ["g", "\(place)"] + path, query: query)
  }
}
