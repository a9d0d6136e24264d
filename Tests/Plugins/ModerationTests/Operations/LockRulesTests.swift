// What a lock changes, and that everything is as before when it ends, but for what people changed meanwhile.

import DiscordCore
import DiscordModels
import EventLoop
@testable import ModerationPlugin
import PlatformAudit
import PlatformPlugins
import Storage
import StorageTestKit
import Testing

@Suite struct LockRulesTests {
  private static let guild = GuildID(1)
  private static let everyone = PermissionOverwrite.Target.role(RoleID(1))
  private static let bot = PermissionOverwrite.Target.member(UserID(5))

  private func lock(
    _ overwrites: [PermissionOverwrite], role: RoleID? = nil,
    keepers: [PermissionOverwrite.Target] = [Self.bot]
  ) -> [OverwriteChange] {
    LockRules.changes(
      overwrites, type: .guildText, guild: Self.guild, role: role, keepers: keepers, grantable: .all)
  }

  /// The channel after these changes.
  private func applying(_ changes: [OverwriteChange], to overwrites: [PermissionOverwrite])
    -> [PermissionOverwrite]
  {
    var result = overwrites
    for change in changes {
      result.removeAll { $0.target == change.target }
      result.append(change.applied)
    }
    return result
  }

  /// The channel after the end of the lock.
  private func restoring(_ changes: [OverwriteChange], in overwrites: [PermissionOverwrite])
    -> [PermissionOverwrite]
  {
    var result = overwrites
    for change in changes.reversed() {
      let current = result.first { $0.target == change.target }
      switch LockRules.restoring(change, current: current) {
      case .keep: break
      case .set(let overwrite):
        result.removeAll { $0.target == overwrite.target }
        result.append(overwrite)
      case .remove(let target): result.removeAll { $0.target == target }
      }
    }
    return result
  }

  private func permissions(
    _ overwrites: [PermissionOverwrite], roles: [RoleID], user: UserID = UserID(77)
  ) -> Permissions {
    Permissions.ofMember(
      PermissionSubject(user: user, roles: roles), in: Self.guild, overwrites: overwrites, scene: .text
    ) { _ in [.viewChannel, .sendMessages, .addReactions, .createPublicThreads] }
  }

  @Test func `nobody can write under a lock but the keepers, whatever roles the channel allows it`() {
    let talkers = RoleID(30)
    let before = [
      PermissionOverwrite(Self.everyone, allow: .sendMessages),
      PermissionOverwrite(.role(talkers), allow: [.sendMessages, .attachFiles]),
    ]
    let locked = applying(lock(before), to: before)
    #expect(permissions(before, roles: [talkers]).contains(.sendMessages))
    #expect(!permissions(locked, roles: [talkers]).contains(.sendMessages))
    #expect(!permissions(locked, roles: []).contains(.addReactions))
    #expect(permissions(locked, roles: []).contains(.viewChannel))
    #expect(permissions(locked, roles: [], user: UserID(5)).contains(.sendMessages))
  }

  @Test func `a role can be locked alone`() {
    let changes = lock([], role: RoleID(40), keepers: [])
    #expect(changes.map(\.target) == [.role(RoleID(40))])
  }

  @Test func `a channel where nobody may write is left alone`() {
    let forbidden = LockRules.forbidden(in: .guildText)
    let changes = lock([PermissionOverwrite(Self.everyone, deny: forbidden)])
    #expect(!changes.contains { !$0.isGrant })
  }

  @Test func `the bot lets itself in before it locks others out, and goes last`() {
    #expect(lock([]).map(\.target) == [Self.bot, Self.everyone])
  }

  @Test(arguments: 0..<80 as Range<UInt64>)
  func `a lock that nobody touched is taken back exactly`(_ seed: UInt64) {
    var random = Sequence64(state: seed)
    let before = Self.overwrites(&random)
    let changes = lock(before)
    let after = restoring(changes, in: applying(changes, to: before))
    #expect(Set(after) == Set(before))
    #expect(changes.compactMap { OverwriteChange($0.json) } == changes)
  }

