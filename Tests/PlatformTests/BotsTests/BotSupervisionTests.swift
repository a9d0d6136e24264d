// What is done about a bot: started, restarted after growing pauses, given up, and taken up again.

import DiscordBot
import DiscordGateway
import PlatformBots
import Testing

private let wanted = BotSupervision.Wish(isRunning: true, generation: 1, restarts: 0)

@Suite struct BotSupervisionTests {
  @Test func `a bot runs while it is wanted`() {
    var bot = BotSupervision()
    bot.expect(.start, wanted, at: 0)
    bot.expect(.wait(until: nil), wanted, at: 1)
    var unwanted = wanted
    unwanted.isRunning = false
    bot.expect(.stop, unwanted, at: 2)
    bot.expect(.wait(until: nil), unwanted, at: 3)
    bot.expect(.start, wanted, at: 4)
    bot.expect(.stop, nil, at: 5)
    bot.expect(.wait(until: nil), nil, at: 6)
  }

  @Test func `another token, or the wish, starts it anew`() {
    var bot = BotSupervision()
    bot.expect(.start, wanted, at: 0)
    var rotated = wanted
    rotated.generation = 2
    bot.expect(.stop, rotated, at: 1)
    bot.expect(.start, rotated, at: 1)
    var restarted = rotated
    restarted.restarts = 1
    bot.expect(.stop, restarted, at: 2)
    bot.expect(.start, restarted, at: 2)
    bot.expect(.wait(until: nil), restarted, at: 3)
  }

  @Test func `what may pass is tried again after growing pauses, forgotten when it went well for long`() {
    var bot = BotSupervision()
    bot.expect(.start, wanted, at: 0)
    var now = 0
    for pause in [5, 10, 20, 40, 80, 160, 320, 640, 900, 900] {
      bot.note(.crashed(.shards(.noGateway)), at: .seconds(now), random: 0.5)
      #expect(bot.comesBack)
      bot.expect(.wait(until: .seconds(now + pause)), wanted, at: now)
      now += pause
      bot.expect(.start, wanted, at: now)
    }
    bot.note(.online, at: .seconds(now), random: 0.5)
    bot.note(.crashed(.shards(.noGateway)), at: .seconds(now + 599), random: 0.5)
    #expect(bot.crashes == 11)
    now += 1_500
    bot.expect(.start, wanted, at: now)
    bot.note(.online, at: .seconds(now), random: 0.5)
    bot.note(.crashed(.shards(.noGateway)), at: .seconds(now + 600), random: 0.5)
    #expect(bot.crashes == 1)
  }

  @Test(arguments: [
    BotCrash.tokenRejected, .userToken, .disallowedIntents(.guildMembers), .shards(.invalidVersion),
  ])
  func `what needs a person waits for one`(_ crash: BotCrash) {
    var bot = BotSupervision()
    bot.expect(.start, wanted, at: 0)
    bot.note(.crashed(crash), at: .seconds(1), random: 0.5)
    #expect(!bot.comesBack)
    bot.expect(.wait(until: nil), wanted, at: 100_000)
    var restarted = wanted
    restarted.restarts = 1
    bot.expect(.stop, restarted, at: 100_001)
    bot.expect(.start, restarted, at: 100_001)
  }
}

extension BotSupervision {
  /// Expects what is to be done now.
  fileprivate mutating func expect(
    _ expected: Step, _ wish: Wish?, at seconds: Int, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let step = next(wish, at: .seconds(seconds))
    #expect(step == expected, sourceLocation: sourceLocation)
  }
}
