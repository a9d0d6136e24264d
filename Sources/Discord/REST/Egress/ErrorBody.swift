// The JSON that Discord answers a refused call with.

internal import HTTPClient
internal import JSON

/// Code, message and field errors of a refused call
/// (https://discord.com/developers/docs/reference#error-messages), and what a 429 adds.
struct ErrorBody {
  /// Field errors that are kept; a body with more has one mistake many times.
  private static let fieldBound = 25

  private(set) var code: DiscordErrorCode?
  private(set) var fields: [RESTError.FieldError] = []
  private(set) var retryAfter: Duration?
  private(set) var isGlobal = false

  /// Nil for a body that is not a JSON object, such as a page of Cloudflare's.
  init?(_ bytes: [UInt8]) {
    guard bytes.first == UInt8(ascii: "{"), bytes.count <= 1 << 20 else { return nil }
    // A body that is no JSON has no error to tell; the status still has.
    guard let tree = try? JSONValue(parsing: bytes), tree.object != nil else { return nil }
    code = tree["code"]?.int64.map { DiscordErrorCode(rawValue: Int($0)) }
    retryAfter = tree["retry_after"]?.double.flatMap(AnswerHead.duration)
    isGlobal = tree["global"]?.bool ?? false
    if let errors = tree["errors"] { flatten(errors, at: "") }
  }

  private mutating func flatten(_ node: JSONValue, at path: String) {
    for field in node.object?.fields ?? [] where fields.count < Self.fieldBound {
      guard field.key != "_errors" else {
        for error in field.value.array ?? [] where fields.count < Self.fieldBound {
          fields.append(
            RESTError.FieldError(
              path: path, code: error["code"]?.string ?? "", message: error["message"]?.string ?? ""))
        }
        continue
      }
      if Int(field.key) != nil {
        flatten(field.value, at: "\(path)[\(field.key)]")
      } else {
        flatten(field.value, at: path.isEmpty ? field.key : "\(path).\(field.key)")
      }
    }
  }
}
