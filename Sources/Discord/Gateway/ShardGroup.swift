// One bot's shards, started, watched and stopped together.

package import DiscordCore
internal import DiscordModels
package import EventLoop
internal import Synchronization
internal import Telemetry

/// How many shards a bot has.
package enum ShardCount: Hashable, Sendable {
  /// As many as Discord recommends.
  case recommended
  case fixed(Int)
}

/// A shard as an operator sees it.
package struct ShardStatus: Hashable, Sendable {
  package let id: ShardID
  package let state: ShardState
  /// From the last heartbeat to its answer; nil before the first.
  package let latency: Duration?
}

/// All shards of one bot, on one or several loops. Many groups live in one process; each has its own gate, store and
/// delegate, and they share the loops.
package actor ShardGroup {
  static let log = Log(room: "gateway")

  let configuration: ShardConfiguration
  let gate: IdentifyGate
  let sessions: any ShardSessionStore
  let delegate: any ShardDelegate
  let loops: [GatewayLoop]
  let time: any TimeSource

  /// The shards that deliver; during a resharding, those of the old division.
  var shards: [Shard] = []
  /// For `shard(of:)`, which must not wait for the actor.
  private nonisolated let division = Mutex<[Shard]>([])
  private var starter: Task<Void, Never>?
  /// Where each shard stands, told from their loops.
  nonisolated let board = StateBoard()
  var isResharding = false

  /// A group that is stopped.
  ///
  /// - Parameters:
  ///   - configuration: for all shards.
  ///   - gate: the bot's.
  ///   - sessions: the bot's.
  ///   - loops: shards are dealt out to them in turn; at least one.
  ///   - delegate: receives from all shards, on their loops; held until `stop()`.
  ///   - time: clocks.
  package init(
    configuration: ShardConfiguration, gate: IdentifyGate, sessions: any ShardSessionStore,
    loops: [GatewayLoop], delegate: any ShardDelegate, time: any TimeSource = SystemTime()
  ) {
    precondition(!loops.isEmpty, "shards need a loop")
    (self.configuration, self.gate, self.sessions) = (configuration, gate, sessions)
    (self.loops, self.delegate, self.time) = (loops, delegate, time)
  }

  /// Starts the shards, a few at a time: no more than twice as many as may identify at once are on their way to be
  /// online together. Returns when the number of shards is known; the rest happens by itself.
  ///
  /// - Throws: `.unauthorized`, `.unavailable`.
  package func start(_ count: ShardCount = .recommended) async throws(GatewayError) {
    guard shards.isEmpty else { return }
    let information = try await gate.information()
    // Somebody else may have started the group meanwhile.
    guard shards.isEmpty else { return }
    let made = make(Self.resolve(count, information), overlap: nil)
    use(made)
    starter = launch(made, atOnce: 2 * information.sessionStartLimit.maxConcurrency)
  }

  /// Stops all shards and lets go of them and of their states.
  ///
  /// - Parameter keepsSessions: whether a later start, in this process or the next, shall go on where this one stopped.
  ///   Otherwise the bot is shown as offline at once.
  package func stop(keepsSessions: Bool = true) async {
    let (old, starter) = (shards, starter)
    self.starter = nil
    use([])
    // It may be about to start one more, which must not happen after that one was stopped.
    starter?.cancel()
    await starter?.value
    await Self.stop(old, keepsSessions: keepsSessions)
    board.forget { _ in true }
  }

  /// The shard that is responsible for a guild; nil while the group is stopped. From any thread.
  package nonisolated func shard(of guild: GuildID) -> Shard? {
    division.withLock { shards in
      shards.isEmpty ? nil : shards[guild.shard(of: shards.count)]
    }
  }

  /// The shards that deliver, by index. From any thread.
  package nonisolated var current: [Shard] { division.withLock { $0 } }

  /// Where each shard stands, without waiting for the actor or a loop. From any thread.
  package nonisolated var states: [ShardID: ShardState] { board.states }

  /// Where each shard stands, with its latency.
  package func status() async -> [ShardStatus] {
    var result: [ShardStatus] = []
    for shard in shards {
      result.append(
        await shard.onLoop { ShardStatus(id: shard.id, state: shard.state, latency: shard.latency) })
    }
    return result
  }

  /// Changes what the bot shows, on all shards.
  ///
  /// - Throws: `.invalidPayload`, `.payloadTooLarge`, `.stopped`.
  package func updatePresence(_ update: PresenceUpdate) async throws(GatewayError) {
    for shard in shards { try await shard.updatePresence(update) }
  }

  /// Asks for members, from the guild's shard; see `Shard.requestMembers`.
  ///
  /// - Throws: `.noShard`, and what `Shard.requestMembers` throws.
  package nonisolated func requestMembers(
    _ request: MemberRequest, patience: Duration = .seconds(30),
    onChunk: @escaping @Sendable (borrowing MemberChunk) -> Void
  ) async throws(GatewayError) -> MemberRequestSummary {
    guard let shard = shard(of: request.guild) else { throw GatewayError(.noShard) }
    return try await shard.requestMembers(request, patience: patience, onChunk: onChunk)
  }

  // MARK: Making and starting

  static func resolve(_ count: ShardCount, _ information: GatewayInformation) -> Int {
    switch count {
    case .recommended: information.shards
    case .fixed(let count): max(1, count)
    }
  }

  func make(_ count: Int, overlap: OverlapFilter.Side?) -> [Shard] {
    (0..<count).map { index in
      let id = ShardID(index, of: count)
      let shard = Shard(
        id, on: loops[index % loops.count], configuration: configuration, gate: gate, sessions: sessions,
        delegate: delegate, time: time, overlap: overlap)
      let board = board
      board.set(.stopped, of: id)
      shard.observer = { board.set($0, of: id) }
      return shard
    }
  }

  /// Makes these the shards that are asked.
  func use(_ new: [Shard]) {
    shards = new
    division.withLock { $0 = new }
  }

  /// Starts shards in turn. The task lives until all were started, which takes 5 s for each that may identify at once;
  /// cancel it to stop halfway.
  func launch(_ shards: [Shard], atOnce: Int) -> Task<Void, Never> {
    Task { [board] in
      for shard in shards {
        await board.wait { states in
          states.values.count { $0.isUnderWay } < atOnce
        }
        guard !Task.isCancelled else { return }
        // Counted as under way before its loop says so.
        board.set(.starting, of: shard.id)
        shard.start()
      }
    }
  }

  static func stop(_ shards: [Shard], keepsSessions: Bool) async {
    await withTaskGroup { group in
      for shard in shards { group.addTask { await shard.stop(keepsSession: keepsSessions) } }
    }
  }
}

