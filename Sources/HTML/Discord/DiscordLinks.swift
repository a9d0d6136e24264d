// Reading Discord's Markdown: links, mentions, emoji and instants.

extension InlineReader {
  /// The next place of a sign, or the end; asked in order, it costs one walk over the text.
  private mutating func place(of sign: Character, from start: Int? = nil) -> Int {
    let start = start ?? next
    if let known = places[sign], known >= start { return known }
    let place = text[start...].firstIndex(of: sign) ?? text.count
    places[sign] = place
    return place
  }

  /// `[words](https://…)`.
  mutating func link() -> Bool {
    guard allowsLinks,
      case let middle = place(of: "]"), middle + 1 < text.count, middle - next <= 512,
      text[middle + 1] == "(",
      case let end = place(of: ")", from: middle + 2), end < text.count, end - middle <= 2048
    else { return false }
    var address = text[(middle + 2)..<end]
    if address.first == "<", address.last == ">" { address = address.dropFirst().dropLast() }
    guard let url = Self.url(address) else { return false }
    let words = String(text[(next + 1)..<middle])
    guard !words.isEmpty else { return false }
    append(.link(url, Self.read(words, allowsLinks: false)))
    next = end + 1
    return true
  }

  mutating func bareLink() -> Bool {
    let rest = text[next...]
    guard allowsLinks, rest.starts(with: "https://") || rest.starts(with: "http://") else { return false }
    var address = rest.prefix(2048).prefix { !$0.isWhitespace && $0 != "<" && $0 != ">" && $0 != "|" }
    while let last = address.last, ".,:;!?\"')]*_~".contains(last) { address.removeLast() }
    // Refused, it is text to its end: looked at once, and not again from each of its letters.
    append(Self.url(address).map { url in .link(url, [.text(String(address))]) } ?? .text(String(address)))
    next += address.count
    return true
  }

  /// Discord links to the web and nowhere else.
  private static func url(_ address: ArraySlice<Character>) -> SafeURL? {
    guard let url = SafeURL(String(address)), !url.isLocal, url.description.lowercased().hasPrefix("http")
    else { return nil }
    return url
  }

  mutating func everyone() -> Bool {
    for word in ["everyone", "here"] where text[(next + 1)...].starts(with: word) {
      append(.mention(.all(word)))
      next += 1 + word.count
      return true
    }
    return false
  }

  /// What stands in angle brackets: `<@1>`, `<@&1>`, `<#1>`, `</ban:1>`, `<:name:1>`, `<t:1:R>`, `<https://…>`.
  mutating func bracketed() -> Bool {
    let end = place(of: ">")
    guard end < text.count, end - next <= 256 else { return false }
    let inner = text[(next + 1)..<end]
    guard
      let part = Self.part(String(inner))
        ?? (allowsLinks ? Self.url(inner).map { url in .link(url, [.text(String(inner))]) } : nil)
    else { return false }
    append(part)
    next = end + 1
    return true
  }

  private static func part(_ inner: String) -> Inline? {
    if let id = id(inner, after: "@&") { return .mention(.role(id)) }
    if let id = id(inner, after: "@!") ?? id(inner, after: "@") { return .mention(.user(id)) }
    if let id = id(inner, after: "#") { return .mention(.channel(id)) }
    let pieces = inner.split(separator: ":", omittingEmptySubsequences: false)
    if inner.hasPrefix("/"), pieces.count == 2, isID(pieces[1]), pieces[0].count > 1 {
      return .mention(.command(String(pieces[0].dropFirst())))
    }
    if pieces.count == 3, ["", "a"].contains(pieces[0]), isID(pieces[2]), !pieces[1].isEmpty,
      pieces[1].utf8.allSatisfy({ isNameByte($0) })
    {
      return .emoji(String(pieces[1]))
    }
    if pieces.count == 2 || pieces.count == 3, pieces[0] == "t", let seconds = Int64(pieces[1]),
      abs(seconds) < 8_640_000_000_000
    {
      return .time(seconds)
    }
    return nil
  }

  private static func id(_ text: String, after mark: String) -> String? {
    guard text.hasPrefix(mark), isID(text.dropFirst(mark.count)) else { return nil }
    return String(text.dropFirst(mark.count))
  }

  private static func isID(_ text: Substring) -> Bool {
    (1...20).contains(text.utf8.count) && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
      || byte == 0x5F
  }
}
