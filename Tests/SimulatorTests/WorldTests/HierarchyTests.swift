// Ranks: owner, higher, equal, lower.

import DiscordCore
import JSON
import SimulatorWorld
import Testing

@Suite struct `Ranks decide who acts on whom` {
  enum Standing: CaseIterable, Sendable { case below, equal, above, owner }

  static let deeds: [Deed] = Deed.all.filter {
    ["kick", "ban", "time out", "rename another"].contains($0.name)
  }

  @Test(arguments: deeds, Standing.allCases)
  func `only those below are acted on`(deed: Deed, standing: Standing) throws {
    let town = try Town()
    switch standing {
    case .below: town.guild.members[town.target]?.roles = [town.lowRole]
    case .equal: town.guild.members[town.target]?.roles = [town.actorRole]
    case .above:
      var role = Role(id: town.world.newID(), name: "high")
      role.position = 11
      town.guild.roles[role.id] = role
      town.guild.members[town.target]?.roles = [role.id]
    case .owner: town.guild.ownerID = town.target
    }
    let before = try town.fingerprint()
    let refusal = town.refusal { () throws(RESTFailure) in try deed.act(town) }
    if standing == .below {
      #expect(refusal == nil)
    } else {
      #expect(refusal == .missingPermissions)
      #expect(try town.fingerprint() == before)
    }
  }

  @Test func `administrators cannot be timed out`() throws {
    let town = try Town()
    town.guild.roles[town.lowRole]?.permissions = .administrator
    town.guild.members[town.target]?.roles = [town.lowRole]
    let deed = try #require(Self.deeds.first { $0.name == "time out" })
    #expect(town.refusal { () throws(RESTFailure) in try deed.act(town) } == .missingPermissions)
  }

  @Test func `only permissions one has are granted`() throws {
    let town = try Town(permissions: [.manageRoles, .viewChannel, .kickMembers])
    func make(_ permissions: Permissions) -> RESTFailure? {
      town.refusal { () throws(RESTFailure) in
        _ = try town.world.createRole(
          in: town.guild.id, by: town.actor, body: ["permissions": .string(permissions.description)],
          reason: nil)
      }
    }
    #expect(make(.kickMembers) == nil)
    #expect(make([.kickMembers, .banMembers]) == .missingPermissions)
    #expect(make(.administrator) == .missingPermissions)
  }

  @Test func `managed roles and everyone are neither given nor deleted`() throws {
    let town = try Town()
    town.guild.roles[town.lowRole]?.managed = true
    let give = town.refusal { () throws(RESTFailure) in
      try town.world.setRole(
        town.lowRole, of: town.target, to: true, in: town.guild.id, by: town.actor, reason: nil)
    }
    #expect(give == .missingPermissions)
    for role in [town.lowRole, town.guild.everyoneRole] {
      let delete = town.refusal { () throws(RESTFailure) in
        try town.world.deleteRole(role, in: town.guild.id, by: town.actor, reason: nil)
      }
      #expect(delete == .invalidRole)
    }
  }

  @Test func `roles do not pass their mover`() throws {
    let town = try Town()
    func move(_ role: RoleID, to position: Int) -> RESTFailure? {
      town.refusal { () throws(RESTFailure) in
        _ = try town.world.moveRoles(
          in: town.guild.id, by: town.actor,
          body: [["id": .id(role), "position": .integer(Int64(position))]], reason: nil)
      }
    }
    #expect(move(town.lowRole, to: 12) == .missingPermissions)
    #expect(move(town.actorRole, to: 1) == .missingPermissions)
    #expect(move(town.lowRole, to: 1) == nil)
    #expect(town.guild.sortedRoles.map(\.position) == [0, 1, 2])
  }

  @Test func `overwrites give only what their maker has`() throws {
    let town = try Town(permissions: [.viewChannel, .manageRoles, .sendMessages])
    func allow(_ permissions: Permissions) -> RESTFailure? {
      town.refusal { () throws(RESTFailure) in
        try town.world.setOverwrite(
          town.text.id, target: town.target.rawValue, by: town.actor,
          body: ["type": 1, "allow": .string(permissions.description)], reason: nil)
      }
    }
    #expect(allow(.sendMessages) == nil)
    #expect(allow(.manageMessages) == .missingPermissions)
    #expect(allow(.manageRoles) == .missingPermissions)
  }
}