extension ShardState {
  /// On the way to be online for the first time, as far as starting others is concerned.
  fileprivate var isUnderWay: Bool {
    switch self {
    case .starting, .connecting, .identifying, .resuming, .degraded(.waitingToIdentify): true
    case .online, .degraded, .crashed, .stopped: false
    }
  }
}

/// Where the shards of a group stand, written by their loops and read by anybody.
final class StateBoard: Sendable {
  private struct Waiter {
    let condition: @Sendable ([ShardID: ShardState]) -> Bool
    let continuation: CheckedContinuation<Void, Never>
  }

  private struct Content {
    var states: [ShardID: ShardState] = [:]
    var waiters: [UInt64: Waiter] = [:]
    var lastWaiter: UInt64 = 0
    /// Cancelled before they began to wait.
    var cancelled: Set<UInt64> = []
  }

  private let content = Mutex(Content())

  var states: [ShardID: ShardState] { content.withLock { $0.states } }

  func set(_ state: ShardState, of shard: ShardID) {
    change { $0[shard] = state }
  }

  func forget(_ isForgotten: @Sendable (ShardID) -> Bool) {
    change { states in states = states.filter { !isForgotten($0.key) } }
  }

  private func change(_ body: (inout [ShardID: ShardState]) -> Void) {
    let satisfied = content.withLock { content in
      body(&content.states)
      let states = content.states
      let satisfied = content.waiters.filter { $0.value.condition(states) }
      for id in satisfied.keys { content.waiters[id] = nil }
      return satisfied.values.map(\.continuation)
    }
    for continuation in satisfied { continuation.resume() }
  }

  /// Returns once the condition holds, or the task is cancelled.
  func wait(until condition: @escaping @Sendable ([ShardID: ShardState]) -> Bool) async {
    let id = content.withLock { content in
      content.lastWaiter += 1
      return content.lastWaiter
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isDone = content.withLock { content in
          if content.cancelled.remove(id) != nil || condition(content.states) { return true }
          content.waiters[id] = Waiter(condition: condition, continuation: continuation)
          return false
        }
        if isDone { continuation.resume() }
      }
    } onCancel: {
      let waiter = content.withLock { content in
        if let waiter = content.waiters.removeValue(forKey: id) { return Optional(waiter) }
        content.cancelled.insert(id)
        return nil
      }
      waiter?.continuation.resume()
    }
    content.withLock { _ = $0.cancelled.remove(id) }
  }
}
