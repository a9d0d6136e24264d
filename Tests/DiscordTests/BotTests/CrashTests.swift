// A bot's process that is killed in the middle of its work.

import DiscordCrashKit
import TestKit
import Testing

@Suite(.serialized, .timeLimit(.minutes(2))) struct CrashTests {
  /// `./guildhall bench discord` does it a hundred times.
  @Test func `killed ten times under load, a bot with its state in SQLite misses no message`() async throws {
    let outcome = try await CrashProof(command: [besideThisTest("discord-crash-bot")]).run(kills: 10)
    #expect(outcome.lost == 0)
    #expect(outcome.sessions == 1)
    #expect(outcome.posted > 100)
    #expect(outcome.handlings >= outcome.posted)
  }
}
