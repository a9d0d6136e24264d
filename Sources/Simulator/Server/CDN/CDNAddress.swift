// The paths of the CDN (https://discord.com/developers/docs/reference#image-formatting-cdn-endpoints).

/// What a path of the CDN asks for.
enum CDNAddress: Hashable, Sendable {
  /// A picture: `key` finds an upload, and seeds the drawing when there is none.
  case picture(PictureKind, key: String)
  /// A file that a person gave to a command.
  case upload(String, name: String)
  /// A file of a message.
  case attachment(channel: String, id: String, name: String)

  /// Reads a path's segments, without the query; nil for what the CDN does not have.
  init?(_ segments: [String]) {
    func stem(_ name: String) -> String { name.split(separator: ".").first.map(String.init) ?? name }
    switch (segments.first, segments.count) {
    case ("attachments", 4): self = .attachment(channel: segments[1], id: segments[2], name: segments[3])
    case ("ephemeral-attachments", 3): self = .upload(segments[1], name: segments[2])
    case ("embed", 3) where segments[1] == "avatars": self = .picture(.defaultAvatar, key: stem(segments[2]))
    case ("emojis", 2): self = .picture(.emoji, key: stem(segments[1]))
    case ("stickers", 2): self = .picture(.sticker, key: stem(segments[1]))
    case ("avatars", 3), ("app-icons", 3): self = .picture(.avatar, key: stem(segments[2]))
    case ("icons", 3): self = .picture(.icon, key: stem(segments[2]))
    case ("role-icons", 3): self = .picture(.roleIcon, key: stem(segments[2]))
    case ("banners", 3), ("splashes", 3), ("discovery-splashes", 3), ("guild-events", 3):
      self = .picture(.banner, key: stem(segments[2]))
    case ("guilds", 6) where segments[2] == "users" && segments[4] == "avatars":
      self = .picture(.avatar, key: stem(segments[5]))
    case ("guilds", 6) where segments[2] == "users" && segments[4] == "banners":
      self = .picture(.banner, key: stem(segments[5]))
    default: return nil
    }
  }

  /// The size to draw in: a power of two from 16 to 4,096 is asked for, and 512 is the most that is drawn. Nil for a
  /// size that the CDN refuses.
  static func size(_ text: String?) -> Int? {
    guard let text else { return 128 }
    guard let size = Int(text), (16...4_096).contains(size) else { return nil }
    return min(size, 512)
  }
}
