// What is kept of bots beyond the process, on both engines.

import DiscordCore
import DiscordGateway
import EventLoop
import PlatformBots
import Storage
import StorageTestKit
import Testing

@Suite(.timeLimit(.minutes(2))) struct StoredBotStateTests {
  @Test(arguments: Engine.allCases)
  func `sessions and identifies come back after a restart, each for its bot and shard`(_ engine: Engine)
    async throws
  {
    try await withInstallation(engine) { installation in
      let schema = Schema(platform: [BotSchema.owner])
      let session = ShardSession(
        id: "s", resumeURL: "wss://r", sequence: 7, intents: [.guilds, .messageContent])
      let record = IdentifyRecord(windowEnds: Timestamp(milliseconds: 9), used: 3)
      try await installation.run(schema: schema) { storage async throws in
        let bot = StoredBotState(of: UserID(.max), in: storage.platform)
        try await bot.saveSession(session, of: ShardID(1, of: 2))
        try await bot.saveIdentifies(record)
        var later = session
        later.sequence = 8
        try await bot.saveSession(later, of: ShardID(1, of: 2))
      }
      try await installation.run(schema: schema) { storage async throws in
        let bot = StoredBotState(of: UserID(.max), in: storage.platform)
        #expect(try await bot.loadSession(of: ShardID(1, of: 2))?.sequence == 8)
        #expect(try await bot.loadSession(of: ShardID(1, of: 2))?.intents == session.intents)
        #expect(try await bot.loadSession(of: ShardID(1, of: 4)) == nil)
        #expect(try await bot.loadIdentifies() == record)
        let other = StoredBotState(of: UserID(5), in: storage.platform)
        #expect(try await other.loadSession(of: ShardID(1, of: 2)) == nil)
        #expect(try await other.loadIdentifies() == nil)
        try await bot.saveSession(nil, of: ShardID(1, of: 2))
        #expect(try await bot.loadSession(of: ShardID(1, of: 2)) == nil)
        try await bot.forget()
        #expect(try await bot.loadIdentifies() == nil)
      }
    }
  }
}
