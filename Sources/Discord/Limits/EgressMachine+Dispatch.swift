// Who goes next.

internal import EventLoop

extension EgressMachine {
  /// Does what has become due: dropped permits, deadlines, limits that have passed.
  mutating func catchUp(_ now: Duration) {
    for ticket in dropped.takeAll() { settle(ticket, .lost, at: now) }
    if let until = stoppedUntil, until <= now { stoppedUntil = nil }
    while let alarm = alarms.takeNext(dueAt: now) {
      switch alarm {
      case .deadline(let ticket):
        guard waiting[ticket] != nil else { continue }
        remove(ticket)
        actions.append(.refuse(ticket, .waitedTooLong))
      case .lane(let index):
        laneAlarms[index] = nil
        if lanes.contains(index) { unparkLane(index) }
      case .bucket(let index):
        guard buckets.contains(index) else { continue }
        buckets[index].alarmAt = nil
        unparkBucket(index)
      }
    }
    guard alarms.count > 256, alarms.count > 4 * waiting.count else { return }
    alarms.keep { [waiting] alarm in
      if case .deadline(let ticket) = alarm { waiting[ticket] != nil } else { true }
    }
  }

  /// Starts everything that may leave now.
  mutating func dispatch(_ now: Duration) {
    guard now >= addressPausedUntil else { return }
    for index in Self.classCount..<(2 * Self.classCount) {
      while !rings[index].isEmpty { _ = serve(index, now) }
    }
    while global.available(at: now) > 0, let index = shares.next({ !rings[$0].isEmpty }) {
      guard serve(index, now) else { continue }
      shares.note(departure: index) { [waitingByClass] in waitingByClass[$0] > 0 }
    }
  }

  /// Starts the request whose turn it is in the ring; false when its flow cannot go now and was put aside.
  private mutating func serve(_ ring: Int, _ now: Duration) -> Bool {
    guard let (flow, guild) = rings[ring].take() else { return false }
    let hasGone = start(flow, now)
    if hasGone, !flows[flow].tickets.isEmpty {
      rings[ring].insert(flow, of: guild)
    } else if flows[flow].tickets.isEmpty {
      flowIndices[flows[flow].key] = nil
      flows.remove(flow)
    }
    rings[ring].relist(guild, hadTurn: hasGone)
    return hasGone
  }

  /// Starts the flow's first request, or parks the flow. An empty flow is left alone.
  private mutating func start(_ flow: Int, _ now: Duration) -> Bool {
    guard let ticket = flows[flow].tickets.first, let entry = waiting[ticket] else { return false }
    let lane = flows[flow].key.lane
    let bucket = lanes[lane].bucket
    guard lanes[lane].isOpen(at: now) else {
      parkInLane(flow, lane, now)
      return false
    }
    guard buckets[bucket].limits.available(at: now) > 0 else {
      parkInBucket(flow, bucket, now)
      return false
    }
    _ = flows[flow].tickets.popFirst()
    forget(ticket, entry)
    buckets[bucket].limits.depart()
    grants[ticket] = Grant(
      lane: lane, bucket: bucket, place: lanes[lane].depart(at: now),
      global: entry.request.isGloballyLimited ? global.depart(at: now) : nil,
      generation: entry.request.carriesToken ? tokenGeneration : nil)
    actions.append(.start(ticket))
    return true
  }

  // MARK: Parking

  private mutating func parkInLane(_ flow: Int, _ lane: Int, _ now: Duration) {
    lanes[lane].parked.append(flow)
    guard let until = lanes[lane].blockedUntil(now), until < laneAlarms[lane] ?? .seconds(1 << 40) else {
      return
    }
    laneAlarms[lane] = until
    alarms.add(.lane(lane), at: until)
  }

  private mutating func parkInBucket(_ flow: Int, _ bucket: Int, _ now: Duration) {
    buckets[bucket].parked.append(flow)
    guard let change = buckets[bucket].limits.nextChange(after: now),
      change < buckets[bucket].alarmAt ?? .seconds(1 << 40)
    else { return }
    buckets[bucket].alarmAt = change
    alarms.add(.bucket(bucket), at: change)
  }

  mutating func unparkLane(_ lane: Int) {
    guard !lanes[lane].parked.isEmpty else { return }
    let parked = lanes[lane].parked
    lanes[lane].parked = []
    for flow in parked { ready(flow) }
  }

  mutating func unparkBucket(_ bucket: Int) {
    guard !buckets[bucket].parked.isEmpty else { return }
    let parked = buckets[bucket].parked
    buckets[bucket].parked = []
    for flow in parked { ready(flow) }
  }

  /// Puts a flow that is in no place into its ring.
  mutating func makeReady(_ flow: Int) {
    guard !flows[flow].isPlaced else { return }
    flows[flow].isPlaced = true
    ready(flow)
  }

  private mutating func ready(_ flow: Int) {
    let key = flows[flow].key
    let ring = key.priority.rawValue + (key.isGloballyLimited ? 0 : Self.classCount)
    rings[ring].insert(flow, of: key.guild)
  }
}
