// Lanes over Redis streams: partitions by lease, consumer groups, reclaim of what a dead process held.

internal import EventLoop
internal import Redis
internal import Synchronization
internal import Telemetry

/// Lanes whose keys are spread over streams ("partitions"). A partition belongs to one process at a time, by
/// lease; whoever takes it over first claims the entries that its last owner was given and did not acknowledge,
/// and reads new ones only then: so order within a key survives the hand-over.
final class RedisLanes: Lanes {
  /// A partition this process owns.
  struct Owned {
    var lease: Lease
    /// Entries given to an earlier owner have been claimed; new ones may be read.
    var isRecovered = false
  }

  struct State {
    var owned: [Int: Owned] = [:]
    /// Entries handed to the runner and not acknowledged yet: a claim after a lost connection meets them again.
    var known: Set<String> = []
    /// Acknowledgements that wait for the next round, by partition.
    var acknowledged: [Int: [String]] = [:]
    var isAcknowledging = false
    var isConsumed = false
    var isClosed = false
  }

  static let group = "workers"

  let name: String
  let limits: LaneLimits
  let bus: RedisBus
  let runner: LaneRunner
  let state: Mutex<State>
  private let gauges: Mutex<[DepthGauge]>
  let metrics: LaneMetrics
  let log = Log(room: "bus")
  private let outbox: Outbox

  /// What the runner's acknowledgement reaches, since it is made before the lanes are.
  private final class Outbox: Sendable {
    let lanes = Mutex<(@Sendable (LaneEntry) -> Void)?>(nil)
  }

  init(name: String, limits: LaneLimits, bus: RedisBus) {
    self.name = name
    self.limits = limits
    self.bus = bus
    metrics = LaneMetrics(lanes: name, in: bus.metrics)
    state = Mutex(State())
    gauges = Mutex(Array(repeating: DepthGauge(depth: nil), count: max(1, limits.partitions)))
    let outbox = Outbox()
    self.outbox = outbox
    runner = LaneRunner(limits: limits, time: bus.time) { entry in outbox.lanes.withLock { $0 }?(entry) }
    outbox.lanes.withLock { $0 = { [weak self] in self?.acknowledge($0) } }
  }

  func append(_ payload: [UInt8], key: String) async throws(BusError) {
    let partition = partition(of: key)
    if gauges.withLock({ $0[partition].mustLook(bound: limits.depth) }) {
      let depth = Int(try RedisBus.expect(try await bus.send(["XLEN", stream(partition)]).integer))
      gauges.withLock { $0[partition] = DepthGauge(depth: depth) }
      guard depth < limits.depth else {
        throw BusError(.full, "lane '\(name)' holds \(limits.depth) entries")
      }
    }
    let reply = try await bus.send([
      "XADD", stream(partition), "*", "k", RedisArgument(key), "p", RedisArgument(payload), "t",
      RedisArgument(bus.time.now.milliseconds),
    ])
    _ = try RedisBus.expect(reply.bytes)
  }

  /// What this process knows of a partition's depth. Asking at every append would cost as much as appending, so it
  /// asks the more often the fuller the partition is: at each append near the bound, at every 256th far from it.
  /// With several processes the bound is therefore approximate, by at most that many entries each.
  struct DepthGauge {
    var depth: Int?
    private var appended = 0

    init(depth: Int?) { self.depth = depth }

    /// Counts an append, and says whether the depth must be asked for first.
    mutating func mustLook(bound: Int) -> Bool {
      guard let depth, appended < min(256, (bound - depth) / 4) else { return true }
      appended += 1
      return false
    }
  }

  func depth() async throws(BusError) -> Int {
    var sum: Int64 = 0
    for partition in 0..<limits.partitions {
      sum += try RedisBus.expect(try await bus.send(["XLEN", stream(partition)]).integer)
    }
    return Int(sum)
  }

  func age() async throws(BusError) -> Duration {
    var oldest: Timestamp?
    for partition in 0..<limits.partitions {
      let reply = try await bus.send(["XRANGE", stream(partition), "-", "+", "COUNT", 1])
      guard let entry = try entries(in: reply, of: partition).first else { continue }
      oldest = min(oldest ?? entry.appended, entry.appended)
    }
    return oldest.map { bus.time.now - $0 } ?? .zero
  }

  func close() {
    state.withLock { $0.isClosed = true }
    runner.stop()
  }

  // MARK: Words

  func stream(_ partition: Int) -> RedisArgument { "\(bus.prefix):lane:\(name):\(partition)" }

  /// FNV-1a: the same in every process and for ever, which Swift's hashing is not.
  func partition(of key: String) -> Int {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in key.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return Int(hash % UInt64(max(1, limits.partitions)))
  }

  /// Reads `[[id, [field, value …]] …]`. Entries that were deleted meanwhile come without fields and are left
  /// out. `deliveries` says how often an entry was given out before; once when it is not named.
  ///
  /// Two streams may give out the same id in the same millisecond, so an entry's name begins with its partition.
  func entries(in reply: RedisValue, of partition: Int, deliveries: [String: Int] = [:]) throws(BusError)
    -> [LaneEntry]
  {
    guard let list = reply.array else {
      guard reply == .null else { throw BusError(.unexpected) }
      return []
    }
    var entries: [LaneEntry] = []
    for item in list {
      guard let parts = item.array, parts.count == 2, let id = parts[0].text, let fields = parts[1].array,
        fields.count == 6, let key = fields[1].text, let payload = fields[3].bytes,
        let time = fields[5].integer
      else { continue }
      entries.append(
        LaneEntry(
          id: "\(partition)/\(id)", key: key, payload: payload, appended: Timestamp(milliseconds: time),
          delivery: deliveries[id] ?? 1))
    }
    return entries
  }

  // MARK: Acknowledging

  /// Gathers acknowledgements and sends them together; the next round begins when the last has its answer.
  private func acknowledge(_ entry: LaneEntry) {
    let partition = partition(of: entry.key)
    let mustStart = state.withLock { state in
      state.acknowledged[partition, default: []].append(entry.id)
      guard !state.isAcknowledging else { return false }
      state.isAcknowledging = true
      return true
    }
    guard mustStart else { return }
    Task { await self.sendAcknowledgements() }
  }

  private func sendAcknowledgements() async {
    while true {
      let batch = state.withLock { state -> [Int: [String]] in
        defer { state.acknowledged = [:] }
        if state.acknowledged.isEmpty { state.isAcknowledging = false }
        return state.acknowledged
      }
      if batch.isEmpty { return }
      for (partition, ids) in batch { await acknowledge(ids, of: partition) }
    }
  }

  private func acknowledge(_ ids: [String], of partition: Int) async {
    // Lua's `unpack` and Redis's argument limits want bounded batches.
    for start in stride(from: 0, to: ids.count, by: 500) {
      let slice = ids[start..<min(start + 500, ids.count)]
      do throws(BusError) {
        _ = try await bus.run(
          Scripts.acknowledge, [stream(partition)],
          [RedisArgument(Self.group)] + slice.map { RedisArgument(String($0.drop { $0 != "/" }.dropFirst())) }
        )
      } catch {
        // They may stay pending on the server: claim them and deliver them once more, to handlers that expect it.
        log.warning(
          "acknowledgements lost", ["count": .integer(Int64(slice.count)), "reason": .string("\(error)")])
        state.withLock { $0.owned[partition]?.isRecovered = false }
      }
      state.withLock { $0.known.subtract(slice) }
    }
  }
}
