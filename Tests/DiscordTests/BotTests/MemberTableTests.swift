// The packed table of members, against a dictionary.

import DiscordCore
import Testing

@testable import DiscordBot

@Suite struct MemberTableTests {
  private struct Model: Equatable {
    var roles: [UInt64]
    var name: [UInt8]
  }

  private func draft(_ user: UInt64, _ model: Model) -> (MemberRow, [UInt8]) {
    var row = MemberRow(user: UserID(user))
    var record: [UInt8] = []
    for role in model.roles { MemberRecord.append(RoleID(role), to: &record) }
    row.roleCount = UInt8(model.roles.count)
    record += model.name
    row.textCounts[0] = UInt8(model.name.count)
    return (row, record)
  }

  private func content(of table: MemberTable) -> [UInt64: Model] {
    var result: [UInt64: Model] = [:]
    table.forEach { row, record in
      result[row.user.rawValue] = Model(
        roles: MemberRecord.roles(of: row, in: record).map(\.rawValue),
        name: Array(record.dropFirst(Int(row.roleCount) * 8)))
    }
    return result
  }

  @Test(arguments: 0..<20) func `a table under random changes holds what a dictionary holds`(seed: UInt64) {
    var random = Seeded(seed)
    var table = MemberTable()
    var expected: [UInt64: Model] = [:]
    for _ in 0..<3_000 {
      // Ids as Discord makes them differ in the upper bits only, by time.
      let user = (UInt64.random(in: 1...300, using: &random) << 22) | 0x2_0000
      switch Int.random(in: 0..<10, using: &random) {
      case 0..<6:
        let model = Model(
          roles: (0..<Int.random(in: 0...6, using: &random)).map { _ in .random(in: 1...9, using: &random) },
          name: (0..<Int.random(in: 0...40, using: &random)).map { _ in .random(in: 97...122, using: &random)
          })
        let (row, record) = draft(user, model)
        #expect(table.set(row, record) == (expected[user] == nil))
        expected[user] = model
      case 6..<9:
        #expect(table.remove(UserID(user)) == (expected.removeValue(forKey: user) != nil))
      default:
        let role = UInt64.random(in: 1...9, using: &random)
        table.strip(RoleID(role))
        // Roles are distinct in life; here the first of several goes.
        for key in expected.keys {
          if let place = expected[key]?.roles.firstIndex(of: role) { expected[key]?.roles.remove(at: place) }
        }
      }
      #expect(table.count == expected.count)
    }
    #expect(content(of: table) == expected)
    for user in expected.keys { #expect(table.contains(UserID(user))) }
  }

  @Test func `who was not seen since the hand came by goes first`() {
    var table = MemberTable()
    for user in 1...8 as ClosedRange<UInt64> {
      let (row, record) = draft(user, Model(roles: [], name: []))
      _ = table.set(row, record)
    }
    table.touch(UserID(1))
    table.touch(UserID(2))
    var evicted = table.evictOne { $0 == UserID(3) }
    #expect(evicted && !table.contains(UserID(4)))
    for _ in 0..<4 { evicted = table.evictOne { $0 == UserID(3) } && evicted }
    #expect(evicted && table.count == 3)
    #expect(table.contains(UserID(1)) && table.contains(UserID(2)) && table.contains(UserID(3)))
  }

  @Test func `a table of pinned members gives nobody up`() {
    var table = MemberTable()
    let (row, record) = draft(1, Model(roles: [], name: []))
    _ = table.set(row, record)
    #expect(!table.evictOne { _ in true })
    #expect(table.count == 1)
  }
}

/// Random numbers that are the same in every run (SplitMix64).
struct Seeded: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z &>> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z &>> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z &>> 31)
  }
}
