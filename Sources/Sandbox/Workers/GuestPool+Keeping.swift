// Looking after the processes of a release: idle ones go, hanging and leaking ones are replaced, all stop in order.

import DiscordCore
import EventLoop
import JSON
import SandboxContract

extension GuestPool {
  /// Looks at everything once; called several times a second.
  func tick() {
    for job in queue.removeUrgent({ $0.isInteraction && now - $0.waitsSince > limits.interactionTime }) {
      job.done(.dropped("the plugin did not get to it in time"))
    }
    for (id, worker) in workers {
      workers[id]?.book.sweep(at: now)
      endLateCalls(of: id)
      guard !worker.isKilled else { continue }
      switch worker.phase {
      case .starting:
        guard now - worker.startedAt > limits.bootTime else { continue }
        note(.error, "the plugin did not start within \(limits.bootTime.components.seconds) seconds", in: nil)
        kill(id)
      case .ready:
        if worker.book.isSilent(at: now) {
          note(
            .error, "the plugin did not finish an event within a minute and is started anew",
            in: worker.book.turn)
          kill(id)
        } else if worker.isIdle, now - worker.idleSince > limits.idle, !isNeededWarm(id) {
          retire(id)
        }
      case .ending:
        guard let since = worker.endingSince else { continue }
        if worker.isIdle { worker.outbox?.finish() }
        if now - since > limits.drainTime + .seconds(5) {
          workers[id]?.isKilled = true
          end(worker, isGentle: true)
        }
      }
    }
    if isWarm, !isClosing, workers.isEmpty { startWorker() }
    if let oldest = queue.oldest, now - oldest > .milliseconds(500) { addWorker() }
    pump()
  }

  /// Another process, where those that are there are busy with others.
  private func addWorker() {
    guard !workers.values.contains(where: { $0.phase == .starting }) else { return }
    startWorker()
  }

  private func isNeededWarm(_ id: Int) -> Bool {
    isWarm && workers.count { $0.value.phase == .ready } == 1
  }

  /// Ends a process at once; what follows from it follows when its output ends.
  func kill(_ id: Int) {
    guard let worker = workers[id], !worker.isKilled else { return }
    guard worker.channel != nil else {
      // Not even started: what comes of it is ended when it comes.
      workers[id] = nil
      return crashed("the process did not start in time")
    }
    workers[id]?.isKilled = true
    end(worker, isGentle: false)
  }

  /// Nobody waits for it: an engine may take seconds.
  private func end(_ worker: PoolWorker, isGentle: Bool) {
    guard let channel = worker.channel else { return }
    Task { await channel.end(isGentle: isGentle) }
  }

  /// Gets nothing new and ends when nothing is open (section 4.4).
  func retire(_ id: Int) {
    guard workers[id]?.phase != .ending else { return }
    workers[id]?.phase = .ending
    workers[id]?.endingSince = now
    write(HostLine.notification("host.shutdown", JSONObject()), to: id)
    if workers[id]?.isIdle == true { workers[id]?.outbox?.finish() }
  }

  /// Asks what each process uses; one that stays above the soft limit is replaced.
  func weigh() async {
    for id in Array(workers.keys) {
      guard let channel = workers[id]?.channel, let usage = await channel.usage() else { continue }
      workers[id]?.usage = usage
      guard usage.memory > limits.softMemory else {
        workers[id]?.heavyChecks = 0
        continue
      }
      workers[id]?.heavyChecks += 1
      guard let checks = workers[id]?.heavyChecks, checks >= 3, workers[id]?.phase == .ready else { continue }
      note(.warning, "the plugin uses \(usage.memory >> 20) MiB and is started anew", in: nil)
      restarts += 1
      retire(id)
    }
    pump()
  }

  /// Drops what waits of a server.
  func forget(_ guild: GuildID) {
    for job in queue.removeAll({ $0.guild == guild }) { job.done(.dropped("the plugin left the server")) }
  }

  /// Another release takes the place: nothing new is taken, and what waits is that one's, and later what was under way and
  /// could not be finished.
  func beReplaced() -> [GuestJob] {
    (isClosing, isReplaced) = (true, true)
    return handOver()
  }

  /// Takes out the events that wait of a server, or of all: another release brings them.
  func handOver(of guild: GuildID? = nil) -> [GuestJob] {
    queue.removeAll { $0.isEvent && (guild == nil || $0.guild == guild) }
  }

  /// Takes nothing more; every process ends as section 4.4 says.
  func close() async {
    isClosing = true
    isWarm = false
    dropAll("the plugin is being stopped")
    for id in workers.keys { retire(id) }
    await settle(within: limits.drainTime + .seconds(1))
    for channel in workers.values.compactMap(\.channel) { await channel.end(isGentle: true) }
    await settle(within: .seconds(5))
  }

  /// Drops all that waits.
  func dropAll(_ reason: String) {
    for job in queue.removeAll({ _ in true }) { job.done(.dropped(reason)) }
  }

  /// Waits until no process is left.
  private func settle(within limit: Duration) async {
    let end = now + limit
    while !workers.isEmpty || endings > 0, now < end {
      // A stop that is cancelled still ends every process.
      guard (try? await parts.time.sleep(for: .milliseconds(20))) != nil else { return }
    }
  }

  func setWarm(_ isWanted: Bool) {
    isWarm = isWanted
    if isWanted, workers.isEmpty { startWorker() }
  }

  /// How it does.
  var status: GuestWorkerStatus {
    let usages = workers.values.compactMap(\.usage)
    return GuestWorkerStatus(
      release: release, starting: workers.values.count { $0.phase == .starting },
      ready: workers.values.count { $0.phase == .ready }, waiting: queue.count, restarts: restarts,
      memory: usages.isEmpty ? nil : usages.map(\.memory).reduce(0, +),
      processor: usages.isEmpty ? nil : usages.map(\.processor).reduce(.zero, +), lastError: lastError)
  }

  /// Closes it if nothing waits and nothing runs; false otherwise.
  func closeIfEmpty() -> Bool {
    guard workers.isEmpty, queue.count == 0, !isWarm, endings == 0 else { return false }
    isClosing = true
    return true
  }
}
