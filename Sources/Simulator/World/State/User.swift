// People, bots and the applications behind them.

package import DiscordCore
package import EventLoop
package import JSON

/// A user account of the world.
package struct User: Sendable {
  package var id: UserID
  package var username: String
  /// The name that is shown; nil: the username.
  package var globalName: String?
  /// Four digits for bots, "0" for people.
  package var discriminator = "0"
  /// The hash in the address of the avatar; nil: the default one.
  package var avatar: String?
  package var banner: String?
  /// RGB; also what generated avatars are painted with.
  package var accentColor: Int?
  package var isBot = false
  package var isSystem = false
  package var publicFlags = 0
  package var locale = "en-US"
  package var presence = Presence()
  /// A sentence about the person, which the playground shows.
  package var bio: String?
  /// Users who take no direct messages from others.
  package var refusesDirectMessages = false

  package init(id: UserID, username: String) { (self.id, self.username) = (id, username) }
}

/// What others see of a user's presence.
package struct Presence: Sendable {
  /// `online`, `idle`, `dnd` or `offline`.
  package var status = "offline"
  package var activities: [JSONValue] = []

  package init() {}
}

/// An application; its bot user has its id.
package struct Application: Sendable {
  package var id: ApplicationID
  package var name: String
  package var description = ""
  package var icon: String?
  package var ownerID: UserID
  package var clientSecret: String
  package var botToken: String
  /// 32 bytes: the Ed25519 seed that interactions are signed with.
  package var signingSeed: [UInt8]
  /// The public key as hex; whoever can compute it sets it.
  package var verifyKey = String(repeating: "0", count: 64)
  package var redirectURIs: [String] = []
  package var interactionsEndpointURL: String?
  package var eventWebhooksURL: String?
  package var tags: [String] = []
  package var isBotPublic = true
  /// The privileged intents it was approved for.
  package var approvedIntents: EventIntents = .privileged
  package var installPermissions: Permissions = []
  /// More of what PATCH /applications/@me keeps, in Discord's names.
  package var extra = JSONObject()

  /// Its bot user.
  package var botID: UserID { id.converted() }
}

/// An OAuth2 access token and what it allows.
package struct AccessGrant: Sendable {
  package var user: UserID?
  package var application: ApplicationID
  package var scopes: Set<String>
  package var expiresAt: Timestamp
  package var refreshToken: String?

  package init(user: UserID?, application: ApplicationID, scopes: Set<String>, expiresAt: Timestamp) {
    (self.user, self.application, self.scopes, self.expiresAt) = (user, application, scopes, expiresAt)
  }
}
