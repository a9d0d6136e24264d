// What travels over the socket: a request of words and input, an answer of frames, one a line.

import JSON
import Vault

/// The path on the server, and the longest request.
enum AdminWire {
  static let path = "/v1/perform"
  /// The input and the words.
  static let requestLimit = AdminCommand.Input.limit + (64 << 10)
  static let contentType = "application/x-ndjson"

  /// Words as a JSON array, a line end, and the input as it is: a token never is part of a JSON text.
  static func request(_ words: [String], input: Secret?) throws -> [UInt8] {
    var bytes = try JSONValue.array(words.map { .string($0) }).encoded()
    bytes.append(UInt8(ascii: "\n"))
    input?.withBytes { span in for index in 0..<span.count { bytes.append(span[index]) } }
    return bytes
  }

  /// - Throws: `AdminFailure` for what no client of ours sends.
  static func read(_ body: [UInt8]) throws(AdminFailure) -> (words: [String], input: Secret?) {
    guard let end = body.firstIndex(of: UInt8(ascii: "\n")),
      let list = try? JSONValue(parsing: Array(body[..<end])).array
    else { throw .usage("this is no request of guildhall's command line") }
    let words = list.compactMap(\.string)
    guard words.count == list.count else { throw .usage("this is no request of guildhall's command line") }
    let rest = Array(body[(end + 1)...])
    return (words, rest.isEmpty ? nil : Secret(rest))
  }
}

/// One piece of an answer.
enum AdminFrame: Hashable, Sendable {
  /// A piece of what the command prints.
  case output(String)
  /// A line beside it: progress, a summary.
  case note(String)
  /// The last one.
  case end(AdminFailure?)

  func line() throws -> [UInt8] {
    let value: JSONValue =
      switch self {
      case .output(let text): ["output": .string(text)]
      case .note(let text): ["note": .string(text)]
      case .end(nil): ["exit": 0]
      case .end(let failure?):
        ["exit": .integer(Int64(failure.exitCode)), "error": .string(failure.description)]
      }
    return try value.encoded() + [UInt8(ascii: "\n")]
  }

  /// - Throws: `JSONError`; `AdminFailure` for a line that is no frame.
  init(line: [UInt8]) throws {
    let value = try JSONValue(parsing: line)
    if let text = value["output"]?.string {
      self = .output(text)
    } else if let text = value["note"]?.string {
      self = .note(text)
    } else if let code = value["exit"]?.int64 {
      self = .end(
        code == 0
          ? nil : AdminFailure(exitCode: Int32(clamping: code), value["error"]?.string ?? "it failed"))
    } else {
      throw AdminFailure.refused("Guildhall answered in a way this version does not understand")
    }
  }
}
