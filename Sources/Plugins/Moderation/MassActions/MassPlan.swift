// What a mass action is asked for with, and what came of it so far.

import DiscordCore
import EventLoop
import JSON

/// A ban, kick or time-out of many, or the end of all bans.
struct MassPlan: Hashable, Sendable {
  /// What one call bans at most (https://discord.com/developers/docs/resources/guild#bulk-guild-ban).
  static let banSize = 200
  /// What one part of a list of kicks and time-outs has.
  static let singleSize = 100
  /// How many of those who could not be reached are named.
  static let namedFailures = 30

  var reason: String
  /// How many it is about; for the end of all bans as many as are listed so far.
  var count: Int
  var duration: Duration?
  var deletesMessagesOfSeconds: Int
  /// Users whose bans stay.
  var protected: Set<UserID>

  /// The part under way, and the place in it.
  var part: Int64 = 0
  var index = 0
  var done = 0
  /// Nobody was asked about them: protected, above the one who asked, or the bot's own.
  var refused = 0
  /// Discord did not do it.
  var failed = 0
  var failures: [UserID] = []
  /// Of the list of bans: read so far, up to this one, and whether to the end.
  var cursor: UserID?
  var isListed = false

  init(
    reason: String, count: Int, duration: Duration? = nil, deletesMessagesOfSeconds: Int = 0,
    protected: Set<UserID> = []
  ) {
    (self.reason, self.count, self.duration) = (reason, count, duration)
    (self.deletesMessagesOfSeconds, self.protected) = (deletesMessagesOfSeconds, protected)
  }

  /// Notes who could not be reached; the first are named.
  mutating func fail(_ users: [UserID]) {
    failed += users.count
    failures += users.prefix(max(0, Self.namedFailures - failures.count))
  }

  mutating func refuse(_ users: [UserID]) {
    refused += users.count
    failures += users.prefix(max(0, Self.namedFailures - failures.count))
  }

  // MARK: Stored

  var request: JSONValue {
    [
      "reason": .string(reason), "count": .integer(Int64(count)),
      "seconds": duration.map { .integer($0.components.seconds) } ?? .null,
      "deletes": .integer(Int64(deletesMessagesOfSeconds)),
      "protected": .array(protected.sorted().map { .id($0) }),
    ]
  }

  var state: JSONValue {
    [
      "part": .integer(part), "index": .integer(Int64(index)), "done": .integer(Int64(done)),
      "refused": .integer(Int64(refused)), "failed": .integer(Int64(failed)),
      "failures": .array(failures.map { .id($0) }), "cursor": cursor.map { .id($0) } ?? .null,
      "isListed": .bool(isListed), "count": .integer(Int64(count)),
    ]
  }

  init(_ job: Job) {
    func ids(_ json: JSONValue?) -> [UserID] {
      json?.array?.compactMap { $0.snowflake.map { UserID($0) } } ?? []
    }
    func count(_ name: String) -> Int { job.state[name]?.int64.map { Int($0) } ?? 0 }
    reason = job.request["reason"]?.string ?? ""
    self.count = (job.state["count"] ?? job.request["count"])?.int64.map { Int($0) } ?? 0
    duration = job.request["seconds"]?.int64.map { .seconds($0) }
    deletesMessagesOfSeconds = job.request["deletes"]?.int64.map { Int($0) } ?? 0
    protected = Set(ids(job.request["protected"]))
    part = job.state["part"]?.int64 ?? 0
    (index, done, refused, failed) = (count("index"), count("done"), count("refused"), count("failed"))
    failures = ids(job.state["failures"])
    cursor = job.state["cursor"]?.snowflake.map { UserID($0) }
    isListed = job.state["isListed"]?.bool ?? false
  }
}
