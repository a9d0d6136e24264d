// Every operation of the API, in the order of the document.

import DiscordCore
import EventLoop
import HTTPServer
import HTTPTypes
import JSON

extension APIOperation {
  static let all: [APIOperation] =
    accountOperations + guildOperations + pluginOperations + settingsOperations + transferOperations
    + accessOperations + recordOperations
}

extension JSONValue {
  /// One of Discord's ids, as a string: numbers of that size do not survive in every program.
  static func snowflake(_ id: some CustomStringConvertible) -> JSONValue { .string("\(id)") }
  /// A text, or null.
  static func orNull(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }

  /// A part of a long list; `next` is the cursor of the part after it.
  static func part(_ items: [JSONValue], next: Int64?) -> JSONValue {
    ["items": .array(items), "next": next.map { .integer($0) } ?? .null]
  }
}

extension HTTPResponse {
  /// Done, and nothing to tell.
  static var done: HTTPResponse { HTTPResponse(status: .noContent, fields: ["Cache-Control": "no-store"]) }
}

extension Timestamp {
  var api: JSONValue { .string(iso8601) }
}
