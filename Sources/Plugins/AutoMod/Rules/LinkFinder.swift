// Links in a message, however they are written: plain, masked, defused, without a scheme.

/// A link, or what a reader takes for one.
struct FoundLink: Hashable, Sendable {
  var host: HostName
  /// What follows the host, as written, without marks that end the sentence.
  var path: String
  /// Whether it has a scheme, and so is a link that can be clicked; `hxxp` counts.
  var hasScheme: Bool
  /// Whether it is the target of `[text](target)` and the text names another host.
  var isDisguised = false
}

/// Which bytes are what in addresses.
enum LinkBytes {
  /// Bytes of host names: letters, digits, `-`, `_`, `.` and all beyond ASCII.
  @inline(__always)
  static func isHost(_ byte: UInt8) -> Bool {
    byte >= 0x80 || (byte | 0x20) &- UInt8(ascii: "a") < 26 || byte &- UInt8(ascii: "0") < 10
      || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_")
  }

  /// Bytes that end an address.
  @inline(__always)
  static func endsPath(_ byte: UInt8) -> Bool {
    byte <= UInt8(ascii: " ") || byte == UInt8(ascii: "<") || byte == UInt8(ascii: ">")
      || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "|") || byte == UInt8(ascii: "`")
  }
}

/// Finds different links in cleaned text, from the left.
///
/// Time is proportional to the text.
struct LinkFinder {
  /// As many as fit into 4,000 characters: who hides one behind many others does not get past.
  static let maximum = 1_000

  private let text: [UInt8]
  private var links: [FoundLink] = []
  private var seen: Set<FoundLink> = []

  static func links(in text: [UInt8]) -> [FoundLink] {
    // Without a dot there is no host.
    guard text.contains(UInt8(ascii: ".")) else { return [] }
    var finder = LinkFinder(text: text)
    finder.search()
    return finder.links
  }

  private init(text: [UInt8]) { self.text = text }

  /// Goes from run to run of bytes that hosts are made of.
  private mutating func search() {
    var index = 0
    while index < text.count, links.count < Self.maximum {
      guard LinkBytes.isHost(text[index]) else {
        index += 1
        continue
      }
      var end = index
      var hasDot = false
      while end < text.count, LinkBytes.isHost(text[end]) {
        hasDot = hasDot || text[end] == UInt8(ascii: ".")
        end += 1
      }
      index = hasDot ? take(index..<end) : end
    }
  }

  /// Takes the run if it is a host; where to go on.
  private mutating func take(_ run: Range<Int>) -> Int {
    // Of `user@host` the host is what counts: the next run.
    let isUser = run.upperBound < text.count && text[run.upperBound] == UInt8(ascii: "@")
    let scheme = hasScheme(before: run.lowerBound)
    if isUser, scheme { return run.upperBound }
    var range = run
    while range.lowerBound < range.upperBound, Self.isTrim(text[range.lowerBound]) {
      range = (range.lowerBound + 1)..<range.upperBound
    }
    while range.lowerBound < range.upperBound, Self.isTrim(text[range.upperBound - 1]) {
      range = range.lowerBound..<(range.upperBound - 1)
    }
    guard let host = HostName(text[range]) else { return run.upperBound }
    let pathEnd = endOfPath(from: range.upperBound)
    var link = FoundLink(
      host: host, path: String(decoding: text[range.upperBound..<pathEnd], as: UTF8.self),
      hasScheme: scheme || isBehindUser(range.lowerBound))
    link.isDisguised = isDisguised(host, at: range.lowerBound)
    if seen.insert(link).inserted { links.append(link) }
    return max(pathEnd, run.upperBound)
  }

  private static func isTrim(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
  }

  /// Whether `://` stands before, with a scheme before it, or backslashes in their place.
  private func hasScheme(before index: Int) -> Bool {
    var position = index
    var slashes = 0
    while position > 0, text[position - 1] == UInt8(ascii: "/") || text[position - 1] == UInt8(ascii: "\\") {
      if text[position - 1] == UInt8(ascii: "/") { slashes += 1 }
      position -= 1
    }
    guard slashes >= 1, position > 0 else { return false }
    // `hxxps[:]//` is how links are made safe to show; readers undo it.
    var end = position
    if text[end - 1] == UInt8(ascii: "]") { end -= 1 }
    guard end > 0, text[end - 1] == UInt8(ascii: ":") else { return false }
    end -= 1
    if end > 0, text[end - 1] == UInt8(ascii: "[") { end -= 1 }
    var start = end
    while start > 0, end - start < 6, (text[start - 1] | 0x20) &- UInt8(ascii: "a") < 26 { start -= 1 }
    return Self.schemes.contains(String(decoding: text[start..<end], as: UTF8.self).lowercased())
  }

  private static let schemes: Set<String> = ["http", "https", "hxxp", "hxxps", "htxp", "htxps", "ftp"]

  /// Whether `user@` with a scheme stands before.
  private func isBehindUser(_ index: Int) -> Bool {
    guard index > 0, text[index - 1] == UInt8(ascii: "@") else { return false }
    var start = index - 1
    let least = max(0, index - 80)
    while start > least, LinkBytes.isHost(text[start - 1]) || text[start - 1] == UInt8(ascii: ":") {
      start -= 1
    }
    // `https:` reaches into the user's part only as far as its slashes.
    return hasScheme(before: start)
  }

  private func endOfPath(from start: Int) -> Int {
    guard start < text.count, "/:?#\\".utf8.contains(text[start]) else { return start }
    var end = start
    var open = 0
    while end < text.count, !LinkBytes.endsPath(text[end]) {
      if text[end] == UInt8(ascii: "(") { open += 1 }
      if text[end] == UInt8(ascii: ")") {
        // Of a masked link, the bracket that closes it.
        if open == 0 { break }
        open -= 1
      }
      // Of a masked link, the end of what is shown.
      if text[end] == UInt8(ascii: "]"), end + 1 < text.count, text[end + 1] == UInt8(ascii: "(") { break }
      end += 1
    }
    while end > start, ".,;:!?*_~'".utf8.contains(text[end - 1]) { end -= 1 }
    return end
  }

  /// Whether `[other.host](` stands before the address.
  private func isDisguised(_ host: HostName, at index: Int) -> Bool {
    let least = max(0, index - 200)
    var position = index
    while position > least, text[position - 1] != UInt8(ascii: "(") {
      guard LinkBytes.isHost(text[position - 1]) || "/:<@".utf8.contains(text[position - 1]) else {
        return false
      }
      position -= 1
    }
    guard position > least + 1, text[position - 2] == UInt8(ascii: "]") else { return false }
    let end = position - 2
    var start = end
    while start > least, text[start - 1] != UInt8(ascii: "[") { start -= 1 }
    let shown = text[start..<end]
    return shown.split(whereSeparator: { !LinkBytes.isHost($0) }).contains { word in
      guard word.contains(UInt8(ascii: ".")), let named = HostName(word) else { return false }
      return named.registrable != host.registrable
    }
  }
}
