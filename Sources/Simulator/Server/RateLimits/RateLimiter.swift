// Discord's rate limits as a value: what a request is told, in simulated time.

internal import EventLoop

/// What the limiter needs to know of a request.
struct LimitedRequest: Sendable {
  /// Who is counted: an application, a user, a webhook. Nil for requests without an identity.
  var caller: String?
  /// Where the request came from; the count of invalid requests is kept per address.
  var address: String
  var method: String
  var template: String
  /// The channel, guild or webhook that separates the counts of one route.
  var major: String
  /// Interaction callbacks and webhooks with a token are outside of the global limit.
  var isExemptFromGlobal = false
  var hidden: HiddenLimit?
}

/// What a request is told.
enum RateLimitVerdict: Sendable, Equatable {
  /// Go on, and say where the bucket stands.
  case admitted(BucketState)
  case limited(RateLimitRefusal)
  /// The address sent too many invalid requests: no JSON, nothing but a page that says so.
  case blocked(retryAfter: Duration)
}

/// Where a bucket stands after a request.
struct BucketState: Sendable, Equatable {
  var limit: Int
  var remaining: Int
  /// When the count begins anew.
  var reset: Timestamp
  var resetAfter: Duration
  var bucket: String
}

/// A 429.
struct RateLimitRefusal: Sendable, Equatable {
  enum Scope: String, Sendable { case user, global, shared }

  var scope: Scope
  var retryAfter: Duration
  var bucket: BucketState?
}

/// The counts of every bucket. Windows are fixed: they begin with their first request.
///
/// Bounded: windows that ended are swept when the table grows past `capacity`; a table full of running windows
/// forgets the one that ends first.
struct RateLimiter: Sendable {
  private struct Key: Hashable {
    var caller: String
    var name: String
    var major: String
  }

  private struct Window {
    var count: Int
    var ends: Timestamp
  }

  /// False admits everything, with the headers of an untouched bucket: for load tests.
  var isEnabled = true
  /// Requests of one bot in one second, over all routes.
  var globalLimit = 50
  /// Invalid requests of one address in ten minutes.
  var invalidLimit = 10_000

  private var windows: [Key: Window] = [:]
  private let capacity = 50_000

  init() {}

  /// Decides on a request, and counts it.
  mutating func admit(_ request: LimitedRequest, at now: Timestamp) -> RateLimitVerdict {
    let rule = RateLimitRule.of(method: request.method, template: request.template)
    guard isEnabled else {
      return .admitted(state(of: rule, count: 0, ends: now + rule.window, now))
    }
    let invalid = Key(caller: request.address, name: "invalid", major: "")
    if let window = windows[invalid], window.ends > now, window.count >= invalidLimit {
      return .blocked(retryAfter: window.ends - now)
    }
    let caller = request.caller ?? "address \(request.address)"
    if !request.isExemptFromGlobal,
      let wait = take(Key(caller: caller, name: "global", major: ""), globalLimit, .seconds(1), now)
    {
      return .limited(RateLimitRefusal(scope: .global, retryAfter: wait))
    }
    let key = Key(caller: caller, name: rule.name, major: request.major)
    let wait = take(key, rule.limit, rule.window, now)
    let bucket = state(of: rule, count: windows[key]?.count ?? 0, ends: windows[key]?.ends ?? now, now)
    if let wait { return .limited(RateLimitRefusal(scope: .user, retryAfter: wait, bucket: bucket)) }
    if let hidden = request.hidden {
      let hiddenKey = Key(caller: hidden.isShared ? "" : caller, name: "hidden", major: hidden.key)
      if let wait = take(hiddenKey, hidden.limit, hidden.window, now) {
        let scope: RateLimitRefusal.Scope = hidden.isShared ? .shared : .user
        return .limited(RateLimitRefusal(scope: scope, retryAfter: wait, bucket: bucket))
      }
    }
    return .admitted(bucket)
  }

  /// Counts an answer towards the address's block, if it is one of those: 401, 403, and 429 that is not shared.
  mutating func answered(status: Int, scope: RateLimitRefusal.Scope?, address: String, at now: Timestamp) {
    guard isEnabled, status == 401 || status == 403 || (status == 429 && scope != .shared) else { return }
    let key = Key(caller: address, name: "invalid", major: "")
    _ = take(key, .max, .seconds(600), now)
  }

  /// How many invalid requests an address has sent in its running window.
  func invalidRequests(of address: String, at now: Timestamp) -> Int {
    guard let window = windows[Key(caller: address, name: "invalid", major: "")], window.ends > now else {
      return 0
    }
    return window.count
  }

  /// Forgets every count.
  mutating func reset() { windows = [:] }

  /// Counts one into a window; the time to wait when it is full.
  private mutating func take(_ key: Key, _ limit: Int, _ length: Duration, _ now: Timestamp) -> Duration? {
    if let window = windows[key], window.ends > now {
      guard window.count < limit else { return window.ends - now }
      windows[key]?.count += 1
      return nil
    }
    makeRoom(now)
    windows[key] = Window(count: 1, ends: now + length)
    return nil
  }

  private mutating func makeRoom(_ now: Timestamp) {
    guard windows.count >= capacity else { return }
    windows = windows.filter { $0.value.ends > now }
    guard windows.count >= capacity, let first = windows.min(by: { $0.value.ends < $1.value.ends }) else {
      return
    }
    windows[first.key] = nil
  }

  private func state(of rule: RateLimitRule, count: Int, ends: Timestamp, _ now: Timestamp) -> BucketState {
    BucketState(
      limit: rule.limit, remaining: max(0, rule.limit - count), reset: ends, resetAfter: ends - now,
      bucket: rule.hash)
  }
}
