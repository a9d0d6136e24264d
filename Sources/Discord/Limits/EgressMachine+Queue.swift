// How requests wait: admission, bounds, order.

internal import DiscordCore
internal import EventLoop

extension EgressMachine {
  /// Why a request need not even wait.
  func refusal(of request: EgressRequest, at now: Duration) -> EgressRefusal? {
    if isTokenRejected, request.carriesToken { return .tokenRejected }
    if request.major.isWebhookWithToken, deadWebhooks.contains(request.major) { return .webhookGone }
    if let stoppedUntil, request.priority != .containment {
      return .budgetSpent(after: max(.zero, stoppedUntil - now))
    }
    return request.deadline <= now ? .waitedTooLong : nil
  }

  /// Until when a call of the lane cannot leave, whatever happens; nil when it might.
  mutating func blockedUntil(_ lane: Int, _ now: Duration) -> Duration? {
    let byLane = lanes[lane].blockedUntil(now)
    let byBucket = buckets[lanes[lane].bucket].limits.blockedUntil(now)
    guard let byLane, let byBucket else { return byLane ?? byBucket }
    return max(byLane, byBucket)
  }

  // MARK: Bounds

  /// Whether the request finds a place; for that, the oldest of a class that matters less may have to go.
  mutating func makeRoom(for request: EgressRequest) -> Bool {
    let guild = request.guild?.rawValue ?? 0
    if guild != 0, (guilds[guild]?.waiting ?? 0) >= configuration.guildQueueBound {
      guard displace(for: request.priority, in: guild) else { return false }
    }
    guard waiting.count >= configuration.queueBound else { return true }
    return displace(for: request.priority, in: nil)
  }

  /// Refuses the oldest background request, else the oldest of the least urgent class below `priority`.
  private mutating func displace(for priority: EgressPriority, in guild: UInt64?) -> Bool {
    let background = EgressPriority.background.rawValue
    for index in (0..<Self.classCount).reversed() where index > priority.rawValue || index == background {
      let oldest =
        if let guild {
          guilds[guild]?.arrivals[index].takeOldest(waiting: waiting)
        } else {
          arrivals[index].takeOldest(waiting: waiting)
        }
      guard let oldest else { continue }
      remove(oldest)
      actions.append(.refuse(oldest, .displaced))
      return true
    }
    return false
  }

  // MARK: In and out

  mutating func enqueue(_ ticket: EgressTicket, _ request: EgressRequest, lane: Int) {
    let guild = request.guild?.rawValue ?? 0
    let key = FlowKey(
      lane: lane, guild: guild, priority: request.priority, isGloballyLimited: request.isGloballyLimited)
    let flow = flowIndex(for: key)
    if request.goesFirst {
      flows[flow].tickets.prepend(ticket)
    } else {
      flows[flow].tickets.append(ticket)
    }
    waiting[ticket] = Waiting(request: request, flow: flow)
    lanes[lane].waiting += 1
    waitingByClass[request.priority.rawValue] += 1
    noteArrival(ticket, request.priority.rawValue, guild)
    makeReady(flow)
  }

  private mutating func noteArrival(_ ticket: EgressTicket, _ index: Int, _ guild: UInt64) {
    arrivals[index].note(ticket, waiting: waiting)
    guard guild != 0 else { return }
    guilds[guild, default: GuildQueue()].waiting += 1
    guilds[guild]?.arrivals[index].note(ticket, waiting: waiting)
  }

  private mutating func flowIndex(for key: FlowKey) -> Int {
    if let index = flowIndices[key] { return index }
    let index = flows.insert(Flow(key: key))
    flowIndices[key] = index
    return index
  }

  /// Takes a waiting request out of everything but its flow's place in a ring or parking lot, which is dealt with when
  /// its turn comes.
  mutating func remove(_ ticket: EgressTicket) {
    guard let entry = waiting[ticket] else { return }
    if flows[entry.flow].tickets.first == ticket {
      _ = flows[entry.flow].tickets.popFirst()
    } else {
      flows[entry.flow].tickets.removeAll { $0 == ticket }
    }
    forget(ticket, entry)
  }

  /// The books on a request that has left its flow.
  mutating func forget(_ ticket: EgressTicket, _ entry: Waiting) {
    waiting[ticket] = nil
    lanes[flows[entry.flow].key.lane].waiting -= 1
    waitingByClass[entry.request.priority.rawValue] -= 1
    guard let guild = entry.request.guild?.rawValue, let left = guilds[guild]?.waiting else { return }
    if left > 1 { guilds[guild]?.waiting = left - 1 } else { guilds[guild] = nil }
  }

  /// Refuses whatever waits and matches.
  mutating func refuseWaiting(_ refusal: EgressRefusal, where matches: (EgressRequest) -> Bool) {
    for ticket in waiting.filter({ matches($0.value.request) }).keys.sorted() {
      remove(ticket)
      actions.append(.refuse(ticket, refusal))
    }
  }

  // MARK: Lanes and buckets

  mutating func laneIndex(for request: EgressRequest, at now: Duration) -> Int {
    let key = LaneKey(request)
    if let index = laneIndices[key] { return index }
    if lanes.count + buckets.count >= tidyAt { tidy(now) }
    let index = lanes.insert(Lane(key, bucket: bucketIndex(for: key)))
    laneIndices[key] = index
    return index
  }

  /// The bucket a lane counts against, as far as known.
  mutating func bucketIndex(for lane: LaneKey) -> Int {
    if lane.hidden?.hasLyingHeaders == true {
      return bucketIndex(.unlearnt(lane.route, lane.major)) { .withoutLimit }
    }
    switch routes[lane.route] {
    case .hash(let hash): return bucketIndex(hash: hash, lane.major)
    case .noLimit: return bucketIndex(.unlearnt(lane.route, lane.major)) { .withoutLimit }
    case nil: return bucketIndex(.unlearnt(lane.route, lane.major)) { RouteBucket() }
    }
  }

  mutating func bucketIndex(hash: String, _ major: MajorParameter) -> Int {
    let limit = hashLimits[hash]
    return bucketIndex(.learnt(hash: hash, major)) { limit.map { RouteBucket(limit: $0) } ?? RouteBucket() }
  }

  private mutating func bucketIndex(_ key: BucketKey, _ make: () -> RouteBucket) -> Int {
    if let index = bucketIndices[key] { return index }
    let index = buckets.insert(Bucket(key: key, limits: make()))
    bucketIndices[key] = index
    return index
  }

  /// Forgets lanes and buckets that hold nothing worth knowing.
  private mutating func tidy(_ now: Duration) {
    var used: Set<Int> = []
    let lanesWithFlows = Set(flowIndices.keys.map(\.lane))
    for index in lanes.indices {
      if lanes[index].isIdle(at: now), laneAlarms[index] == nil, !lanesWithFlows.contains(index) {
        laneIndices[lanes[index].key] = nil
        lanes.remove(index)
      } else {
        used.insert(lanes[index].bucket)
      }
    }
    for grant in grants.values { used.insert(grant.bucket) }
    for index in buckets.indices where !used.contains(index) {
      guard buckets[index].limits.isIdle(at: now), buckets[index].parked.isEmpty else { continue }
      bucketIndices[buckets[index].key] = nil
      buckets.remove(index)
    }
    tidyAt = max(1_024, 2 * (lanes.count + buckets.count))
  }
}
