// What the cache weighs.

import DiscordBot
import DiscordCore
import DiscordGateway
import EventLoop
import Glibc
import JSON
import Testing

@Suite struct CacheMemoryTests {
  /// Bytes of the process that are in memory.
  private static func resident() throws -> Int {
    let file = try #require(fopen("/proc/self/statm", "r"))
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 128)
    try #require(fgets(&line, 128, file) != nil)
    let words = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      .split(separator: " ")
    return try #require(words.dropFirst().first.flatMap { Int($0) }) * Int(sysconf(CInt(_SC_PAGESIZE)))
  }

  /// A guild with 100 members, 20 channels and 15 roles, as `GUILD_CREATE` brings it.
  private static func guild(_ number: UInt64) throws -> [UInt8] {
    let id = number << 22
    var json = JSONWriter()
    json.object { json in
      json.field("id", snowflake: id)
      json.field("name", "Guild number \(number)")
      json.field("icon", "0123456789abcdef0123456789abcdef")
      json.field("owner_id", snowflake: id + 1)
      json.array("features") { json in
        for feature in ["COMMUNITY", "NEWS", "ROLE_ICONS"] { json.string(feature) }
      }
      json.field("member_count", 100)
      json.array("roles") { json in
        for role in 0..<15 as Range<UInt64> {
          json.object { json in
            json.field("id", snowflake: id + (role << 23))
            json.field("name", "Role \(role)")
            json.field("permissions", snowflake: 0x1234)
            json.field("position", Int(role))
          }
        }
      }
      json.array("channels") { json in
        for channel in 0..<20 as Range<UInt64> {
          json.object { json in
            json.field("id", snowflake: id + (channel << 24))
            json.field("name", "channel-\(channel)")
            json.field("type", 0)
            json.array("permission_overwrites") { json in
              for role in 0..<2 as Range<UInt64> {
                json.object { json in
                  json.field("id", snowflake: id + (role << 23))
                  json.field("type", 0)
                  json.field("allow", "1024")
                  json.field("deny", "2048")
                }
              }
            }
          }
        }
      }
      json.array("members") { json in
        for member in 0..<100 as Range<UInt64> { write(member: id + (member << 32), guild: id, to: &json) }
      }
    }
    return try json.finish()
  }

  private static func write(member: UInt64, guild: UInt64, to json: inout JSONWriter) {
    json.object { json in
      json.object("user") { json in
        json.field("id", snowflake: member)
        json.field("username", "person\(member % 1_000_003)")
        json.field("global_name", "A Person \(member % 9_973)")
        json.field("avatar", "fedcba9876543210fedcba9876543210")
      }
      json.array("roles") { json in
        for role in 0..<3 as Range<UInt64> { json.snowflake(guild + ((member >> 32 &+ role) % 15) << 23) }
      }
      json.field("joined_at", "2024-03-01T12:30:15.000000+00:00")
    }
  }

  /// Feeds 1,000 guilds to a cache, and says what the process has grown by.
  private static func weigh(_ settings: CacheSettings, _ parser: JSONParser) throws -> Int {
    let cache = BotCache(settings: settings, me: UserID(1), time: ManualTime())
    let before = try resident()
    for number in 2...1_001 as ClosedRange<UInt64> {
      try parser.parse(try guild(number)) { cache.apply(.guildCreate, $0, shard: ShardID(0, of: 1)) }
    }
    let after = try resident()
    guard cache.guildCount == 1_000 else { throw IncompleteCache() }
    return after - before
  }

  private struct IncompleteCache: Error {}

  @Test func `1,000 guilds with 100 members each weigh less than 20 MB`() async throws {
    // In a process of its own: other tests would weigh in.
    await #expect(processExitsWith: .success) {
      let parser = try JSONParser()
      // What the parser keeps is not the cache's.
      try parser.parse(try Self.guild(1)) { _ in }
      let whole = try Self.weigh(.everything, parser)
      var settings = CacheSettings.everything
      settings.members = false
      let bare = try Self.weigh(settings, parser)
      print("cache: \(whole) bytes for 1,000 guilds; \(bare) without their members")
      guard whole < 20 << 20 else { exit(2) }
    }
  }
}
