// Addresses of pictures: https://discord.com/developers/docs/reference#image-formatting.

package import DiscordCore

/// Discord's picture server, or the simulator's.
///
/// Sizes are pixels of the longer side; Discord takes powers of two from 16 to 4,096, and other numbers are taken to
/// the next one above. Without a size Discord chooses. Hashes are nil where nothing was uploaded, and then so is the
/// address.
package struct CDN: Hashable, Sendable {
  /// Scheme and host, and whatever stands in front of every path; without a slash at the end.
  package let base: String

  /// Discord's own.
  package static let discord = CDN(base: "https://cdn.discordapp.com")

  package init(base: String) { self.base = base.hasSuffix("/") ? String(base.dropLast()) : base }

  /// The picture server beside a REST base: Discord's own beside Discord's, the same origin beside any other,
  /// as the simulator has it.
  package init(besideAPI address: String) {
    let hosts = ["https://discord.com/", "https://canary.discord.com/", "https://ptb.discord.com/"]
    if hosts.contains(where: { address.hasPrefix($0) }) {
      self = .discord
      return
    }
    let origin = address.split(separator: "/", omittingEmptySubsequences: false).prefix(3).joined(
      separator: "/")
    self.init(base: origin)
  }

  /// File formats; which one a picture has in is said by Discord's table.
  package struct Format: RawRepresentable, Hashable, Sendable {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }
    package static let png = Format(rawValue: "png")
    package static let jpeg = Format(rawValue: "jpg")
    package static let webp = Format(rawValue: "webp")
    /// Only where the hash begins with `a_`, and for animated emoji.
    package static let gif = Format(rawValue: "gif")
    /// Stickers drawn with Lottie.
    package static let lottie = Format(rawValue: "json")
  }

  // MARK: Users and members

  /// The user's avatar, or the coloured one that people without have.
  package func avatar(
    of user: UserID, hash: String?, discriminator: String? = nil, size: Int? = nil, format: Format? = nil
  ) -> String {
    picture("avatars/\(user)", hash, size, format) ?? defaultAvatar(of: user, discriminator: discriminator)
  }

  /// One of the coloured avatars. Accounts that still have a discriminator (bots) are coloured by it.
  package func defaultAvatar(of user: UserID, discriminator: String? = nil) -> String {
    let legacy = discriminator.flatMap { UInt64($0) }.flatMap { $0 == 0 ? nil : $0 % 5 }
    return "\(base)/embed/avatars/\(legacy ?? (user.rawValue >> 22) % 6).png"
  }

  /// What stands behind the user in their profile; nil if they uploaded none.
  package func userBanner(
    of user: UserID, hash: String?, size: Int? = nil, format: Format? = nil
  ) -> String? { picture("banners/\(user)", hash, size, format) }

  /// The avatar a member has in one guild only.
  package func memberAvatar(
    of user: UserID, in guild: GuildID, hash: String?, size: Int? = nil, format: Format? = nil
  ) -> String? { picture("guilds/\(guild)/users/\(user)/avatars", hash, size, format) }

  /// The banner a member has in one guild only.
  package func memberBanner(
    of user: UserID, in guild: GuildID, hash: String?, size: Int? = nil, format: Format? = nil
  ) -> String? { picture("guilds/\(guild)/users/\(user)/banners", hash, size, format) }

  /// What is drawn around an avatar; always a PNG.
  package func avatarDecoration(asset: String?) -> String? {
    asset.map { "\(base)/avatar-decoration-presets/\($0).png" }
  }

  // MARK: Guilds

  /// Nil for guilds that show their initials.
  package func guildIcon(
    of guild: GuildID, hash: String?, size: Int? = nil, format: Format? = nil
  ) -> String? { picture("icons/\(guild)", hash, size, format) }

  /// What stands above the list of channels.
  package func guildBanner(
    of guild: GuildID, hash: String?, size: Int? = nil, format: Format? = nil
  ) -> String? { picture("banners/\(guild)", hash, size, format) }

  /// What invites show behind the guild's name.
  package func guildSplash(of guild: GuildID, hash: String?, size: Int? = nil) -> String? {
    picture("splashes/\(guild)", hash, size, nil)
  }

  /// What the list of public guilds shows behind the name.
  package func discoverySplash(of guild: GuildID, hash: String?, size: Int? = nil) -> String? {
    picture("discovery-splashes/\(guild)", hash, size, nil)
  }

  /// The badge of the guild's tag, which members wear beside their names.
  package func guildTagBadge(of guild: GuildID, hash: String?, size: Int? = nil) -> String? {
    picture("guild-tag-badges/\(guild)", hash, size, nil)
  }

  /// The picture beside the names of those who have the role.
  package func roleIcon(of role: RoleID, hash: String?, size: Int? = nil) -> String? {
    picture("role-icons/\(role)", hash, size, nil)
  }

  /// The event's picture; nil if it has none.
  package func scheduledEventCover(
    of event: GuildScheduledEventID, hash: String?, size: Int? = nil
  ) -> String? { picture("guild-events/\(event)", hash, size, nil) }

  // MARK: Emoji, stickers, sounds

  /// A custom emoji; animated ones as GIF, others as WebP.
  package func emoji(_ emoji: EmojiID, isAnimated: Bool = false, size: Int? = nil) -> String {
    "\(base)/emojis/\(emoji).\(isAnimated ? "gif" : "webp")\(query(size))"
  }

  /// A sticker; GIF stickers are served by `media.discordapp.net` alone.
  package func sticker(_ sticker: StickerID, format: Format = .png, size: Int? = nil) -> String {
    let server = format == .gif && self == .discord ? "https://media.discordapp.net" : base
    return "\(server)/stickers/\(sticker).\(format.rawValue)\(format == .lottie ? "" : query(size))"
  }

  /// The sound itself, MP3 or Ogg.
  package func soundboardSound(_ sound: SoundboardSoundID) -> String {
    "\(base)/soundboard-sounds/\(sound)"
  }

  // MARK: Applications

  /// The application's picture, which is not its bot's avatar.
  package func applicationIcon(of application: ApplicationID, hash: String?, size: Int? = nil) -> String? {
    picture("app-icons/\(application)", hash, size, nil)
  }

  /// The picture of a team of developers.
  package func teamIcon(of team: TeamID, hash: String?, size: Int? = nil) -> String? {
    picture("team-icons/\(team)", hash, size, nil)
  }

  // MARK: Parts

  /// Animated pictures have hashes that begin with `a_`; they are shown as GIF unless another format is asked for.
  private func picture(_ path: String, _ hash: String?, _ size: Int?, _ format: Format?) -> String? {
    guard let hash, !hash.isEmpty else { return nil }
    let format = format ?? (hash.hasPrefix("a_") ? .gif : .webp)
    return "\(base)/\(path)/\(hash).\(format.rawValue)\(query(size))"
  }

  private func query(_ size: Int?) -> String { size.map { "?size=\(Self.size(atLeast: $0))" } ?? "" }

  /// The power of two that Discord serves for a wish: the next one from there on, within 16 and 4,096.
  package static func size(atLeast wish: Int) -> Int {
    var size = 16
    while size < wish, size < 4_096 { size *= 2 }
    return size
  }
}
