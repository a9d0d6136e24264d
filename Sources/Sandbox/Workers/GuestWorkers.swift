// All workers of this process: a pool for each release, made when something is to be brought to it.

package import DiscordCore
package import EventLoop
package import JSON
package import PlatformAccess
package import SandboxContract
import Synchronization
package import Telemetry

/// How the workers of a release are.
package struct GuestWorkerStatus: Sendable, Hashable {
  package let release: GuestRelease
  /// Processes that do not take events yet, and that do.
  package let starting: Int
  package let ready: Int
  /// What waits for them.
  package let waiting: Int
  /// How often one ended by itself or was replaced.
  package let restarts: Int
  /// Bytes of all processes together; nil while it was not measured. So with the next.
  package let memory: Int?
  package let processor: Duration?
  package let lastError: String?
}

/// A change in a plugin's life in a server that it may hear of (contract, section 4.3).
package enum GuestLifecycle: String, Sendable, Hashable, CaseIterable {
  case install, enable, disable, uninstall
}

/// Metrics of workers.
struct WorkerFigures: Sendable {
  let sent: Counter
  let calls: Counter
  let refused: Counter
  let failed: Counter
  let dropped: Counter
  let dead: Counter
  let crashes: Counter
  let starts: Counter

  init(_ metrics: MetricRegistry) {
    sent = metrics.counter("sandbox_events_total", help: "Events and requests that plugins were sent")
    calls = metrics.counter("sandbox_calls_total", help: "Calls of plugins that were let through to a method")
    refused = metrics.counter(
      "sandbox_calls_refused_total", help: "Calls of plugins that belonged to no server")
    failed = metrics.counter(
      "sandbox_events_failed_total", help: "Events that a handler of a plugin raised on")
    dropped = metrics.counter("sandbox_events_dropped_total", help: "Events that a plugin did not get")
    dead = metrics.counter("sandbox_events_dead_total", help: "Events that were given up after five attempts")
    crashes = metrics.counter("sandbox_crashes_total", help: "Processes of plugins that ended by themselves")
    starts = metrics.counter("sandbox_starts_total", help: "Processes of plugins that were started")
  }
}

