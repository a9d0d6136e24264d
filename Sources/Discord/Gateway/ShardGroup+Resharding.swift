// From one number of shards to another, without missing an event.

internal import DiscordModels
internal import EventLoop
internal import Telemetry

/// How long each step of a resharding takes at least.
package struct ReshardingPace: Hashable, Sendable {
  /// How far the two divisions may be apart in what they have received; half of the overlap.
  package var lag = Duration.seconds(3)
  /// How long the new shards may take until all are online; the division stays as it was if they do not make it.
  package var patience = Duration.seconds(900)

  package init() {}
}

extension ShardGroup {
  /// Divides the guilds among another number of shards while events flow.
  ///
  /// The new shards connect beside the old ones. Once all are online, both sides receive everything for a while and
  /// what comes twice is dropped (see `OverlapRule`); then the guilds are the new side's and the old one is closed. Its
  /// unanswered member requests fail with `.stopped`.
  ///
  /// - Throws: `.unavailable`, `.unauthorized`; `.timeout` when the new shards were not online in time, and
  ///   `.identifyBudgetSpent` when they could not: then the old ones go on as before. `.stopped` if the group is
  ///   stopped, or is being resharded already; `.cancelled`.
  package func reshard(to count: ShardCount, pace: ReshardingPace = ReshardingPace())
    async throws(GatewayError)
  {
    guard !isResharding, !shards.isEmpty else { throw GatewayError(.stopped) }
    isResharding = true
    defer { isResharding = false }
    let information = try await gate.information(isFresh: true)
    let wanted = Self.resolve(count, information)
    let old = shards
    guard wanted != old.count, !old.isEmpty else { return }
    Self.log.notice(
      "resharding", ["from": .integer(Int64(old.count)), "to": .integer(Int64(wanted))])
    let filter = OverlapFilter(lag: pace.lag)
    let new = make(wanted, overlap: OverlapFilter.Side(filter: filter, isNew: true))
    await Self.set(OverlapFilter.Side(filter: filter, isNew: false), for: old)
    do throws(GatewayError) {
      try await bringOnline(new, information, patience: pace.patience)
      filter.stage = .oldDelivers
      try await rest(pace.lag)
    } catch {
      await Self.set(nil, for: old)
      await retire(new)
      throw error
    }
    // From here on it is the new side's, whatever happens.
    filter.stage = .bothDeliver
    guard shards.elementsEqual(old, by: ===) else {
      // Stopped meanwhile, and perhaps started anew.
      await retire(new)
      throw GatewayError(.stopped)
    }
    use(new)
    await restUncancelled(pace.lag)
    filter.stage = .newDelivers
    await retire(old)
    await restUncancelled(pace.lag)
    await Self.set(nil, for: new)
  }

  private func bringOnline(_ new: [Shard], _ information: GatewayInformation, patience: Duration)
    async throws(GatewayError)
  {
    let starter = launch(new, atOnce: 2 * information.sessionStartLimit.maxConcurrency)
    let ids = Set(new.map(\.id))
    let (board, time) = (board, time)
    // Whichever comes first: all online, one crashed, or time out.
    await withTaskGroup { group in
      group.addTask {
        await board.wait { states in
          ids.allSatisfy { states[$0]?.receivesEvents ?? false }
            || ids.contains { states[$0]?.isCrashed ?? true }
        }
      }
      group.addTask {
        // Cancelled when the other is done.
        try? await time.sleep(for: patience)
      }
      await group.next()
      group.cancelAll()
    }
    // Whoever stops the shards now must not be overtaken by a start.
    starter.cancel()
    await starter.value
    let states = board.states
    if ids.allSatisfy({ states[$0]?.receivesEvents ?? false }) { return }
    if Task.isCancelled { throw GatewayError(.cancelled) }
    if ids.contains(where: { states[$0] == .crashed(.identifyBudgetSpent) }) {
      throw GatewayError(.identifyBudgetSpent)
    }
    throw GatewayError(.timeout, "the new shards did not come online")
  }

  /// Ends shards that are not wanted any more, and forgets their states and sessions.
  private func retire(_ shards: [Shard]) async {
    await Self.stop(shards, keepsSessions: false)
    let ids = Set(shards.map(\.id))
    board.forget { ids.contains($0) }
  }

  private func rest(_ duration: Duration) async throws(GatewayError) {
    do {
      try await time.sleep(for: duration)
    } catch {
      throw GatewayError(.cancelled)
    }
  }

  /// The handover has begun and is finished even if the caller is gone.
  private func restUncancelled(_ duration: Duration) async {
    let time = time
    // A task of its own is not cancelled with the caller's.
    await Task { try? await time.sleep(for: duration) }.value
  }

  private static func set(_ side: OverlapFilter.Side?, for shards: [Shard]) async {
    for shard in shards { await shard.onLoop { shard.overlap = side } }
  }
}

extension ShardState {
  fileprivate var isCrashed: Bool {
    if case .crashed = self { true } else { false }
  }
}
