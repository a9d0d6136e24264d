// What the head of an answer, and the body of a 429, say about limits.

internal import DiscordLimits
internal import HTTPClient
internal import HTTPTypes
internal import JSON

/// The fields of an answer that the limits are learnt from, read in one pass.
struct AnswerHead {
  private(set) var limits: BucketHeaders?
  private(set) var scope: LimitRefusal.Scope?
  private(set) var retryAfter: Duration?

  init(_ fields: HTTPFields) {
    var limit: Int?
    var remaining: Int?
    var resetAfter: Duration?
    var hash: String?
    for field in fields.fields {
      // Every field of interest begins with one of these letters; most others do not.
      guard let first = field.name.utf8.first, [0x58, 0x78, 0x52, 0x72].contains(first) else { continue }
      switch field.name.lowercased() {
      case "x-ratelimit-limit": limit = Int(field.value)
      case "x-ratelimit-remaining": remaining = Int(field.value)
      case "x-ratelimit-reset-after": resetAfter = Self.seconds(field.value)
      case "x-ratelimit-bucket": hash = field.value
      case "x-ratelimit-scope": scope = LimitRefusal.Scope(rawValue: field.value)
      case "x-ratelimit-global": if scope == nil, field.value == "true" { scope = .global }
      case "retry-after": retryAfter = Self.seconds(field.value)
      default: continue
      }
    }
    guard let limit, let remaining, let resetAfter, let hash, limit > 0, hash.utf8.count <= 256 else {
      return
    }
    limits = BucketHeaders(hash: hash, limit: limit, remaining: max(0, remaining), resetAfter: resetAfter)
  }

  /// A number of seconds, fractions included, of at most a day.
  static func seconds(_ text: String) -> Duration? { Double(text).flatMap(duration) }

  static func duration(_ seconds: Double) -> Duration? {
    guard seconds.isFinite, seconds >= 0 else { return nil }
    return .milliseconds(Int64((min(seconds, 86_400) * 1_000).rounded(.up)))
  }
}

extension EgressAnswer {
  /// What matters to the limits, from Discord's answer and the error in its body, if there is one.
  init(_ response: HTTPClient.Response, _ body: ErrorBody?) {
    let head = AnswerHead(response.fields)
    let status = response.status.code
    var refusal: LimitRefusal?
    if status == 429 {
      // Discord says how long in the body; Cloudflare, which bans addresses, only in the field and without JSON.
      let scope =
        head.scope ?? (body?.isGlobal == true ? .global : body?.retryAfter == nil ? .address : .user)
      let after = body?.retryAfter ?? head.retryAfter ?? .seconds(scope == .address ? 60 : 1)
      refusal = LimitRefusal(scope: scope, retryAfter: after)
    }
    self.init(
      status: status, limits: head.limits, limitRefusal: refusal,
      isUnknownWebhook: status == 404 && body?.code == .unknownWebhook)
  }
}
