// Roles: making, changing, ordering, giving and taking.

package import DiscordCore
package import JSON

extension World {
  /// How many roles a guild has at most.
  private static let roleLimit = 250

  /// Makes a role.
  ///
  /// - Throws: 50013 for permissions the caller has not got, 30005 at 250 roles, 50035.
  package func createRole(in id: GuildID, by caller: UserID, body: JSONValue?, reason: String?)
    throws(RESTFailure) -> Role
  {
    let guild = try guild(id, for: caller, needing: .manageRoles)
    guard guild.roles.count < Self.roleLimit else {
      throw .maximumReached(30005, "server roles", Self.roleLimit)
    }
    let edit = try RoleEdit(body)
    let defaults = guild.roles[guild.everyoneRole]?.permissions ?? []
    if let wanted = edit.permissions.value { try requireGrantable(wanted, by: caller, in: guild) }
    var role = Role(id: newID(), name: "new role")
    role.position = 1
    role.permissions = edit.permissions.value ?? defaults.intersection(permissions(of: caller, in: guild))
    var changes = Changes()
    edit.apply(to: &role, in: self, &changes)
    for other in guild.roles.values where other.position >= 1 { guild.roles[other.id]?.position += 1 }
    guild.roles[role.id] = role
    publishRole("GUILD_ROLE_CREATE", role, in: guild)
    var made = Changes()
    made.note("name", from: nil, to: role.name)
    made.note("permissions", from: nil, to: role.permissions)
    made.note("color", from: nil, to: role.color)
    made.note("hoist", from: nil, to: role.hoist)
    made.note("mentionable", from: nil, to: role.mentionable)
    record(.roleCreate, in: guild, by: caller, target: role.id.description, changes: made, reason: reason)
    return role
  }

  /// Changes a role below the caller's highest.
  ///
  /// - Throws: 10011, 50013, 50035.
  package func modifyRole(
    _ id: RoleID, in guildID: GuildID, by caller: UserID, body: JSONValue?, reason: String?
  )
    throws(RESTFailure) -> Role
  {
    let guild = try guild(guildID, for: caller, needing: .manageRoles)
    var role = try role(id, in: guild)
    // @everyone stands below everybody.
    if id != guild.everyoneRole { try requireAbove(role, by: caller, in: guild) }
    let edit = try RoleEdit(body)
    if let wanted = edit.permissions.value {
      try requireGrantable(wanted.symmetricDifference(role.permissions), by: caller, in: guild)
    }
    var changes = Changes()
    edit.apply(to: &role, in: self, &changes)
    guard !changes.isEmpty else { return role }
    guild.roles[id] = role
    publishRole("GUILD_ROLE_UPDATE", role, in: guild)
    record(.roleUpdate, in: guild, by: caller, target: id.description, changes: changes, reason: reason)
    return role
  }

  /// Deletes a role; members lose it.
  ///
  /// - Throws: 10011, 50013, 50028 for @everyone and managed roles.
  package func deleteRole(_ id: RoleID, in guildID: GuildID, by caller: UserID, reason: String?)
    throws(RESTFailure)
  {
    let guild = try guild(guildID, for: caller, needing: .manageRoles)
    let role = try role(id, in: guild)
    guard id != guild.everyoneRole, !role.managed else { throw .invalidRole }
    try requireAbove(role, by: caller, in: guild)
    guild.roles[id] = nil
    for member in guild.members.values where member.roles.contains(id) {
      guild.members[member.user]?.roles.removeAll { $0 == id }
    }
    for channel in guild.channels {
      channels[channel]?.overwrites.removeAll { $0.target == .role(id) }
    }
    publish(
      "GUILD_ROLE_DELETE", ["guild_id": .id(guildID), "role_id": .id(id)], to: .guild(guildID))
    var changes = Changes()
    changes.note("name", from: role.name, to: nil)
    changes.note("permissions", from: role.permissions, to: nil)
    changes.note("color", from: role.color, to: nil)
    changes.note("hoist", from: role.hoist, to: nil)
    changes.note("mentionable", from: role.mentionable, to: nil)
    record(.roleDelete, in: guild, by: caller, target: id.description, changes: changes, reason: reason)
  }

  /// Moves roles. Nothing may pass the caller's highest role, and @everyone stays at the bottom.
  ///
  /// - Throws: 10011, 50013, 50035.
  package func moveRoles(in guildID: GuildID, by caller: UserID, body: JSONValue?, reason: String?)
    throws(RESTFailure) -> [Role]
  {
    let guild = try guild(guildID, for: caller, needing: .manageRoles)
    guard let list = body?.array else {
      throw RESTFailure(status: 400, code: 50035, message: "Invalid Form Body")
    }
    var wanted: [RoleID: Int] = [:]
    for (index, entry) in list.enumerated() {
      guard let id = entry["id"]?.snowflake.map({ RoleID($0) }) else {
        throw .invalid(String(index), "id", code: "BASE_TYPE_REQUIRED", "This field is required")
      }
      guard let position = entry["position"]?.int64 else { continue }
      wanted[id] = Int(position)
    }
    let rank = rank(of: caller, in: guild)
    for (id, position) in wanted {
      let role = try role(id, in: guild)
      guard id != guild.everyoneRole else { throw .missingPermissions }
      guard rank.mayManage(role.rank) || role.position == position else { throw .missingPermissions }
      guard rank.isOwner || position < rank.top.position || role.position == position else {
        throw .missingPermissions
      }
      guard position >= 1 else {
        throw .invalid("position", code: "NUMBER_TYPE_MIN", "int value should be greater than or equal to 1.")
      }
    }
    let before = guild.roles
    renumber(guild, wanted)
    for role in guild.sortedRoles where before[role.id]?.position != role.position {
      publishRole("GUILD_ROLE_UPDATE", role, in: guild)
    }
    for (id, _) in wanted.sorted(by: { $0.key < $1.key }) {
      guard let old = before[id], let new = guild.roles[id], old.position != new.position else { continue }
      var changes = Changes()
      changes.note("position", from: old.position, to: new.position)
      record(.roleUpdate, in: guild, by: caller, target: id.description, changes: changes, reason: reason)
    }
    return guild.sortedRoles
  }

