// Ids: what they spell, when they were born, which shard hears of them.

import DiscordCore
import EventLoop
import JSON
import Testing

@Suite struct SnowflakeTests {
  /// The example of Discord's reference: made on 2016-04-30 at 11:18:25.796 UTC.
  @Test func `an id knows when it was made`() {
    #expect(UserID(175_928_847_299_117_063).createdAt == Timestamp(milliseconds: 1_462_015_105_796))
  }

  @Test func `the earliest id of an instant sorts before every id made then`() {
    let id = UserID(175_928_847_299_117_063)
    let earliest = UserID(earliestAt: id.createdAt)
    #expect(earliest < id)
    #expect(earliest.createdAt == id.createdAt)
    #expect(UserID(earliestAt: Timestamp(milliseconds: 0)).rawValue == 0)
  }

  @Test(arguments: ["", "+1", "-1", "1 ", "abc", "18446744073709551616"])
  func `text that is no id is refused`(text: String) {
    #expect(GuildID(text) == nil)
  }

  @Test func `an id is written as a string and read from string or number`() throws {
    let bytes = try JSONCoding.encode([GuildID(.max)])
    #expect(String(decoding: bytes, as: UTF8.self) == #"["18446744073709551615"]"#)
    #expect(
      try JSONCoding.decode([GuildID].self, from: Array(#"["18446744073709551615",7]"#.utf8)) == [
        GuildID(.max), GuildID(7),
      ])
  }

  @Test func `a guild belongs to the shard of Discord's formula`() {
    let guild = GuildID(197_038_439_483_310_086)
    #expect(guild.shard(of: 1) == 0)
    #expect(guild.shard(of: 10) == Int((197_038_439_483_310_086 >> 22) % 10))
  }
}
