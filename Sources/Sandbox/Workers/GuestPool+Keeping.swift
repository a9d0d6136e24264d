// Looking after the processes of a release: idle ones go, hanging and leaking ones are replaced, all stop in order.

import DiscordCore
import EventLoop
import JSON
import SandboxContract

extension GuestPool {
  /// Looks at everything once; called several times a second.
  func tick() async {
    for (id, worker) in workers {
      workers[id]?.book.sweep(at: now)
      switch worker.phase {
      case .starting:
        guard now - worker.startedAt > limits.bootTime else { continue }
        note(.error, "the plugin did not start within \(limits.bootTime.components.seconds) seconds", in: nil)
        await kill(id)
      case .ready:
        if worker.book.isSilent(at: now) {
          note(
            .error, "the plugin did not finish an event within a minute and is started anew",
            in: worker.book.turn)
          await kill(id)
        } else if worker.isIdle, now - worker.idleSince > limits.idle, !isNeededWarm(id) {
          retire(id)
        }
      case .ending:
        guard let since = worker.endingSince else { continue }
        if worker.isIdle { worker.outbox?.finish() }
        if now - since > limits.drainTime + .seconds(5) { await worker.channel?.end(isGentle: true) }
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

  private func kill(_ id: Int) async {
    guard let channel = workers[id]?.channel else {
      // Not even started: what comes of it is ended when it comes.
      workers[id] = nil
      return
    }
    await channel.end(isGentle: false)
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
    for id in workers.keys {
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

  /// Drops what waits of a server, and ends what is open there.
  func forget(_ guild: GuildID) {
    for job in queue.removeAll({ $0.guild == guild }) { job.done(.dropped("the plugin left the server")) }
  }

  /// Takes nothing more; every process ends as section 4.4 says.
  func close() async {
    isClosing = true
    isWarm = false
    for job in queue.removeAll({ _ in true }) { job.done(.dropped("the plugin is being stopped")) }
    for id in workers.keys { retire(id) }
    let end = now + limits.drainTime + .seconds(1)
    while !workers.isEmpty, now < end {
      // A stop that is cancelled still ends every process, below.
      guard (try? await parts.time.sleep(for: .milliseconds(20))) != nil else { break }
    }
    for channel in workers.values.compactMap(\.channel) { await channel.end(isGentle: true) }
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

  /// Nothing waits, nothing runs.
  var isEmpty: Bool { workers.isEmpty && queue.count == 0 && !isWarm }
}
