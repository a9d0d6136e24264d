// Finds mentions in the text of a message.

internal import DiscordCore

/// Whom a text mentions, in order and once each.
struct MentionScanner {
  private(set) var users: [UserID] = []
  private(set) var roles: [RoleID] = []
  private(set) var channels: [ChannelID] = []
  private(set) var hasEveryone = false

  init(_ text: String) {
    hasEveryone = text.contains("@everyone") || text.contains("@here")
    guard text.utf8.contains(UInt8(ascii: "<")) else { return }
    for piece in text.split(separator: "<", omittingEmptySubsequences: false).dropFirst() {
      guard let end = piece.firstIndex(of: ">") else { continue }
      let inside = piece[..<end]
      if inside.hasPrefix("@&") {
        if let id = RoleID(inside.dropFirst(2)), !roles.contains(id) { roles.append(id) }
      } else if inside.hasPrefix("@") {
        let digits = inside.dropFirst(inside.hasPrefix("@!") ? 2 : 1)
        if let id = UserID(digits), !users.contains(id) { users.append(id) }
      } else if inside.hasPrefix("#"), let id = ChannelID(inside.dropFirst()) {
        channels.append(id)
      }
    }
  }
}
