// A simulator whose people write what plugins answer: how soon, by the simulator's own clock.

import DiscordCore
import EventLoop
import Foundation
import Glibc
import HTTPTypes
import JSON
import Simulator
import SimulatorWorld
import Synchronization
import TestKit

/// Guilds of a town. A plugin may do 60 things a minute in each (contract, section 17), and the rate that is asked for is
/// more than one has.
let townGuilds = 110

/// Calls a second that the bot may make. At Discord's usual 50, answers to 50 messages a second wait for nothing else.
let townCallsPerSecond = 200

/// Runs a town until the process is killed.
///
/// Says what a bot needs as JSON, then does what standard input says, one line after another, and answers each with one
/// line: `echo RATE SECONDS FIRST COUNT` says how many of the messages were answered, and how soon; `ask GUILD SECONDS
/// WORDS…` writes the words, and says what the bot answered and after how many milliseconds; `say GUILD WORDS…` waits for
/// no answer.
func runTown() async throws {
  let town = try await Town()
  put(try town.invitation.line)
  while let order = readLine() {
    let words = order.split(separator: " ").map(String.init)
    switch words.first {
    case "echo":
      let numbers = words.dropFirst().compactMap { Double($0) }
      put(
        try await town.echo(
          perSecond: numbers[0], seconds: numbers[1], first: Int(numbers[2]), count: Int(numbers[3])
        ).line)
    case "ask":
      put(
        try await town.ask(
          words.dropFirst(3).joined(separator: " "), in: Int(words[1]) ?? 0,
          within: .seconds(Double(words[2]) ?? 10)))
    case "say":
      _ = try await town.write(words.dropFirst(2).joined(separator: " "), in: Int(words[1]) ?? 0)
      put("said")
    default: throw TestKitError("a town does not know what \(order) means")
    }
  }
}

/// What a bot needs to come into a town.
struct TownInvitation: Sendable {
  var api: String
  var token: String
  var guilds: [String]

  var line: String {
    get throws {
      let json: JSONValue = [
        "api": .string(api), "token": .string(token), "guilds": .array(guilds.map { .string($0) }),
      ]
      return String(decoding: try json.encoded(), as: UTF8.self)
    }
  }

  init(api: String, token: String, guilds: [String]) {
    (self.api, self.token, self.guilds) = (api, token, guilds)
  }

  init(line: String) throws {
    let json = try JSONValue(parsing: Array(line.utf8))
    guard let api = json["api"]?.string, let token = json["token"]?.string, let guilds = json["guilds"]?.array
    else { throw TestKitError("a town said: \(line)") }
    self.init(api: api, token: token, guilds: guilds.compactMap(\.string))
  }
}

/// How soon messages were answered, in milliseconds.
struct EchoFigures: Sendable {
  var written: Int
  var answered: Int
  var p50: Double
  var p99: Double
  var worst: Double

  var line: String { "\(written) \(answered) \(p50) \(p99) \(worst)" }

  init(written: Int, delays: [Double]) {
    let sorted = delays.sorted()
    (self.written, answered) = (written, sorted.count)
    p50 = sorted.isEmpty ? .nan : sorted[sorted.count / 2]
    p99 = sorted.isEmpty ? .nan : sorted[sorted.count * 99 / 100]
    worst = sorted.last ?? .nan
  }

  init(line: String) throws {
    let numbers = line.split(separator: " ").compactMap { Double($0) }
    guard numbers.count == 5 else { throw TestKitError("a town said: \(line)") }
    (written, answered) = (Int(numbers[0]), Int(numbers[1]))
    (p50, p99, worst) = (numbers[2], numbers[3], numbers[4])
  }
}

/// What the bot said, and when.
private final class AnswerWatch: Sendable {
  private struct State {
    var since: [String: Duration] = [:]
    var delays: [Double] = []
    var last: [String: (text: String, at: Duration)] = [:]
  }

  private let state = Mutex(State())
  private let time = SystemTime()

  func begin() { state.withLock { $0 = State() } }

  func wait(for number: String) { state.withLock { $0.since[number] = time.uptime } }

  var openCount: Int { state.withLock { $0.since.count } }
  var delays: [Double] { state.withLock { $0.delays } }