/// Brings things to plugins and answers what they ask.
package final class GuestWorkers: GuestFrameReceiver, Sendable {
  private let parts: PoolParts
  private let pools = Mutex<[GuestRelease: GuestPool]>([:])

  /// - Parameters:
  ///   - launcher: starts processes.
  ///   - methods: what answers calls; of two groups with a name, the later.
  ///   - directory: who is who, asked at each call.
  ///   - journal: gets what plugins write, and what was refused them.
  ///   - time: clocks.
  ///   - limits: bounds.
  ///   - metrics: of this process.
  package init(
    launcher: any GuestLauncher, methods: [any GuestMethods], directory: any GuestDirectory,
    journal: any GuestJournal, time: any TimeSource, limits: GuestWorkerLimits = GuestWorkerLimits(),
    metrics: MetricRegistry = .process
  ) {
    parts = PoolParts(
      launcher: launcher, directory: directory, journal: journal,
      answerer: CallAnswerer(
        methods, directory: directory, journal: journal, time: time, limit: limits.callTime),
      time: time, limits: limits, figures: WorkerFigures(metrics))
  }

  /// Looks after all processes until the task is cancelled. Call `close` afterwards, from a task that is not.
  package func run() async {
    var ticks = 0
    while !Task.isCancelled {
      do { try await parts.time.sleep(for: .milliseconds(250)) } catch { return }
      ticks += 1
      for (release, pool) in pools.withLock({ $0 }) {
        await pool.tick()
        if ticks.isMultiple(of: 40) { await pool.weigh() }
        guard ticks.isMultiple(of: 240), await pool.isEmpty else { continue }
        pools.withLock { pools in if pools[release] === pool { pools[release] = nil } }
      }
    }
  }

  /// Ends every process, as the contract's section 4.4 says.
  package func close() async {
    let all = pools.withLock { pools in
      defer { pools = [:] }
      return Array(pools.values)
    }
    await withDiscardingTaskGroup { group in
      for pool in all { group.addTask { await pool.close() } }
    }
  }

  // MARK: Bringing

  /// Brings an event, and returns at once; nobody hears what became of it but the plugin's log.
  package func deliver(_ delivery: GuestDelivery) async {
    guard let pool = pool(of: delivery.plugin, in: delivery.guild) else { return }
    await pool.take(delivery) { _ in }
  }

  /// Brings an event, and returns when the plugin is done with it, or it was given up.
  package func handle(_ delivery: GuestDelivery) async -> GuestDeliveryEnd {
    guard let pool = pool(of: delivery.plugin, in: delivery.guild) else {
      return .dropped("the plugin is not switched on in this server")
    }
    return await withCheckedContinuation { continuation in
      Task {
        await pool.take(delivery) { end in
          switch end {
          case .acknowledged(let isFailed): continuation.resume(returning: .acknowledged(isFailed: isFailed))
          case .answered: continuation.resume(returning: .acknowledged(isFailed: false))
          case .dropped(let reason): continuation.resume(returning: .dropped(reason))
          }
        }
      }
    }
  }

  /// Asks a handler of the plugin's dashboard (section 22.6). The host's own keys take the place of the caller's.
  ///
  /// `name` is without `dashboard.`; `params` are the manifest's, overlaid by the caller's.
  ///
  /// - Returns: what the handler answered; an object with `error` is its failure.
  /// - Throws: `RPCError`: `.notFound`, `.upstream` when the plugin did not answer in time or failed, `.validation` for an
  ///   answer of more than 1 MiB.
  package func request(
    dashboard name: String, params: JSONObject, viewer: UserID, viewerName: String, role: AccessRole,
    plugin: String, guild: GuildID
  ) async throws -> JSONValue {
    guard let pool = pool(of: plugin, in: guild) else {
      throw RPCError(.notFound, "the plugin is not switched on in this server")
    }
    var params = params
    for key in ["viewer_user_id", "discord_user_id", "user_id", "caller_user_id"] {
      params[key] = .string("\(viewer)")
    }
    for key in ["viewer_username", "username", "caller_username"] { params[key] = .string(viewerName) }
    params["viewer_role"] = .string(role.name)
    params["discord_srv_id"] = .string("\(guild)")
    params["plugin_id"] = .string(plugin)
    let answer = await pool.request(
      "dashboard.\(name)", params, .dashboard(name, viewer: viewer, role: role), in: guild,
      within: parts.limits.dashboardTime)
    switch answer {
    case .success(let value):
      guard try value.encoded().count <= 1 << 20 else {
        throw RPCError.invalid("the plugin's answer is larger than 1 MiB")
      }
      return value
    case .failure(let failure): throw RPCError(.upstream, failure.message)
    }
  }

  /// Tells a plugin of a change of its own life in a server; at most once, and whatever comes of it.
  package func lifecycle(_ kind: GuestLifecycle, _ installation: GuestInstallation) async {
    // A process is not started to be told that it is not needed any more.
    let isEnd = kind == .disable || kind == .uninstall
    let known = pools.withLock { $0[installation.release] }
    guard let pool = isEnd ? known : self.pool(of: installation.release) else { return }
    var params = JSONObject()
    params["lifecycle"] = .string(kind.rawValue)
    params["type"] = .string(kind.rawValue)
    params["discord_srv_id"] = .string("\(installation.guild)")
    params["plugin_id"] = .string(installation.plugin)
    _ = await pool.request(
      "host.\(kind.rawValue)", params, .lifecycle(kind.rawValue), in: installation.guild,
      pinned: installation, within: .seconds(10))
  }

  package func deliverFrame(
    _ method: String, _ params: JSONObject, name: String, to plugin: String, in guild: GuildID
  ) async {
    guard let pool = pool(of: plugin, in: guild),
      let installation = parts.directory.installation(of: plugin, in: guild)
    else { return }
    var params = params
    params["discord_srv_id"] = .string("\(guild)")
    params["plugin_id"] = .string(plugin)
    params["version"] = .string(installation.release.version)
    params["capabilities"] = .array(
      installation.grants.capabilities.sorted().map { .string($0.rawValue) })
    _ = await pool.request(method, params, .socket(name), in: guild, within: .seconds(30))
  }

  // MARK: Pools

  private func pool(of plugin: String, in guild: GuildID) -> GuestPool? {
    parts.directory.installation(of: plugin, in: guild).map { pool(of: $0.release) }
  }

  private func pool(of release: GuestRelease) -> GuestPool {
    pools.withLock { pools in
      if let known = pools[release] { return known }
      let pool = GuestPool(release, parts)
      pools[release] = pool
      return pool
    }
  }

  /// Drops what waits for a plugin in a server.
  package func retire(plugin: String, in guild: GuildID) async {
    for (release, pool) in pools.withLock({ $0 }) where release.plugin == plugin { await pool.forget(guild) }
  }

  /// Ends the processes of a release that nobody has any more; what they have under way is finished.
  package func replace(_ release: GuestRelease) async {
    guard let pool = pools.withLock({ $0.removeValue(forKey: release) }) else { return }
    await pool.close()
  }

  /// Keeps one process of each of these ready, and of no other.
  package func keepWarm(_ releases: Set<GuestRelease>) async {
    for release in releases { await pool(of: release).setWarm(true) }
    for (release, pool) in pools.withLock({ $0 }) where !releases.contains(release) {
      await pool.setWarm(false)
    }
  }

  /// How the workers of a release are; nil when none were needed yet.
  package func status(of release: GuestRelease) async -> GuestWorkerStatus? {
    guard let pool = pools.withLock({ $0[release] }) else { return nil }
    return await pool.status
  }

  /// How all are.
  package var status: [GuestWorkerStatus] {
    get async {
      var all: [GuestWorkerStatus] = []
      for pool in pools.withLock({ Array($0.values) }) { all.append(await pool.status) }
      return all
    }
  }
}
