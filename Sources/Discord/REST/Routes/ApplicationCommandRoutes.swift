// Routes of https://discord.com/developers/docs/interactions/application-commands.

package import DiscordCore
package import DiscordModels
import HTTPTypes
import JSON

extension Endpoint where Response == [ApplicationCommand] {
  /// The global commands; localizations are left out unless asked for.
  package static func getGlobalCommands(
    of application: ApplicationID, withLocalizations: Bool = false
  ) -> Endpoint {
    Endpoint(.get, "/applications/{application.id}/commands", application)
      .query("with_localizations", withLocalizations ? true : nil)
  }

  /// The commands that only this guild has; global ones are not among them.
  package static func getGuildCommands(
    of application: ApplicationID, in guild: GuildID, withLocalizations: Bool = false
  ) -> Endpoint {
    Endpoint(.get, "/applications/{application.id}/guilds/{guild.id}/commands", application, guild)
      .query("with_localizations", withLocalizations ? true : nil).of(guild)
  }

  /// Makes these the global commands: those of other names go, those of the same name keep their ids.
  package static func overwriteGlobalCommands(
    _ commands: [ApplicationCommandDefinition], of application: ApplicationID
  ) -> Endpoint {
    Endpoint(.put, "/applications/{application.id}/commands", application).commands(commands)
  }

  /// Makes these the guild's commands.
  package static func overwriteGuildCommands(
    _ commands: [ApplicationCommandDefinition], of application: ApplicationID, in guild: GuildID
  ) -> Endpoint {
    Endpoint(.put, "/applications/{application.id}/guilds/{guild.id}/commands", application, guild)
      .commands(commands).of(guild)
  }

  private func commands(_ commands: [ApplicationCommandDefinition]) -> Endpoint {
    do throws(CompositionError) {
      try ApplicationCommandDefinition.validate(commands)
      return json(commands)
    } catch {
      return json(commands).refused(because: error.description)
    }
  }
}

extension Endpoint where Response == ApplicationCommand {
  /// One global command, localizations included.
  package static func getGlobalCommand(
    _ command: ApplicationCommandID, of application: ApplicationID
  ) -> Endpoint {
    Endpoint(.get, "/applications/{application.id}/commands/{command.id}", application, command)
  }

  /// Makes a global command, or replaces the one of the same name and type.
  package static func createGlobalCommand(
    _ command: ApplicationCommandDefinition, of application: ApplicationID
  ) -> Endpoint {
    Endpoint(.post, "/applications/{application.id}/commands", application).composed(command).repeatable()
  }

  /// Makes a global command what the definition says; its type stays.
  package static func editGlobalCommand(
    _ command: ApplicationCommandID, of application: ApplicationID, _ definition: ApplicationCommandDefinition
  ) -> Endpoint {
    Endpoint(.patch, "/applications/{application.id}/commands/{command.id}", application, command)
      .edit(definition)
  }

  /// One of the guild's commands, localizations included.
  package static func getGuildCommand(
    _ command: ApplicationCommandID, of application: ApplicationID, in guild: GuildID
  ) -> Endpoint {
    Endpoint(
      .get, "/applications/{application.id}/guilds/{guild.id}/commands/{command.id}", application, guild,
      command
    ).of(guild)
  }

  /// Makes a command of one guild, or replaces the one of the same name and type; 200 new ones a day at most.
  package static func createGuildCommand(
    _ command: ApplicationCommandDefinition, of application: ApplicationID, in guild: GuildID
  ) -> Endpoint {
    Endpoint(.post, "/applications/{application.id}/guilds/{guild.id}/commands", application, guild)
      .composed(command).of(guild).repeatable()
  }

  /// Makes one of the guild's commands what the definition says; its type stays.
  package static func editGuildCommand(
    _ command: ApplicationCommandID, of application: ApplicationID, in guild: GuildID,
    _ definition: ApplicationCommandDefinition
  ) -> Endpoint {
    Endpoint(
      .patch, "/applications/{application.id}/guilds/{guild.id}/commands/{command.id}", application, guild,
      command
    ).edit(definition).of(guild)
  }

  /// A command keeps its type, and Discord does not take it in a change.
  private func edit(_ definition: ApplicationCommandDefinition) -> Endpoint {
    json { json in json.object { json in definition.writeFields(to: &json, withType: false) } }
      .checked(definition).repeatable()
  }
}

extension Endpoint where Response == Empty {
  /// Takes a command away everywhere; clients may show it for a while.
  package static func deleteGlobalCommand(
    _ command: ApplicationCommandID, of application: ApplicationID
  ) -> Endpoint {
    Endpoint(.delete, "/applications/{application.id}/commands/{command.id}", application, command)
  }

  /// Takes one of the guild's commands away at once.
  package static func deleteGuildCommand(
    _ command: ApplicationCommandID, of application: ApplicationID, in guild: GuildID
  ) -> Endpoint {
    Endpoint(
      .delete, "/applications/{application.id}/guilds/{guild.id}/commands/{command.id}", application, guild,
      command
    ).of(guild)
  }
}

// MARK: Permissions

extension Endpoint where Response == [GuildCommandPermissions] {
  /// Who may use which commands of the application in a guild, as far as the guild changed it.
  package static func getGuildCommandPermissions(
    of application: ApplicationID, in guild: GuildID
  ) -> Endpoint {
    Endpoint(
      .get, "/applications/{application.id}/guilds/{guild.id}/commands/permissions", application, guild
    )
    .of(guild)
  }
}

extension Endpoint where Response == GuildCommandPermissions {
  /// Of one command, or with the application's own id of all that have none of their own.
  package static func getCommandPermissions(
    of command: ApplicationCommandID, application: ApplicationID, in guild: GuildID
  ) -> Endpoint {
    Endpoint(
      .get, "/applications/{application.id}/guilds/{guild.id}/commands/{command.id}/permissions", application,
      guild, command
    ).of(guild)
  }

  /// Replaces who may use a command; at most 100. Needs a user's token with the scope
  /// `applications.commands.permissions.update`, of somebody who may manage the guild and its roles.
  package static func editCommandPermissions(
    _ permissions: [CommandPermission], of command: ApplicationCommandID, application: ApplicationID,
    in guild: GuildID, as user: RESTToken
  ) -> Endpoint {
    Endpoint(
      .put, "/applications/{application.id}/guilds/{guild.id}/commands/{command.id}/permissions", application,
      guild, command
    )
    .json { json in json.object { json in json.field("permissions", permissions) } }
    .authorized(by: .bearer(user)).of(guild)
  }
}
