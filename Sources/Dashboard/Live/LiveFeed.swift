// The stream of what happens in a guild: one for each open page that wants it.

import Bus
import DiscordCore
import EventLoop
import HTML
import HTTPServer
import HTTPTypes
import JSON
import PlatformAccess
import PlatformAccounts
import PlatformAudit
import PlatformDispatch
import PlatformNotices
import PlatformPlugins
import PlatformTenancy
import PlatformText
import Resources
import Storage
import Synchronization

/// `/g/{guild}/live`.
enum LiveFeed {
  /// How often it is checked, at least, that the reader may still read, and looked whether a beat was lost.
  static let checkPause = Duration.seconds(20)

  static func addRoutes(to routes: inout DashboardRoutes, _ gate: Gate) {
    let digests = LiveDigests(gate.house)
    let seats = LiveSeats(limit: gate.house.site.limits.streams)
    routes.guild(.viewer, .get, "/live", name: "guild.live") { visit in
      guard visit.session != nil, let seat = seats.take(visit.user) else {
        throw HTTPProblem(HTTPStatus(429), "Too many pages are open", fields: ["Retry-After": "30"])
      }
      let words = LiveWords(visit)
      let check = LiveCheck(visit)
      return .events { feed in
        try await follow(visit.guild, digests, visit.house, check, words) { try await feed.send($0) }
        withExtendedLifetime(seat) {}
      }
    }
  }

  /// Sends what is new until the reader leaves, or may read no more.
  static func follow(
    _ guild: GuildID, _ digests: LiveDigests, _ house: DashboardEnvironment, _ check: LiveCheck,
    _ words: LiveWords, send: (ServerSentEvent) async throws -> Void
  ) async throws {
    let listener = house.pulses.listener(of: Tenant(guild).description)
    var cursor = LiveCursor(try await digests.digest(of: guild))
    for event in words.counters(cursor.last) { try await send(event) }
    var checkedAt = house.time.uptime
    // Each at its own pace: readers that came together, after a restart, must not all look at once.
    let pause = checkPause * Double.random(in: 0.5...1)
    while !Task.isCancelled {
      let isNews = await listener.wait(atMost: pause)
      try Task.checkCancellation()
      if house.time.uptime - checkedAt >= pause {
        guard try await check.mayStillRead() else { return }
        checkedAt = house.time.uptime
      }
      let digest = try await digests.digest(
        of: guild, atMost: isNews ? LiveDigests.freshness : checkPause / 2)
      for event in words.events(in: digest, after: cursor) { try await send(event) }
      cursor.advance(to: digest)
    }
  }
}

/// How far a reader has been told.
struct LiveCursor: Sendable {
  private(set) var last: LiveDigest
  private(set) var decision: Int64
  private(set) var entry: Int64
  private(set) var record: Int64
  private(set) var notice: Int64

  /// From here on.
  init(_ digest: LiveDigest) {
    last = digest
    (decision, entry) = (digest.decisions.first?.number ?? 0, digest.entries.first?.number ?? 0)
    (record, notice) = (digest.cases.first?.number ?? 0, digest.notices.first?.number ?? 0)
  }

  /// Never back: a digest may be a little older than the one before.
  mutating func advance(to digest: LiveDigest) {
    last = digest
    decision = max(decision, digest.decisions.first?.number ?? 0)
    entry = max(entry, digest.entries.first?.number ?? 0)
    record = max(record, digest.cases.first?.number ?? 0)
    notice = max(notice, digest.notices.first?.number ?? 0)
  }
}

/// Whether the reader of a stream may still read: the session lasts, and the role is not lost.
struct LiveCheck: Sendable {
  private let house: DashboardEnvironment
  private let token: String
  private let user: UserID
  private let guild: GuildID

  init(_ visit: GuildVisit) {
    (house, user, guild) = (visit.house, visit.user, visit.guild)
    token = visit.request.cookies[Gate.sessionCookie(visit.house.site)] ?? ""
  }

  func mayStillRead() async throws -> Bool {
    guard try await house.sessions.session(for: token, at: house.time.now)?.user == user else { return false }
    return try await AccessCheck(house: house).role(of: user, in: guild) != nil
  }
}

/// How many streams each account has open.
final class LiveSeats: Sendable {
  private let limit: Int
  private let taken = Mutex<[UserID: Int]>([:])

  init(limit: Int) { self.limit = limit }

  /// A seat, given back when it is dropped; nil when all of the account are taken.
  func take(_ user: UserID) -> Seat? {
    let isFree = taken.withLock { taken in
      guard taken[user, default: 0] < limit else { return false }
      taken[user, default: 0] += 1
      return true
    }
    return isFree ? Seat(seats: self, user: user) : nil
  }

  private func giveBack(_ user: UserID) {
    taken.withLock { taken in
      let rest = (taken[user] ?? 1) - 1
      taken[user] = rest > 0 ? rest : nil
    }
  }

  /// The right to one stream.
  final class Seat: Sendable {
    private let seats: LiveSeats
    private let user: UserID

    fileprivate init(seats: LiveSeats, user: UserID) { (self.seats, self.user) = (seats, user) }

    deinit { seats.giveBack(user) }
  }
}
