// A Discord of limits only, in virtual time: what the machine's tests and simulations run against.

import DiscordLimits

/// Numbers that are the same in every run (SplitMix64).
struct SeededNumbers: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func duration(upTo longest: Duration) -> Duration {
    .microseconds(Int64.random(in: 0...max(1, longest.microseconds), using: &self))
  }
}

extension Duration {
  var microseconds: Int64 { components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000 }
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}

/// A window of a limit, as the far end counts it: from its first arrival on.
struct CountedWindow {
  let limit: Int
  let length: Duration
  private(set) var start: Duration = .seconds(-1 << 20)
  private(set) var count = 0
  private var hasRefused = false

  init(_ limit: Int, per length: Duration) { (self.limit, self.length) = (limit, length) }

  /// Counts an arrival; false when the limit is passed, and then it does not count.
  mutating func admit(at now: Duration) -> Bool {
    if now >= start + length { (start, count, hasRefused) = (now, 0, false) }
    guard count < limit else { return false }
    count += 1
    return true
  }

  /// Whether this is the first refusal of the window.
  mutating func refuseFirst() -> Bool {
    defer { hasRefused = true }
    return !hasRefused
  }

  func resetAfter(_ now: Duration) -> Duration { max(.zero, start + length - now) }
}

/// Discord's side of the limits: buckets it tells of, a global limit, and limits nobody is told of.
struct LimitModel {
  struct RouteLimits {
    var hash: String
    var limit: Int
    var window: Duration
    /// Beside the bucket; no header tells of it.
    var untold: (limit: Int, window: Duration)?
  }

  /// Why something was refused.
  enum Refusal: Hashable { case bucket, global, untold }

  private var routes: [String: RouteLimits]
  private var buckets: [String: CountedWindow] = [:]
  private var untold: [String: CountedWindow] = [:]
  private var global: CountedWindow?
  private(set) var refusals: [Refusal: Int] = [:]
  /// In how many windows each untold limit was hit, by route and resource. Calls that were on their way together are
  /// refused together.
  private(set) var untoldHits: [String: Int] = [:]
  private(set) var admitted = 0

  init(_ routes: [String: RouteLimits], global: Int?) {
    self.routes = routes
    self.global = global.map { CountedWindow($0, per: .seconds(1)) }
  }

  /// Answers a call that arrives now.
  mutating func answer(_ request: EgressRequest, at now: Duration) -> EgressAnswer {
    if request.isGloballyLimited, global?.admit(at: now) == false {
      return refuse(.global, .global, after: global?.resetAfter(now) ?? .zero, nil)
    }
    guard let limits = routes["\(request.route)"] else { return EgressAnswer(status: 200) }
    let key = "\(limits.hash) \(request.major)"
    var bucket = buckets[key] ?? CountedWindow(limits.limit, per: limits.window)
    defer { buckets[key] = bucket }
    guard bucket.admit(at: now) else {
      let headers = headers(limits, bucket, now)
      return refuse(.bucket, .user, after: bucket.resetAfter(now), headers)
    }
    let headers = headers(limits, bucket, now)
    if let hidden = limits.untold {
      let place = "\(request.route) \(request.major)"
      var window = untold[place] ?? CountedWindow(hidden.limit, per: hidden.window)
      defer { untold[place] = window }
      guard window.admit(at: now) else {
        if window.refuseFirst() { untoldHits[place, default: 0] += 1 }
        return refuse(.untold, .user, after: window.resetAfter(now), headers)
      }
    }
    admitted += 1
    return EgressAnswer(status: 200, limits: headers)
  }

  private func headers(_ limits: RouteLimits, _ bucket: CountedWindow, _ now: Duration) -> BucketHeaders {
    BucketHeaders(
      hash: limits.hash, limit: bucket.limit, remaining: bucket.limit - bucket.count,
      resetAfter: bucket.resetAfter(now))
  }

  private mutating func refuse(
    _ reason: Refusal, _ scope: LimitRefusal.Scope, after wait: Duration, _ headers: BucketHeaders?
  ) -> EgressAnswer {
    refusals[reason, default: 0] += 1
    return EgressAnswer(
      status: 429, limits: headers, limitRefusal: LimitRefusal(scope: scope, retryAfter: wait))
  }
}
