// Reading Discord's Markdown line by line: headings, lists, quotes, fenced code.

/// Cuts a text into blocks, line by line.
struct BlockReader {
  private var lines: [Substring]
  private var next = 0
  private static let maximumDepth = 4

  init(_ text: String) {
    lines = text.split(separator: "\n", omittingEmptySubsequences: false)
  }

  init(lines: [Substring]) {
    self.lines = lines
  }

  mutating func blocks(depth: Int) -> [DiscordMarkdown.Block] {
    var result: [DiscordMarkdown.Block] = []
    var paragraph: [Substring] = []
    func flush() {
      // Blank lines at the rim of a paragraph belong to what stands around it.
      while paragraph.first?.isEmpty == true { paragraph.removeFirst() }
      while paragraph.last?.isEmpty == true { paragraph.removeLast() }
      guard !paragraph.isEmpty else { return }
      result.append(.paragraph(InlineReader.read(paragraph.joined(separator: "\n"))))
      paragraph = []
    }
    while next < lines.count {
      let line = lines[next]
      if let code = fence(line) {
        if !code.before.isEmpty { paragraph.append(code.before) }
        flush()
        result.append(.code(language: code.language, code.text))
        // What stands behind the fence goes on as a line of its own.
        if !code.after.isEmpty { paragraph.append(code.after) }
      } else if depth < Self.maximumDepth, let block = block(line, depth: depth) {
        flush()
        result.append(block)
      } else {
        paragraph.append(line)
        next += 1
      }
    }
    flush()
    return result
  }

  /// A block that begins with this line and is no paragraph; the lines of it are taken.
  private mutating func block(_ line: Substring, depth: Int) -> DiscordMarkdown.Block? {
    for (mark, level) in [("# ", 1), ("## ", 2), ("### ", 3)] where line.hasPrefix(mark) {
      next += 1
      return .heading(level: level, InlineReader.read(String(line.dropFirst(mark.count))))
    }
    if line.hasPrefix("-# ") {
      next += 1
      return .small(InlineReader.read(String(line.dropFirst(3))))
    }
    if line.hasPrefix(">>> ") {
      var rest = BlockReader(lines: [line.dropFirst(4)] + lines[(next + 1)...])
      next = lines.count
      return .quote(rest.blocks(depth: depth + 1))
    }
    if line == ">" || line.hasPrefix("> ") {
      var quoted: [Substring] = []
      while next < lines.count, lines[next] == ">" || lines[next].hasPrefix("> ") {
        quoted.append(lines[next].dropFirst(2))
        next += 1
      }
      var inner = BlockReader(lines: quoted)
      return .quote(inner.blocks(depth: depth + 1))
    }
    return list(depth: depth)
  }

  private mutating func list(depth: Int) -> DiscordMarkdown.Block? {
    guard let first = item(lines[next]) else { return nil }
    var items: [[Substring]] = []
    while next < lines.count {
      if let one = item(lines[next]), one.indent <= first.indent + 1,
        (one.number == nil) == (first.number == nil)
      {
        items.append([one.text])
      } else if !items.isEmpty, lines[next].hasPrefix("  "), !lines[next].allSatisfy({ $0 == " " }) {
        items[items.count - 1].append(lines[next].dropFirst(min(2, Self.indent(of: lines[next]))))
      } else {
        break
      }
      next += 1
    }
    return .list(
      start: first.number,
      items.map { lines in
        var inner = BlockReader(lines: lines)
        return inner.blocks(depth: depth + 1)
      })
  }

  private static func indent(of line: Substring) -> Int {
    line.prefix { $0 == " " }.count
  }

  private func item(_ line: Substring) -> (indent: Int, number: Int?, text: Substring)? {
    let indent = Self.indent(of: line)
    let rest = line.dropFirst(indent)
    if rest.hasPrefix("- ") || rest.hasPrefix("* ") { return (indent, nil, rest.dropFirst(2)) }
    let digits = rest.prefix { ("0"..."9").contains($0) }
    guard (1...9).contains(digits.count), rest.dropFirst(digits.count).hasPrefix(". ") else { return nil }
    return (indent, Int(digits), rest.dropFirst(digits.count + 2))
  }

  private struct Fence {
    let before: Substring
    let language: String?
    let text: String
    let after: Substring
  }

  /// Code between three backticks, which may begin and end within a line; nil when there is none or it never ends.
  private mutating func fence(_ line: Substring) -> Fence? {
    guard let start = Self.range(of: "```", in: line) else { return nil }
    let before = line[..<start.lowerBound]
    let opening = line[start.upperBound...]
    if let end = Self.range(of: "```", in: opening) {
      let text = opening[..<end.lowerBound]
      guard !text.isEmpty else { return nil }
      next += 1
      return Fence(before: before, language: nil, text: String(text), after: opening[end.upperBound...])
    }
    for index in lines.indices.dropFirst(next + 1) {
      guard let end = Self.range(of: "```", in: lines[index]) else { continue }
      let isLanguage = opening.count <= 20 && opening.allSatisfy { $0.isASCII && !$0.isWhitespace }
      var code = Array(lines[(next + 1)..<index])
      if !isLanguage { code.insert(opening, at: 0) }
      let last = lines[index][..<end.lowerBound]
      if !last.isEmpty { code.append(last) }
      next = index + 1
      return Fence(
        before: before, language: isLanguage && !opening.isEmpty ? String(opening) : nil,
        text: code.joined(separator: "\n"), after: lines[index][end.upperBound...])
    }
    // No end anywhere, so no later line has a fence: this search is made once.
    return nil
  }

  private static func range(of mark: String, in line: Substring) -> Range<Substring.Index>? {
    line.firstRange(of: mark)
  }
}
