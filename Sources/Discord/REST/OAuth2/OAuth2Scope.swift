// What a person can allow an application: https://discord.com/developers/docs/topics/oauth2#shared-resources-oauth2-scopes.

package import DiscordModels

/// A scope of OAuth2.
package struct OAuth2Scope: WireWord {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }

  /// Adds the bot to a guild.
  package static let bot = OAuth2Scope(rawValue: "bot")
  /// Adds the application's commands to a guild or user.
  package static let applicationsCommands = OAuth2Scope(rawValue: "applications.commands")
  /// Changes who may use the commands.
  package static let commandsPermissionsUpdate = OAuth2Scope(rawValue: "applications.commands.permissions.update")
  /// Who somebody is, without their address.
  package static let identify = OAuth2Scope(rawValue: "identify")
  /// With their e-mail address.
  package static let email = OAuth2Scope(rawValue: "email")
  /// Which guilds they are in.
  package static let guilds = OAuth2Scope(rawValue: "guilds")
  /// Adds them to a guild.
  package static let guildsJoin = OAuth2Scope(rawValue: "guilds.join")
  /// What they are in a guild.
  package static let guildsMembersRead = OAuth2Scope(rawValue: "guilds.members.read")
  /// Their accounts elsewhere.
  package static let connections = OAuth2Scope(rawValue: "connections")
  /// What the application says of them for linked roles.
  package static let roleConnectionsWrite = OAuth2Scope(rawValue: "role_connections.write")
  /// A webhook in a channel they choose, in the token's answer.
  package static let webhookIncoming = OAuth2Scope(rawValue: "webhook.incoming")
  /// What they bought of the application.
  package static let applicationsEntitlements = OAuth2Scope(rawValue: "applications.entitlements")
  /// OpenID Connect.
  package static let openID = OAuth2Scope(rawValue: "openid")
}
