// Reading Discord's Markdown within a line: emphasis, code, links, mentions, emoji.

/// Reads the parts of a text. What opens waits on a stack until it is closed; what never is becomes text again.
struct InlineReader {
  typealias Inline = DiscordMarkdown.Inline

  /// Something that was opened: which sign, how many of it are left, and what came since.
  private struct Open {
    let sign: Character
    var count: Int
    var parts: [Inline] = []
  }

  private static let maximumDepth = 16

  let text: [Character]
  var next = 0
  private var parts: [Inline] = []
  private var pending = ""
  private var stack: [Open] = []
  /// Numbers of backticks that do not come again, so that their end is not looked for again.
  private var endless: Set<Int> = []
  let allowsLinks: Bool
  var places: [Character: Int] = [:]

  private init(_ text: [Character], allowsLinks: Bool) {
    self.text = text
    self.allowsLinks = allowsLinks
  }

  static func read(_ text: String, allowsLinks: Bool = true) -> [Inline] {
    var reader = InlineReader(Array(text), allowsLinks: allowsLinks)
    return reader.run()
  }

  private mutating func run() -> [Inline] {
    while next < text.count {
      let sign = text[next]
      switch sign {
      case "\\" where next + 1 < text.count && Self.isPunctuation(text[next + 1]):
        add(String(text[next + 1]))
        next += 2
      case "\n":
        append(.lineBreak)
        next += 1
      case "`": code()
      case "<": if !bracketed() { literal() }
      case "[": if !link() { literal() }
      case "h": if !bareLink() { literal() }
      case "@": if !everyone() { literal() }
      case "*", "_", "~", "|": run(of: sign)
      default: literal()
      }
    }
    while !stack.isEmpty { giveUp() }
    flush()
    return parts
  }

  /// What means nothing here, up to the next that might.
  private mutating func literal() {
    let plain = text[(next + 1)...].prefix { !Self.special.contains($0) }
    add(String(text[next...].prefix(1 + plain.count)))
    next += 1 + plain.count
  }

  private static let special: Set<Character> = ["\\", "\n", "`", "<", "[", "h", "@", "*", "_", "~", "|"]

  mutating func add(_ string: String) {
    pending += string
  }

  mutating func append(_ part: Inline) {
    if case .text(let string) = part { return add(string) }
    flush()
    push(part)
  }

  /// Text is gathered and put down in one piece.
  private mutating func flush() {
    guard !pending.isEmpty else { return }
    push(.text(pending))
    pending = ""
  }

  private mutating func push(_ part: Inline) {
    if stack.isEmpty {
      parts.append(part)
    } else {
      stack[stack.count - 1].parts.append(part)
    }
  }

  /// The innermost open sign was none: it and what came since go to whatever is around it.
  private mutating func giveUp() {
    flush()
    let open = stack.removeLast()
    add(String(repeating: open.sign, count: open.count))
    for part in open.parts { append(part) }
  }

  private static func isPunctuation(_ character: Character) -> Bool {
    character.isASCII && !character.isLetter && !character.isNumber && !character.isWhitespace
  }
}

// MARK: - Emphasis

extension InlineReader {
  private mutating func run(of sign: Character) {
    let count = text[next...].prefix { $0 == sign }.count
    let before = next > 0 ? text[next - 1] : " "
    let after = next + count < text.count ? text[next + count] : " "
    next += count
    let isPair = sign == "~" || sign == "|"
    // Longer runs mean nothing in Discord either.
    guard count <= 3, !isPair || count == 2 else { return add(String(repeating: sign, count: count)) }
    let isWordSign = sign == "_" && count == 1
    let canClose = !before.isWhitespace && !(isWordSign && Self.isWord(after))
    let canOpen = !after.isWhitespace && !(isWordSign && Self.isWord(before))
    var left = count
    while left > 0, canClose,
      let place = stack.lastIndex(where: { $0.sign == sign && Self.fits($0.count, left) })
    {
      let taken = min(left, min(stack[place].count, 2))
      if isPair, taken < 2 { break }
      while stack.count > place + 1 { giveUp() }
      close(taken)
      left -= taken
    }
    guard left > 0 else { return }
    guard canOpen, stack.count < Self.maximumDepth else {
      return add(String(repeating: sign, count: left))
    }
    flush()
    stack.append(Open(sign: sign, count: left))
  }

  /// One closes one, two close two, and three are both.
  private static func fits(_ opened: Int, _ closing: Int) -> Bool {
    opened == closing || opened == 3 || closing == 3
  }

  /// Takes that many signs off the innermost opening.
  private mutating func close(_ count: Int) {
    flush()
    var open = stack.removeLast()
    let made: Inline =
      switch (open.sign, count) {
      case ("*", 2): .strong(open.parts)
      case ("_", 2): .underline(open.parts)
      case ("~", _): .strike(open.parts)
      case ("|", _): .spoiler(open.parts)
      default: .emphasis(open.parts)
      }
    open.count -= count
    open.parts = [made]
    if open.count > 0 {
      stack.append(open)
    } else {
      append(made)
    }
  }

  private static func isWord(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || character == "_"
  }

  private mutating func code() {
    let ticks = text[next...].prefix { $0 == "`" }.count
    let start = next + ticks
    let end = ticks > 2 || endless.contains(ticks) ? nil : end(ofTicks: ticks, from: start)
    guard let end else {
      endless.insert(ticks)
      add(String(repeating: "`", count: ticks))
      next = start
      return
    }
    append(.code(String(text[start..<end])))
    next = end + ticks
  }

  /// Where as many backticks stand, no more and no fewer.
  private func end(ofTicks ticks: Int, from start: Int) -> Int? {
    var index = start
    while index < text.count {
      let run = text[index...].prefix { $0 == "`" }.count
      if run == ticks { return index }
      index += max(run, 1)
    }
    return nil
  }
}
