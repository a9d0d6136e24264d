// Bots tell of their guilds, the directory hears of it.

package import DiscordBot
package import DiscordCore
import DiscordGateway
import DiscordLimits
import DiscordModels
import DiscordREST
package import EventLoop
import JSON
package import Storage
import Synchronization
import Telemetry

/// Writes into the directory what the gateway says of guilds: joins, changes, departures, and what was missed while
/// nobody listened.
///
/// What waits to be written is kept by guild, the newest only: it is bounded by the guilds that there are. An event is
/// not held back for it; after a crash the list of guilds that the gateway sends tells the same.
package final class GuildWatcher: Sendable {
  /// A bot's presence in a guild, for those who decide by it.
  package typealias PresenceListener = @Sendable (_ bot: UserID, _ guild: Tenant, _ isIn: Bool) -> Void

  private enum Change: Sendable {
    case here(GuildSighting)
    case gone
  }

  private struct Pending: Sendable {
    var changes: [Tenant: Change] = [:]
    /// By shard: all its guilds.
    var lists: [ShardID: Set<Tenant>] = [:]
    /// Resumed by a new process: Discord does not say its guilds again, they are asked for.
    var wantsList = false
    var bot: Bot

    /// Adds what came later than this.
    mutating func add(_ later: Pending) {
      changes.merge(later.changes) { $1 }
      lists.merge(later.lists) { $1 }
      wantsList = wantsList || later.wantsList
      bot = later.bot
    }
  }

  private let directory: GuildDirectory
  private let time: any TimeSource
  private let onPresence: PresenceListener
  private let bell = Doorbell()
  private let pending = Mutex<[UserID: Pending]>([:])
  private let log = Log(room: "tenancy")
  /// How long until what could not be written is tried again.
  private static let pause = Duration.seconds(5)

  /// `onPresence` is called at once, on the loop of the shard that heard of it.
  package init(
    _ directory: GuildDirectory, time: any TimeSource = SystemTime(),
    onPresence: @escaping PresenceListener = { _, _, _ in }
  ) {
    (self.directory, self.time, self.onPresence) = (directory, time, onPresence)
  }

  /// Listens to a bot, from before it is started. Keep what is returned.
  package func watch(_ bot: Bot) -> EventSubscription {
    bot.events.subscribe(to: .ready, .resumed, .guildCreate, .guildUpdate, .guildDelete) {
      [weak self, weak bot] event in
      guard let self, let bot else { return }
      hear(event, of: bot)
    }
  }

  /// Writes what was heard, until the task is cancelled.
  package func run() async {
    while !Task.isCancelled {
      await bell.wait()
      guard await !flush() else { continue }
      // Cancelled: the loop ends above.
      _ = try? await time.sleep(for: Self.pause)
      bell.ring()
    }
  }

  /// Writes what was heard so far.
  ///
  /// - Returns: whether all of it could be written; the rest is kept.
  @discardableResult
  package func flush() async -> Bool {
    let taken = pending.withLock { pending in
      defer { pending = [:] }
      return pending
    }
    var isDone = true
    for (id, changes) in taken {
      do {
        try await write(changes, of: id)
      } catch {
        isDone = false
        log.warning(
          "what a bot said of its guilds could not be written",
          ["bot": .string("\(id)"), "error": .string("\(error)")])
        pending.withLock { pending in
          var all = changes
          if let later = pending[id] { all.add(later) }
          pending[id] = all
        }
      }
    }
    return isDone
  }

  // MARK: Hearing

  private func hear(_ event: borrowing BotEvent, of bot: Bot) {
    switch event.name {
    case .ready:
      let ids = event.data["guilds"]?.array?.compactMap { $0["id"]?.id(Entity.Guild.self) } ?? []
      let shard = event.shard
      let guilds = Set(ids.map { Tenant($0) })
      add(bot) { $0.lists[shard] = guilds }
    case .resumed:
      add(bot) { $0.wantsList = true }
    case .guildDelete:
      // With `unavailable` it is an outage, and the bot is still in.
      guard let guild = event.guild, event.data["unavailable"]?.bool != true else { return }
      onPresence(bot.id, Tenant(guild), false)
      add(bot) { $0.changes[Tenant(guild)] = .gone }
    default:
      guard let sighting = GuildSighting(event.data) else { return }
      onPresence(bot.id, sighting.guild, true)
      add(bot) { $0.changes[sighting.guild] = .here(sighting) }
    }
  }

  private func add(_ bot: Bot, _ body: (inout Pending) -> Void) {
    pending.withLock { body(&$0[bot.id, default: Pending(bot: bot)]) }
    bell.ring()
  }

  // MARK: Writing

  private func write(_ pending: Pending, of bot: UserID) async throws {
    let now = time.now
    var here: [GuildSighting] = []
    var gone: [Tenant] = []
    for (guild, change) in pending.changes {
      switch change {
      case .here(let sighting): here.append(sighting)
      case .gone: gone.append(guild)
      }
    }
    // Lists first: a guild that came after its list was sent is not in it, and not gone.
    let arrived = Set(here.map(\.guild))
    for (shard, guilds) in pending.lists {
      let left = try await directory.reconcile(
        bot, isIn: guilds.union(arrived),
        covers: { $0.guild.shard(of: shard.count) == shard.index }, at: now)
      for guild in left { onPresence(bot, guild, false) }
    }
    if pending.wantsList, let guilds = await Self.guilds(of: pending.bot) {
      for guild in try await directory.reconcile(bot, isIn: guilds.union(arrived), at: now) {
        onPresence(bot, guild, false)
      }
    }
    try await directory.noteLeft(gone, by: bot, at: now)
    try await directory.note(here, by: bot, at: now)
  }

  /// Nil when Discord cannot be asked: it is no reason to hold that the bot is in none.
  private static func guilds(of bot: Bot) async -> Set<Tenant>? {
    var guilds: Set<Tenant> = []
    var last: GuildID?
    do {
      while true {
        let page: [PartialGuild] = try await bot.rest.send(
          .getCurrentUserGuilds(last.map { .after($0) } ?? .first, limit: 200), priority: .background)
        guilds.formUnion(page.map { Tenant($0.id) })
        guard page.count == 200 else { return guilds }
        last = page.map(\.id).max()
      }
    } catch {
      Log(room: "tenancy").warning("a bot's guilds cannot be asked for", ["error": .string("\(error)")])
      return nil
    }
  }
}

extension GuildSighting {
  /// From a guild as the gateway sends it; nil for one that is in an outage.
  fileprivate init?(_ data: JSONView) {
    guard let id = data["id"]?.id(Entity.Guild.self), data["unavailable"]?.bool != true,
      let owner = data["owner_id"]?.id(Entity.User.self)
    else { return nil }
    self.init(
      guild: Tenant(id), name: data["name"]?.string ?? "", icon: data["icon"]?.string, owner: owner,
      memberCount: data["member_count"]?.int64.map { Int(clamping: $0) })
  }
}
