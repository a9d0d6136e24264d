// Roles: a part of https://discord.com/developers/docs/resources/guild.

package import DiscordCore
import DiscordLimits
package import DiscordModels
import HTTPTypes
package import JSON

extension Endpoint where Response == Role {
  /// One role; fails as gone if it was deleted.
  package static func getRole(_ role: RoleID, in guild: GuildID) -> Endpoint {
    Endpoint(.get, "/guilds/{guild.id}/roles/{role.id}", guild, role)
  }

  /// Makes a role at the bottom. The bot can give it only permissions it has itself.
  package static func createRole(_ role: RoleEdit, in guild: GuildID, reason: String? = nil) -> Endpoint {
    Endpoint(.post, "/guilds/{guild.id}/roles", guild).json(role).needing(.manageRoles).because(reason)
  }

  /// Changes a role below the bot's highest; permissions the bot lacks it cannot give.
  package static func modifyRole(
    _ role: RoleID, in guild: GuildID, _ change: RoleEdit, reason: String? = nil
  ) -> Endpoint {
    Endpoint(.patch, "/guilds/{guild.id}/roles/{role.id}", guild, role)
      .json(change).needing(.manageRoles).because(reason).at(.moderation).repeatable()
  }
}

extension Endpoint where Response == [Role] {
  /// All roles of a guild, @everyone included, in no order.
  package static func getRoles(of guild: GuildID) -> Endpoint {
    Endpoint(.get, "/guilds/{guild.id}/roles", guild)
  }

  /// Moves roles that are below the bot's highest to places below it.
  package static func modifyRolePositions(
    _ positions: [RoleID: Int], in guild: GuildID, reason: String? = nil
  ) -> Endpoint {
    Endpoint(.patch, "/guilds/{guild.id}/roles", guild)
      .json { json in
        json.array { json in
          for (role, position) in positions.sorted(by: { ($0.value, $0.key) < ($1.value, $1.key) }) {
            json.object { json in
              json.field("id", role)
              json.field("position", position)
            }
          }
        }
      }
      .needing(.manageRoles).because(reason).repeatable()
  }
}

extension Endpoint where Response == Empty {
  /// Deletes a role below the bot's highest from all its members.
  package static func deleteRole(_ role: RoleID, in guild: GuildID, reason: String? = nil) -> Endpoint {
    Endpoint(.delete, "/guilds/{guild.id}/roles/{role.id}", guild, role)
      .needing(.manageRoles).because(reason)
  }
}

extension Endpoint where Response == RoleMemberCounts {
  /// How many members have each role; @everyone is not among them.
  package static func getRoleMemberCounts(of guild: GuildID) -> Endpoint {
    Endpoint(.get, "/guilds/{guild.id}/roles/member-counts", guild)
  }
}

/// A new role, or a change of one.
package struct RoleEdit: ChangeBody {
  package var name: String?
  package var permissions: Permissions?
  package var colors: RoleColors?
  /// Whether its members stand apart in the list of members.
  package var isHoisted: Bool?
  package var isMentionable: Bool?
  /// In guilds that may have icons of roles.
  package var icon: Patch<DataURI> = .keep
  package var unicodeEmoji: Patch<String> = .keep

  package init() {}

  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.optional("name", name)
      json.bits("permissions", permissions)
      json.optional("colors", colors)
      json.optional("hoist", isHoisted)
      json.optional("mentionable", isMentionable)
      json.patch("icon", icon)
      json.patch("unicode_emoji", unicodeEmoji)
    }
  }
}

/// How many members have each role.
package struct RoleMemberCounts: WireDecodable, Hashable {
  package let counts: [RoleID: Int]

  package init(from json: JSONView) throws(JSONError) { counts = json.entries() }
}
