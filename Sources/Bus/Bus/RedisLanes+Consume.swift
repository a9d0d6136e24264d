// The consuming half of lanes over Redis: keeping partitions, reading them, handing them over.

internal import EventLoop
internal import Redis
internal import Synchronization
internal import Telemetry

extension RedisLanes {
  func consume(
    handler: @escaping @Sendable (LaneEntry) async throws -> Void,
    onDead: @escaping @Sendable (LaneEntry, any Error) async -> Void
  ) async throws(BusError) {
    try state.withLock { state throws(BusError) in
      guard !state.isClosed else { throw BusError(.closed) }
      guard !state.isConsumed else { throw BusError(.inUse) }
      state.isConsumed = true
    }
    runner.restart()
    await withTaskGroup { group in
      group.addTask { await self.runner.run(handler: handler, onDead: onDead) }
      group.addTask { await self.keepPartitions() }
      group.addTask { await self.readPartitions() }
      // The runner ends when the task is cancelled or the lanes are closed; the others follow it.
      await group.next()
      group.cancelAll()
    }
    await giveBack()
    state.withLock { $0.isConsumed = false }
  }

  private var isRunning: Bool { !Task.isCancelled && !state.withLock { $0.isClosed } }

  // MARK: Keeping partitions

  /// Renews leases, takes what is free and due to this process, and gives back what is another's share.
  private func keepPartitions() async {
    while isRunning {
      do throws(BusError) {
        try await keepPartitionsOnce()
        metrics.depth.set(Int64(try await depth()))
        metrics.age.set(try await age().components.seconds)
      } catch {
        log.warning("cannot keep lanes", ["lanes": .string(name), "reason": .string("\(error)")])
      }
      // A cancelled sleep ends the loop by its condition.
      try? await bus.time.sleep(for: limits.leaseDuration / 3)
    }
  }

  private func keepPartitionsOnce() async throws(BusError) {
    let reply = try await bus.run(
      Scripts.enlist, ["\(bus.prefix):workers:\(name)"],
      [RedisArgument(limits.leaseDuration.wholeMilliseconds), RedisArgument(bus.processID)])
    let workers = Int(max(1, try RedisBus.expect(reply.integer)))
    let share = (limits.partitions + workers - 1) / workers
    try await renewOwned()
    var owned = state.withLock { Set($0.owned.keys) }
    for partition in 0..<limits.partitions where owned.count < share && !owned.contains(partition) {
      guard let lease = try await bus.acquireLease(leaseName(partition), for: limits.leaseDuration) else {
        continue
      }
      state.withLock { $0.owned[partition] = Owned(lease: lease) }
      owned.insert(partition)
    }
    if owned.count > share { try await giveUp(Array(owned.sorted().suffix(owned.count - share))) }
  }

  private func renewOwned() async throws(BusError) {
    for (partition, owned) in state.withLock({ $0.owned }) {
      if let lease = try await bus.renew(owned.lease, for: limits.leaseDuration) {
        state.withLock { $0.owned[partition]?.lease = lease }
      } else {
        log.warning("lost a partition", ["lanes": .string(name), "partition": .integer(Int64(partition))])
        forget([partition])
      }
    }
  }

  private func leaseName(_ partition: Int) -> String { "lane:\(name):\(partition)" }

  /// Stops reading partitions, drops what has not begun, waits for what has, and gives the leases back.
  private func giveUp(_ partitions: [Int]) async throws(BusError) {
    let leases = partitions.compactMap { partition in state.withLock { $0.owned[partition]?.lease } }
    forget(partitions)
    // The next owner may begin an entry we are still busy with: it would run twice, out of turn with what follows.
    let deadline = ContinuousClock.now + limits.leaseDuration / 2
    while ContinuousClock.now < deadline, hasEntries(of: Set(partitions)) {
      guard (try? await Task.sleep(for: .milliseconds(5))) != nil else { break }
    }
    for lease in leases { try await bus.release(lease) }
  }

  private func hasEntries(of partitions: Set<Int>) -> Bool {
    runner.keys.contains { partitions.contains(partition(of: $0)) }
  }

  /// Drops partitions and what of theirs has not begun; the server still counts it as pending.
  private func forget(_ partitions: [Int]) {
    state.withLock { state in
      for partition in partitions { state.owned[partition] = nil }
    }
    let gone = Set(partitions)
    let dropped = runner.remove { gone.contains(self.partition(of: $0.key)) }
    state.withLock { $0.known.subtract(dropped.map(\.id)) }
  }

  private func giveBack() async {
    let partitions = state.withLock { Array($0.owned.keys) }
    do throws(BusError) {
      try await giveUp(partitions)
    } catch {
      // The leases end by themselves.
      log.debug("leases not given back", ["reason": .string("\(error)")])
    }
  }

  // MARK: Reading

