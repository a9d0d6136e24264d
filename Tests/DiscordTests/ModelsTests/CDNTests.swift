// Addresses of pictures.

import DiscordCore
import DiscordModels
import Testing

@Suite struct CDNTests {
  static let user = UserID(80_351_110_224_678_912)
  static let cdn = CDN.discord

  static let addresses: [(String?, String?)] = [
    (cdn.avatar(of: user, hash: "abc"), "avatars/80351110224678912/abc.webp"),
    (cdn.avatar(of: user, hash: "a_abc", size: 100), "avatars/80351110224678912/a_abc.gif?size=128"),
    (cdn.avatar(of: user, hash: "a_abc", format: .png), "avatars/80351110224678912/a_abc.png"),
    (cdn.avatar(of: user, hash: nil), "embed/avatars/\((80_351_110_224_678_912 >> 22) % 6).png"),
    (cdn.avatar(of: user, hash: nil, discriminator: "1337"), "embed/avatars/2.png"),
    (
      cdn.avatar(of: user, hash: nil, discriminator: "0"),
      "embed/avatars/\((80_351_110_224_678_912 >> 22) % 6).png"
    ),
    (cdn.memberAvatar(of: UserID(1), in: GuildID(2), hash: "h"), "guilds/2/users/1/avatars/h.webp"),
    (cdn.memberBanner(of: UserID(1), in: GuildID(2), hash: "h"), "guilds/2/users/1/banners/h.webp"),
    (cdn.userBanner(of: UserID(1), hash: "h", size: 600), "banners/1/h.webp?size=1024"),
    (cdn.guildIcon(of: GuildID(2), hash: "a_h", size: 16), "icons/2/a_h.gif?size=16"),
    (cdn.guildIcon(of: GuildID(2), hash: nil), nil),
    (cdn.guildSplash(of: GuildID(2), hash: "h"), "splashes/2/h.webp"),
    (cdn.discoverySplash(of: GuildID(2), hash: "h"), "discovery-splashes/2/h.webp"),
    (cdn.guildBanner(of: GuildID(2), hash: "h"), "banners/2/h.webp"),
    (cdn.guildTagBadge(of: GuildID(2), hash: "h"), "guild-tag-badges/2/h.webp"),
    (cdn.roleIcon(of: RoleID(3), hash: "h"), "role-icons/3/h.webp"),
    (cdn.emoji(EmojiID(4), size: 48), "emojis/4.webp?size=64"),
    (cdn.emoji(EmojiID(4), isAnimated: true), "emojis/4.gif"),
    (cdn.sticker(StickerID(5)), "stickers/5.png"),
    (cdn.sticker(StickerID(5), format: .lottie, size: 64), "stickers/5.json"),
    (cdn.scheduledEventCover(of: GuildScheduledEventID(6), hash: "h"), "guild-events/6/h.webp"),
    (cdn.applicationIcon(of: ApplicationID(7), hash: "h"), "app-icons/7/h.webp"),
    (cdn.teamIcon(of: TeamID(8), hash: "h"), "team-icons/8/h.webp"),
    (cdn.avatarDecoration(asset: "a_x"), "avatar-decoration-presets/a_x.png"),
    (cdn.soundboardSound(SoundboardSoundID(9)), "soundboard-sounds/9"),
  ]

  @Test(arguments: addresses.indices)
  func `pictures are where Discord has them`(index: Int) {
    let (address, path) = Self.addresses[index]
    #expect(address == path.map { "https://cdn.discordapp.com/\($0)" })
  }

  @Test func `animated stickers come from the other server`() {
    #expect(CDN.discord.sticker(StickerID(5), format: .gif) == "https://media.discordapp.net/stickers/5.gif")
    #expect(CDN(base: "http://x").sticker(StickerID(5), format: .gif) == "http://x/stickers/5.gif")
  }

  @Test func `the server stands beside the API`() {
    #expect(CDN(besideAPI: "https://discord.com/api/v10") == .discord)
    #expect(CDN(besideAPI: "http://127.0.0.1:4321/api/v10").base == "http://127.0.0.1:4321")
  }

  @Test(arguments: [(0, 16), (16, 16), (17, 32), (4_096, 4_096), (9_999, 4_096)])
  func `sizes are powers of two`(wish: Int, size: Int) {
    #expect(CDN.size(atLeast: wish) == size)
  }
}
