// How the data of guilds that left goes: a durable timer, and an erasure that is gone on with until it is complete.

package import EventLoop
package import PlatformSchedule
import SQL
package import Storage

extension GuildDirectory {
  /// Timers belong to no guild: erasing a guild takes its own timers along.
  static func timer(_ guild: Tenant) -> TimerName {
    TimerName(erasureTimer, guild: nil, key: guild.description)
  }

  /// What the timer of a guild does when it fires.
  ///
  /// - Parameters:
  ///   - time: tells whether the erasure is due; it may have been put off or called off since the timer was set.
  ///   - erase: erases everything of the guild, in every room. Called again when it throws, or when the process died
  ///     in it.
  /// - Returns: the handler for `erasureTimer`.
  package func erasureHandler(
    time: any TimeSource, erase: @escaping @Sendable (Tenant) async throws -> Void
  ) -> ScheduleRunner.Handler {
    { firing in
      guard let id = Int64(firing.name.key) else { return .done }
      let guild = Tenant(id)
      guard let step = try await begin(guild, at: time.now) else { return .done }
      guard case .erase = step else { return step.outcome }
      try await erase(guild)
      try await finish(guild, at: time.now)
      return .done
    }
  }

  /// Erases a guild because somebody asked for it. One that no bot of ours is in is erased here too, at once and not when
  /// its time is over; one with a bot stays listed, and begins anew with what the bot tells next.
  ///
  /// `erase` erases everything of the guild, in every room; what it returns is returned.
  package func erase<Report: Sendable>(
    _ guild: Tenant, time: any TimeSource, _ erase: (Tenant) async throws -> Report
  ) async throws -> Report {
    let step = try await begin(guild, at: time.now, isAskedFor: true)
    let report = try await erase(guild)
    if case .erase = step { try await finish(guild, at: time.now) }
    return report
  }

  /// Sets the timers of all guilds that wait for their erasure: at start-up, after a timer was given up.
  ///
  /// - Returns: how many there are.
  @discardableResult
  package func resumeErasures(at now: Timestamp) async throws -> Int {
    var filter = GuildFilter()
    filter.phases = [.left, .erasing]
    filter.limit = 200
    var count = 0
    while true {
      let page = try await list(filter)
      for record in page {
        guard let due = record.life.erasure?.due else { continue }
        try await schedule.set(Self.timer(record.guild), at: max(due, now))
      }
      count += page.count
      guard page.count == filter.limit else { return count }
      filter.after = page.last?.guild
    }
  }

  private enum Step: Sendable {
    case erase
    case wait(until: Timestamp)

    var outcome: TimerOutcome {
      switch self {
      case .erase: .done
      case .wait(let due): .again(at: due)
      }
    }
  }

  /// Nil when there is nothing to erase.
  private func begin(_ guild: Tenant, at now: Timestamp, isAskedFor: Bool = false) async throws -> Step? {
    try await store.write { session in
      let tenancy = TenancyStore(session: session)
      guard var row = try await tenancy.lockedRow(guild) else { return nil }
      guard row.life.beginErasing(at: now, isAskedFor: isAskedFor) else {
        return row.life.phase == .left ? row.life.erasure.map { .wait(until: $0.due) } : nil
      }
      try await tenancy.save(row)
      return .erase
    }
  }

  private func finish(_ guild: Tenant, at now: Timestamp) async throws {
    try await store.write { session in
      let tenancy = TenancyStore(session: session)
      guard var row = try await tenancy.lockedRow(guild) else { return }
      row.life.finishErasing(at: now)
      if row.life.phase == .erased {
        (row.name, row.icon, row.owner, row.memberCount) = ("", nil, nil, 0)
      }
      try await tenancy.save(row)
    }
  }
}
