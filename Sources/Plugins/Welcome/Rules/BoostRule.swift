// Whether a boost is news: Discord tells of one boost by a message in a channel, by a change of the member, or by both.

import DiscordCore
import DiscordModels
import EventLoop
import JSON

/// Decides about boosts.
enum BoostRule {
  /// Changes of a member so soon after they began to boost are about that; and two tidings of one person within it are
  /// about one boost.
  static let span = Duration.seconds(300)

  /// Whether a change of a member tells of a boost that has just begun.
  static func hasJustBegun(_ premiumSince: Timestamp?, at now: Timestamp) -> Bool {
    guard let premiumSince else { return false }
    return now - premiumSince < span
  }

  /// The cause of a greeting for a boost that began then: the same whichever change of the member told of it.
  static func cause(_ user: UserID, since: Timestamp) -> String { "boost/\(user)/\(since.milliseconds)" }
}

/// What is read of a message to see whether it tells of a boost.
struct BoostNotice: WireDecodable {
  /// Who boosted; nil for every other message.
  let user: User?

  init(from json: JSONView) throws(JSONError) {
    let boosts = MessageType.guildBoost.rawValue...MessageType.guildBoostTier3.rawValue
    guard let type = json["type"]?.int, boosts.contains(type), let author = json["author"] else {
      user = nil
      return
    }
    user = try User(from: author)
  }
}
