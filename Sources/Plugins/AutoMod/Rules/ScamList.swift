// What is known of frauds: domains, lures, and the names they imitate. The operator's list, which a file may replace.

/// The operator's list of frauds.
///
/// As a text, one entry a line: a domain (its subdomains with it); after `~` a lure, a phrase that means fraud when a
/// link stands beside it, with `*` as in banned words; after `=` a domain that is genuine, which frauds imitate. `#`
/// begins a remark.
package struct ScamList: Sendable, Equatable {
  /// Domains that are frauds.
  package var domains: [String] = []
  /// Phrases that mean fraud beside a link.
  package var lures: [String] = []
  /// Domains that are imitated, and are genuine themselves.
  package var genuine: [String] = []

  package init() {}

  /// Reads a list; lines that mean nothing are left out and counted, so that an operator can be told.
  package init(parsing text: String, unreadLines: inout Int) {
    for line in text.split(whereSeparator: \.isNewline) {
      let entry = line.prefix { $0 != "#" }.trimmingSpaces()
      if entry.isEmpty { continue }
      if entry.hasPrefix("~"), WordRule(String(entry.dropFirst())) != nil {
        lures.append(String(entry.dropFirst().trimmingSpaces()))
      } else if entry.hasPrefix("="), let host = HostName(setting: String(entry.dropFirst().trimmingSpaces()))
      {
        genuine.append(host.text)
      } else if let host = HostName(setting: String(entry)) {
        domains.append(host.text)
      } else {
        unreadLines += 1
      }
    }
  }

  /// What comes with the program.
  package static let bundled: ScamList = {
    var unread = 0
    return ScamList(parsing: text, unreadLines: &unread)
  }()

  private static let text = """
    # Genuine names that frauds imitate.
    = discord.com
    = discord.gg
    = discordapp.com
    = discordapp.net
    = discord.gift
    = discord.media
    = discordstatus.com
    = discord.new
    = dis.gd
    = steamcommunity.com
    = steampowered.com
    = steamgames.com
    = steamstatic.com
    = epicgames.com
    = roblox.com
    = twitch.tv
    = paypal.com
    = binance.com
    = coinbase.com
    = opensea.io
    = metamask.io
    # Names that promise what nobody gives away.
    discord-nitro.com
    discord-nitro.gift
    discord-gift.com
    discord-gifts.com
    discordnitro.gift
    discordgift.site
    discord-app.gift
    discord-airdrop.com
    free-nitro.com
    freenitro.gift
    nitro-gift.com
    nitro-discord.com
    steam-nitro.com
    steamnitro.com
    steamgift.card
    steamcommunity-gift.com
    free-robux.com
    getfreerobux.com
    claim-airdrop.com
    # Lures.
    ~ free nitro
    ~ free discord nitro
    ~ nitro for free
    ~ nitro giveaway*
    ~ claim your nitro
    ~ discord nitro * months
    ~ free steam gift*
    ~ steam gift 50
    ~ gift 50$ steam
    ~ 50$ gift card
    ~ 50$ from steam
    ~ free robux
    ~ crypto giveaway
    ~ eth giveaway
    ~ airdrop is live
    ~ claim your airdrop
    ~ connect your wallet
    ~ double your bitcoin
    ~ crypto casino
    ~ activate code for bonus
    ~ withdraw your bonus
    ~ i accidentally reported you
    ~ i accidently reported you
    ~ scan the qr code to claim
    ~ scan this qr code
    ~ try my new game i made
    ~ try my first game
    ~ onlyfans leak*
    ~ onlyfans for free
    ~ teen leaks
    ~ leaked nudes
    """
}

extension StringProtocol {
  /// Without spaces around it.
  func trimmingSpaces() -> SubSequence {
    let head = drop(while: \.isWhitespace)
    guard let last = head.lastIndex(where: { !$0.isWhitespace }) else { return self[endIndex...] }
    return self[head.startIndex...last]
  }
}
