// An expected failure of one request, and how it is told to the client (RFC 9457).

package import HTTPTypes

/// An error a client is told about: throw it from a handler, and the answer is its status with a short body in
/// the form the client prefers (problem JSON, HTML or plain text).
///
/// `title` and `detail` reach the client, so they carry nothing secret; any other error a handler throws is
/// logged and answered as 500 without details.
package struct HTTPProblem: Error, Sendable, Equatable, CustomStringConvertible {
  package let status: HTTPStatus
  /// One short sentence, the same for every problem of the kind.
  package let title: String
  /// What was wrong with this request; nil when the title says it all.
  package let detail: String?
  /// Sent along: `Retry-After`, `Allow`, `WWW-Authenticate`.
  package let fields: HTTPFields
  /// Whether the connection must not be used again, because where its next request begins is in doubt.
  package let closesConnection: Bool

  package init(
    _ status: HTTPStatus, _ title: String, detail: String? = nil, fields: HTTPFields = [:],
    closesConnection: Bool = false
  ) {
    self.status = status
    self.title = title
    self.detail = detail
    self.fields = fields
    self.closesConnection = closesConnection
  }

  package var description: String {
    detail.map { "\(status) \(title): \($0)" } ?? "\(status) \(title)"
  }

  /// 400 with the reason.
  package static func badRequest(_ detail: String) -> HTTPProblem {
    HTTPProblem(.badRequest, "Bad request", detail: detail)
  }

  /// 404.
  package static let notFound = HTTPProblem(.notFound, "Not found")

  /// 413: the body, or a part of it, is larger than allowed.
  package static func tooLarge(_ detail: String) -> HTTPProblem {
    HTTPProblem(.contentTooLarge, "Content too large", detail: detail)
  }

  /// 400 and the end of the connection: framing that two parsers could read differently (request smuggling).
  static func ambiguous(_ detail: String) -> HTTPProblem {
    HTTPProblem(.badRequest, "Bad request", detail: detail, closesConnection: true)
  }
}

extension HTTPProblem {
  /// The answer, in the form that `accept` prefers: JSON when it names a JSON type, HTML when it names that,
  /// plain text otherwise.
  ///
  /// `requestID`: told to the client, so that a report can be matched with the log.
  package func response(accept: String?, requestID: String) -> HTTPResponse {
    var response: HTTPResponse
    switch Form(accept: accept) {
    case .json:
      response = HTTPResponse(status: status, contentType: "application/problem+json", text: json(requestID))
    case .html:
      response = HTTPResponse(status: status, contentType: "text/html; charset=utf-8", text: html(requestID))
    case .plain:
      let text = [title, detail, "Request \(requestID)"].compactMap(\.self).joined(separator: "\n")
      response = HTTPResponse(status: status, contentType: "text/plain; charset=utf-8", text: text + "\n")
    }
    for field in fields.fields { response.fields.append(field.name, field.value) }
    response.fields["Cache-Control"] = "no-store"
    response.closesConnection = closesConnection
    return response
  }

  private enum Form {
    case json, html, plain

    init(accept: String?) {
      let accept = accept?.lowercased() ?? ""
      if accept.contains("json") {
        self = .json
      } else if accept.contains("text/html") {
        self = .html
      } else {
        self = .plain
      }
    }
  }

  private func json(_ requestID: String) -> String {
    var text = "{\"type\":\"about:blank\",\"status\":\(status.code),\"title\":\(quoted(title))"
    if let detail { text += ",\"detail\":\(quoted(detail))" }
    return text + ",\"instance\":\(quoted("urn:request:" + requestID))}"
  }

  private func html(_ requestID: String) -> String {
    """
    <!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>\(escaped(title))</title>\
    <h1>\(escaped(title))</h1><p>\(escaped(detail ?? ""))</p><p><small>Request \(escaped(requestID))</small></p></html>
    """
  }

  private func escaped(_ text: String) -> String {
    var result = ""
    for character in text.unicodeScalars {
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      default: result.unicodeScalars.append(character)
      }
    }
    return result
  }

  private func quoted(_ text: String) -> String {
    var result = "\""
    for character in text.unicodeScalars {
      switch character {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case _ where character.value < 0x20:
        let digits = String(character.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(character)
      }
    }
    return result + "\""
  }
}
