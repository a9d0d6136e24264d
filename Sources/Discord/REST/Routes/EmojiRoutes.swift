// Routes of https://discord.com/developers/docs/resources/emoji: of guilds and of the application.

package import DiscordCore
package import DiscordModels
import HTTPTypes
package import JSON

extension Endpoint where Response == [Emoji] {
  /// With whoever made them, if the bot may manage expressions.
  package static func listGuildEmojis(of guild: GuildID) -> Endpoint {
    Endpoint(.get, "/guilds/{guild.id}/emojis", guild)
  }
}

extension Endpoint where Response == Emoji {
  /// One emoji; fails as gone for another guild's.
  package static func getGuildEmoji(_ emoji: EmojiID, of guild: GuildID) -> Endpoint {
    Endpoint(.get, "/guilds/{guild.id}/emojis/{emoji.id}", guild, emoji)
  }

  /// Makes an emoji of at most 256 KiB, for everybody or for some roles.
  package static func createGuildEmoji(
    named name: String, _ image: DataURI, roles: [RoleID] = [], in guild: GuildID, reason: String? = nil
  ) -> Endpoint {
    Endpoint(.post, "/guilds/{guild.id}/emojis", guild)
      .json { json in
        json.object { json in
          json.field("name", name)
          json.field("image", image)
          json.ids("roles", roles)
        }
      }
      .needing(.createGuildExpressions).because(reason)
  }

  /// Renames an emoji, or says who may use it; `[]` is everybody.
  package static func modifyGuildEmoji(
    _ emoji: EmojiID, of guild: GuildID, name: String? = nil, roles: [RoleID]? = nil, reason: String? = nil
  ) -> Endpoint {
    Endpoint(.patch, "/guilds/{guild.id}/emojis/{emoji.id}", guild, emoji)
      .json { json in
        json.object { json in
          json.optional("name", name)
          json.ids("roles", roles)
        }
      }
      .needing(.manageGuildExpressions).because(reason).repeatable()
  }

  /// One of the application's own.
  package static func getApplicationEmoji(_ emoji: EmojiID, of application: ApplicationID) -> Endpoint {
    Endpoint(.get, "/applications/{application.id}/emojis/{emoji.id}", application, emoji)
  }

  /// Makes an emoji that the bot can use everywhere; at most 2,000.
  package static func createApplicationEmoji(
    named name: String, _ image: DataURI, of application: ApplicationID
  ) -> Endpoint {
    Endpoint(.post, "/applications/{application.id}/emojis", application)
      .json { json in
        json.object { json in
          json.field("name", name)
          json.field("image", image)
        }
      }
  }

  /// Renames an emoji: 2 to 32 letters, digits and `_`.
  package static func modifyApplicationEmoji(
    _ emoji: EmojiID, of application: ApplicationID, name: String
  ) -> Endpoint {
    Endpoint(.patch, "/applications/{application.id}/emojis/{emoji.id}", application, emoji)
      .json { json in json.object { json in json.field("name", name) } }.repeatable()
  }
}

extension Endpoint where Response == ItemList<Emoji> {
  /// All of them in one answer; at most 2,000.
  package static func listApplicationEmojis(of application: ApplicationID) -> Endpoint {
    Endpoint(.get, "/applications/{application.id}/emojis", application)
  }
}

extension Endpoint where Response == Empty {
  /// Deletes an emoji; messages that have it show its name.
  package static func deleteGuildEmoji(_ emoji: EmojiID, of guild: GuildID, reason: String? = nil) -> Endpoint
  {
    Endpoint(.delete, "/guilds/{guild.id}/emojis/{emoji.id}", guild, emoji)
      .needing(.manageGuildExpressions).because(reason)
  }

  /// Deletes an emoji everywhere.
  package static func deleteApplicationEmoji(_ emoji: EmojiID, of application: ApplicationID) -> Endpoint {
    Endpoint(.delete, "/applications/{application.id}/emojis/{emoji.id}", application, emoji)
  }
}

/// A list that Discord puts into a field `items`.
package struct ItemList<Item: WireDecodable>: WireDecodable {
  package var items: [Item]

  package init(from json: JSONView) throws(JSONError) { items = json.list("items") }
}
