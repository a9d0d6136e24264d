// Guilds that cannot be settled at once have their turn again.

@testable import Assembly
import DiscordCore
import EventLoop
import TestKit
import Testing

private struct Failure: Error {}

@Suite(.timeLimit(.minutes(1))) struct SettlerTests {
  @Test func `a guild that fails is settled again, later and later, and left after some attempts`()
    async throws
  {
    let time = ManualTime()
    let settler = GuildSettler(time: time)
    let (passing, broken) = (GuildID(1), GuildID(2))
    let tried = Recorder<(guild: GuildID, at: Duration)>()
    let task = Task {
      await settler.run { guild in
        tried.record((guild, time.uptime))
        let count = tried.values.count { $0.guild == guild }
        if guild == broken || count < 3 { throw Failure() }
      }
    }
    defer { task.cancel() }
    for guild in [passing, broken] { settler.add(guild) }
    func times(_ guild: GuildID) -> [Duration] { tried.values.filter { $0.guild == guild }.map(\.at) }
    try await eventually("the broken one is tried for the last time", within: .seconds(30)) {
      time.advance(by: .seconds(1))
      return times(broken).count == GuildSettler.attempts
    }
    let pauses = zip(times(broken).dropFirst(), times(broken)).map { $0 - $1 }
    for (pause, next) in zip(pauses, pauses.dropFirst()) { #expect(next > pause) }
    #expect(pauses.first.map { $0 >= GuildSettler.firstPause } == true)
    #expect(times(passing).count == 3, "what is settled is settled again")
    for _ in 0..<50 {
      time.advance(by: .seconds(100))
      try await Task.sleep(for: .milliseconds(2))
    }
    #expect(times(broken).count == GuildSettler.attempts, "it is never left")
    settler.add(broken)
    try await eventually("named again, it has its turn") {
      time.advance(by: .seconds(1))
      return times(broken).count == GuildSettler.attempts + 1
    }
  }
}
