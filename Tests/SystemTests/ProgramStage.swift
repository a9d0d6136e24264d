// The program as processes, in a simulated Discord, killed as the test likes.

import Assembly
import Bus
import DiscordCore
import EventLoop
import Glibc
import JSON
import PlatformConfiguration
import PlatformPlugins
import PlatformSettings
import PlatformTenancy
import Simulator
import SimulatorWorld
import Storage
import Telemetry
import TestKit
import Testing
import Vault

/// A server with a mod log and some people, and an installation whose processes come and go.
final class ProgramStage: Sendable {
  let simulator: Simulator
  let folder: TemporaryDirectory
  let guild: GuildID
  let channel: ChannelID
  let log: ChannelID
  let owner: UserID
  let people: [UserID]
  private let token: String
  private let databaseURL: String?
  private let redisURL: String?

  private struct Scene: Sendable {
    let token: String
    let guild: GuildID
    let channel: ChannelID
    let log: ChannelID
    let owner: UserID
    let people: [UserID]
  }

  init(people count: Int, databaseURL: String? = nil, redisURL: String? = nil) async throws {
    simulator = try await Simulator.start(SimulatorConfiguration())
    folder = try TemporaryDirectory()
    (self.databaseURL, self.redisURL) = (databaseURL, redisURL)
    await simulator.limitsIdentify(false)
    // Five messages in five seconds would have every test wait for its mod log, long after the last kill.
    await simulator.limitsREST(false)
    let scene = try await simulator.withWorld { world -> Scene in
      let owner = world.makeUser("olive").id
      let application = world.makeApplication("House", owner: owner)
      let guild = world.makeGuild("House", owner: owner)
      let people = try (0..<count).map { number in
        let user = world.makeUser("person\(number)").id
        try world.join(user, guild.id)
        return user
      }
      try world.join(application.botID, guild.id, permissions: .administrator, addedBy: owner)
      func channel(_ name: String) throws -> ChannelID {
        try world.createChannel(
          in: guild.id, by: owner, body: ["name": .string(name), "type": 0], reason: nil
        ).id
      }
      return Scene(
        token: application.botToken, guild: guild.id, channel: try channel("talk"), log: try channel("log"),
        owner: owner, people: people)
    }
    (token, guild, channel, log) = (scene.token, scene.guild, scene.channel, scene.log)
    (owner, people) = (scene.owner, scene.people)
  }

  /// Opens the installation's data without running it.
  func withHouse<Value: Sendable>(_ body: (House) async throws -> Value) async throws -> Value {
    let data = DataFolder(folder.file("data"))
    try data.prepareRoot()
    let vault = try Vault.open(masterKeyFile: data.masterKey, createIfMissing: !data.hasKeys)
    var settings = StorageSettings(folder: data, databaseURL: databaseURL)
    settings.snapshotsKept = 0
    let loop = try EventLoop(name: "house")
    defer { loop.shutdown() }
    let storage = try await Storage.open(settings, vault: vault, schema: .installation(), loops: [loop])
    let house = try House(
      HouseSettings(discordAPI: simulator.apiBase), storage: storage,
      bus: LocalBus(time: SystemTime(), metrics: MetricRegistry()), metrics: MetricRegistry())
    let outcome: Result<Value, any Error>
    do { outcome = .success(try await body(house)) } catch { outcome = .failure(error) }
    await house.close()
    await storage.close()
    return try outcome.get()
  }

  /// Starts a process of the program and returns when it says that it is ready.
  func start(roles: String = "all") async throws -> ChildProcess {
    var environment = [
      "GUILDHALL_DATA": folder.file("data"), "GUILDHALL_LISTEN": "127.0.0.1:0",
      "GUILDHALL_DISCORD_TOKEN": token, "GUILDHALL_DISCORD_API": simulator.apiBase,
      "GUILDHALL_LOG": "error", "GUILDHALL_ROLES": roles,
    ]
    environment["GUILDHALL_DATABASE_URL"] = databaseURL
    environment["GUILDHALL_REDIS_URL"] = redisURL
    let process = try await ChildProcess.start(
      [besideThisTest("guildhall"), "serve"], environment: environment)
    _ = try await process.line { $0.contains("is ready") }
    return process
  }

  /// Writes a message as somebody.
  func say(_ text: String, as person: UserID) async throws -> MessageID {
    let channel = channel
    return try await simulator.withWorld { world in
      try world.createMessage(in: channel, by: person, body: ["content": .string(text)]).id
    }
  }

  /// The messages of a channel that are there, oldest first.
  func messages(in place: ChannelID) async -> [Message] {
    await simulator.withWorld { world in
      world.channels[place]?.messages.newest(100_000).reversed() ?? []
    }
  }

  func end() async { await simulator.stop() }
}
