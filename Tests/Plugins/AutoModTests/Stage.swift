// A stage with AutoMod on it, and somebody who keeps the cases.

@testable import AutoModPlugin
import DiscordCore
import DiscordModels
import EventLoop
import JSON
import PlatformPlugins
import PlatformSettings
import PluginTestKit
import Simulator
import SimulatorWorld
import Storage
import StorageTestKit
import Synchronization

/// Stands in for moderation: writes down what it is asked for, once for each cause and name, and times out for real.
enum CaseKeeper: Plugin {
  struct Settings: PluginSettings {
    static let fields = SettingsFields<Settings>()
  }

  static let id = "casekeeper"

  static func declare(_ plugin: inout PluginDeclaration<Self>) {
    plugin.provides(.sanctions) { Keeper(context: $0) as any Sanctioning }
  }

  /// What was asked for in the installation.
  static func cases(in storage: Storage) -> [Sanction] {
    book.withLock { $0[ObjectIdentifier(storage)]?.cases ?? [] }
  }

  /// Has the next so many requests fail.
  static func fail(_ count: Int, in storage: Storage) {
    book.withLock { $0[ObjectIdentifier(storage), default: Page()].failures = count }
  }

  /// Begins an empty page: an installation may lie where one of an earlier test lay.
  static func begin(in storage: Storage) { book.withLock { $0[ObjectIdentifier(storage)] = nil } }

  fileprivate struct Page: Sendable {
    var cases: [Sanction] = []
    var keys: [String: Int64] = [:]
    var failures = 0
  }

  // By installation, not by server: suites run side by side, and their servers have the same ids.
  fileprivate static let book = Mutex<[ObjectIdentifier: Page]>([:])

  struct Failure: Error {}

  private struct Keeper: Sanctioning {
    let context: PluginContext<CaseKeeper>

    func apply(_ sanction: Sanction, as name: String) async throws -> SanctionOutcome {
      let (installation, key) = (ObjectIdentifier(context.core.host.storage), context.effects.key(name))
      let number: Int64? = try CaseKeeper.book.withLock { book in
        var page = book[installation] ?? Page()
        defer { book[installation] = page }
        if page.failures > 0 {
          page.failures -= 1
          throw Failure()
        }
        if let number = page.keys[key] { return number }
        page.cases.append(sanction)
        page.keys[key] = Int64(page.cases.count)
        return nil
      }
      return .done(caseNumber: number ?? 1, escalatedTo: nil)
    }
  }
}

extension PluginStage {
  /// Runs `body` with AutoMod switched on, rules at Discord off unless asked for.
  static func withAutoMod(
    on engine: Engine = .embedded, usesDiscord: Bool = false,
    _ change: @escaping @Sendable (inout AutoModSettings) -> Void = { _ in },
    _ body: @escaping @Sendable (PluginStage) async throws -> Void
  ) async throws {
    try await run([PluginUnit(CaseKeeper.self), PluginUnit(AutoMod.self)], on: engine) { stage in
      CaseKeeper.begin(in: stage.storage)
      try await stage.configure(AutoMod.self) { settings in
        settings.usesDiscord = usesDiscord
        change(&settings)
      }
      try await stage.enable("automod")
      try await body(stage)
    }
  }

  var cases: [Sanction] { CaseKeeper.cases(in: storage) }

  /// Whether a message is still there.
  func stands(_ message: MessageID, in place: ChannelID? = nil) async throws -> Bool {
    try await messages(in: place).contains { $0["id"]?.snowflake == message.rawValue }
  }

  /// Waits until a message is gone.
  func isRemoved(_ message: MessageID, in place: ChannelID? = nil) async throws {
    try await eventually("\(message) is removed") { try await !self.stands(message, in: place) }
  }

  /// People who join the server.
  func raiders(_ count: Int) async throws -> [UserID] {
    let guild = guild
    return try await simulator.withWorld { world throws(RESTFailure) in
      var raiders: [UserID] = []
      for index in 0..<count {
        let user = world.makeUser("raider\(index)").id
        try world.join(user, guild)
        raiders.append(user)
      }
      return raiders
    }
  }

  /// All of them say the same in the first channel, again and again within some seconds; past what Discord lets people's
  /// clients do.
  func raid(by raiders: [UserID], rounds: Int, _ text: String) async throws {
    let (guild, channel) = (guild, channel)
    for round in 0..<rounds {
      try await simulator.withWorld { world throws(RESTFailure) in
        // Whoever is held already cannot write any more.
        for raider in raiders where world.guilds[guild]?.members[raider]?.timedOutUntil == nil {
          _ = try world.createMessage(in: channel, by: raider, body: ["content": .string(text)])
        }
      }
      if round < rounds - 1 { await advance(by: .milliseconds(500)) }
    }
  }

  /// Writes something that no rule minds, and waits until everything before it has been judged.
  func settleDown() async throws {
    let last = try await say("?settled")
    // The journal says nothing of quiet messages: one that matches by a rule on trial marks the place.
    try await eventually("everything is judged") { try await !self.decisions(about: last).isEmpty }
  }
}

extension AutoModSettings {
  /// A rule on trial that makes `settleDown` visible.
  mutating func markSettling() {
    var rule = CustomRule()
    rule.name = "settled"
    rule.patterns = ["^\\?settled$"]
    rule.response = FilterResponse([.delete])
    rule.response.isDryRun = true
    rules.append(rule)
  }
}
