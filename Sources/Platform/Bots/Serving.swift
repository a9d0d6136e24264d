// Which bot answers where: asked for every event, decided by those who run the bots.

package import Bus
package import DiscordCore
package import EventLoop
package import PlatformTenancy
package import Storage
import Synchronization
import Telemetry

/// Says for every event whether the bot that received it is to handle it.
///
///     guard serving.serves(bot.id, guild, at: event's own instant) else { return }
///
/// One process runs the bots and decides; the others hear of hand-overs on the bus. See `ServingHistory` for why no
/// event is answered twice, and `ServingTable` for what is decided when.
package final class Serving: Sendable {
  /// The topic of hand-overs; the payload is the guild's id in digits.
  package static let topic = "serving"

  /// What the question for an event needs: behind one lock that nobody holds for long.
  private struct Roster {
    var shared: UserID?
    var histories: [Tenant: ServingHistory] = [:]
  }

  private enum News: Sendable {
    case everything, bots
    case guild(Tenant)
  }

  private let registry: BotRegistry
  private let directory: GuildDirectory
  private let rows: ServingStore
  private let bus: any Bus
  private let time: any TimeSource
  private let rule: ServingTable.Rule
  private let decides: Bool
  private let roster = Mutex(Roster())
  private let table: Mutex<ServingTable>
  private let news = Mutex<[News]>([.everything])
  private let bell = Doorbell()
  private let log = Log(room: "bots")
  private static let newsBound = 1_000
  /// How long until what failed is tried again.
  private static let pause = Duration.seconds(2)

  /// `decides` says whether this process runs the bots.
  package init(
    store: PlatformStore, registry: BotRegistry, directory: GuildDirectory, bus: any Bus,
    decides: Bool = true, rule: ServingTable.Rule = ServingTable.Rule(), time: any TimeSource = SystemTime()
  ) {
    (self.registry, self.directory, self.bus) = (registry, directory, bus)
    (self.decides, self.rule, self.time) = (decides, rule, time)
    rows = ServingStore(store: store)
    table = Mutex(ServingTable(rule: rule))
  }

  // MARK: Asking

  /// Whether an event of a guild is this bot's to handle. Costs a lock and a look-up; waits for nothing.
  ///
  /// - Parameters:
  ///   - bot: who received it.
  ///   - guild: the event's guild. What belongs to no guild is its receiver's.
  ///   - instant: when it happened with Discord: the birth of a message's or interaction's id. Nil for what does not
  ///     say; the present counts then.
  /// - Returns: whether to handle it.
  package func serves(_ bot: UserID, _ guild: Tenant, at instant: Timestamp? = nil) -> Bool {
    roster.withLock { roster in
      guard let history = roster.histories[guild] else { return bot == roster.shared }
      switch history.server(at: instant ?? time.now) {
      case .shared: return bot == roster.shared
      case .own(let own): return bot == own
      case nil: return false
      }
    }
  }

  /// The bot that serves a guild now; nil when there is none.
  package func server(of guild: Tenant) -> UserID? {
    roster.withLock { roster in
      switch roster.histories[guild]?.server(at: time.now) ?? .shared {
      case .shared: roster.shared
      case .own(let own): own
      }
    }
  }

  // MARK: Being told

  /// How a bot of this process is doing.
  package func note(_ liveness: BotLiveness, of bot: UserID) {
    table.withLock { $0.setLiveness(liveness, of: bot, at: time.now) }
    bell.ring()
  }

  /// A bot came into a guild or left it.
  package func notePresence(_ bot: UserID, in guild: Tenant, _ isIn: Bool) {
    table.withLock { $0.setPresence(bot, in: guild, isIn) }
    bell.ring()
  }

  // MARK: Running

  /// Reads what is stored. `run` does it too; call it where answers must be right before that.
  package func load() async throws {
    let histories = try await rows.histories()
    roster.withLock { $0.histories = histories }
    try await loadBots()
  }

  /// Follows changes, and decides if this process does, until the task is cancelled.
  package func run() async throws {
    // Before anything is read, so that nothing falls in between.
    let notices = try await bus.subscribe(to: [Self.topic, BotRegistry.topic], buffer: 1024)
    await withDiscardingTaskGroup { group in
      group.addTask {
        for await notice in notices {
          self.news.withLock { news in
            // What piles up while the store is away is read as a whole.
            news = news.count < Self.newsBound ? news + [Self.news(notice)] : [.everything]
          }
          self.bell.ring()
        }
      }
      while !Task.isCancelled {
        let taken = news.withLock { news in
          defer { news = [] }
          return news
        }
        do {
          try await learn(taken)
          if decides { try await decide() }
        } catch {
          if Task.isCancelled { break }
          log.error("who serves which guild could not be settled", ["error": .string("\(error)")])
          news.withLock { $0.insert(.everything, at: 0) }
          await bell.wait(atMost: Self.pause, by: time)
          continue
        }
        await waitForSomething()
      }
      group.cancelAll()
    }
  }

  /// Decides what is due now, stores it and puts it in force.
  package func decide() async throws {
    let handOvers = table.withLock { $0.decide(at: time.now) }
    for handOver in handOvers {
      guard let settled = try await store(handOver) else {
        try await learn([.guild(handOver.guild)])
        continue
      }
      table.withLock { $0.adopt(settled) }
      roster.withLock { _ = $0.histories[settled.guild, default: ServingHistory()].append(settled.epoch) }
      log.notice(
        "a guild is handed over",
        ["guild": .integer(settled.guild.id), "epoch": .integer(settled.epoch.number)])
      try await bus.publish(Array(settled.guild.description.utf8), to: Self.topic)
    }
  }

  /// Stores a hand-over so that it lies in the future still; nil when somebody else stored one of that number.
  private func store(_ handOver: ServingTable.HandOver) async throws -> ServingTable.HandOver? {
    guard try await rows.add(handOver.epoch, of: handOver.guild) else { return nil }
    var settled = handOver
    var attempt = 1
    while let later = settled.postponed(at: time.now, rule, attempt: attempt) {
      try await rows.postpone(later.epoch, of: later.guild)
      settled = later
      attempt += 1
    }
    return settled
  }

  // MARK: Learning

  private static func news(_ notice: NoticeEvent) -> News {
    guard case .notice(let topic, let payload) = notice else { return .everything }
    guard topic == Self.topic, let id = Int64(String(decoding: payload, as: UTF8.self)) else { return .bots }
    return .guild(Tenant(id))
  }

  private func learn(_ news: [News]) async throws {
    for item in news {
      switch item {
      case .everything: try await load()
      case .bots: try await loadBots()
      case .guild(let guild):
        let history = try await rows.history(of: guild)
        adopt(history, of: guild)
      }
    }
  }

  private func loadBots() async throws {
    let registrations = try await registry.registrations()
    let shared = registrations.first { $0.kind == .shared }?.bot
    var owners: [Tenant: UserID] = [:]
    for bot in registrations { for guild in bot.guilds { owners[guild] = bot.bot } }
    roster.withLock { $0.shared = shared }
    table.withLock { $0.setShared(shared) }
    let known = Set(table.withLock { $0.tenants })
    for guild in known where owners[guild] == nil { table.withLock { $0.assign(nil, to: guild) } }
    for (guild, own) in owners {
      table.withLock { $0.assign(own, to: guild) }
      guard !known.contains(guild) else { continue }
      let history = try await rows.history(of: guild)
      let bots = Set(try await directory.bots(in: guild))
      table.withLock { table in
        table.adopt(history, of: guild)
        table.setBots(bots, in: guild)
      }
    }
  }

  private func adopt(_ history: ServingHistory, of guild: Tenant) {
    table.withLock { $0.adopt(history, of: guild) }
    roster.withLock { roster in
      // What is in force here is at least as new as what was read.
      let known = roster.histories[guild]?.latest.number ?? 0
      if history.latest.number >= known { roster.histories[guild] = history }
    }
  }

  private func waitForSomething() async {
    guard let look = table.withLock({ $0.nextLook }) else { return await bell.wait() }
    await bell.wait(atMost: max(look - time.now, .milliseconds(1)), by: time)
  }
}
