// Commands as Discord keeps them, and who may use them.

package import DiscordCore
package import JSON

/// A command that is registered
/// (https://discord.com/developers/docs/interactions/application-commands#application-command-object).
package struct ApplicationCommand: Equatable, Sendable {
  package var id: ApplicationCommandID
  package var applicationID: ApplicationID?
  /// Nil for a global command.
  package var guildID: GuildID?
  /// Changes with every change of the command.
  package var version: UInt64?
  /// What was registered.
  package var definition: ApplicationCommandDefinition
}

extension ApplicationCommand: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    id = try ApplicationCommandID(from: try json.require("id"))
    applicationID = json.object("application_id")
    guildID = json.object("guild_id")
    version = json["version"]?.snowflake
    definition = try ApplicationCommandDefinition(from: json)
  }
}

/// Whom a permission of a command is about.
package struct CommandPermissionTarget: WireNumber {
  package let rawValue: Int
  package init(rawValue: Int) { self.rawValue = rawValue }
  package static let role = CommandPermissionTarget(rawValue: 1)
  package static let user = CommandPermissionTarget(rawValue: 2)
  package static let channel = CommandPermissionTarget(rawValue: 3)
}

/// Who may use a command, or where
/// (https://discord.com/developers/docs/interactions/application-commands#application-command-permissions-object-application-command-permissions-structure).
///
/// The guild's id as a role is everybody; the guild's id less one as a channel is every channel.
package struct CommandPermission: Equatable, Sendable {
  package var target: UInt64
  package var type: CommandPermissionTarget
  package var isAllowed: Bool

  package init(target: UInt64, type: CommandPermissionTarget, isAllowed: Bool) {
    (self.target, self.type, self.isAllowed) = (target, type, isAllowed)
  }
}

extension CommandPermission: WireDecodable, WireEncodable {
  package init(from json: JSONView) throws(JSONError) {
    target = try json.require("id").asSnowflake()
    type = try CommandPermissionTarget(from: try json.require("type"))
    isAllowed = try json.require("permission").asBool()
  }

  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.field("id", snowflake: target)
      json.field("type", type)
      json.field("permission", isAllowed)
    }
  }
}

/// The permissions of a command in a guild, or of all commands of an application: then `id` is the application's.
package struct GuildCommandPermissions: Equatable, Sendable {
  package var id: UInt64
  package var applicationID: ApplicationID
  package var guildID: GuildID
  package var permissions: [CommandPermission]
}

extension GuildCommandPermissions: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    id = try json.require("id").asSnowflake()
    applicationID = try ApplicationID(from: try json.require("application_id"))
    guildID = try GuildID(from: try json.require("guild_id"))
    permissions = json.list("permissions")
  }
}
