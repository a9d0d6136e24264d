// Who may start a session now: daily starts, identify concurrency, the one all-members request in 30 s.

internal import DiscordCore
internal import EventLoop

/// The counts behind `GET /gateway/bot` and op 2, in simulated time.
struct GatewayAdmission: Sendable {
  /// What becomes of an identify.
  enum Verdict: Sendable, Equatable {
    case admitted
    /// Another shard of this concurrency key identified less than five seconds ago: op 9.
    case tooEarly
    /// No starts are left for today: every session is killed and the token is void.
    case exhausted
  }

  /// `session_start_limit` of `GET /gateway/bot`.
  struct StartLimit: Sendable, Equatable {
    var total: Int
    var remaining: Int
    var resetAfter: Duration
    var concurrency: Int
  }

  private struct Account {
    var used = 0
    var windowEnds: Timestamp
    var lastIdentify: [Int: Timestamp] = [:]
    var memberRequests: [GuildID: Timestamp] = [:]
  }

  static let identifyPause = Duration.seconds(5)
  static let memberRequestPause = Duration.seconds(30)

  /// Session starts in 24 hours.
  var startsPerDay = 1_000
  /// Identifies in five seconds; a setting of each application.
  var concurrency: [ApplicationID: Int] = [:]
  /// Whether `max_concurrency` is enforced: load tests start many shards at once.
  var enforcesConcurrency = true
  private var accounts: [ApplicationID: Account] = [:]

  init() {}

  /// Where an application stands.
  func startLimit(of application: ApplicationID, at now: Timestamp) -> StartLimit {
    var limit = StartLimit(
      total: startsPerDay, remaining: startsPerDay, resetAfter: .zero,
      concurrency: concurrency[application] ?? 1)
    if let account = accounts[application], account.windowEnds > now {
      limit.remaining = max(0, startsPerDay - account.used)
      limit.resetAfter = account.windowEnds - now
    }
    return limit
  }

  /// Counts an identify.
  mutating func identify(_ application: ApplicationID, shard: Int, at now: Timestamp) -> Verdict {
    var account = account(of: application, at: now)
    defer { accounts[application] = account }
    let key = shard % max(1, concurrency[application] ?? 1)
    if enforcesConcurrency, let last = account.lastIdentify[key], last <= now, now - last < Self.identifyPause
    {
      return .tooEarly
    }
    guard account.used < startsPerDay else { return .exhausted }
    account.used += 1
    account.lastIdentify[key] = now
    return .admitted
  }

  /// Counts a request for all members of a guild; the time to wait when it comes too soon.
  mutating func requestMembers(_ application: ApplicationID, of guild: GuildID, at now: Timestamp)
    -> Duration?
  {
    var account = account(of: application, at: now)
    defer { accounts[application] = account }
    if let last = account.memberRequests[guild], last <= now, now - last < Self.memberRequestPause {
      return Self.memberRequestPause - (now - last)
    }
    if account.memberRequests.count > 5_000 {
      account.memberRequests = account.memberRequests.filter { now - $0.value < Self.memberRequestPause }
    }
    account.memberRequests[guild] = now
    return nil
  }

  private func account(of application: ApplicationID, at now: Timestamp) -> Account {
    if let account = accounts[application], account.windowEnds > now { return account }
    var fresh = Account(windowEnds: now + .seconds(86_400))
    fresh.lastIdentify = accounts[application]?.lastIdentify ?? [:]
    fresh.memberRequests = accounts[application]?.memberRequests ?? [:]
    return fresh
  }
}
