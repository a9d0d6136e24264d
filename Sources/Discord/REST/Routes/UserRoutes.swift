// Routes of https://discord.com/developers/docs/resources/user for the bot itself, and those of the gateway. What a
// person allows us to read of theirs is in `OAuth2Routes`.

package import DiscordCore
package import DiscordModels
import HTTPTypes
package import JSON

extension Endpoint where Response == CurrentUser {
  /// The bot's own account.
  package static func getCurrentUser() -> Endpoint { Endpoint(.get, "/users/@me") }

  /// Changes the bot's name (Discord allows that rarely), avatar or banner everywhere.
  package static func modifyCurrentUser(
    username: String? = nil, avatar: Patch<DataURI> = .keep, banner: Patch<DataURI> = .keep
  ) -> Endpoint {
    Endpoint(.patch, "/users/@me")
      .json { json in
        json.object { json in
          json.optional("username", username)
          json.patch("avatar", avatar)
          json.patch("banner", banner)
        }
      }
      .repeatable()
  }
}

extension Endpoint where Response == User {
  /// Any user of Discord, without what only guilds know.
  package static func getUser(_ user: UserID) -> Endpoint { Endpoint(.get, "/users/{user.id}", user) }
}

extension Endpoint where Response == [PartialGuild] {
  /// Guilds the bot is in, by their ids; at most 200 at a time.
  package static func getCurrentUserGuilds(
    _ page: Page<GuildID> = .first, limit: Int? = nil, withCounts: Bool = false
  ) -> Endpoint {
    Endpoint(.get, "/users/@me/guilds").page(page, limit: limit).query("with_counts", withCounts ? true : nil)
  }
}

extension Endpoint where Response == Empty {
  /// The bot cannot come back by itself.
  package static func leaveGuild(_ guild: GuildID) -> Endpoint {
    Endpoint(.delete, "/users/@me/guilds/{guild.id}", guild).of(guild)
  }
}

extension Endpoint where Response == Channel {
  /// The channel for direct messages with a user; always the same one. Opening many in a short time gets the bot
  /// stopped.
  package static func createDM(with user: UserID) -> Endpoint {
    Endpoint(.post, "/users/@me/channels")
      .json { json in json.object { json in json.field("recipient_id", user) } }.repeatable()
  }
}

// MARK: Gateway

extension Endpoint where Response == GatewayInformation {
  /// Where the gateway is, how many shards Discord suggests, and how many sessions may still be started.
  package static func getGatewayBot() -> Endpoint { Endpoint(.get, "/gateway/bot") }
}

extension Endpoint where Response == GatewayAddress {
  /// Where the gateway is; asks for no token.
  package static func getGateway() -> Endpoint { Endpoint(.get, "/gateway").authorized(by: .none) }
}

/// Where the gateway is.
package struct GatewayAddress: WireDecodable, Hashable {
  package let url: String

  package init(from json: JSONView) throws(JSONError) { url = try json.require("url").asString() }
}
