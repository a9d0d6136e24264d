// Killed in the middle of a raid, again and again: nothing lost, nothing twice, no case number skipped.

import Assembly
import AutoModPlugin
import DiscordCore
import EventLoop
import Glibc
import ModerationPlugin
import PlatformAudit
import PlatformConfiguration
import PlatformPlugins
import PlatformTenancy
import Simulator
import SimulatorWorld
import Storage
import TestKit
import Testing

@Suite(.timeLimit(.minutes(20)), .serialized) struct CrashTests {
  /// Switches on what the raid meets, and nothing whose verdict depends on how fast the processes are.
  private func prepare(_ stage: ProgramStage) async throws {
    try await stage.withHouse { house in
      let (tenant, origin) = (Tenant(stage.guild), ChangeOrigin(.operator, at: SystemTime().now))
      for plugin in [AutoMod.id, Moderation.id] {
        try await house.configurations.setEnabled(true, plugin: plugin, in: tenant, by: origin)
      }
      let log = stage.log
      try await house.configurations.update(
        ModerationSettings.self, plugin: Moderation.id, in: tenant, by: origin
      ) { $0.logChannel = log }
      try await house.configurations.update(AutoModSettings.self, plugin: AutoMod.id, in: tenant, by: origin)
      {
        $0.usesDiscord = false
        $0.spam.isOn = false
        $0.duplicates.isOn = false
        $0.raid.isOn = false
        $0.heat.isOn = false
        $0.scams.isOn = true
        $0.scams.response = FilterResponse([.delete, .warn])
      }
    }
  }

  /// Lets people write while `kill` is called, `kills` times, each time after a random while.
  private func raid(
    _ stage: ProgramStage, messages count: Int, kills: Int, kill: @escaping @Sendable () async throws -> Void
  ) async throws -> [MessageID: UserID] {
    try await withThrowingTaskGroup(of: [MessageID: UserID].self) { group in
      group.addTask {
        var written: [MessageID: UserID] = [:]
        for number in 0..<count {
          let person = stage.people[number % stage.people.count]
          let id = try await stage.say(
            "free nitro number \(number): https://discord-nitro-gift.ru/\(number)", as: person)
          written[id] = person
          try await Task.sleep(for: .milliseconds(Int.random(in: 20...250)))
        }
        return written
      }
      group.addTask {
        for _ in 0..<kills {
          try await Task.sleep(for: .milliseconds(Int.random(in: 0...600)))
          try await kill()
        }
        return [:]
      }
      var written: [MessageID: UserID] = [:]
      for try await part in group { written.merge(part) { first, _ in first } }
      return written
    }
  }

  /// Waits until the bot has answered: what is said before it has first connected it never hears of.
  private func awaitBot(_ stage: ProgramStage) async throws {
    _ = try await eventually("the bot answers", within: .seconds(30)) {
      _ = try await stage.say(".ping", as: stage.people[0])
      try await Task.sleep(for: .milliseconds(500))
      return await stage.messages(in: stage.channel).contains { $0.content != ".ping" }
    }
  }

  private func check(_ written: [MessageID: UserID], _ stage: ProgramStage) async throws {
    let cases = try await stage.withHouse { house -> [CaseRecord] in
      let store = CaseStore(house.storage.guild(Tenant(stage.guild)))
      var all: [CaseRecord] = []
      var filter = CaseFilter()
      filter.limit = 100
      while true {
        let page = try await store.find(filter)
        all += page.cases
        guard page.cases.count == 100 else { return all }
        filter.offset += 100
      }
    }
    #expect(cases.map(\.number).sorted() == Array(1...Int64(written.count)), "case numbers have gaps")
    let about = cases.compactMap(\.message?.message)
    #expect(Set(about) == Set(written.keys), "a message has no case")
    #expect(about.count == written.count, "a message has two cases")
    for record in cases {
      #expect(record.message.flatMap { written[$0.message] } == record.target)
    }
    let told = await stage.messages(in: stage.log)
    #expect(told.count == written.count, "the mod log has \(told.count) entries for \(written.count) cases")
  }

  private func cleared(_ stage: ProgramStage, _ written: [MessageID: UserID]) async throws {
    try await eventually("every message is gone and told of", within: .seconds(180)) {
      let left = await stage.messages(in: stage.channel).filter { written[$0.id] != nil }
      let told = await stage.messages(in: stage.log).count
      return left.isEmpty && told >= written.count
    }
    // What would be done twice is done by now.
    try await Task.sleep(for: .seconds(2))
  }

  @Test func `one process is killed fifty times at random`() async throws {
    let stage = try await ProgramStage(people: 30)
    try await prepare(stage)
    let process = ProcessSlot(try await stage.start())
    try await awaitBot(stage)
    let written = try await raid(stage, messages: 150, kills: 50) {
      process.kill()
      process.put(try await stage.start())
    }
    try await cleared(stage, written)
    await process.stop()
    try await check(written, stage)
    await stage.end()
  }

  @Test func `of two workers on Redis and PostgreSQL one is killed, again and again`() async throws {
    let postgres = try await PostgresServer(isDurable: false, settings: ["max_connections=300"])
    let redis = try await RedisServer.start()
    let stage = try await ProgramStage(
      people: 20, databaseURL: try await postgres.createDatabase("house"), redisURL: redis.url)
    try await prepare(stage)
    let gateway = ProcessSlot(try await stage.start(roles: "gateway,scheduler,web"))
    let workers = [
      ProcessSlot(try await stage.start(roles: "worker")),
      ProcessSlot(try await stage.start(roles: "worker")),
    ]
    try await awaitBot(stage)
    let written = try await raid(stage, messages: 60, kills: 6) {
      let worker = workers[Int.random(in: 0..<2)]
      worker.kill()
      try await Task.sleep(for: .milliseconds(Int.random(in: 0...2_000)))
      worker.put(try await stage.start(roles: "worker"))
    }
    try await cleared(stage, written)
    for worker in workers { await worker.stop() }
    await gateway.stop()
    try await check(written, stage)
    await stage.end()
    await redis.kill()
    postgres.stop()
  }
}

/// A process and its successors.
private final class ProcessSlot: Sendable {
  private let process: Locked<ChildProcess>

  init(_ process: ChildProcess) { self.process = Locked(process) }

  func kill() { process.value.kill(SIGKILL) }
  func put(_ next: ChildProcess) { process.value = next }

  /// Asks it to stop, and waits until it has.
  func stop() async {
    process.value.kill(SIGTERM)
    _ = await process.value.wait()
  }
}
