// Kills a bot's process again and again while messages arrive, and counts what it has missed.

import DiscordCore
import Glibc
import JSON
import Simulator
import SimulatorWorld
import TestKit

/// A bot's process, killed with `SIGKILL` at random moments under load, its state in SQLite.
///
/// The simulator keeps the last 2,000 events of a session. The load pauses when the stored cursor falls too far behind
/// that, so that the session can always be resumed; then nothing may be lost.
package struct CrashProof {
  /// What came of it.
  package struct Outcome: Sendable {
    package let kills: Int
    /// Messages that were posted while the session stood.
    package let posted: Int
    /// Messages that were handled, those that were handled again counted again.
    package let handlings: Int
    /// Messages that were never handled.
    package let lost: Int
    /// How many sessions the process has had: one, if it could always go on.
    package let sessions: Int
  }

  /// The program with the words that make it call `runCrashBot` with what follows.
  private let command: [String]
  /// How long a process lives at most.
  private let longestLife: Duration

  package init(command: [String], longestLife: Duration = .seconds(2)) {
    (self.command, self.longestLife) = (command, longestLife)
  }

  /// - Parameter kills: how often.
  /// - Returns: what was counted.
  /// - Throws: `TestKitError` when the bot does not come up, or does not handle in half a minute what it was not
  ///   killed over.
  package func run(kills: Int) async throws -> Outcome {
    let simulator = try await Simulator.start()
    do {
      var load = try await CrashLoad(simulator)
      let outcome = try await load.run(command, kills: kills, longestLife: longestLife)
      await simulator.stop()
      return outcome
    } catch {
      await simulator.stop()
      throw error
    }
  }
}

/// One run of the proof.
private struct CrashLoad {
  /// How many events may stand between the stored cursor and the newest one.
  private static let reach = 1_200
  /// Events besides the messages: at the start of the session, and for each time it was resumed.
  private static let greeting = 60
  private static let greetingAgain = 4

  private let simulator: Simulator
  private let folder: TemporaryDirectory
  private let token: String
  private let channel: ChannelID
  private let author: UserID
  private var posted: [MessageID] = []
  private var sessions: Set<String> = []
  private var saved = 0
  private var lives = 0

  init(_ simulator: Simulator) async throws {
    self.simulator = simulator
    folder = try TemporaryDirectory()
    (token, channel, author) = try await simulator.withWorld { world in
      guard let application = world.demoApplication,
        let guild = world.guilds.values.first(where: { guild in
          guild.members[application.botID] != nil
        })
      else { throw TestKitError("a world without the bot") }
      // Any channel that takes messages.
      for channel in world.channels.values.filter({ $0.guildID == guild.id }).map(\.id).sorted() {
        let body: JSONValue = ["content": "hello"]
        if (try? world.createMessage(in: channel, by: guild.ownerID, body: body)) != nil {
          return (application.botToken, channel, guild.ownerID)
        }
      }
      throw TestKitError("a guild without a channel")
    }
  }

  mutating func run(_ command: [String], kills: Int, longestLife: Duration) async throws -> CrashProof.Outcome
  {
    var bot = try await start(command)
    // From the first save on, the session can be resumed.
    try note(try await bot.line(timeout: .seconds(60)) { $0.hasPrefix("saved ") })
    for _ in 0..<kills {
      try await load(bot, for: longestLife * Double.random(in: 0...1))
      bot.kill()
      await bot.wait()
      bot = try await start(command)
    }
    let all = Set(posted.map(\.description))
    var handled: [String] = []
    try? await eventually("everything is handled", within: .seconds(30)) {
      handled = try Self.lines(folder.file("handled"))
      return all.isSubset(of: handled)
    }
    while let line = await bot.nextLine(timeout: .milliseconds(50)) { try note(line) }
    bot.kill()
    await bot.wait()
    return CrashProof.Outcome(
      kills: kills, posted: posted.count, handlings: handled.count(where: all.contains),
      lost: all.subtracting(handled).count, sessions: sessions.count)
  }

  private mutating func start(_ command: [String]) async throws -> ChildProcess {
    lives += 1
    // The simulator lets a bot ask for its gateway twice in five seconds: its time moves on, ours need not.
    await simulator.advance(by: .seconds(5))
    return try await ChildProcess.start(command + [simulator.apiBase, token, folder.path])
  }

  /// Posts messages, about 300 a second, for as long.
  private mutating func load(_ bot: ChildProcess, for span: Duration) async throws {
    let end = ContinuousClock.now + span
    while ContinuousClock.now < end {
      guard bot.isRunning else { throw TestKitError("the bot ended by itself") }
      while let line = await bot.nextLine(timeout: .milliseconds(1)) { try note(line) }
      let others = Self.greeting + Self.greetingAgain * lives
      if posted.count + others - saved < Self.reach { try await post(6) }
      try await Task.sleep(for: min(.milliseconds(20), max(.zero, end - .now)))
    }
  }

  private mutating func post(_ count: Int) async throws {
    let (channel, author, first) = (channel, author, posted.count)
    posted += try await simulator.withWorld { world in
      try (first..<first + count).map { number in
        try world.createMessage(in: channel, by: author, body: ["content": .string("message \(number)")]).id
      }
    }
  }

  private mutating func note(_ line: String) throws {
    let words = line.split(separator: " ")
    guard words.count == 3, words[0] == "saved", let sequence = Int(words[2]) else { return }
    sessions.insert(String(words[1]))
    saved = sequence
  }

  private static func lines(_ path: String) throws -> [String] {
    guard let file = fopen(path, "r") else { return [] }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&buffer, 1, buffer.count, file)
      guard count > 0 else { break }
      bytes += buffer[..<count]
    }
    return bytes.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
  }
}
