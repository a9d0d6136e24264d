// What answers teach.

internal import EventLoop

extension EgressMachine {
  /// Closes the books on a call.
  mutating func settle(_ ticket: EgressTicket, _ outcome: EgressOutcome, at now: Duration) {
    guard let grant = grants.removeValue(forKey: ticket) else { return }
    switch outcome {
    case .notSent:
      lanes[grant.lane].withdraw(grant.place, at: now)
      buckets[grant.bucket].limits.withdraw()
      if let ticket = grant.global { global.withdraw(ticket, at: now) }
    case .lost:
      lanes[grant.lane].answer(grant.place, wasAccepted: true, at: now)
      buckets[grant.bucket].limits.answerUntold(at: now)
      if let ticket = grant.global { global.answer(ticket, at: now) }
    case .answered(let answer):
      lanes[grant.lane].answer(grant.place, wasAccepted: answer.status != 429, at: now)
      settleGlobal(answer, grant, now)
      let bucket = learn(answer, grant, now)
      if let refusal = answer.limitRefusal { pause(refusal, answer, grant, bucket, now) }
      learnStatus(answer, grant)
    }
    unparkLane(grant.lane)
    unparkBucket(grant.bucket)
  }

  private mutating func settleGlobal(_ answer: EgressAnswer, _ grant: Grant, _ now: Duration) {
    if let refusal = answer.limitRefusal, refusal.scope == .global {
      global.refuse(grant.global, retryAfter: refusal.retryAfter, at: now)
    } else if let ticket = grant.global {
      global.answer(ticket, at: now)
    }
  }

  /// Takes over what the headers say.
  ///
  /// - Returns: the bucket the call belonged to.
  private mutating func learn(_ answer: EgressAnswer, _ grant: Grant, _ now: Duration) -> Int {
    let lane = lanes[grant.lane].key
    guard lane.hidden?.hasLyingHeaders != true else {
      buckets[grant.bucket].limits.withdraw()
      return grant.bucket
    }
    guard let headers = answer.limits else {
      buckets[grant.bucket].limits.answerUntold(at: now)
      if routes[lane.route] == nil, (200..<300).contains(answer.status) {
        routes[lane.route] = .noLimit
        for index in bucketsUnlearnt(of: lane.route) {
          buckets[index].limits.learnNoLimit()
          unparkBucket(index)
        }
      }
      return grant.bucket
    }
    hashLimits[headers.hash] = headers.limit
    let bucket = bucketIndex(hash: headers.hash, lane.major)
    let wasCharged = bucket == grant.bucket
    if !wasCharged { buckets[grant.bucket].limits.answerElsewhere() }
    buckets[bucket].limits.answer(headers, departure: grant.place.departure, wasCharged: wasCharged, at: now)
    if routes[lane.route] != .hash(headers.hash) { move(lane.route, to: headers.hash) }
    if !wasCharged { unparkBucket(bucket) }
    return bucket
  }

  private func bucketsUnlearnt(of route: RouteKey) -> [Int] {
    laneIndices.filter { $0.key.route == route }.map { lanes[$0.value].bucket }
  }

  /// The route counts against another bucket from now on, on every resource.
  private mutating func move(_ route: RouteKey, to hash: String) {
    routes[route] = .hash(hash)
    for (key, index) in laneIndices where key.route == route {
      let old = lanes[index].bucket
      let new = bucketIndex(hash: hash, key.major)
      guard old != new else { continue }
      lanes[index].bucket = new
      if case .unlearnt = buckets[old].key { recharge(index, from: old, to: new) }
      unparkBucket(old)
    }
  }

  /// Calls that left before their bucket was known count against it, too.
  private mutating func recharge(_ lane: Int, from old: Int, to new: Int) {
    for (ticket, grant) in grants where grant.lane == lane && grant.bucket == old {
      grants[ticket]?.bucket = new
      buckets[old].limits.withdraw()
      buckets[new].limits.depart()
    }
  }

  /// Waits as a 429 wants.
  private mutating func pause(
    _ refusal: LimitRefusal, _ answer: EgressAnswer, _ grant: Grant, _ bucket: Int, _ now: Duration
  ) {
    let until = now + refusal.retryAfter
    switch refusal.scope {
    case .global: break
    case .address:
      addressPausedUntil = max(addressPausedUntil, until)
    case .user, .shared:
      // The bucket may have room left: then it is a limit beside it, and other routes of the bucket may go on.
      let isBucket = answer.limits.map {
        $0.remaining == 0 && refusal.retryAfter <= $0.resetAfter + .seconds(1)
      }
      if isBucket ?? (lanes[grant.lane].key.hidden == nil) {
        buckets[bucket].limits.pause(until: until)
      } else {
        lanes[grant.lane].pause(for: refusal.retryAfter, isOwnLimit: refusal.scope == .user, at: now)
      }
    }
  }

  private mutating func learnStatus(_ answer: EgressAnswer, _ grant: Grant) {
    if answer.status == 401, let generation = grant.generation, generation == tokenGeneration,
      !isTokenRejected
    {
      isTokenRejected = true
      actions.append(.reportRejectedToken)
      refuseWaiting(.tokenRejected) { $0.carriesToken }
    }
    let key = lanes[grant.lane].key
    let major = key.major
    // The token of an interaction may only be unknown yet: its first answer travels on another connection.
    let isInteraction = key.route.hasPrefix("/webhooks/{application.id}/")
    guard answer.isUnknownWebhook, major.isWebhookWithToken, !isInteraction,
      deadWebhooks.insert(major).inserted
    else { return }
    deadWebhookOrder.append(major)
    if deadWebhookOrder.count > Self.deadWebhookBound, let oldest = deadWebhookOrder.popFirst() {
      deadWebhooks.remove(oldest)
    }
    refuseWaiting(.webhookGone) { $0.major == major }
  }
}
