// The workers of one release: started when something waits, given turns, and replaced when they hang, leak or crash.

import DiscordCore
import EventLoop
import JSON
import SandboxContract
import Telemetry
import Vault

/// What pools share.
struct PoolParts: Sendable {
  let launcher: any GuestLauncher
  let directory: any GuestDirectory
  let journal: any GuestJournal
  let answerer: CallAnswerer
  let time: any TimeSource
  let limits: GuestWorkerLimits
  let figures: WorkerFigures
}

/// One release's queue and processes.
actor GuestPool {
  let release: GuestRelease
  let parts: PoolParts
  var workers: [Int: PoolWorker] = [:]
  var queue = TurnQueue()
  var isWarm = false
  /// Nothing new is taken any more: another release took its place, or the program stops.
  var isClosing = false
  /// Another release took its place, and gets what is not done here.
  var isReplaced = false
  var restarts = 0
  var lastError: String?
  var nextWorker = 1
  private var nextJob = 1
  private var nextCall = 1
  var breakers: [GuildID: GuestBreaker] = [:]
  /// Of processes that ended while they had something of a server, and of those that had nothing of anybody.
  var guildCrashes: [GuildID: GuestBreaker] = [:]
  var crashes = GuestBreaker.crashes
  var pauseUntil = Duration.zero
  /// Processes that are not ours any more and not cleared away yet.
  var endings = 0
  var crashesInRow = 0
  let log = Log(room: "sandbox")

  init(_ release: GuestRelease, _ parts: PoolParts) { (self.release, self.parts) = (release, parts) }

  var now: Duration { parts.time.uptime }
  var limits: GuestWorkerLimits { parts.limits }
  var plugin: String { release.plugin }

  // MARK: Taking jobs

  /// Takes an event; `done` is called once, at the latest when the pool closes. Returns false, with `done` uncalled, when the
  /// pool is of no use any more and another is to be asked.
  func take(_ delivery: GuestDelivery, done: @escaping @Sendable (GuestJob.End) -> Void) -> Bool {
    guard !isClosing else { return false }
    guard hasRoom(for: delivery.guild) else {
      parts.figures.dropped.increment()
      note(.warning, "an event was dropped: too many wait", in: delivery.guild)
      done(.dropped("too many events wait"))
      return true
    }
    let isUrgent = delivery.isInteraction
    // Events wait out a short pause; whoever gave a command is told at once.
    guard !hasFailed(in: delivery.guild), !isUrgent || !isPaused else {
      parts.figures.dropped.increment()
      done(.dropped("the plugin failed too often"))
      return true
    }
    queue.append(job(.event(delivery), delivery.guild, isUrgent: isUrgent, done: done))
    pump()
    return true
  }

  /// Whether the server, or everybody, gets nothing for a while (section 6.4).
  private func hasFailed(in guild: GuildID) -> Bool {
    breakers[guild]?.isOpen(at: now) == true || guildCrashes[guild]?.isOpen(at: now) == true
      || (isDown && crashes.isOpen(at: now))
  }

  /// Whether no process runs, and none may be started yet.
  private var isPaused: Bool { isDown && (now < pauseUntil || crashes.isOpen(at: now)) }

  /// Whether no process is there that something could be brought to, now or soon.
  var isDown: Bool { workers.values.allSatisfy { $0.phase == .ending } }

  private func hasRoom(for guild: GuildID) -> Bool {
    queue.count < limits.waiting && queue.waiting(in: guild) < limits.waitingPerGuild
  }

  /// Takes a request and returns what the plugin answers.
  func request(
    _ method: String, _ params: JSONObject, _ cause: GuestCause, in guild: GuildID,
    pinned: GuestInstallation? = nil, within limit: Duration
  ) async -> Result<JSONValue, HostRequestFailure> {
    // The last word to a process that ends still reaches it; where none is left, nobody would answer.
    guard !isClosing || (pinned != nil && !isDown) else {
      return .failure(.init(message: "the plugin is being stopped"))
    }
    guard !isPaused else { return .failure(.init(message: "the plugin's process does not run")) }
    guard hasRoom(for: guild) else { return .failure(.init(message: "too much waits for the plugin")) }
    let number = nextJob
    let time = parts.time
    return await withTaskGroup(of: Void.self) { group in
      group.addTask {
        // Cancelled once the answer is there, or when the caller is: then nobody waits either way.
        try? await time.sleep(for: limit)
        await self.giveUp(number)
      }
      defer { group.cancelAll() }
      return await withCheckedContinuation { continuation in
        var isUrgent = true
        if case .socket = cause { isUrgent = false }
        let job = job(
          .request(method: method, params: params, cause: cause, pinned: pinned), guild, isUrgent: isUrgent
        ) { end in
          switch end {
          case .answered(let answer): continuation.resume(returning: answer)
          case .acknowledged: continuation.resume(returning: .success(.null))
          case .dropped(let reason): continuation.resume(returning: .failure(.init(message: reason)))
          }
        }
        queue.append(job)
        pump()
      }
    }
  }

  private func job(
    _ kind: GuestJob.Kind, _ guild: GuildID, isUrgent: Bool, done: @escaping @Sendable (GuestJob.End) -> Void
  ) -> GuestJob {
    defer { nextJob += 1 }
    return GuestJob(
      number: nextJob, kind: kind, guild: guild, isUrgent: isUrgent, waitsSince: now, done: done)
  }

  /// A request that took too long: whoever waits is told, and what the plugin may still say is passed over.
  private func giveUp(_ number: Int) {
    for job in queue.removeAll({ $0.number == number }) {
      job.done(.answered(.failure(.init(message: "the plugin did not get to it in time"))))
    }
    for (id, worker) in workers {
      guard let (lease, job) = worker.jobs.first(where: { $0.value.number == number }) else { continue }
      // The handler goes on: until it answers, or the process is found to hang, the turn is its server's.
      workers[id]?.jobs[lease] = job.abandoned
      // What it was granted for the last time is over with that.
      workers[id]?.book.unpin(lease)
      job.done(.answered(.failure(.init(message: "the plugin did not answer in time"))))
    }
    pump()
  }

  // MARK: Giving turns

  /// Sends what can be sent, and starts a process where none is.
  func pump() {
    reserve()
    for id in workers.keys.sorted() {
      while let job = nextJob(for: id) { send(job, to: id) }
    }
    guard queue.count > 0, isDown else { return }
    startWorker()
  }

  /// Sees to it that what needs a quiet process gets one: where all are busy with several servers, one of them is kept for it.
  private func reserve() {
    let wanted = queue.quietGuild { now - $0.waitsSince > .milliseconds(500) }
    for (id, worker) in workers where worker.reservedFor != nil && worker.reservedFor != wanted {
      workers[id]?.reservedFor = nil
    }
    guard let wanted, !workers.values.contains(where: { $0.reservedFor == wanted }) else { return }
    // One that can still be started is quieter than any.
    let live = workers.filter { $0.value.phase != .ending && !$0.value.isKilled }
    guard live.count >= limits.workersPerRelease, live.allSatisfy({ $0.value.phase == .ready }),
      let least = live.min(by: { ($0.value.jobs.count, $0.key) < ($1.value.jobs.count, $1.key) })
    else { return }
    workers[least.key]?.reservedFor = wanted
  }

  private func nextJob(for id: Int) -> GuestJob? {
    guard let worker = workers[id], worker.phase == .ready else { return nil }
    let (now, limits) = (now, limits)
    let others = worker.book.turn.map { queue.someoneWaits(besides: $0) } ?? false
    return queue.next { worker.takes($0, others: others, limits: limits, at: now) }
  }

  private func send(_ job: GuestJob, to id: Int) {
    let lease = Self.unguessable()
    let line: [UInt8]
    let cause: GuestCause
    var pin: GuestInstallation?
    switch job.kind {
    case .event(let delivery):
      // Looked up anew: it may have been switched off, or changed, while it waited.
      guard let installation = parts.directory.installation(of: plugin, in: job.guild) else {
        return job.done(.dropped("the plugin is not switched on in this server"))
      }
      // One that would be refused by the second must not be the one thing that the first lets through.
      guard guildCrashes[job.guild]?.isOpen(at: now) != true, breakers[job.guild]?.admits(at: now) != false,
        guildCrashes[job.guild]?.admits(at: now) != false
      else { return job.done(.dropped("the plugin failed too often")) }
      cause = delivery.cause
      line = HostLine.notification("event.\(delivery.type)", envelope(delivery, installation, lease))
    case .request(let method, var params, let why, let pinned):
      (cause, pin) = (why, pinned)
      if pinned != nil { params["_event_id"] = .string(lease) }
      line = HostLine.request(lease, method, params)
    }
    if workers[id]?.book.turn == nil { workers[id]?.turnSince = now }
    if job.needsQuiet { workers[id]?.reservedFor = nil }
    workers[id]?.book.open(
      Lease(id: lease, guild: job.guild, cause: cause, pinned: pin, openedAt: now, closedAt: nil))
    workers[id]?.jobs[lease] = job
    parts.figures.sent.increment()
    write(line, to: id)
  }

  /// Section 6.1.
  private func envelope(
    _ delivery: GuestDelivery, _ installation: GuestInstallation, _ id: String
  ) -> JSONObject {
    var params = JSONObject()
    params["event_id"] = .string(id)
    params["discord_srv_id"] = .string("\(delivery.guild)")
    params["plugin_id"] = .string(plugin)
    params["version"] = .string(release.version)
    params["capabilities"] = .array(
      installation.grants.capabilities.sorted().map { .string($0.rawValue) })
    params["event"] = .object(delivery.payload)
    return params
  }

  func write(_ line: [UInt8], to id: Int) {
    guard let outbox = workers[id]?.outbox, !outbox.add(line) else { return }
    note(.error, "the plugin does not read what it is sent and was ended", in: workers[id]?.book.turn)
    kill(id)
  }

  /// 128 random bits: in a pool this is what says whose call a call is (section 6.1).
  static func unguessable() -> String { "h-" + Base64URL.encode(SecureRandom.bytes(16)) }

  // MARK: What comes back

  /// Bytes that a worker wrote. Returns false when it is to be ended.
  func receive(_ bytes: [UInt8], from id: Int) -> Bool {
    guard var reader = workers[id]?.lines else { return false }
    workers[id]?.lines = LineReader()
    let lines = reader.take(bytes)
    workers[id]?.lines = reader
    guard let lines else {
      note(.error, "the plugin wrote a line of more than 16 MiB and was ended", in: workers[id]?.book.turn)
      return false
    }
    for line in lines { receive(line: line, from: id) }
    workers[id]?.budget.spend(lines: lines.count, bytes: bytes.count, at: now)
    return true
  }

  private func receive(line: [UInt8], from id: Int) {
    switch WorkerMessage(line: line) {
    case .call(let call, let method, let params): answer(call, method, params, from: id)
    case .answer(let request, let result): answered(request, result, by: id)
    case .acknowledged(let events): for event in events { acknowledged(event, by: id) }
    case .failed(let event, _): if workers[id]?.jobs[event] != nil { workers[id]?.failed.insert(event) }
    case .log(let params): logged(params, by: id)
    case .unreadable(let call):
      let error = RPCError.invalid("the call holds what JSON does not have, such as NaN or Infinity")
      write(HostLine.error(call, error.json), to: id)
    case .stray(let text): printed(text, .info, by: id)
    case .unknown: break
    }
  }

  private func acknowledged(_ event: String, by id: Int) {
    guard let job = workers[id]?.jobs.removeValue(forKey: event) else { return }
    _ = workers[id]?.book.close(event, at: now)
    workers[id]?.greeted.insert(job.guild)
    let isFailed = workers[id]?.failed.remove(event) != nil
    count(isFailed, in: job.guild)
    crashesInRow = 0
    guildCrashes[job.guild]?.succeeded()
    finished(id)
    job.done(.acknowledged(isFailed: isFailed))
    pump()
  }

  private func count(_ isFailed: Bool, in guild: GuildID) {
    guard isFailed else {
      if breakers[guild] != nil { breakers[guild]?.succeeded() }
      return
    }
    parts.figures.failed.increment()
    if breakers[guild, default: .events].failed(at: now) {
      note(.error, "the plugin failed 10 times within a minute and gets no events for 5 minutes", in: guild)
    }
  }

  private func answered(_ request: String, _ result: Result<JSONValue, HostRequestFailure>, by id: Int) {
    guard let job = workers[id]?.jobs.removeValue(forKey: request) else { return }
    _ = workers[id]?.book.close(request, at: now)
    finished(id)
    job.done(.answered(result))
    pump()
  }

  private func finished(_ id: Int) {
    guard workers[id]?.isIdle == true else { return }
    workers[id]?.idleSince = now
    if workers[id]?.phase == .ending { workers[id]?.outbox?.finish() }
  }

  // MARK: Calls

  private func answer(_ call: JSONValue, _ method: String, _ params: JSONObject, from id: Int) {
    guard let worker = workers[id] else { return }
    guard worker.calls.count < limits.concurrentCalls else {
      let error = RPCError(.rateLimited, "too many calls at a time, retry in 1s", retryAfter: 1)
      return write(HostLine.error(call, error.json), to: id)
    }
    let lease: Lease
    do { lease = try worker.book.resolve(params, at: now) } catch {
      parts.figures.refused.increment()
      return write(HostLine.error(call, error.error.json), to: id)
    }
    parts.figures.calls.increment()
    let (answerer, release, number) = (parts.answerer, release, nextCall)
    nextCall += 1
    // A call belongs to the process, not to whoever reads its output: reading goes on meanwhile.
    let task = Task {
      let answer = await answerer.answer(method, params, for: lease, of: release)
      self.answer(number, with: answer, to: id)
    }
    workers[id]?.calls[number] = OpenCall(id: call, since: now, task: task)
  }

  /// Answers a call, unless it was answered.
  private func answer(_ number: Int, with answer: Result<JSONValue, RPCError>, to id: Int) {
    guard let call = workers[id]?.calls.removeValue(forKey: number) else { return }
    switch answer {
    case .success(let value): write(HostLine.result(call.id, value), to: id)
    case .failure(let error): write(HostLine.error(call.id, error.json), to: id)
    }
  }

  /// Ends calls that take too long (section 3, rule 3), whatever their methods are waiting for. A timer for each of them would
  /// cost more than most calls do.
  func endLateCalls(of id: Int) {
    for (number, call) in workers[id]?.calls ?? [:] where now - call.since >= limits.callTime {
      call.task.cancel()
      answer(number, with: .failure(RPCError(.internalFault, "the call took too long")), to: id)
    }
  }
}
