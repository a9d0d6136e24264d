// Channels and roles.

import DiscordCore
import DiscordGateway
import JSON
import PlatformPlugins

extension GuestTranslation {
  mutating func channel(_ data: JSONView) -> JSONObject? {
    guard let id: ChannelID = data["id"]?.id() else { return nil }
    let (name, before) = (data["name"]?.string, memory.channels[id])
    if event.name == .channelDelete {
      memory.channels.remove(id)
    } else if let name {
      memory.channels.put(name, for: id)
    }
    var payload = JSONObject()
    payload.set("channel_id", JSONValue.id(id))
    payload.set("id", JSONValue.id(id))
    payload.set("name", name)
    payload.set("type", data["type"]?.int64)
    payload.set("category_id", JSONValue(idOf: data["parent_id"]) ?? .null)
    payload.set("position", data["position"]?.int64)
    payload.set("guild_id", JSONValue.id(guild))
    if event.name == .channelUpdate { payload.set("before_name", before) }
    return payload
  }

  mutating func role(_ data: JSONView) -> JSONObject? {
    guard let json = data["role"], let id: RoleID = json["id"]?.id() else { return nil }
    let before = memory.roles[id]
    let role = GuestGuildMemory.RememberedRole(
      name: json["name"]?.string ?? "", color: json["color"]?.int64 ?? 0,
      position: json["position"]?.int64 ?? 0, permissions: String(json["permissions"]?.snowflake ?? 0),
      isManaged: json["managed"]?.bool ?? false, isMentionable: json["mentionable"]?.bool ?? false)
    memory.roles.put(role, for: id)
    var payload = payload(of: id, role)
    if event.name == .guildRoleUpdate { payload.set("before_name", before?.name) }
    return payload
  }

  /// Discord tells the id alone.
  mutating func roleDelete(_ data: JSONView) -> JSONObject? {
    guard let id: RoleID = data["role_id"]?.id() else { return nil }
    let known = memory.roles[id]
    memory.roles.remove(id)
    return payload(of: id, known)
  }

  private func payload(of id: RoleID, _ role: GuestGuildMemory.RememberedRole?) -> JSONObject {
    var payload = JSONObject()
    payload.set("role_id", JSONValue.id(id))
    payload.set("id", JSONValue.id(id))
    payload.set("name", role?.name)
    payload.set("color", role?.color)
    payload.set("position", role?.position)
    payload.set("permissions", role?.permissions)
    payload.set("managed", role?.isManaged)
    payload.set("mentionable", role?.isMentionable)
    payload.set("guild_id", JSONValue.id(guild))
    return payload
  }
}
