// Permission overwrites of channels.

package import DiscordCore
package import JSON

extension World {
  /// How many overwrites a channel has at most.
  private static let overwriteLimit = 1_000

  /// Refuses overwrites that allow or deny what the caller has not got.
  ///
  /// - Throws: 50013.
  func checkOverwrites(
    _ wanted: [PermissionOverwrite], from old: [PermissionOverwrite], by caller: UserID, in guild: Guild,
    channel: Channel?
  ) throws(RESTFailure) {
    let held = permissions(of: caller, in: guild)
    if held.contains(.administrator) || mayOverwriteFreely(caller, channel) { return }
    let usable = channel.map { permissions(of: caller, in: $0).union(held) } ?? held
    for overwrite in wanted {
      let before = old.first { $0.target == overwrite.target }
      let touched = overwrite.allow.symmetricDifference(before?.allow ?? [])
        .union(overwrite.deny.symmetricDifference(before?.deny ?? []))
      // Managing permissions itself is an administrator's to give.
      guard usable.isSuperset(of: touched), !touched.contains(.manageRoles) else {
        throw .missingPermissions
      }
    }
  }

  /// Whoever is allowed to manage permissions by an overwrite of the channel itself is not held to what they have.
  private func mayOverwriteFreely(_ caller: UserID, _ channel: Channel?) -> Bool {
    channel?.overwrites.contains { $0.target == .member(caller) && $0.allow.contains(.manageRoles) } ?? false
  }

  /// Sets one overwrite.
  ///
  /// - Throws: 10003, 10009 for neither a role nor a member, 50001, 50013, 30060, 50035.
  package func setOverwrite(
    _ id: ChannelID, target: UInt64, by caller: UserID, body: JSONValue?, reason: String?
  ) throws(RESTFailure) {
    let channel = try channel(id, for: caller)
    guard !channel.kind.isThread else { throw .wrongChannelType }
    let guild = try guild(of: channel)
    guard permissions(of: caller, in: channel).contains(.manageRoles) else { throw .missingPermissions }
    var reader = try BodyReader(body)
    reader.require("type")
    let type = reader.choice("type", [0, 1])
    let allow = reader.permissions("allow").value ?? []
    let deny = reader.permissions("deny").value ?? []
    try reader.finish()
    let isRole = type.value == 0
    let overwrite = PermissionOverwrite(
      isRole ? .role(RoleID(target)) : .member(UserID(target)), allow: allow, deny: deny)
    guard isRole ? guild.roles[RoleID(target)] != nil : users[UserID(target)] != nil else {
      throw .unknown(.overwrite)
    }
    try checkOverwrites([overwrite], from: channel.overwrites, by: caller, in: guild, channel: channel)
    let index = channel.overwrites.firstIndex { $0.target == overwrite.target }
    guard index != nil || channel.overwrites.count < Self.overwriteLimit else {
      throw .maximumReached(30060, "channel permission overwrites", Self.overwriteLimit)
    }
    let old = index.map { channel.overwrites[$0] }
    if let index { channel.overwrites[index] = overwrite } else { channel.overwrites.append(overwrite) }
    publish("CHANNEL_UPDATE", json(channel), to: .guild(guild.id))
    recordOverwrite(old, overwrite, of: channel, guild, caller, reason)
  }

  /// Removes one overwrite.
  ///
  /// - Throws: 10003, 10009, 50001, 50013.
  package func deleteOverwrite(_ id: ChannelID, target: UInt64, by caller: UserID, reason: String?)
    throws(RESTFailure)
  {
    let channel = try channel(id, for: caller)
    let guild = try guild(of: channel)
    guard permissions(of: caller, in: channel).contains(.manageRoles) else { throw .missingPermissions }
    let index = channel.overwrites.firstIndex {
      $0.target == .role(RoleID(target)) || $0.target == .member(UserID(target))
    }
    guard let index else { throw .unknown(.overwrite) }
    let old = channel.overwrites[index]
    try checkOverwrites(
      [PermissionOverwrite(old.target)], from: channel.overwrites, by: caller, in: guild, channel: channel)
    channel.overwrites.remove(at: index)
    publish("CHANNEL_UPDATE", json(channel), to: .guild(guild.id))
    recordOverwrite(old, nil, of: channel, guild, caller, reason)
  }

  private func recordOverwrite(
    _ old: PermissionOverwrite?, _ new: PermissionOverwrite?, of channel: Channel, _ guild: Guild,
    _ caller: UserID, _ reason: String?
  ) {
    guard let target = (new ?? old)?.target else { return }
    var changes = Changes()
    if old?.allow != new?.allow { changes.note("allow", from: old?.allow, to: new?.allow) }
    if old?.deny != new?.deny { changes.note("deny", from: old?.deny, to: new?.deny) }
    var options = Fields()
    switch target {
    case .role(let id):
      options.put("id", id)
      options.put("type", "0")
      options.put("role_name", guild.roles[id]?.name ?? "")
    case .member(let id):
      options.put("id", id)
      options.put("type", "1")
    }
    let action: AuditAction =
      old == nil ? .overwriteCreate : new == nil ? .overwriteDelete : .overwriteUpdate
    record(
      action, in: guild, by: caller, target: channel.id.description, changes: changes,
      options: options.value, reason: reason)
  }
}
