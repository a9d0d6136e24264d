// Routes of https://discord.com/developers/docs/resources/guild-template.

package import DiscordCore
package import DiscordModels
import HTTPTypes
import JSON

extension Endpoint where Response == GuildTemplate {
  /// A template of any guild by its code.
  package static func getGuildTemplate(_ code: String) -> Endpoint {
    Endpoint(.get, "/guilds/templates/{template.code}", code)
  }

  /// Makes a template of how the guild is now.
  package static func createGuildTemplate(
    of guild: GuildID, named name: String, description: String? = nil
  ) -> Endpoint {
    Endpoint(.post, "/guilds/{guild.id}/templates", guild)
      .json { json in
        json.object { json in
          json.field("name", name)
          json.optional("description", description)
        }
      }
      .needing(.manageGuild)
  }

  /// Makes the template what the guild is now.
  package static func syncGuildTemplate(_ code: String, of guild: GuildID) -> Endpoint {
    Endpoint(.put, "/guilds/{guild.id}/templates/{template.code}", guild, code).needing(.manageGuild)
  }

  /// Changes name and description; the content by `syncGuildTemplate`.
  package static func modifyGuildTemplate(
    _ code: String, of guild: GuildID, name: String? = nil, description: Patch<String> = .keep
  ) -> Endpoint {
    Endpoint(.patch, "/guilds/{guild.id}/templates/{template.code}", guild, code)
      .json { json in
        json.object { json in
          json.optional("name", name)
          json.patch("description", description)
        }
      }
      .needing(.manageGuild).repeatable()
  }

  /// Deletes a template and answers with what it was.
  package static func deleteGuildTemplate(_ code: String, of guild: GuildID) -> Endpoint {
    Endpoint(.delete, "/guilds/{guild.id}/templates/{template.code}", guild, code).needing(.manageGuild)
  }
}

extension Endpoint where Response == [GuildTemplate] {
  /// The guild's own; there is one at most.
  package static func getGuildTemplates(of guild: GuildID) -> Endpoint {
    Endpoint(.get, "/guilds/{guild.id}/templates", guild).needing(.manageGuild)
  }
}
