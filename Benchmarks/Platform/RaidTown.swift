// A simulator in which fifty accounts say the same, and what a contender does about it, by the simulator's own clock.

import DiscordCore
import EventLoop
import HTTPTypes
import JSON
import Simulator
import SimulatorWorld
import Synchronization
import TestKit

/// What came of a raid.
struct RaidFigures: Sendable {
  /// From the event of the message that makes it a raid leaving to the arrival of the first time-out, kick or ban, in
  /// milliseconds; the same of the first deletion.
  var firstContainment = Double.nan
  var firstDeletion = Double.nan
  /// The same of the last deletion, in seconds.
  var lastDeletion = Double.nan
  /// Accounts that were held by then.
  var held = 0
  /// Messages that stayed.
  var left = 0

  var line: String { "\(firstContainment) \(firstDeletion) \(lastDeletion) \(held) \(left)" }

  init() {}

  init(line: String) throws {
    let numbers = line.split(separator: " ").compactMap { Double($0) }
    guard numbers.count == 5 else { throw TestKitError("a town said: \(line)") }
    (firstContainment, firstDeletion, lastDeletion) = (numbers[0], numbers[1], numbers[2])
    (held, left) = (Int(numbers[3]), Int(numbers[4]))
  }
}

/// Runs a town until the process is killed: `probe` waits until a forbidden word is deleted and says `probed`, `raid`
/// raids it once and says the figures.
func runRaidTown() async throws {
  let town = try await RaidTown()
  put(try town.invitation.line)
  while let order = readLine() {
    switch order {
    case "probe":
      try await town.probe()
      put("probed")
    case "raid": put(try await town.raid().line)
    default: throw TestKitError("a town does not know what \(order) means")
    }
  }
}

private final class RaidTown: Sendable {
  private static let raiderCount = 50
  private static let messageCount = 500
  private static let span = 5.0
  /// AutoMod as it comes: the fifth account that says the same.
  private static let threshold = 5

  let invitation: TownInvitation
  private let simulator: Simulator
  private let channel: ChannelID
  private let resident: UserID
  private let raiders: [UserID]
  private let watch: RaidWatch

  init() async throws {
    let watch = RaidWatch()
    var configuration = SimulatorConfiguration()
    configuration.seed = nil
    configuration.onExchange = { watch.see($0) }
    let simulator = try await Simulator.start(configuration)
    let scene = try await simulator.withWorld { world throws(RESTFailure) in
      let owner = world.makeUser("owner").id
      let bot = world.makeApplication("Contender", owner: owner)
      let guild = world.makeGuild("Town", owner: owner)
      let channel = Channel(id: world.newID(), kind: .text, guildID: guild.id, name: "talk")
      world.add(channel, to: guild)
      var people: [UserID] = []
      for number in 0...Self.raiderCount {
        let user = world.makeUser("member.\(number)").id
        try world.join(user, guild.id)
        people.append(user)
      }
      try world.join(bot.botID, guild.id, permissions: .administrator)
      return (token: bot.botToken, guild: guild.id, channel: channel.id, people: people)
    }
    (self.simulator, self.watch, channel) = (simulator, watch, scene.channel)
    (resident, raiders) = (scene.people[0], Array(scene.people.dropFirst()))
    invitation = TownInvitation(
      api: simulator.apiBase, token: scene.token, guilds: [scene.guild.description])
  }

  /// Returns when the contender has deleted a forbidden message.
  func probe() async throws {
    for _ in 0..<100 {
      watch.begin()
      try await say("this is a \(forbiddenWords[0])", by: [resident], isCrossing: false)
      for _ in 0..<50 where watch.standing > 0 { try await Task.sleep(for: .milliseconds(10)) }
      if watch.standing == 0 { return }
    }
    throw TestKitError("a forbidden message stays")
  }

  func raid() async throws -> RaidFigures {
    watch.begin()
    let start = ContinuousClock.now
    var written = 0
    while written < Self.messageCount {
      try await Task.sleep(until: start + .seconds(Double(written) / Double(Self.messageCount) * Self.span))
      try await say(
        "Join our giveaway, number one in the world", by: [raiders[written % raiders.count]],
        isCrossing: written == Self.threshold - 1)
      written += 1
    }
    for _ in 0..<3_000 where watch.standing > 0 { try await Task.sleep(for: .milliseconds(10)) }
    return watch.figures
  }

  /// In the simulator itself, as people beside the one who is measured.
  private func say(_ text: String, by people: [UserID], isCrossing: Bool) async throws {
    let (loop, watch, channel) = (simulator.loop, watch, channel)
    try await simulator.withWorld { world in
      for person in people {
        let message: Message
        do throws(RESTFailure) {
          message = try world.createMessage(in: channel, by: person, body: ["content": .string(text)])
        } catch {
          // Whoever is held cannot write any more.
          guard error.status == 403 else { throw error }
          continue
        }
        // The event goes to the socket on the loop's next turn, before this.
        loop.execute { watch.note(message.id, isCrossing: isCrossing) }
      }
    }
    await withCheckedContinuation { continuation in loop.execute { continuation.resume() } }
  }
}

/// What has been deleted, and who has been held.
private final class RaidWatch: Sendable {
  private struct State {
    var figures = RaidFigures()
    var crossed: Duration?
    var standing: Set<String> = []
  }

  private let state = Mutex(State())
  private let time = SystemTime()

  func begin() { state.withLock { $0 = State() } }

  /// Messages that are there still.
  var standing: Int { state.withLock { $0.standing.count } }

  var figures: RaidFigures {
    state.withLock { state in
      var figures = state.figures
      figures.left = state.standing.count
      return figures
    }
  }

  func note(_ message: MessageID, isCrossing: Bool) {
    let now = time.uptime
    state.withLock { state in
      state.standing.insert(message.description)
      if isCrossing { state.crossed = now }
    }
  }

  /// Looks at a request when the simulator has done what it asked for.
  func see(_ exchange: RESTExchange) {
    guard (200..<300).contains(exchange.status) else { return }
    switch (exchange.method, exchange.template) {
    case (.delete, "/channels/{channel.id}/messages/{message.id}"):
      let path = exchange.target.prefix { $0 != "?" }
      deleted([path.split(separator: "/").last.map(String.init) ?? ""], at: exchange.arrivedAt)
    case (.post, "/channels/{channel.id}/messages/bulk-delete"):
      // The simulator has read the same bytes.
      deleted(
        (try? JSONValue(parsing: exchange.request))?["messages"]?.array?.compactMap(\.string) ?? [],
        at: exchange.arrivedAt)
    case (.patch, "/guilds/{guild.id}/members/{user.id}"), (.put, "/guilds/{guild.id}/bans/{user.id}"),
      (.delete, "/guilds/{guild.id}/members/{user.id}"):
      held(at: exchange.arrivedAt)
    default: return
    }
  }

  private func deleted(_ messages: [String], at now: Duration) {
    state.withLock { state in
      state.standing.subtract(messages)
      guard let crossed = state.crossed else { return }
      if state.figures.firstDeletion.isNaN {
        state.figures.firstDeletion = (now - crossed) / .milliseconds(1)
      }
      let seconds = (now - crossed) / .seconds(1)
      state.figures.lastDeletion =
        state.figures.lastDeletion.isNaN ? seconds : max(state.figures.lastDeletion, seconds)
    }
  }

  private func held(at now: Duration) {
    state.withLock { state in
      guard let crossed = state.crossed else { return }
      if state.figures.held == 0 { state.figures.firstContainment = (now - crossed) / .milliseconds(1) }
      state.figures.held += 1
    }
  }
}
