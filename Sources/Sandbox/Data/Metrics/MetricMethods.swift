// `metrics.*`: what a plugin measures in a server (plugin-host contract, section 10.5).

package import DiscordCore
package import EventLoop
package import JSON
import PlatformTenancy
package import SandboxContract
package import Storage
import Synchronization
import Telemetry

/// The methods of `metrics.*`. Records are summed up in memory for two seconds and then written; a query writes first. At a
/// clean stop nothing is lost, if `flush` is awaited after the last worker ended; when the process dies, two seconds are.
package final class MetricMethods: GuestMethods {
  private static let tagCount = 10
  /// Bytes of all tags together, as JSON: they are part of an index.
  private static let tagSize = 1_000
  /// Beyond any measure, and sums of it stay finite.
  private static let most = 1e100

  private let storage: Storage
  private let time: any TimeSource
  private let buffer: Mutex<MetricBuffer>
  private let gate = WriteGate()
  private let log = Log(room: "sandbox")

  /// `limit` is how many sums wait for the next write before a record waits for it.
  package init(storage: Storage, time: any TimeSource, limit: Int = 20_000) {
    (self.storage, self.time) = (storage, time)
    buffer = Mutex(MetricBuffer(limit: limit, knownLimit: 200_000))
  }

  package let names = ["metrics.record", "metrics.query", "metrics.total"]

  package func answer(_ call: GuestCall) async throws -> JSONValue {
    let metric = try Self.metric(call)
    switch call.method {
    case "metrics.record":
      try await record(metric, call)
      return ["ok": true]
    case "metrics.query": return try await query(metric, call)
    case "metrics.total":
      let period = try Self.period(call)
      await flush(MetricBuffer.Tenant(plugin: call.plugin, guild: call.guild))
      let store = MetricStore(store: call.store, plugin: call.plugin)
      let since = period.buckets(at: call.now.milliseconds).first ?? 0
      let sums = try await store.sums(of: metric, since: since, period.step)
      return ["total": .double(MetricAggregate.sum.value(Self.all(sums)))]
    default: throw RPCError(.unknownMethod, "unknown method: \(call.method)")
    }
  }

  // MARK: Recording

  private func record(_ metric: String, _ call: GuestCall) async throws {
    let value = try Self.value(call)
    let series = MetricSeries(metric: metric, tags: try Self.tags(call))
    let tenant = MetricBuffer.Tenant(plugin: call.plugin, guild: call.guild)
    // Once for what is not known; a third time only when another call made the buffer forget meanwhile.
    for _ in 0..<3 {
      let outcome = buffer.withLock {
        $0.record(value, series, of: tenant, at: call.now.milliseconds, uptime: time.uptime)
      }
      switch outcome {
      case .taken(let isFull):
        if isFull { await flush() }
        return
      case .refused:
        throw RPCError(
          .quotaExceeded,
          "quota exceeded: a plugin has at most \(MetricBuffer.seriesLimit) distinct series (metric and tags) in a server; use tags with fewer values",
          retryAfter: 3_600)
      case .asksForSeries:
        // What a flush has taken out is in neither until it is done.
        await gate.settled()
        let there = try await MetricStore(store: call.store, plugin: call.plugin)
          .series(limit: MetricBuffer.seriesLimit)
        buffer.withLock { $0.know(there, of: tenant, uptime: time.uptime) }
      }
    }
    throw RPCError(.rateLimited, "rate limit: too many metrics at once", retryAfter: 1)
  }

  /// Writes every two seconds until the task is cancelled, and once more then.
  package func run() async { await time.keepWriting(every: .seconds(2)) { await self.flush() } }

  /// Writes what waits, and returns when it, and what other calls took out, is written. What cannot be written waits for the
  /// next time.
  package func flush() async { await flush(nil) }

  /// As `flush()`, of one tenant only.
  private func flush(_ only: MetricBuffer.Tenant?) async {
    let ticket = gate.begin()
    let waiting = buffer.withLock { $0.take(of: only) }
    for (tenant, sums) in waiting {
      let store = MetricStore(
        store: storage.guild(Tenant(tenant.guild)), plugin: tenant.plugin)
      do {
        try await store.add(sums)
      } catch {
        let isKept = buffer.withLock { $0.putBack(sums, of: tenant) }
        log.warning(
          "metrics could not be written",
          ["plugin": .string(tenant.plugin), "kept": .boolean(isKept), "error": .string("\(error)")])
      }
    }
    gate.end(ticket)
    await gate.settled()
  }

  package func erase(_ plugin: String, in guild: GuildID) async throws {
    buffer.withLock { $0.erase(MetricBuffer.Tenant(plugin: plugin, guild: guild)) }
    await gate.settled()
    try await MetricStore(store: storage.guild(Tenant(guild)), plugin: plugin).erase()
  }

  // MARK: Reading

  private func query(_ metric: String, _ call: GuestCall) async throws -> JSONValue {
    let period = try Self.period(call)
    let name = try call.optionalText("aggregate") ?? "sum"
    guard let aggregate = MetricAggregate(rawValue: name) else {
      throw RPCError.invalid("aggregate must be one of sum, count, avg, min, max")
    }
    let tag = try call.optionalText("group_by", 0...Self.tagSize) ?? ""
    await flush(MetricBuffer.Tenant(plugin: call.plugin, guild: call.guild))
    let store = MetricStore(store: call.store, plugin: call.plugin)
    let buckets = period.buckets(at: call.now.milliseconds)
    let since = buckets.first ?? 0
    var groups: [(name: String, sums: [Int64: MetricSum])] = []
    if tag.isEmpty {
      groups = [(metric, try await store.sums(of: metric, since: since, period.step))]
    } else {
      groups = try await store.sums(of: metric, by: tag, since: since, period.step)
        .sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
    var all: MetricSum?
    for group in groups {
      guard let sum = Self.all(group.sums) else { continue }
      if all?.add(sum) == nil { all = sum }
    }
    return [
      "labels": .array(buckets.map { .string(period.step.label($0)) }),
      "series": .array(
        groups.map { group in
          let data = buckets.map { JSONValue.double(aggregate.value(group.sums[$0])) }
          return ["name": .string(group.name), "data": .array(data)]
        }),
      "total": .double(aggregate.value(all)),
    ]
  }

  private static func all(_ sums: [Int64: MetricSum]) -> MetricSum? {
    var all: MetricSum?
    for sum in sums.values where all?.add(sum) == nil { all = sum }
    return all
  }

  // MARK: Parameters

  private static func metric(_ call: GuestCall) throws(RPCError) -> String {
    let text = call.params["metric"]?.string ?? ""
    func isFirst(_ byte: UInt8) -> Bool {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"):
        true
      default: false
      }
    }
    func isNext(_ byte: UInt8) -> Bool { isFirst(byte) || (0x30...0x39).contains(byte) }
    guard (1...64).contains(text.utf8.count), text.utf8.first.map(isFirst) == true,
      text.utf8.allSatisfy(isNext)
    else {
      throw .invalid(
        text.utf8.contains(UInt8(ascii: "."))
          ? "metric must not contain dots: use underscores"
          : "metric must have 1 to 64 letters, digits and underscores, and not begin with a digit")
    }
    return text
  }

  private static func value(_ call: GuestCall) throws(RPCError) -> Double {
    guard let value = call.params["value"] else { return 1 }
    guard let number = value.double, number.isFinite, abs(number) <= most else {
      throw .invalid("value must be a number from -1e100 to 1e100")
    }
    return number
  }

  private static func tags(_ call: GuestCall) throws(RPCError) -> String {
    guard let value = call.params["tags"], !value.isNull else { return "{}" }
    guard let object = value.object else { throw .invalid("tags must be an object") }
    guard object.fields.count <= tagCount else { throw .invalid("tags must have at most \(tagCount) names") }
    guard object.fields.allSatisfy({ $0.value.string != nil && !$0.key.isEmpty }) else {
      throw .invalid("tags must be strings with names")
    }
    let fields = object.fields.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    let bytes: [UInt8]
    do { bytes = try JSONValue.object(JSONObject(fields: fields)).encoded() } catch {
      throw .invalid("tags must be strings")
    }
    guard bytes.count <= tagSize else {
      throw .invalid("tags must be at most \(tagSize) bytes of JSON together")
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func period(_ call: GuestCall) throws(RPCError) -> MetricPeriod {
    let name = try call.optionalText("period") ?? (call.method == "metrics.total" ? "30d" : "7d")
    guard let period = MetricPeriod(rawValue: name) else {
      throw .invalid("period must be one of 1h, 24h, 7d, 30d, 90d")
    }
    return period
  }
}
