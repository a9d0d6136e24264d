// Everything that is said about bots has its sentence, and no sentence has a hole.

import DiscordBot
import DiscordCore
import DiscordGateway
import Glibc
import JSON
import PlatformText
import Resources
import Testing

@testable import PlatformBots

private let shard = ShardID(1, of: 4)
private let shardCrashes: [ShardCrash] = [
  .authenticationFailed, .invalidShard, .shardingRequired, .invalidVersion, .invalidIntents([.guilds]),
  .disallowedIntents([.guildMembers, .messageContent]), .identifyBudgetSpent, .noGateway,
]
private let crashes: [BotCrash] =
  [.malformedToken, .userToken, .tokenRejected, .disallowedIntents(.guildPresences), .stopped]
  + shardCrashes.map { .shards($0) }
private let troubles: [BotTrouble] =
  [
    .unreachable(attempts: 3), .missingIntents(.guildMembers), .guildsUnknown(2),
    .commandsNotRegistered("Why."), .shard(shard, .reconnecting(attempt: 2, code: nil)),
    .shard(shard, .reconnecting(attempt: 2, code: 4_000)), .shard(shard, .waitingToIdentify),
    .shard(shard, .missingIntents(.guildMembers)), .shard(shard, .receiverBehind),
  ] + shardCrashes.map { .shardCrashed(shard, $0) }

@Suite struct SentenceTests {
  private static func catalog() throws -> StringCatalog {
    let root = #filePath.components(upTo: "/Tests/")
    let file = try #require(fopen("\(root)/Sources/Platform/Bots/Strings/en.json", "r"))
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    bytes.removeLast(bytes.count - fread(&bytes, 1, bytes.count, file))
    let fields = try JSONValue(parsing: bytes).object?.fields ?? []
    return StringCatalog(
      language: "en",
      sentences: Dictionary(uniqueKeysWithValues: fields.map { ($0.key, $0.value.string ?? "") }))
  }

  private static let all: [Sentence] =
    [BotState.stopped, .starting, .online, .degraded([]), .crashed(.stopped)].map(\.title)
    + BotState.degraded(troubles).reasons + crashes.flatMap { BotState.crashed($0).reasons }
    + BotRefusal.all.map(\.sentence)
    + PermissionDifference(needed: .manageRoles, granted: .banMembers).sentences
    + IntentName.privileged.map {
      Sentence("bot.finding.intent.\($0.name)", ["application": "Greeter", "portal": "https://…"])
    }
    + ["absent", "codeGrant", "endpoint", "public"].map {
      Sentence("bot.finding.\($0)", ["application": "Greeter"])
    } + [Sentence("bot.problem.tokenUnreadable")]

  @Test func `every sentence is in the catalog, filled, and in plain words`() throws {
    let catalog = try Self.catalog()
    for sentence in Self.all {
      let text = sentence.text(in: catalog)
      #expect(!text.contains("⟦"), "no sentence for \(sentence.key)")
      #expect(!text.contains("{") && !text.contains("}"), "\(sentence.key): \(text)")
      for word in ["ShardID", "Optional", "rawValue", "nil"] { #expect(!text.contains(word), "\(text)") }
    }
  }

  @Test func `the catalog has nothing that nobody says`() throws {
    let said = Set(Self.all.map(\.key))
    #expect(try Self.catalog().keys.subtracting(said) == [])
  }
}

extension String {
  /// What comes before a part of a path.
  fileprivate func components(upTo part: String) -> String {
    guard let range = firstRange(of: part) else { return self }
    return String(self[..<range.lowerBound])
  }
}