  /// Reads the partitions that are owned, over a connection of its own since the read blocks.
  private func readPartitions() async {
    var connection: RedisConnection?
    while isRunning {
      do throws(BusError) {
        try await recover()
        let open: RedisConnection
        if let connection {
          open = connection
        } else {
          open = try await blockingConnection()
          connection = open
        }
        try await readOnce(open)
      } catch {
        connection?.close()
        connection = nil
        if !isRunning { break }
        log.warning("cannot read lanes", ["lanes": .string(name), "reason": .string("\(error)")])
        // What the lost connection was given and we never saw must be claimed.
        state.withLock { state in
          for partition in state.owned.keys { state.owned[partition]?.isRecovered = false }
        }
        try? await Task.sleep(for: .milliseconds(Int.random(in: 20...250)))
      }
    }
    connection?.close()
  }

  private func blockingConnection() async throws(BusError) -> RedisConnection {
    var limits = RedisConnection.Limits()
    limits.replyTimeout = .seconds(10)
    do throws(RedisError) {
      return try await bus.client.dedicatedConnection(limits: limits)
    } catch {
      throw BusError(error)
    }
  }

  /// Claims what an earlier owner, or a connection of ours that broke, was given and did not acknowledge.
  private func recover() async throws(BusError) {
    for (partition, owned) in state.withLock({ $0.owned }) where !owned.isRecovered {
      try await makeGroup(partition)
      var cursor = "0-0"
      repeat {
        let reply = try await bus.send([
          "XAUTOCLAIM", stream(partition), RedisArgument(Self.group), RedisArgument(bus.processID), 0,
          RedisArgument(cursor), "COUNT", 200,
        ])
        guard let parts = reply.array, parts.count >= 2, let next = parts[0].text else {
          throw BusError(.unexpected)
        }
        let deliveries = try await deliveries(of: partition, for: parts[1])
        take(try entries(in: parts[1], of: partition, deliveries: deliveries), of: partition)
        cursor = next
      } while cursor != "0-0"
      state.withLock { $0.owned[partition]?.isRecovered = true }
    }
  }

  /// How often claimed entries were given out, this claim included: one that kills every process that handles it
  /// must not do so for ever.
  private func deliveries(of partition: Int, for claimed: RedisValue) async throws(BusError) -> [String: Int]
  {
    let ids = (claimed.array ?? []).compactMap { $0.array?.first?.text }
    guard let first = ids.first, let last = ids.last else { return [:] }
    let reply = try await bus.send([
      "XPENDING", stream(partition), RedisArgument(Self.group), RedisArgument(first), RedisArgument(last),
      RedisArgument(ids.count), RedisArgument(bus.processID),
    ])
    var deliveries: [String: Int] = [:]
    for item in reply.array ?? [] {
      guard let parts = item.array, parts.count == 4, let id = parts[0].text, let count = parts[3].integer
      else { throw BusError(.unexpected) }
      deliveries[id] = Int(count)
    }
    return deliveries
  }

  private func makeGroup(_ partition: Int) async throws(BusError) {
    do throws(RedisError) {
      _ = try await bus.client.send([
        "XGROUP", "CREATE", stream(partition), RedisArgument(Self.group), 0, "MKSTREAM",
      ])
    } catch {
      // It is there already: what every start but the first one finds.
      guard error.isServerError("BUSYGROUP") else { throw BusError(error) }
    }
  }

  private func readOnce(_ connection: RedisConnection) async throws(BusError) {
    await runner.waitForRoom(below: prefetch)
    let partitions = state.withLock { $0.owned.filter(\.value.isRecovered).keys.sorted() }
    guard !partitions.isEmpty else {
      try? await Task.sleep(for: .milliseconds(20))
      return
    }
    let command: [RedisArgument] =
      [
        "XREADGROUP", "GROUP", RedisArgument(Self.group), RedisArgument(bus.processID), "COUNT",
        RedisArgument(max(1, prefetch / partitions.count)), "BLOCK", 200, "STREAMS",
      ] + partitions.map { stream($0) } + partitions.map { _ in ">" }
    let reply: RedisValue
    do throws(RedisError) {
      reply = try await connection.send(command)
    } catch {
      throw BusError(error)
    }
    for item in reply.array ?? [] {
      guard let parts = item.array, parts.count == 2, let stream = parts[0].text,
        let suffix = stream.split(separator: ":").last, let partition = Int(suffix)
      else { throw BusError(.unexpected) }
      take(try entries(in: parts[1], of: partition), of: partition)
    }
  }

  /// How many entries may be in this process's hands.
  private var prefetch: Int { 4 * limits.concurrency }

  /// Hands entries to the runner, unless the partition was lost meanwhile or the entry is in its hands already.
  private func take(_ entries: [LaneEntry], of partition: Int) {
    for entry in entries {
      let isNew = state.withLock { state in
        state.owned[partition] != nil && state.known.insert(entry.id).inserted
      }
      if isNew { runner.arrive(entry) }
    }
  }
}
