// Rules of permissions and ranks that no random guild needs to find.

import DiscordCore
import Testing

private let guild = GuildID(100)
private let low = RoleID(201)
private let high = RoleID(202)
private let owner = PermissionSubject(user: UserID(1), isOwner: true)

@Suite struct PermissionTests {
  @Test func `an allow of one role wins over another role's deny`() {
    let member = PermissionSubject(user: UserID(2), roles: [low, high])
    let overwrites = [
      PermissionOverwrite(.role(low), deny: .sendMessages),
      PermissionOverwrite(.role(high), allow: .sendMessages),
    ]
    let result = Permissions.ofMember(member, in: guild, overwrites: overwrites, scene: .text) { role in
      role == guild.everyoneRole ? [.viewChannel, .sendMessages] : []
    }
    #expect(result == [.viewChannel, .sendMessages])
  }

  @Test func `a bit without a name survives the arithmetic`() {
    let unknown = Permissions(rawValue: 1 << 53)
    let member = PermissionSubject(user: UserID(2))
    let result = Permissions.ofMember(member, in: guild) { _ in [.viewChannel, unknown] }
    #expect(result.contains(unknown))
    #expect(Permissions(result.description) == result)
  }

  @Test func `nobody is timed out of being the owner`() {
    let timedOut = PermissionSubject(user: UserID(1), isOwner: true, isTimedOut: true)
    #expect(Permissions.ofMember(timedOut, in: guild) { _ in [] } == .all)
  }

  @Test func `every named permission has its own bit and its name`() {
    #expect(Permissions.named.count == Set(Permissions.named.map(\.name)).count)
    #expect(Permissions.all.rawValue.nonzeroBitCount == Permissions.named.count)
    #expect(Permissions([.banMembers, .kickMembers]).names == ["KICK_MEMBERS", "BAN_MEMBERS"])
  }

  @Test func `one grants only what one has, an administrator everything`() {
    #expect(Permissions([.banMembers]).notGrantable(of: [.banMembers, .kickMembers]) == .kickMembers)
    #expect(Permissions.administrator.notGrantable(of: .all) == [])
  }
}

@Suite struct HierarchyTests {
  private func rank(_ position: Int, _ role: UInt64 = 500, isOwner: Bool = false) -> MemberRank {
    MemberRank(isOwner: isOwner, top: RoleRank(position: position, role: RoleID(role)))
  }

  @Test func `one acts on lower members only, and never on the owner`() {
    #expect(rank(2).mayActOn(rank(1)))
    #expect(!rank(1).mayActOn(rank(1)))
    #expect(!rank(1).mayActOn(rank(2)))
    #expect(!rank(9).mayActOn(rank(0, isOwner: true)))
    #expect(rank(0, isOwner: true).mayActOn(rank(9)))
  }

  @Test func `of two roles in one position the older is the higher`() {
    #expect(RoleRank(position: 3, role: RoleID(7)) > RoleRank(position: 3, role: RoleID(8)))
    #expect(rank(3, 7).mayManage(RoleRank(position: 3, role: RoleID(8))))
  }

  @Test func `a member without known roles stands with @everyone`() {
    let rank = MemberRank(isOwner: false, roles: [low], in: guild) { _ in nil }
    #expect(rank.top == RoleRank(position: 0, role: guild.everyoneRole))
    #expect(!rank.mayManage(rank.top))
  }
}
