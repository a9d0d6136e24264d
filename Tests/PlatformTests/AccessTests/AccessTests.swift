// How one comes to an access role, and that grants are kept, on both engines.

import DiscordCore
import EventLoop
import PlatformAccess
import Storage
import StorageTestKit
import Testing

private let ada = UserID(1)
private let staff = RoleID(10)
private let now = Timestamp(milliseconds: 1)

private func subject(
  isOwner: Bool = false, _ permissions: Permissions = [], roles: [RoleID] = []
) -> AccessSubject {
  AccessSubject(user: ada, roles: roles, isGuildOwner: isOwner, permissions: permissions)
}

@Suite struct AccessRuleTests {
  @Test func `the guild's owner and administrators are owners, who manages it is a manager`() {
    #expect(AccessRole.of(subject(isOwner: true), grants: []) == .owner)
    #expect(AccessRole.of(subject(.administrator), grants: []) == .owner)
    #expect(AccessRole.of(subject(.manageGuild), grants: []) == .manager)
    #expect(AccessRole.of(subject([.banMembers, .manageRoles]), grants: []) == nil)
  }

  @Test func `the highest of all grants counts, and none of other people`() {
    let grants = [
      AccessGrant(.user(ada), .viewer), AccessGrant(.role(staff), .manager),
      AccessGrant(.user(UserID(2)), .owner),
    ]
    #expect(AccessRole.of(subject(), grants: grants) == .viewer)
    #expect(AccessRole.of(subject(roles: [staff]), grants: grants) == .manager)
    #expect(AccessRole.of(subject(isOwner: true), grants: grants) == .owner)
  }

  @Test func `a role's name is read back`() {
    for role in AccessRole.allCases { #expect(AccessRole(name: role.name) == role) }
    #expect(AccessRole(name: "admin") == nil)
  }
}

@Suite(.timeLimit(.minutes(2))) struct AccessStoreTests {
  private func withStore(_ engine: Engine, _ body: @Sendable (AccessStore, AccessStore) async throws -> Void)
    async throws
  {
    try await withInstallation(engine) { installation in
      try await installation.run(schema: Schema(guild: [AccessSchema.owner])) { storage in
        try await body(AccessStore(storage.guild(Tenant(1))), AccessStore(storage.guild(Tenant(2))))
      }
    }
  }

  @Test(arguments: Engine.allCases)
  func `grants are given, changed and revoked, in their guild only`(_ engine: Engine) async throws {
    try await withStore(engine) { store, other async throws in
      let large = RoleID(.max)
      #expect(try await store.grant(AccessGrant(.user(ada), .viewer), by: ada, at: now))
      #expect(try await store.grant(AccessGrant(.role(large), .manager), by: ada, at: now))
      #expect(try await store.grant(AccessGrant(.user(ada), .owner), by: ada, at: now))
      #expect(
        try await store.grants() == [AccessGrant(.user(ada), .owner), AccessGrant(.role(large), .manager)])
      #expect(try await other.grants() == [])
      #expect(try await !other.revoke(.user(ada)))
      #expect(try await store.revoke(.user(ada)))
      #expect(try await store.grants().count == 1)
    }
  }

  @Test(arguments: Engine.allCases)
  func `there is an end to grants, but not to changing one`(_ engine: Engine) async throws {
    try await withStore(engine) { store, _ async throws in
      for id in 1...AccessStore.limit {
        #expect(try await store.grant(AccessGrant(.user(UserID(UInt64(id))), .viewer), by: ada, at: now))
      }
      #expect(try await !store.grant(AccessGrant(.user(UserID(9999)), .viewer), by: ada, at: now))
      #expect(try await store.grant(AccessGrant(.user(ada), .manager), by: ada, at: now))
    }
  }
}
