// Invites to servers in a message.

/// An invite, by its code, or a page that leads to one.
struct FoundInvite: Hashable, Sendable {
  /// The code as written: capitals count.
  var code: String
  /// The host it was written with.
  var host: String
  /// Whether it is Discord's own address, and not a page that lists or forwards to servers.
  var isDirect: Bool
}

/// Finds invites among links.
enum InviteFinder {
  private static let direct: Set<Substring> = ["discord.gg"]
  private static let withPath: Set<Substring> = ["discord.com", "discordapp.com"]
  /// Pages that do nothing but lead to a server.
  private static let forwarders: Set<Substring> = [
    "dsc.gg", "invite.gg", "discord.me", "discord.io", "discord.li", "discords.com", "disboard.org", "top.gg",
    "discordservers.com",
  ]

  static func invites(in links: [FoundLink]) -> [FoundInvite] {
    links.compactMap(invite)
  }

  private static func invite(_ link: FoundLink) -> FoundInvite? {
    let domain = link.host.registrable
    // Backslashes are slashes to a browser, and rows of them are one.
    var steps = link.path.split(whereSeparator: { "/\\?#&".contains($0) })[...]
    if withPath.contains(domain) {
      guard steps.first?.lowercased() == "invite" else { return nil }
      steps = steps.dropFirst()
    } else if direct.contains(domain) {
      if steps.first?.lowercased() == "invite", steps.count > 1 { steps = steps.dropFirst() }
    } else if forwarders.contains(domain) {
      // Their own front pages invite nobody.
      guard let first = steps.first else { return nil }
      return FoundInvite(code: String(first), host: link.host.text, isDirect: false)
    } else {
      return nil
    }
    guard let code = steps.first?.prefix(while: { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }),
      code.count >= 2
    else { return nil }
    return FoundInvite(code: String(code), host: link.host.text, isDirect: true)
  }
}
