// Which servers a person has access to, and which they could add the bot to.

import DiscordBot
import DiscordCore
import DiscordModels
import DiscordREST
import EventLoop
import PlatformAccess
import PlatformPlugins
import PlatformTenancy
import Storage

/// The servers of a person.
struct FoundServers: Sendable {
  /// A server with a bot of ours.
  struct Server: Sendable {
    let guild: GuildID
    let name: String
    let icon: String?
    /// As of now; nil when Discord did not say in time.
    let answer: AccessCheck.Answer?
    /// A bot of ours is in the server, and none is at work: its pages come back with the bot.
    var isOffline = false
  }

  /// Where they have a role, by name.
  var servers: [Server] = []
  /// Where they could add the bot, by name.
  var addable: [PartialGuild] = []
  /// Not everything could be looked at: Discord was slow, or there is very much.
  var isIncomplete = false
  /// Discord wants the person to sign in anew before it lists their servers.
  var needsSignIn = false

  /// Servers that are looked at for one person; Discord lets people be in 200.
  private static let bound = 300
  /// Members that Discord is asked for, for one page, and how long.
  private static let questions = 12
  private static let patience = Duration.seconds(3)

  /// Looks for them.
  ///
  /// - Throws: what the store throws.
  static func find(_ user: UserID, _ gate: Gate) async throws -> FoundServers {
    var found = FoundServers()
    let listed = try await gate.servers.servers(of: user)
    switch listed {
    case .servers: break
    case .late: found.isIncomplete = true
    case .signInAgain: found.needsSignIn = true
    }
    var unseen: [PartialGuild] = []
    var looked: Set<GuildID> = []
    // Those that can be managed first: where time or room ends, the others are left out.
    let ordered = listed.servers.filter(\.mayAddBots) + listed.servers.filter { !$0.mayAddBots }
    for server in ordered.prefix(bound) where looked.insert(server.id).inserted {
      switch try await gate.access.glance(at: user, in: server.id) {
      case .known(let answer): if let answer { found.add(server.id, answer) }
      case .absent:
        guard server.mayAddBots else { continue }
        if try await found.addOffline(server.id, gate) { continue }
        found.addable.append(server)
      case .unseen: unseen.append(server)
      }
    }
    // Discord's list may be late or missing: what they own is known here as well.
    var filter = GuildFilter()
    (filter.owner, filter.limit) = (user, 100)
    for record in try await gate.house.directory.list(filter) where looked.insert(record.guild.guild).inserted
    {
      switch try await gate.access.glance(at: user, in: record.guild.guild) {
      case .known(let answer): if let answer { found.add(record.guild.guild, answer) }
      case .absent: found.addOffline(record)
      case .unseen: break
      }
    }
    try await found.ask(about: unseen, user, gate)
    found.servers.sort { ($0.name.lowercased(), $0.guild) < ($1.name.lowercased(), $1.guild) }
    found.addable.sort { ($0.name.lowercased(), $0.id) < ($1.name.lowercased(), $1.id) }
    return found
  }

  private mutating func add(_ guild: GuildID, _ answer: AccessCheck.Answer) {
    guard let info = answer.bot.info else { return }
    servers.append(Server(guild: guild, name: info.name, icon: info.icon, answer: answer))
  }

  /// A server whose bot is not at work here.
  ///
  /// - Returns: whether it is one.
  private mutating func addOffline(_ guild: GuildID, _ gate: Gate) async throws -> Bool {
    guard let record = try await gate.house.directory.get(Tenant(guild)) else { return false }
    return addOffline(record)
  }

  @discardableResult
  private mutating func addOffline(_ record: GuildRecord) -> Bool {
    guard !record.bots.isEmpty else { return false }
    servers.append(
      Server(
        guild: record.guild.guild, name: record.name, icon: record.icon, answer: nil, isOffline: true))
    return true
  }

  /// Asks Discord about members that the bot has not seen: a few, and not for long.
  private mutating func ask(about unseen: [PartialGuild], _ user: UserID, _ gate: Gate) async throws {
    if unseen.count > Self.questions { isIncomplete = true }
    let asked = unseen.prefix(Self.questions)
    guard !asked.isEmpty else { return }
    let answers = try await Self.answers(asked.map(\.id), user, gate)
    for server in asked {
      if let answer = answers[server.id] {
        if let answer { add(server.id, answer) }
      } else {
        isIncomplete = true
        // The server's own page finds out.
        guard server.mayAddBots else { continue }
        servers.append(Server(guild: server.id, name: server.name, icon: server.icon, answer: nil))
      }
    }
  }

  /// By server; nothing for those that were not answered in time.
  private static func answers(_ guilds: [GuildID], _ user: UserID, _ gate: Gate) async throws
    -> [GuildID: AccessCheck.Answer?]
  {
    enum News: Sendable {
      case answer(GuildID, AccessCheck.Answer?)
      case none
      case over
    }
    return try await withThrowingTaskGroup(of: News.self) { group in
      let time = gate.house.time
      group.addTask {
        // Cancelled when all have answered.
        do { try await time.sleep(for: patience) } catch {}
        return .over
      }
      for guild in guilds {
        group.addTask {
          do { return .answer(guild, try await gate.access.role(of: user, in: guild)) } catch is RESTError {
            return .none
          }
        }
      }
      var answers: [GuildID: AccessCheck.Answer?] = [:]
      var open = guilds.count
      collecting: while open > 0, let news = try await group.next() {
        switch news {
        case .answer(let guild, let answer): (answers[guild], open) = (.some(answer), open - 1)
        case .none: open -= 1
        case .over: break collecting
        }
      }
      group.cancelAll()
      return answers
    }
  }
}
