// The processes of a release: started, read until they end, and what they said on the way.

import DiscordCore
import EventLoop
import JSON
import SandboxContract
import Telemetry

extension GuestPool {
  // MARK: Words

  func logged(_ params: JSONObject, by id: Int) {
    let message = params["message"]?.string ?? ""
    if workers[id]?.phase == .starting, message == Self.banner { return booting(id) }
    guard workers[id]?.mayLog(at: now, limits) == true else { return }
    var extra: [String: String] = [:]
    for field in (params["extra"]?.object?.fields ?? []).prefix(20) {
      extra[String(field.key.prefix(100))] = String((field.value.string ?? "").prefix(500))
    }
    let level = params["level"]?.string.flatMap { GuestLogLine.Level(rawValue: $0) } ?? .info
    let tags = (params["tags"]?.array ?? []).prefix(10).compactMap {
      $0.string.map { String($0.prefix(100)) }
    }
    if level == .error { lastError = String(message.prefix(300)) }
    for guild in readers(of: id) {
      parts.journal.note(
        GuestLogLine(
          at: parts.time.now, guild: guild, plugin: plugin, source: .plugin, level: level,
          message: String(message.prefix(4_000)), tags: tags, extra: extra))
    }
  }

  /// What the plugin printed, or wrote to its standard error.
  func printed(_ text: String, _ level: GuestLogLine.Level, by id: Int) {
    guard !text.isEmpty, workers[id]?.mayLog(at: now, limits) == true else { return }
    for guild in readers(of: id) {
      parts.journal.note(
        GuestLogLine(
          at: parts.time.now, guild: guild, plugin: plugin, source: .plugin, level: level,
          message: String(text.prefix(4_000))))
    }
  }

  /// Whose log gets what a process says: its words tell nothing of that (section 8.2). Before its first event there is nothing
  /// of anybody's in it, and everybody who has the plugin may read why it does not start.
  private func readers(of id: Int) -> [GuildID?] {
    if let lease = try? workers[id]?.book.resolve(JSONObject(), at: now) { return [lease.guild] }
    if case .guild(let owner) = release.origin { return [owner] }
    return workers[id]?.phase == .starting ? everybody : [nil]
  }

  /// The operator, and the servers that have the release; of very many the first.
  private var everybody: [GuildID?] { [nil] + parts.directory.guilds(with: release).prefix(500).map { $0 } }

  /// A line of the host's; without a server for everybody who has the release.
  func note(_ level: GuestLogLine.Level, _ message: String, in guild: GuildID?) {
    if level == .error { lastError = message }
    for reader in guild.map({ [$0] }) ?? everybody {
      parts.journal.note(
        GuestLogLine(
          at: parts.time.now, guild: reader, plugin: plugin, source: .host, level: level, message: message))
    }
  }

  /// Whose the boot is.
  private static let nobody = GuildID(0)
  static let banner = "SDK plugin process started"

  // MARK: Processes

  /// Starts a process, if it is not too soon after the last one that ended by itself.
  func startWorker() {
    guard !isClosing, now >= pauseUntil,
      workers.values.count(where: { $0.phase != .ending }) < limits.workersPerRelease
    else { return }
    guard crashes.admits(at: now) else { return }
    let id = nextWorker
    nextWorker += 1
    workers[id] = PoolWorker(at: now)
    let (launcher, release) = (parts.launcher, release)
    // Lives as long as the process: its output is read until the end, whoever asked for it.
    Task {
      do {
        let channel = try await launcher.launch(release)
        await self.attend(channel, id)
      } catch {
        self.couldNotStart(id, error)
      }
    }
  }

  private func couldNotStart(_ id: Int, _ error: any Error) {
    // One that took too long is counted already.
    guard workers.removeValue(forKey: id) != nil else { return }
    log.error(
      "a plugin's process cannot be started", ["plugin": .string(plugin), "error": .string("\(error)")])
    crashed("the process could not be started: \(error)")
  }

  /// Reads a process until it ends.
  private func attend(_ channel: any GuestChannel, _ id: Int) async {
    guard workers[id] != nil, !isClosing else {
      await channel.end(isGentle: false)
      workers[id] = nil
      return
    }
    let outbox = Outbox()
    workers[id]?.channel = channel
    workers[id]?.outbox = outbox
    let writer = Task { await outbox.write(to: channel) }
    var code: Int?
    do {
      reading: while let output = try await channel.read() {
        // One that writes without end would have this pool to itself otherwise.
        await Task.yield()
        switch output {
        case .standardOutput(let bytes):
          guard receive(bytes, from: id) else { break reading }
          await hold(id)
        case .standardError(let bytes):
          let lines = workers[id]?.errorLines.takeAll(bytes) ?? []
          for line in lines { printed(String(decoding: line, as: UTF8.self), .warning, by: id) }
          workers[id]?.budget.spend(lines: lines.count, bytes: bytes.count, at: now)
          await hold(id)
        case .ended(let status): code = status
        }
      }
    } catch {
      log.warning("a plugin's process was lost", ["plugin": .string(plugin), "error": .string("\(error)")])
    }
    outbox.finish()
    writer.cancel()
    // What it had under way is brought to another at once; to clear away what is left of it takes the engine a while.
    endings += 1
    ended(id, code, outOfMemory: await channel.ranOutOfMemory)
    await channel.end(isGentle: false)
    endings -= 1
  }