  /// Puts roles at the wanted places, the others in between in their order, numbered from 1 without gaps.
  private func renumber(_ guild: Guild, _ wanted: [RoleID: Int]) {
    var order = guild.sortedRoles.map(\.id).filter { $0 != guild.everyoneRole && wanted[$0] == nil }
    for (id, position) in wanted.sorted(by: { ($0.value, $0.key) < ($1.value, $1.key) }) {
      order.insert(id, at: min(max(position - 1, 0), order.count))
    }
    for (index, id) in order.enumerated() { guild.roles[id]?.position = index + 1 }
  }

  // MARK: Giving and taking

  /// Gives a member a role, or takes it.
  ///
  /// - Throws: 10007, 10011, 10013, 50013, 50028.
  package func setRole(
    _ id: RoleID, of user: UserID, to isGiven: Bool, in guildID: GuildID, by caller: UserID, reason: String?
  ) throws(RESTFailure) {
    let guild = try guild(guildID, for: caller, needing: .manageRoles)
    let member = try member(user, in: guild)
    let role = try role(id, in: guild)
    guard id != guild.everyoneRole else { throw .invalidRole }
    guard !role.managed else { throw .missingPermissions }
    try requireAbove(role, by: caller, in: guild)
    guard member.roles.contains(id) != isGiven else { return }
    if isGiven {
      guild.members[user]?.roles.append(id)
    } else {
      guild.members[user]?.roles.removeAll { $0 == id }
    }
    publishUpdate(of: user, in: guild)
    recordRoles(of: user, added: isGiven ? [role] : [], removed: isGiven ? [] : [role], guild, caller, reason)
  }

  /// Notes roles given and taken.
  func recordRoles(
    of user: UserID, added: [Role], removed: [Role], _ guild: Guild, _ caller: UserID, _ reason: String?
  ) {
    func list(_ roles: [Role]) -> JSONValue {
      .array(roles.map { ["name": .string($0.name), "id": .id($0.id)] })
    }
    var changes = Changes()
    if !added.isEmpty { changes.note("$add", from: nil, to: list(added)) }
    if !removed.isEmpty { changes.note("$remove", from: nil, to: list(removed)) }
    record(
      .memberRoleUpdate, in: guild, by: caller, target: user.description, changes: changes, reason: reason)
  }

  /// How many members have each role, @everyone left out.
  ///
  /// - Throws: 10004, 50001.
  package func roleMemberCounts(in id: GuildID, by caller: UserID) throws(RESTFailure) -> JSONValue {
    let guild = try guild(id, for: caller)
    var counts: [RoleID: Int] = [:]
    for role in guild.roles.keys where role != guild.everyoneRole { counts[role] = 0 }
    for member in guild.members.values {
      for role in member.roles { counts[role, default: 0] += 1 }
    }
    var json = Fields()
    for (role, count) in counts.sorted(by: { $0.key < $1.key }) { json.put(role.description, count) }
    return json.value
  }

  /// Tells everybody of a role.
  func publishRole(_ event: String, _ role: Role, in guild: Guild) {
    publish(event, ["guild_id": .id(guild.id), "role": json(role)], to: .guild(guild.id))
  }
}

/// What a body says about a role.
private struct RoleEdit {
  let name: Given<String>
  let permissions: Given<Permissions>
  let color: Given<Int>
  let secondary: Given<Int>
  let tertiary: Given<Int>
  let hoist: Given<Bool>
  let mentionable: Given<Bool>
  let icon: Given<Picture>
  let emoji: Given<String>

  init(_ body: JSONValue?) throws(RESTFailure) {
    var reader = try BodyReader(body)
    name = reader.text("name", 0...100, trims: true)
    permissions = reader.permissions("permissions")
    let plain = reader.int("color", 0...0xFF_FFFF)
    var primary = Given<Int>.absent
    var second = Given<Int>.absent
    var third = Given<Int>.absent
    _ = reader.object("colors") { colors in
      primary = colors.int("primary_color", 0...0xFF_FFFF)
      second = colors.int("secondary_color", 0...0xFF_FFFF)
      third = colors.int("tertiary_color", 0...0xFF_FFFF)
    }
    color = primary.isGiven ? primary : plain
    (secondary, tertiary) = (second, third)
    hoist = reader.bool("hoist")
    mentionable = reader.bool("mentionable")
    icon = reader.picture("icon")
    emoji = reader.text("unicode_emoji", 1...100)
    try reader.finish()
  }

  func apply(to role: inout Role, in world: World, _ changes: inout Changes) {
    if case .value(let text) = name, !text.isEmpty { changes.set("name", name, &role.name) }
    changes.set("permissions", permissions, &role.permissions)
    changes.set("color", color, &role.color)
    changes.set("secondary_color", secondary, &role.secondaryColor)
    changes.set("tertiary_color", tertiary, &role.tertiaryColor)
    changes.set("hoist", hoist, &role.hoist)
    changes.set("mentionable", mentionable, &role.mentionable)
    changes.set("icon_hash", world.keep(icon), &role.icon)
    changes.set("unicode_emoji", emoji, &role.unicodeEmoji)
  }
}