  @Test(arguments: 0..<80 as Range<UInt64>)
  func `what people changed meanwhile stays, and all else goes back`(_ seed: UInt64) {
    var random = Sequence64(state: seed)
    let before = Self.overwrites(&random)
    let changes = lock(before)
    var touched = applying(changes, to: before)
    guard let index = touched.indices.randomElement(using: &random) else { return }
    // Half of the time one that the lock is about.
    let ours: [Permissions] = [.sendMessages, .addReactions, .createPublicThreads, .sendMessagesInThreads]
    let any = Permissions(rawValue: 1 << UInt64.random(in: 0..<53, using: &random))
    let bit = Bool.random(using: &random) ? ours.randomElement(using: &random) ?? any : any
    let old = touched[index]
    if Bool.random(using: &random) {
      touched[index].allow.formSymmetricDifference(bit)
      touched[index].deny.subtract(bit)
    } else {
      touched[index].deny.formSymmetricDifference(bit)
      touched[index].allow.subtract(bit)
    }
    guard touched[index] != old else { return }
    let human = touched[index]
    let after = restoring(changes, in: touched)
    let restored = after.first { $0.target == human.target } ?? PermissionOverwrite(human.target)
    // Their bit is as they left it.
    #expect(restored.allow.contains(bit) == human.allow.contains(bit))
    #expect(restored.deny.contains(bit) == human.deny.contains(bit))
    // Every other bit, and every other overwrite, is as it was before the lock.
    let was = before.first { $0.target == human.target } ?? PermissionOverwrite(human.target)
    #expect(restored.allow.subtracting(bit) == was.allow.subtracting(bit))
    #expect(restored.deny.subtracting(bit) == was.deny.subtracting(bit))
    #expect(
      Set(after.filter { $0.target != human.target }) == Set(before.filter { $0.target != human.target }))
  }

  @Test func `an overwrite that somebody removed does not come back`() throws {
    let before = [PermissionOverwrite(.role(RoleID(30)), allow: .sendMessages)]
    let changes = lock(before)
    let change = try #require(changes.first { $0.target == .role(RoleID(30)) })
    #expect(LockRules.restoring(change, current: nil) == .keep)
  }

  private static func overwrites(_ random: inout Sequence64) -> [PermissionOverwrite] {
    let targets: [PermissionOverwrite.Target] = [
      everyone, .role(RoleID(30)), .role(RoleID(31)), .member(UserID(90)), bot,
    ]
    return targets.compactMap { target in
      guard Bool.random(using: &random) else { return nil }
      let allow = Permissions(rawValue: UInt64.random(in: 0..<(1 << 53), using: &random))
      let deny = Permissions(rawValue: UInt64.random(in: 0..<(1 << 53), using: &random))
      return PermissionOverwrite(target, allow: allow.subtracting(deny), deny: deny)
    }
  }
}

@Suite(.timeLimit(.minutes(3))) struct LockStoreTests {
  private static let lock = ChannelLock(
    channel: ChannelID(.max), holder: .purge(3), effectKey: "k",
    changes: [
      OverwriteChange(
        target: .role(RoleID(1)), before: nil,
        applied: PermissionOverwrite(.role(RoleID(1)), deny: .sendMessages)),
      OverwriteChange(
        target: .member(UserID(2)), before: PermissionOverwrite(.member(UserID(2)), allow: .viewChannel),
        applied: PermissionOverwrite(.member(UserID(2)), allow: [.viewChannel, .sendMessages])),
    ], person: staff, reason: "calm", lockedAt: dayOne, endsAt: nil)

  @Test(arguments: Engine.allCases)
  func `what a channel was before is written down once, and stays whoever takes the lock over`(
    _ engine: Engine
  )
    async throws
  {
    try await withCases(engine) { cases, other async throws in
      let store = LockStore(store: cases.store)
      #expect(try await store.add(Self.lock) == Self.lock)
      var second = Self.lock
      (second.effectKey, second.changes) = ("other", [])
      #expect(try await store.add(second) == Self.lock)
      second.holder = .server
      second.endsAt = dayOne + .seconds(60)
      try await store.take(second.channel, for: second)
      let taken = try #require(try await store.lock(of: second.channel))
      #expect(taken.holder == .server && taken.changes == Self.lock.changes && taken.endsAt == second.endsAt)
      #expect(try await LockStore(store: other.store).locks().isEmpty)
      try await store.remove(second.channel)
      #expect(try await store.locks().isEmpty)
    }
  }

  @Test(arguments: Engine.allCases)
  func `a slow mode set again keeps what was before the first`(_ engine: Engine) async throws {
    try await withCases(engine) { cases, _ async throws in
      let store = LockStore(store: cases.store)
      try await store.slow(SlowedChannel(channel: ChannelID(4), before: 5, applied: 60, endsAt: dayOne))
      let later = SlowedChannel(channel: ChannelID(4), before: 60, applied: 120, endsAt: dayOne + .seconds(9))
      try await store.slow(later)
      var expected = later
      expected.before = 5
      #expect(try await store.slowed(ChannelID(4)) == expected)
      try await store.unslow(ChannelID(4))
      #expect(try await store.slowed(ChannelID(4)) == nil)
    }
  }
}