  /// Waits while a worker has written more than it may, or does not read what it is told.
  private func hold(_ id: Int) async {
    while let worker = workers[id], !worker.isKilled {
      let wait = worker.budget.wait(at: now)
      guard wait > .zero || worker.outbox?.isFull == true else { return }
      do { try await parts.time.sleep(for: max(wait, .milliseconds(10))) } catch { return }
    }
  }

  /// The banner is there: boot, as a request, so that nothing is sent too early (section 4.1).
  func booting(_ id: Int) {
    var params = JSONObject()
    params["mode"] = "pool"
    params["discord_srv_id"] = ""
    params["plugin_id"] = .string(plugin)
    params["version"] = .string(release.version)
    params["capabilities"] = .array(release.manifest.capabilities.map { .string($0.rawValue) })
    let request = Self.unguessable()
    let boot = GuestJob(
      number: 0, kind: .request(method: "host.boot", params: params, cause: .unprompted, pinned: nil),
      guild: Self.nobody, isUrgent: true, waitsSince: now
    ) { end in
      // The answer comes to the pool's own thread of control, through the worker's output.
      Task { await self.booted(id, end) }
    }
    workers[id]?.jobs[request] = boot
    write(HostLine.request(request, "host.boot", params), to: id)
  }

  private func booted(_ id: Int, _ end: GuestJob.End) {
    guard workers[id]?.phase == .starting else { return }
    if case .answered(.failure(let failure)) = end {
      note(.error, "the plugin did not start: \(failure.message)", in: nil)
      return kill(id)
    }
    workers[id]?.phase = .ready
    crashes.succeeded()
    parts.figures.starts.increment()
    pump()
  }

  private func ended(_ id: Int, _ code: Int?, outOfMemory: Bool) {
    guard let worker = workers.removeValue(forKey: id) else { return }
    for (_, call) in worker.calls { call.task.cancel() }
    for (_, job) in worker.jobs { lost(job) }
    guard worker.phase != .ending else { return pump() }
    let why =
      outOfMemory
      ? "it used more memory than it may have"
      : "with code \(code.map(String.init) ?? "unknown")"
    // What a process has open is one server's, and others' go on whatever that one's members make it do.
    let guild = worker.jobs.values.first { $0.guild != Self.nobody }?.guild
    crashed("the plugin's process ended by itself, \(why)", in: guild)
    pump()
  }

  /// A process ended with this under way.
  private func lost(_ job: GuestJob) {
    guard job.number > 0 else { return }
    guard case .event(let delivery) = job.kind else {
      return job.done(.answered(.failure(.init(message: "the plugin's process ended"))))
    }
    var again = job
    again.attempts += 1
    breakers[job.guild]?.abandoned()
    guard job.isRepeatable, !isClosing || isReplaced else {
      return job.done(.dropped("the plugin's process ended"))
    }
    guard again.attempts < limits.attempts else {
      parts.figures.dead.increment()
      note(
        .error, "an event was given up: the process ended \(limits.attempts) times while it had it",
        in: job.guild)
      parts.journal.keep(GuestDeadLetter(delivery, at: parts.time.now, attempts: limits.attempts))
      return job.done(.dropped("given up after \(limits.attempts) attempts"))
    }
    queue.putBack(again)
  }

  /// Counts an end that nobody wanted, of a process that had something of a server: the next start waits longer and longer.
  func crashed(_ sentence: String, in guild: GuildID? = nil) {
    restarts += 1
    crashesInRow += 1
    parts.figures.crashes.increment()
    note(.error, sentence, in: guild)
    // Nobody should wait for what cannot begin; where another process goes on, that one takes it.
    let isDown = isDown
    let waiting = queue.removeAll { job in
      if isDown, case .request = job.kind { return true }
      return isDown && job.isInteraction
    }
    for job in waiting { job.done(.answered(.failure(.init(message: "the plugin's process does not run")))) }
    pauseUntil = now + .milliseconds(min(30_000, 100 << min(crashesInRow, 9)))
    let hasFailed =
      if let guild { guildCrashes[guild, default: .crashes].failed(at: now) } else { crashes.failed(at: now) }
    guard hasFailed else { return }
    note(.error, "the process ended 5 times within 10 minutes; it is tried again in 5 minutes", in: guild)
    for job in queue.removeAll({ guild == nil || $0.guild == guild }) {
      job.done(.dropped("the plugin failed too often"))
    }
  }
}
