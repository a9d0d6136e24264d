// Pictures of people, for the cards that plugins draw.

import DiscordBot
package import DiscordCore
import DiscordModels
import DiscordREST

extension GuildBot {
  /// The largest picture that is loaded, in bytes: an avatar of 256 pixels has some 50 kB.
  private static let largestPicture = 2 << 20

  /// The picture of a person as the guild sees them: the one they have here, else their own, else the coloured one that
  /// people without have.
  ///
  /// - Returns: the bytes of a PNG; nil when it does not come in time, for whatever reason: nobody waits for a picture.
  package func avatar(
    of user: UserID, hash: String?, inGuild guildHash: String? = nil, size: Int = 256,
    within deadline: Duration = .seconds(3)
  ) async -> [UInt8]? {
    let cdn = bot.rest.cdn
    let address =
      cdn.memberAvatar(of: user, in: guild, hash: guildHash, size: size, format: .png)
      ?? cdn.avatar(of: user, hash: hash, size: size, format: .png)
    // Why it did not come changes nothing: initials are drawn in its place.
    return try? await bot.rest.picture(address, atMost: Self.largestPicture, within: deadline)
  }
}
