// Decides which bot serves which guild: a value that is told what happens and returns hand-overs.

package import DiscordCore
package import EventLoop
import PlatformTenancy
package import Storage

/// The guilds with a bot of their own, and who serves each.
///
/// *Rule*: a guild's own bot serves it when it is in the guild and receives its events; else the shared bot, if that does;
/// else nothing changes. A bot that is merely interrupted keeps its guild for `patience`, since it hears of what it missed
/// when it resumes. A hand-over takes effect `lead` after it was decided, so that everybody knows of it by then: clocks,
/// ours and Discord's, must differ by less than half of that.
///
/// Guilds without a bot of their own are not in it: the shared bot serves them.
package struct ServingTable: Sendable {
  /// How eager hand-overs are.
  package struct Rule: Hashable, Sendable {
    package var lead: Duration = .seconds(1)
    package var patience: Duration = .seconds(30)

    package init() {}
  }

  /// A hand-over to be stored, and then to be told with `adopt`.
  package struct HandOver: Hashable, Sendable {
    package let guild: Tenant
    package let epoch: ServingHistory.Epoch

    /// The same, put off so that at least half of the lead lies ahead; nil when it does already. What is received before
    /// it is adopted is judged without it, and Discord's clock may be ahead of ours.
    ///
    /// `attempt` counts from one: a store that is slow is given twice the room each time.
    package func postponed(at now: Timestamp, _ rule: Rule, attempt: Int = 1) -> HandOver? {
      guard now + rule.lead / 2 >= epoch.from else { return nil }
      let from = now + rule.lead * (1 << min(attempt - 1, 6))
      return HandOver(guild: guild, epoch: .init(number: epoch.number, server: epoch.server, from: from))
    }
  }

  private struct Entry {
    var own: UserID?
    var history = ServingHistory()
    /// Our bots that are in the guild.
    var bots: Set<UserID> = []
  }

  private struct Known {
    var liveness = BotLiveness.down
    /// When it stopped receiving, if it has.
    var since: Timestamp
  }

  private let rule: Rule
  private var shared: UserID?
  private var guilds: [Tenant: Entry] = [:]
  private var bots: [UserID: Known] = [:]
  /// Guilds about which something changed, and when the others are to be looked at again.
  private var changed: Set<Tenant> = []
  /// The next instant at which somebody's patience ends; nil when nobody waits.
  package private(set) var nextLook: Timestamp?

  package init(rule: Rule = Rule()) { self.rule = rule }

  /// The guilds in the table.
  package var tenants: [Tenant] { Array(guilds.keys) }

  /// Who serves a guild from when on; the shared bot for one that is not in the table.
  package func history(of guild: Tenant) -> ServingHistory { guilds[guild]?.history ?? ServingHistory() }

  // MARK: Being told

  /// Which bot is the shared one; nil for none.
  package mutating func setShared(_ bot: UserID?) {
    guard shared != bot else { return }
    shared = bot
    changed.formUnion(guilds.keys)
  }

  /// A guild has a bot of its own; nil when it has none any more.
  package mutating func assign(_ own: UserID?, to guild: Tenant) {
    guard own != nil || guilds[guild] != nil, guilds[guild]?.own != own || guilds[guild] == nil else {
      return
    }
    guilds[guild, default: Entry()].own = own
    changed.insert(guild)
  }

  /// Which of our bots are in a guild.
  package mutating func setBots(_ bots: Set<UserID>, in guild: Tenant) {
    guard guilds[guild] != nil else { return }
    guilds[guild]?.bots = bots
    changed.insert(guild)
  }

  /// A bot came into a guild or left it. Guilds that are not in the table are passed over.
  package mutating func setPresence(_ bot: UserID, in guild: Tenant, _ isIn: Bool) {
    guard guilds[guild] != nil else { return }
    if isIn { guilds[guild]?.bots.insert(bot) } else { guilds[guild]?.bots.remove(bot) }
    changed.insert(guild)
  }

  /// How a bot is doing; one that was never told of is down.
  package mutating func setLiveness(_ liveness: BotLiveness, of bot: UserID, at now: Timestamp) {
    let old = bots[bot] ?? Known(since: now)
    guard old.liveness != liveness || bots[bot] == nil else { return }
    // Trouble that goes on is counted from where it began.
    bots[bot] = Known(liveness: liveness, since: old.liveness.mayComeBack ? old.since : now)
    for (guild, entry) in guilds where entry.own == bot || bot == shared { changed.insert(guild) }
  }

  /// What is stored of a guild's hand-overs.
  package mutating func adopt(_ history: ServingHistory, of guild: Tenant) {
    guard guilds[guild] != nil else { return }
    guilds[guild]?.history = history
    changed.insert(guild)
  }

  /// A hand-over is stored and in force from its instant on.
  package mutating func adopt(_ handOver: HandOver) { guilds[handOver.guild]?.history.append(handOver.epoch) }

  // MARK: Deciding

  /// The hand-overs that are due. Each is given again until it is adopted or no longer wanted.
  package mutating func decide(at now: Timestamp) -> [HandOver] {
    if let nextLook, nextLook <= now { changed.formUnion(guilds.keys) }
    var result: [HandOver] = []
    var looks: [Timestamp] = nextLook.map { $0 > now ? [$0] : [] } ?? []
    for guild in changed {
      guard let entry = guilds[guild] else { continue }
      let (wanted, look) = choose(guild, entry, at: now)
      if let look { looks.append(look) }
      let latest = entry.history.latest
      guard wanted != latest.server else { continue }
      let from = max(now + rule.lead, latest.from + .milliseconds(1))
      result.append(
        HandOver(guild: guild, epoch: .init(number: latest.number + 1, server: wanted, from: from)))
    }
    changed = Set(result.map(\.guild))
    nextLook = looks.min()
    return result.sorted { $0.guild.id < $1.guild.id }
  }

  /// Who should serve the guild, and when to ask again.
  private func choose(_ guild: Tenant, _ entry: Entry, at now: Timestamp) -> (GuildServer, Timestamp?) {
    let current = entry.history.latest.server
    guard let own = entry.own else { return (.shared, nil) }
    guard let shared, !isUseful(own, guild, entry) else { return (.own(own), nil) }
    // It was given this guild and is not there yet; a former own bot serves it no longer.
    guard current == .own(own) else { return (.shared, nil) }
    guard isUseful(shared, guild, entry) else { return (current, nil) }
    if let known = bots[own], known.liveness.mayComeBack, entry.bots.contains(own) {
      let end = known.since + rule.patience
      if now < end { return (current, end) }
    }
    return (.shared, nil)
  }

  private func isUseful(_ bot: UserID, _ guild: Tenant, _ entry: Entry) -> Bool {
    entry.bots.contains(bot) && (bots[bot]?.liveness.receives(guild.guild) ?? false)
  }
}
