// All guilds that ever had a bot of ours: noted as bots tell of them, listed without a bot.

package import DiscordCore
package import EventLoop
package import PlatformSchedule
import SQL
package import Storage

/// The guilds and their lives, in the platform's store.
///
///     try await directory.note([sighting], by: bot, at: now)
///     let page = try await directory.list(filter)
///
/// Any process may note; what is noted twice changes nothing. Calls throw `SQLError`.
package struct GuildDirectory: Sendable {
  /// The kind of the timers that erase; give its handler to the schedule's runner.
  package static let erasureTimer = "tenancy.erase"
  /// Guilds noted in one transaction.
  private static let batch = 100

  let store: PlatformStore
  let schedule: Schedule

  /// Declare `TenancySchema.owner` and `ScheduleSchema.owner` in the store's schema.
  package init(store: PlatformStore, schedule: Schedule) { (self.store, self.schedule) = (store, schedule) }

  // MARK: Reading

  /// A guild; nil for one that never had a bot of ours.
  package func get(_ guild: Tenant) async throws -> GuildRecord? {
    try await store.read { session in
      let tenancy = TenancyStore(session: session)
      guard let row = try await tenancy.row(guild) else { return nil }
      return GuildRecord(row, bots: try await tenancy.bots(in: guild))
    }
  }

  /// Guilds in the order of their ids, a page at a time.
  package func list(_ filter: GuildFilter = GuildFilter()) async throws -> [GuildRecord] {
    try await store.read { session in
      let tenancy = TenancyStore(session: session)
      var records: [GuildRecord] = []
      for row in try await tenancy.rows(filter) {
        records.append(GuildRecord(row, bots: try await tenancy.bots(in: row.guild)))
      }
      return records
    }
  }

  /// How many guilds are in each phase; phases without one are missing.
  package func counts() async throws -> [GuildLife.Phase: Int] {
    let rows = try await store.rows("SELECT phase, COUNT(*) FROM tenancy_guild GROUP BY phase")
    var counts: [GuildLife.Phase: Int] = [:]
    for row in rows {
      if let phase = GuildLife.Phase(rawValue: try row.get(0)) { counts[phase] = try row.get(1) }
    }
    return counts
  }

  /// The bots of ours that are in a guild, in the order of their ids.
  package func bots(in guild: Tenant) async throws -> [UserID] {
    try await store.read { try await TenancyStore(session: $0).bots(in: guild) }
  }

  /// The guilds a bot was last seen in, in the order of their ids.
  package func guilds(of bot: UserID) async throws -> [Tenant] {
    try await store.read { try await TenancyStore(session: $0).guilds(of: bot) }
  }

  // MARK: Noting

  /// A bot is in these guilds, and this is how they look.
  package func note(_ sightings: [GuildSighting], by bot: UserID, at now: Timestamp) async throws {
    // In one order, so that two processes never wait for each other's rows.
    let sorted = sightings.sorted { $0.guild.id < $1.guild.id }
    for start in stride(from: 0, to: sorted.count, by: Self.batch) {
      let batch = sorted[start..<min(start + Self.batch, sorted.count)]
      try await store.write { session in
        let tenancy = TenancyStore(session: session)
        for sighting in batch { try await Self.note(sighting, by: bot, at: now, tenancy) }
      }
    }
  }

  private static func note(
    _ sighting: GuildSighting, by bot: UserID, at now: Timestamp, _ tenancy: TenancyStore
  ) async throws {
    // Most are as they were: at a start, all guilds come by here.
    if let known = try await tenancy.row(sighting.guild), known.after(sighting, at: now) == known,
      try await tenancy.bots(in: sighting.guild).contains(bot)
    {
      return
    }
    let known = try await tenancy.lockedRow(sighting.guild)
    var row = (known ?? TenancyStore.Row(sighting, at: now)).after(sighting, at: now)
    row.seenAt = now
    try await tenancy.addPresence(bot, sighting.guild, at: now)
    try await tenancy.save(row)
  }

  /// A bot is not in these guilds any more. Those without another bot of ours begin to wait for their erasure.
  ///
  /// - Returns: the guilds it had been in.
  @discardableResult
  package func noteLeft(_ guilds: [Tenant], by bot: UserID, at now: Timestamp) async throws -> [Tenant] {
    var left: [Tenant] = []
    for guild in guilds.sorted(by: { $0.id < $1.id }) {
      guard try await bots(in: guild).contains(bot) else { continue }
      // Before the guild is marked: a timer for nothing does nothing, a guild without its timer would stay for ever.
      try await schedule.set(Self.timer(guild), at: now + GuildLife.graceAfterLeaving)
      let wasIn = try await store.write { session in
        let tenancy = TenancyStore(session: session)
        guard var row = try await tenancy.lockedRow(guild),
          try await tenancy.removePresence(bot, guild)
        else { return false }
        guard try await tenancy.bots(in: guild).isEmpty else { return true }
        row.life.left(at: now)
        try await tenancy.save(row)
        return true
      }
      if wasIn { left.append(guild) }
    }
    return left
  }

  /// A bot says that it is in these guilds and in no others: those that it left unseen are noted.
  ///
  /// - Parameters:
  ///   - bot: who says so.
  ///   - guilds: all it is in, among those for which `covers` holds.
  ///   - covers: which guilds the list speaks of; a shard's speaks of its own.
  ///   - now: the present.
  /// - Returns: the guilds it is in no longer.
  /// - Throws: `SQLError`; what was noted by then stays.
  @discardableResult
  package func reconcile(
    _ bot: UserID, isIn guilds: Set<Tenant>, covers: @Sendable (Tenant) -> Bool = { _ in true },
    at now: Timestamp
  ) async throws -> [Tenant] {
    let gone = try await self.guilds(of: bot).filter { covers($0) && !guilds.contains($0) }
    return try await noteLeft(gone, by: bot, at: now)
  }

  /// A bot was removed for good: it is in no guild any more, as far as we are concerned.
  @discardableResult
  package func forget(_ bot: UserID, at now: Timestamp) async throws -> [Tenant] {
    try await reconcile(bot, isIn: [], at: now)
  }

  /// Somebody configured the guild.
  package func noteSetUp(_ guild: Tenant, at now: Timestamp) async throws {
    try await change(guild) { $0.wasSetUp(at: now) }
  }

  /// The guild's subscription ended.
  package func noteLapsed(_ guild: Tenant, at now: Timestamp) async throws {
    try await change(guild) { $0.lapsed(at: now) }
  }

  /// The guild's subscription goes on.
  package func noteRenewed(_ guild: Tenant) async throws {
    let life = try await change(guild) { $0.renewed() }
    if let due = life?.erasure?.due, life?.phase == .left {
      try await schedule.set(Self.timer(guild), at: due)
    }
  }

  @discardableResult
  private func change(_ guild: Tenant, _ body: @Sendable (inout GuildLife) -> Void) async throws -> GuildLife?
  {
    try await store.write { session in
      let tenancy = TenancyStore(session: session)
      guard var row = try await tenancy.lockedRow(guild) else { return nil }
      let before = row.life
      body(&row.life)
      if row.life != before { try await tenancy.save(row) }
      return row.life
    }
  }
}

extension GuildRecord {
  init(_ row: TenancyStore.Row, bots: [UserID]) {
    self.init(
      guild: row.guild, life: row.life, name: row.name, icon: row.icon, owner: row.owner,
      memberCount: row.memberCount, seenAt: row.seenAt, bots: bots)
  }
}

extension TenancyStore.Row {
  /// A guild that nobody knew.
  fileprivate init(_ sighting: GuildSighting, at now: Timestamp) {
    self.init(
      guild: sighting.guild, life: GuildLife(joinedAt: now), name: sighting.name, icon: sighting.icon,
      owner: sighting.owner, memberCount: sighting.memberCount ?? 0, seenAt: now)
  }

  /// The row as the sighting makes it, but for when that was.
  fileprivate func after(_ sighting: GuildSighting, at now: Timestamp) -> Self {
    var row = self
    row.life.joined(at: now)
    (row.name, row.icon, row.owner) = (sighting.name, sighting.icon, sighting.owner)
    row.memberCount = sighting.memberCount ?? row.memberCount
    return row
  }
}
