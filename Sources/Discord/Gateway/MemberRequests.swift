// Which member requests are under way, matched to their chunks by nonce.

internal import DiscordCore

/// The requests of one shard, as a value; `now` is `TimeSource.uptime`.
struct MemberRequests {
  /// One request, from its beginning to its last chunk.
  struct Pending {
    let request: MemberRequest
    /// The longest silence allowed.
    let patience: Duration
    /// When it is to be sent; nil once it was.
    var sendAt: Duration?
    /// When it is given up.
    var giveUpAt: Duration
    /// Which chunks came; empty before the first.
    var arrived: [Bool] = []
    var summary = MemberRequestSummary()
  }

  /// What is due.
  enum Due: Equatable {
    case send(nonce: String)
    case fail(nonce: String, GatewayError)
  }

  /// How many requests may be under way.
  static let bound = 64
  /// One request for all members per guild in this span (since 2025-10-01).
  static let allMembersSpan = Duration.seconds(30)
  /// An answer in more chunks than this is not one: 2.5 million members make 2,500.
  static let chunkLimit = 100_000

  private(set) var pending: [String: Pending] = [:]
  /// When all members of a guild may be asked for again.
  private var reopens: [GuildID: Duration] = [:]

  /// Takes a request up; `wake` says when it is to be sent.
  ///
  /// - Throws: `.queueFull`; `.rateLimited` when the guild's turn comes later than `patience` allows.
  mutating func begin(_ request: MemberRequest, nonce: String, patience: Duration, now: Duration)
    throws(GatewayError)
  {
    guard pending.count < Self.bound else { throw GatewayError(.queueFull) }
    var sendAt = now
    if request.selection == .all {
      reopens = reopens.filter { $0.value > now }
      sendAt = max(now, reopens[request.guild] ?? now)
      guard sendAt - now <= patience else {
        throw GatewayError(
          .rateLimited, "all members of a guild can be asked for once in 30 s", retryAfter: sendAt - now)
      }
      reopens[request.guild] = sendAt + Self.allMembersSpan
    }
    pending[nonce] = Pending(
      request: request, patience: patience, sendAt: sendAt, giveUpAt: sendAt + patience)
  }

  /// When `wake` is to be called.
  var deadline: Duration? { pending.values.lazy.map { $0.sendAt ?? $0.giveUpAt }.min() }

  /// What is due by now. What fails is forgotten; what is to be sent counts as sent.
  mutating func wake(now: Duration) -> [Due] {
    var due: [Due] = []
    // In the order in which they were asked.
    for (nonce, entry) in pending.sorted(by: { ($0.key.count, $0.key) < ($1.key.count, $1.key) }) {
      if let sendAt = entry.sendAt {
        guard now >= sendAt else { continue }
        pending[nonce]?.sendAt = nil
        due.append(.send(nonce: nonce))
      } else if now >= entry.giveUpAt {
        pending[nonce] = nil
        due.append(.fail(nonce: nonce, GatewayError(.timeout)))
      }
    }
    return due
  }

  /// A chunk arrived.
  ///
  /// - Returns: whether it belongs to a request and is new, and the summary if it was the last one missing.
  mutating func chunk(
    nonce: String, index: Int, count: Int, members: Int, notFound: [UserID], now: Duration
  ) -> (isWanted: Bool, summary: MemberRequestSummary?) {
    guard var entry = pending[nonce], count > 0, count <= Self.chunkLimit, index >= 0, index < count else {
      return (false, nil)
    }
    if entry.arrived.isEmpty { entry.arrived = Array(repeating: false, count: count) }
    guard entry.arrived.count == count, !entry.arrived[index] else { return (false, nil) }
    entry.arrived[index] = true
    entry.summary.chunkCount += 1
    entry.summary.memberCount += members
    entry.summary.notFound += notFound.prefix(100 - min(100, entry.summary.notFound.count))
    entry.giveUpAt = now + entry.patience
    guard entry.summary.chunkCount == count else {
      pending[nonce] = entry
      return (true, nil)
    }
    pending[nonce] = nil
    return (true, entry.summary)
  }

  /// `RATE_LIMITED`: the request will be sent again if its patience allows, else it fails.
  mutating func rateLimited(nonce: String, retryAfter: Duration, now: Duration) -> Due? {
    guard let entry = pending[nonce] else { return nil }
    if entry.request.selection == .all {
      reopens[entry.request.guild] = now + retryAfter + Self.allMembersSpan
    }
    guard retryAfter <= entry.patience else {
      pending[nonce] = nil
      return .fail(nonce: nonce, GatewayError(.rateLimited, retryAfter: retryAfter))
    }
    pending[nonce]?.sendAt = now + retryAfter
    pending[nonce]?.giveUpAt = now + retryAfter + entry.patience
    return nil
  }

  /// The caller does not want it any more.
  mutating func abandon(nonce: String) { pending[nonce] = nil }

  /// The session is gone: those that were sent fail, the others wait for the next session.
  mutating func sessionEnded() -> [Due] {
    let lost = pending.filter { $0.value.sendAt == nil }.keys
    for nonce in lost { pending[nonce] = nil }
    return lost.sorted().map { .fail(nonce: $0, GatewayError(.sessionLost)) }
  }

  /// The shard stops: all fail.
  mutating func stopped() -> [Due] {
    defer { pending = [:] }
    return pending.keys.sorted().map { .fail(nonce: $0, GatewayError(.stopped)) }
  }
}