  func last(in channel: ChannelID) -> (text: String, at: Duration)? {
    state.withLock { $0.last["\(channel)"] }
  }

  /// Looks at a request when the simulator has done what it asked for.
  func see(_ exchange: RESTExchange) {
    guard (200..<300).contains(exchange.status), exchange.method == .post,
      exchange.template == "/channels/{channel.id}/messages",
      let text = (try? JSONValue(parsing: exchange.request))?["content"]?.string
    else { return }
    let channel = exchange.target.split(separator: "/").dropLast().last.map(String.init) ?? ""
    state.withLock { state in
      state.last[channel] = (text, exchange.arrivedAt)
      guard text.hasPrefix("echo "), let since = state.since.removeValue(forKey: String(text.dropFirst(5)))
      else { return }
      state.delays.append((exchange.arrivedAt - since) / .microseconds(1) / 1_000)
    }
  }
}

private final class Town: Sendable {
  let invitation: TownInvitation
  private let simulator: Simulator
  private let watch: AnswerWatch
  private let places: [(channel: ChannelID, author: UserID)]
  private let time = SystemTime()

  init() async throws {
    let watch = AnswerWatch()
    var configuration = SimulatorConfiguration()
    configuration.seed = nil
    configuration.onExchange = { watch.see($0) }
    let simulator = try await Simulator.start(configuration)
    await simulator.setGlobalLimit(townCallsPerSecond)
    let (token, guilds, places) = await simulator.withWorld { world in
      let owner = world.makeUser("owner").id
      let bot = world.makeApplication("Contender", owner: owner)
      var (guilds, places): ([GuildID], [(channel: ChannelID, author: UserID)]) = ([], [])
      for number in 0..<townGuilds {
        let guild = world.makeGuild("Town \(number)", owner: owner)
        let channel = Channel(id: world.newID(), kind: .text, guildID: guild.id, name: "talk")
        world.add(channel, to: guild)
        // Nobody is banned from a guild that was just made.
        try? world.join(bot.botID, guild.id, permissions: .administrator)
        guilds.append(guild.id)
        places.append((channel.id, owner))
      }
      return (bot.botToken, guilds, places)
    }
    (self.simulator, self.watch, self.places) = (simulator, watch, places)
    invitation = TownInvitation(
      api: simulator.apiBase, token: token, guilds: guilds.map(\.description))
  }

  /// Writes something, and returns when its event has left.
  func write(_ text: String, in guild: Int) async throws -> Duration {
    let place = places[guild]
    try await simulator.withWorld { world throws(RESTFailure) in
      _ = try world.createMessage(in: place.channel, by: place.author, body: ["content": .string(text)])
    }
    let (loop, time) = (simulator.loop, time)
    return await withCheckedContinuation { continuation in
      loop.execute { continuation.resume(returning: time.uptime) }
    }
  }

  func ask(_ text: String, in guild: Int, within limit: Duration) async throws -> String {
    watch.begin()
    let since = try await write(text, in: guild)
    while time.uptime - since < limit {
      if let answer = watch.last(in: places[guild].channel) {
        return "\((answer.at - since) / .microseconds(1) / 1_000) \(answer.text)"
      }
      try await Task.sleep(for: .milliseconds(1))
    }
    return "nothing"
  }

  /// Messages at a rate, over the guilds in turn, whatever the contender does meanwhile.
  func echo(perSecond: Double, seconds: Double, first: Int, count: Int) async throws -> EchoFigures {
    watch.begin()
    let start = ContinuousClock.now
    let total = Int(perSecond * seconds)
    for number in 0..<total {
      try await Task.sleep(until: start + .seconds(Double(number) / perSecond))
      watch.wait(for: "\(number)")
      _ = try await write("!echo \(number)", in: first + number % count)
    }
    for _ in 0..<1_000 where watch.openCount > 0 { try await Task.sleep(for: .milliseconds(10)) }
    return EchoFigures(written: total, delays: watch.delays)
  }
}

/// In a town: tells the process that started it, at once.
private func put(_ line: String) {
  let bytes = Array("\(line)\n".utf8)
  _ = Glibc.write(1, bytes, bytes.count)
}
