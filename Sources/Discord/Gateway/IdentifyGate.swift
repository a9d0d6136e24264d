// Leave to identify, for all shards of one bot; also what /gateway/bot said.

package import DiscordModels
package import EventLoop
internal import Telemetry

/// Keeps a bot's count of identifies over restarts.
package protocol IdentifyStore: Sendable {
  /// What was saved last; nil before the first time.
  func loadIdentifies() async throws -> IdentifyRecord?
  /// Replaces what is kept. Called before each identify.
  func saveIdentifies(_ record: IdentifyRecord) async throws
}

/// Where a bot's gateway is, and when its shards may identify. One per bot, whatever loops its shards are on.
package actor IdentifyGate {
  private static let log = Log(room: "gateway")
  /// For how long an answer of /gateway/bot is believed.
  private static let validity = Duration.seconds(3_600)

  private let fetch: @Sendable () async throws -> GatewayInformation
  private let store: any IdentifyStore
  private let time: any TimeSource
  private var fetched: (information: GatewayInformation, at: Duration)?
  private var fetching: Task<GatewayInformation, any Error>?
  private var budget: IdentifyBudget?

  /// - Parameters:
  ///   - store: where the count of this bot is kept.
  ///   - time: clocks; a test's may be moved.
  ///   - fetch: asks for `GET /gateway/bot`. It throws `GatewayError(.unauthorized)` when the token is refused;
  ///     any other error counts as passing.
  package init(
    store: any IdentifyStore, time: any TimeSource = SystemTime(),
    fetch: @escaping @Sendable () async throws -> GatewayInformation
  ) {
    (self.store, self.time, self.fetch) = (store, time, fetch)
  }

  /// What Discord says about the bot's gateway, asked at most once an hour unless `isFresh` is wanted.
  ///
  /// - Throws: `.unauthorized`, `.unavailable`.
  package func information(isFresh: Bool = false) async throws(GatewayError) -> GatewayInformation {
    if !isFresh, let fetched, time.uptime - fetched.at < Self.validity { return fetched.information }
    // One request for all who wait, which must not end with the first of them that is cancelled.
    let task = fetching ?? Task { try await fetch() }
    fetching = task
    let result = await task.result
    if fetching == task { fetching = nil }
    switch result {
    case .success(let information):
      await learn(information)
      return information
    case .failure(let error as GatewayError) where error.code == .unauthorized: throw error
    case .failure(let error):
      Self.log.warning("gateway information not available", ["error": .string("\(type(of: error))")])
      // An old answer is better than none: the address hardly ever changes.
      if !isFresh, let fetched { return fetched.information }
      throw GatewayError(.unavailable, "GET /gateway/bot failed")
    }
  }

  private func learn(_ information: GatewayInformation) async {
    if budget == nil {
      var record: IdentifyRecord?
      do {
        record = try await store.loadIdentifies()
      } catch {
        // Discord's own count stands in for ours.
        Self.log.error("identify count not loaded", ["error": .string("\(type(of: error))")])
      }
      // Another caller may have been here meanwhile.
      if budget == nil {
        budget = IdentifyBudget(information.sessionStartLimit, record: record, now: time.now)
      }
    }
    budget?.learn(information.sessionStartLimit, now: time.now)
    fetched = (information, time.uptime)
  }

  /// Waits for the shard's turn. After it returned, identify at once.
  ///
  /// - Throws: `.identifyBudgetSpent`, `.unauthorized`, `.unavailable`; `.cancelled`, and then the leave is given back.
  package func permit(_ shard: ShardID) async throws(GatewayError) {
    _ = try await information()
    guard let verdict = budget?.request(shard, now: time.now, uptime: time.uptime),
      let record = budget?.record
    else { throw GatewayError(.unavailable) }
    guard case .at(let instant) = verdict else {
      Self.log.error("identify budget spent", ["used": .integer(Int64(record.used))])
      throw GatewayError(.identifyBudgetSpent)
    }
    do {
      try await store.saveIdentifies(record)
    } catch {
      // Not counted on disk; Discord's own count still is there after a restart.
      Self.log.error("identify count not saved", ["error": .string("\(type(of: error))")])
    }
    do {
      let wait = instant - time.uptime
      if wait > .zero { try await time.sleep(for: wait) }
      try Task.checkCancellation()
    } catch {
      budget?.giveBack()
      throw GatewayError(.cancelled)
    }
    GatewayMetrics.identifies.increment()
  }

  /// Grants so many identifies beyond the budget, until Discord's day ends.
  package func allowIdentifies(_ count: Int) { budget?.allow(count) }

  /// How many identifies were used in Discord's day, and how many this many shards may use; nil before the first
  /// answer of /gateway/bot.
  package func usage(shardCount: Int) -> (used: Int, allowed: Int)? {
    budget.map { ($0.record.used, $0.allowance(shardCount: shardCount)) }
  }
}

/// Counts in memory, for tests and for those who trust in Discord's count.
package actor MemoryIdentifyStore: IdentifyStore {
  private var record: IdentifyRecord?

  package init(_ record: IdentifyRecord? = nil) { self.record = record }

  package func loadIdentifies() async throws -> IdentifyRecord? { record }
  package func saveIdentifies(_ record: IdentifyRecord) async throws { self.record = record }
}
