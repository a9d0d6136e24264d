// Whether links are frauds: by list, by imitation of a known name, by what is promised beside them.

import Patterns

/// Why a message counts as a fraud.
enum ScamSign: Hashable, Sendable {
  /// A domain of a list.
  case listed(String)
  /// A host that looks like a genuine one.
  case imitation(String, of: String)
  /// The text of a masked link names another host than its target.
  case disguisedLink(String)
  /// A promise beside a link.
  case lure(String)
}

/// Judges the links of a message.
struct ScamJudge: Sendable {
  private enum List: Hashable { case scam, genuine }

  private var index = DomainIndex<List>()
  private let names: [(label: [UInt8], domain: String)]
  private let catchesImitations: Bool
  private let catchesLures: Bool
  private let lures: WordIndex
  private let allowed: DomainIndex<Bool>

  /// `allowed` are domains that a server trusts: they are no frauds and make no lure.
  init(_ filter: ScamFilter, shared: ScamList, allowed domains: [String]) throws(PatternError) {
    index.add(filter.domains, to: .scam)
    if filter.usesSharedList { index.add(shared.domains, to: .scam) }
    index.add(shared.genuine, to: .genuine)
    var allowed = DomainIndex<Bool>()
    allowed.add(domains, to: true)
    self.allowed = allowed
    names = shared.genuine.compactMap { domain in
      guard let label = domain.split(separator: ".").first, label.utf8.count >= 6 else { return nil }
      return (Array(label.utf8), domain)
    }
    (catchesImitations, catchesLures) = (filter.catchesImitations, filter.catchesLures)
    lures = try WordIndex(
      filter.catchesLures && filter.usesSharedList
        ? [.init(rule: 0, words: shared.lures, allowed: [], seesThroughDisguise: true)] : [])
  }

  func sign(of text: ScannedText, links: [FoundLink]) -> ScamSign? {
    var hasForeignLink = false
    for link in links {
      let lists = index.lists(of: link.host)
      if lists.contains(.scam) { return .listed(link.host.text) }
      if lists.contains(.genuine) || !allowed.lists(of: link.host).isEmpty { continue }
      if link.hasScheme { hasForeignLink = true }
      if catchesImitations, let name = imitated(by: link) { return .imitation(link.host.text, of: name) }
      if link.isDisguised, link.hasScheme, catchesImitations { return .disguisedLink(link.host.text) }
    }
    // Files can carry the link as a picture, but a promise without any link is talk.
    guard catchesLures, hasForeignLink, let hit = lures.hits(in: text).first else { return nil }
    return .lure(hit.entry)
  }

  /// The genuine domain that the host imitates.
  private func imitated(by link: FoundLink) -> String? {
    let skeleton = link.host.skeleton
    guard let host = HostName(skeleton.utf8) else { return nil }
    let isForeign = skeleton != link.host.text
    // The same letters from another alphabet.
    if isForeign, index.lists(of: host).contains(.genuine) { return String(host.registrable) }
    let labels = host.text.split(separator: ".").dropLast()
    for label in labels {
      for word in label.split(whereSeparator: { $0 == "-" || $0 == "_" }) {
        if let name = names.first(where: { Self.looksLike(Array(word.utf8), $0.label) }) {
          return name.domain
        }
      }
      if let name = luredName(label) { return name }
    }
    return nil
  }

  /// A genuine name together with a promise: `discordnitrofree`, `steam-gift`.
  private func luredName(_ label: Substring) -> String? {
    let plain = label.filter { $0 != "-" && $0 != "_" }
    guard let name = Self.brands.first(where: { plain.contains($0.key) }) else { return nil }
    let rest = plain.replacing(name.key, with: "")
    return Self.promises.contains { rest.contains($0) } ? name.value : nil
  }

  private static let brands = [
    "discord": "discord.com", "dlscord": "discord.com", "steam": "steamcommunity.com", "roblox": "roblox.com",
    "metamask": "metamask.io", "opensea": "opensea.io", "binance": "binance.com",
  ]
  private static let promises = [
    "nitro", "gift", "free", "airdrop", "giveaway", "claim", "bonus", "promo", "reward", "drop",
  ]

  /// Whether a word is a name with letters changed for similar ones, or with one or two mistakes; not the name itself,
  /// which may well be part of an honest host.
  static func looksLike(_ word: [UInt8], _ name: [UInt8]) -> Bool {
    guard word != name, abs(word.count - name.count) <= 2 else { return false }
    let confused = unconfused(word)
    if confused == unconfused(name) { return true }
    // Long names bear two mistakes, short ones one; an `s` behind a name is a word of its own.
    if word.count == name.count + 1, word.starts(with: name) { return false }
    let bound = name.count >= 12 ? 2 : 1
    return distance(confused, unconfused(name), atMost: bound) <= bound
  }

  /// Letters that look the same in many faces, as one: `l`, `1` and `i`; `0` and `o`; `rn` and `m`; `vv` and `w`;
  /// `cl` and `d`.
  private static func unconfused(_ word: [UInt8]) -> [UInt8] {
    var letters: [UInt8] = []
    for byte in word {
      switch byte {
      case UInt8(ascii: "l") where letters.last == UInt8(ascii: "c"):
        letters[letters.count - 1] = UInt8(ascii: "d")
      case UInt8(ascii: "l"), UInt8(ascii: "1"), UInt8(ascii: "|"): letters.append(UInt8(ascii: "i"))
      case UInt8(ascii: "0"): letters.append(UInt8(ascii: "o"))
      case UInt8(ascii: "5"): letters.append(UInt8(ascii: "s"))
      case UInt8(ascii: "3"): letters.append(UInt8(ascii: "e"))
      case UInt8(ascii: "n") where letters.last == UInt8(ascii: "r"):
        letters[letters.count - 1] = UInt8(ascii: "m")
      case UInt8(ascii: "v") where letters.last == UInt8(ascii: "v"):
        letters[letters.count - 1] = UInt8(ascii: "w")
      default: letters.append(byte)
      }
    }
    return letters
  }

  /// How many letters must be changed, added, dropped or swapped with their neighbour; `bound + 1` when it is more.
  static func distance(_ left: [UInt8], _ right: [UInt8], atMost bound: Int) -> Int {
    guard abs(left.count - right.count) <= bound else { return bound + 1 }
    var before: [Int] = []
    var last = Array(0...right.count)
    for (row, letter) in left.enumerated() {
      var current = [row + 1]
      for (column, other) in right.enumerated() {
        var best = min(last[column] + (letter == other ? 0 : 1), last[column + 1] + 1, current[column] + 1)
        if row > 0, column > 0, letter == right[column - 1], left[row - 1] == other {
          best = min(best, before[column - 1] + 1)
        }
        current.append(best)
      }
      if (current.min() ?? 0) > bound { return bound + 1 }
      (before, last) = (last, current)
    }
    return min(last[right.count], bound + 1)
  }
}
