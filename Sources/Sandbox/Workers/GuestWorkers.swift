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
  private let state = Mutex(State())

  private struct State {
    var pools: [GuestRelease: GuestPool] = [:]
    var isClosed = false
    var isWeighing = false
  }

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
        methods, directory: directory, journal: journal, time: time),
      time: time, limits: limits, figures: WorkerFigures(metrics))
  }

  /// Looks after all processes until the task is cancelled. Call `close` afterwards, from a task that is not.
  package func run() async {
    await withDiscardingTaskGroup { group in
      var ticks = 0
      while !Task.isCancelled {
        do { try await parts.time.sleep(for: .milliseconds(250)) } catch { return }
        ticks += 1
        let pools = state.withLock { Array($0.pools.values) }
        for pool in pools { await pool.tick() }
        // Apart: an engine that does not answer must not keep anybody's turns.
        if ticks.isMultiple(of: 40) { group.addTask { await self.weigh(pools) } }
        guard ticks.isMultiple(of: 240) else { continue }
        for pool in pools where await pool.closeIfEmpty() { remove(pool) }
      }
    }
  }

  /// Asks what the processes use, unless that is being asked still.
  private func weigh(_ pools: [GuestPool]) async {
    let isFirst = state.withLock { state in
      defer { state.isWeighing = true }
      return !state.isWeighing
    }
    guard isFirst else { return }
    await withDiscardingTaskGroup { group in
      for pool in pools { group.addTask { await pool.weigh() } }
    }
    state.withLock { $0.isWeighing = false }
  }

  /// Ends every process, as the contract's section 4.4 says. Nothing is begun afterwards.
  package func close() async {
    let all = state.withLock { state in
      state.isClosed = true
      defer { state.pools = [:] }
      return Array(state.pools.values)
    }
    await withDiscardingTaskGroup { group in
      for pool in all { group.addTask { await pool.close() } }
    }
  }

  // MARK: Bringing

  /// Brings an event, and returns at once; nobody hears what became of it but the plugin's log.
  package func deliver(_ delivery: GuestDelivery) async {
    await take(delivery) { _ in }
  }

  private func take(_ delivery: GuestDelivery, done: @escaping @Sendable (GuestJob.End) -> Void) async {
    // A pool that was closed as one that nobody needs, or replaced, makes way for another.
    while let pool = pool(of: delivery.plugin, in: delivery.guild) {
      if await pool.take(delivery, done: done) { return }
      remove(pool)
    }
    done(.dropped("the plugin is not switched on in this server"))
  }

  /// Brings an event, and returns when the plugin is done with it, or it was given up.
  package func handle(_ delivery: GuestDelivery) async -> GuestDeliveryEnd {
    await withCheckedContinuation { continuation in
      Task {
        await take(delivery) { end in
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
    let known = state.withLock { $0.pools[installation.release] }
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
    parts.directory.installation(of: plugin, in: guild).flatMap { pool(of: $0.release) }
  }

  /// nil once everything was closed.
  private func pool(of release: GuestRelease) -> GuestPool? {
    state.withLock { state in
      if let known = state.pools[release] { return known }
      guard !state.isClosed else { return nil }
      let pool = GuestPool(release, parts)
      state.pools[release] = pool
      return pool
    }
  }

  private func remove(_ pool: GuestPool) {
    state.withLock { state in
      if state.pools[pool.release] === pool { state.pools[pool.release] = nil }
    }
  }

  /// Drops what waits for a plugin in a server.
  package func retire(plugin: String, in guild: GuildID) async {
    for pool in pools(of: plugin) { await pool.forget(guild) }
  }

  /// What waits for an earlier version of a plugin in a server goes to the one that is there now.
  package func update(plugin: String, in guild: GuildID) async {
    let current = pool(of: plugin, in: guild)
    for pool in pools(of: plugin) where pool !== current { await bring(await pool.handOver(of: guild)) }
  }

  /// Ends the processes of a release that nobody has any more; what they have under way is finished, and what waits goes to
  /// the release that took its place.
  package func replace(_ release: GuestRelease) async {
    guard let pool = state.withLock({ $0.pools.removeValue(forKey: release) }) else { return }
    await bring(await pool.beReplaced())
    await pool.close()
    await bring(await pool.handOver())
    await pool.dropAll("the plugin is being stopped")
  }

  private func bring(_ jobs: [GuestJob]) async {
    for job in jobs {
      guard case .event(let delivery) = job.kind else { continue }
      await take(delivery, done: job.done)
    }
  }

  private func pools(of plugin: String) -> [GuestPool] {
    state.withLock { $0.pools.filter { $0.key.plugin == plugin }.map(\.value) }
  }

  /// Keeps one process of each of these ready, and of no other.
  package func keepWarm(_ releases: Set<GuestRelease>) async {
    for release in releases { await pool(of: release)?.setWarm(true) }
    for (release, pool) in state.withLock({ $0.pools }) where !releases.contains(release) {
      await pool.setWarm(false)
    }
  }

  /// How the workers of a release are; nil when none were needed yet.
  package func status(of release: GuestRelease) async -> GuestWorkerStatus? {
    guard let pool = state.withLock({ $0.pools[release] }) else { return nil }
    return await pool.status
  }

  /// How all are.
  package var status: [GuestWorkerStatus] {
    get async {
      var all: [GuestWorkerStatus] = []
      for pool in state.withLock({ Array($0.pools.values) }) { all.append(await pool.status) }
      return all
    }
  }
}
