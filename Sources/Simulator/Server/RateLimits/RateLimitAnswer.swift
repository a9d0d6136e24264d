// A verdict of the limiter as header fields and bodies.

internal import EventLoop
internal import HTTPTypes
internal import JSON

extension BucketState {
  /// The five `X-RateLimit` fields that every answer of a limited route carries.
  func write(to fields: inout HTTPFields) {
    fields["X-RateLimit-Limit"] = String(limit)
    fields["X-RateLimit-Remaining"] = String(remaining)
    fields["X-RateLimit-Reset"] = Self.seconds(reset.milliseconds)
    fields["X-RateLimit-Reset-After"] = Self.seconds(resetAfter.wholeMilliseconds)
    fields["X-RateLimit-Bucket"] = bucket
  }

  /// Milliseconds as decimal seconds with three digits.
  static func seconds(_ milliseconds: Int64) -> String {
    let milliseconds = max(0, milliseconds)
    let fraction = String(milliseconds % 1_000 + 1_000).dropFirst()
    return "\(milliseconds / 1_000).\(fraction)"
  }
}

extension RateLimitRefusal {
  /// The fields of a 429. `Retry-After` is whole seconds, rounded up.
  var fields: HTTPFields {
    var fields: HTTPFields = ["Content-Type": "application/json", "X-RateLimit-Scope": scope.rawValue]
    fields["Retry-After"] = String((retryAfter.wholeMilliseconds + 999) / 1_000)
    if scope == .global { fields["X-RateLimit-Global"] = "true" }
    if var bucket {
      bucket.remaining = 0
      bucket.write(to: &fields)
    }
    fields["Via"] = "1.1 simulator"
    return fields
  }

  /// The body of a 429.
  var body: JSONValue {
    let message =
      scope == .shared ? "The resource is being rate limited." : "You are being rate limited."
    return [
      "message": .string(message), "retry_after": .double(Double(retryAfter.wholeMilliseconds) / 1_000),
      "global": .bool(scope == .global), "code": 0,
    ]
  }

  /// What an address sees that sent too many invalid requests: not Discord's JSON, but the page of the network in
  /// front of it.
  static let blockedPage = """
    <!doctype html><html><head><title>Access denied</title></head><body>
    <h1>Error 1015</h1><p>You are being rate limited: the owner of this website has banned you temporarily from
    accessing it.</p></body></html>
    """
}
