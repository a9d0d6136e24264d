// How many requests a route takes, and which routes count together.

internal import Vault

/// The limit of a route bucket: so many requests in so long, counted per major parameter.
struct RateLimitRule: Hashable, Sendable {
  /// Routes with one name share one count.
  var name: String
  var limit: Int
  var window: Duration

  /// What `X-RateLimit-Bucket` says: opaque, and the same for every major parameter.
  var hash: String { String(Hex.encode(SHA256.hash(Array("bucket \(name)".utf8))).prefix(32)) }

  /// The rule of a route. Discord publishes no table: these are what its headers were seen to say, and a common
  /// default for the rest.
  static func of(method: String, template: String) -> RateLimitRule {
    let route = "\(method) \(template)"
    if let known = known[route] { return known }
    return RateLimitRule(name: route, limit: method == "GET" ? 10 : 5, window: .seconds(5))
  }

  private static let known: [String: RateLimitRule] = {
    var table: [String: RateLimitRule] = [:]
    func add(_ routes: [String], _ limit: Int, _ window: Duration) {
      for route in routes { table[route] = RateLimitRule(name: routes[0], limit: limit, window: window) }
    }
    let channel = "/channels/{channel.id}"
    let message = "\(channel)/messages/{message.id}"
    let guild = "/guilds/{guild.id}"
    let reaction = "\(message)/reactions/{emoji}"
    add(["POST \(channel)/messages"], 5, .seconds(5))
    add(["PATCH \(message)"], 5, .seconds(5))
    add(["DELETE \(message)"], 5, .seconds(1))
    add(["POST \(channel)/messages/bulk-delete"], 1, .seconds(1))
    add(
      ["PUT \(reaction)/@me", "DELETE \(reaction)/@me", "DELETE \(reaction)/{user.id}"], 1, .milliseconds(250)
    )
    add(["POST \(channel)/typing"], 5, .seconds(5))
    add(["PATCH \(guild)/members/{user.id}"], 10, .seconds(10))
    add(
      [
        "PUT \(guild)/members/{user.id}/roles/{role.id}", "DELETE \(guild)/members/{user.id}/roles/{role.id}",
      ],
      10, .seconds(10))
    add(["PUT \(guild)/bans/{user.id}", "DELETE \(guild)/bans/{user.id}"], 5, .seconds(1))
    add(["POST \(guild)/bulk-ban"], 1, .seconds(1))
    add(["PATCH \(guild)/members/@me"], 2, .seconds(5))
    add(["GET /gateway/bot"], 2, .seconds(5))
    add(["POST /users/@me/channels"], 10, .seconds(10))
    return table
  }()
}

/// A limit that no header tells beforehand.
struct HiddenLimit: Hashable, Sendable {
  /// What is counted, with the resource it is counted for.
  var key: String
  var limit: Int
  var window: Duration
  /// Counted over all callers together, and said so (`X-RateLimit-Scope: shared`).
  var isShared = false

  /// A channel's name and topic: twice in ten minutes.
  static func channelRename(_ channel: String) -> HiddenLimit {
    HiddenLimit(key: "rename \(channel)", limit: 2, window: .seconds(600))
  }

  /// Publishing in an announcement channel: ten an hour.
  static func crosspost(_ channel: String) -> HiddenLimit {
    HiddenLimit(key: "crosspost \(channel)", limit: 10, window: .seconds(3_600))
  }

  /// Emojis of a guild: fifty an hour, whoever makes them.
  static func guildEmojis(_ guild: String) -> HiddenLimit {
    HiddenLimit(key: "emojis \(guild)", limit: 50, window: .seconds(3_600), isShared: true)
  }
}
