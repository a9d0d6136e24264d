// Text of operators and of the documentation: the few marks of Markdown that they use, as values.

import HTML

/// A text cut into blocks. It has no place for markup: what is no mark is text, and a link that is none is shown as it
/// was written.
struct Prose: Sendable {
  /// A piece of the text.
  enum Block: Equatable, Sendable {
    case heading(level: Int, String)
    case paragraph(String)
    case list([String], isOrdered: Bool)
    case quote(String)
    case code(String)
    case table(head: [String], rows: [[String]])
  }

  /// More is not shown; a legal page has some hundred.
  private static let limit = 5_000

  let blocks: [Block]

  init(blocks: [Block]) { self.blocks = blocks }

  init(_ text: String) {
    var reader = ProseReader(
      lines: text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
        line.hasSuffix("\r") ? line.dropLast() : line
      })
    var blocks: [Block] = []
    while blocks.count < Self.limit, let block = reader.next() { blocks.append(block) }
    self.blocks = blocks
  }

  /// Its headings of the second level, for a table of contents.
  var sections: [String] {
    blocks.compactMap { block in
      if case .heading(2, let text) = block { Self.plain(text) } else { nil }
    }
  }

  /// The words without the marks, for a search.
  var words: String {
    blocks.map { block in
      switch block {
      case .heading(_, let text), .paragraph(let text), .quote(let text): Self.plain(text)
      case .list(let items, _): items.map(Self.plain).joined(separator: " ")
      case .code(let text): text
      case .table(let head, let rows): ([head] + rows).joined().map(Self.plain).joined(separator: " ")
      }
    }.joined(separator: "\n")
  }

  /// The id of a heading.
  static func id(_ heading: String) -> ElementID {
    let words = plain(heading).lowercased().map { $0.isLetter || $0.isNumber ? $0 : " " }
    return ElementID(String(words).split(separator: " ").joined(separator: "-"))
  }

  /// A line without its marks.
  static func plain(_ text: String) -> String {
    ProseSpan.read(text).map { span in
      switch span {
      case .text(let text), .code(let text), .strong(let text), .emphasis(let text), .link(let text, _): text
      }
    }.joined()
  }
}

/// Reads blocks off lines.
private struct ProseReader {
  let lines: [Substring]
  private var index = 0

  init(lines: [Substring]) { self.lines = lines }

  mutating func next() -> Prose.Block? {
    while index < lines.count, Self.isBlank(lines[index]) { index += 1 }
    guard index < lines.count else { return nil }
    let line = lines[index]
    if line.hasPrefix("```") { return code() }
    if let heading = Self.heading(line) {
      index += 1
      return heading
    }
    if Self.item(line) != nil { return list() }
    if line.hasPrefix("> ") || line == ">" {
      return .quote(run { $0.hasPrefix(">") }.map(Self.unquoted).joined(separator: " "))
    }
    if line.hasPrefix("|") { return table() }
    let text = run {
      !Self.isBlank($0) && Self.heading($0) == nil && Self.item($0) == nil && !$0.hasPrefix("```")
    }
    return .paragraph(text.map(String.init).joined(separator: "\n"))
  }

  private mutating func run(_ belongs: (Substring) -> Bool) -> ArraySlice<Substring> {
    let start = index
    repeat { index += 1 } while index < lines.count && belongs(lines[index])
    return lines[start..<index]
  }

  private mutating func code() -> Prose.Block {
    index += 1
    let start = index
    while index < lines.count, !lines[index].hasPrefix("```") { index += 1 }
    defer { index += 1 }
    return .code(lines[start..<index].joined(separator: "\n"))
  }

  private mutating func list() -> Prose.Block {
    let isOrdered = lines[index].first?.isNumber ?? false
    var items: [String] = []
    while index < lines.count {
      if let text = Self.item(lines[index]) {
        items.append(String(text))
      } else if lines[index].hasPrefix("  "), !items.isEmpty {
        // A line that goes on.
        items[items.count - 1] += " " + lines[index].drop { $0 == " " }
      } else {
        break
      }
      index += 1
    }
    return .list(items, isOrdered: isOrdered)
  }

  private mutating func table() -> Prose.Block {
    let rows = run { $0.hasPrefix("|") }.map(Self.cells)
    let body = rows.dropFirst().filter { !$0.allSatisfy { $0.allSatisfy { "-: ".contains($0) } } }
    return .table(head: rows.first ?? [], rows: Array(body))
  }

  private static func isBlank(_ line: Substring) -> Bool { line.allSatisfy(\.isWhitespace) }

  private static func unquoted(_ line: Substring) -> String { String(line.dropFirst().drop { $0 == " " }) }

  private static func heading(_ line: Substring) -> Prose.Block? {
    let marks = line.prefix { $0 == "#" }.count
    guard (1...4).contains(marks), line.dropFirst(marks).first == " " else { return nil }
    return .heading(level: marks, String(line.dropFirst(marks).drop { $0 == " " }))
  }

  private static func item(_ line: Substring) -> Substring? {
    if line.hasPrefix("* ") || line.hasPrefix("- ") { return line.dropFirst(2) }
    let digits = line.prefix { $0.isASCII && $0.isNumber }
    guard (1...3).contains(digits.count), line.dropFirst(digits.count).hasPrefix(". ") else { return nil }
    return line.dropFirst(digits.count + 2)
  }

  /// The cells of a row; `\|` is no border.
  private static func cells(_ line: Substring) -> [String] {
    var cells = [""]
    var isEscaped = false
    for character in line.dropFirst() {
      if character == "|", !isEscaped {
        cells.append("")
      } else if character == "\\", !isEscaped {
        isEscaped = true
        continue
      } else {
        cells[cells.count - 1].append(character)
      }
      isEscaped = false
    }
    if cells.last?.allSatisfy(\.isWhitespace) ?? false { cells.removeLast() }
    return cells.map { String($0.drop { $0 == " " }) }
  }
}

/// A stretch of a line.
enum ProseSpan: Equatable {
  case text(String)
  case code(String)
  case strong(String)
  case emphasis(String)
  case link(String, SafeURL)

  /// Reads a line; each mark that is not closed is text.
  static func read(_ line: String) -> [ProseSpan] {
    var spans: [ProseSpan] = []
    var text = ""
    var rest = line[...]
    func flush() {
      if !text.isEmpty { spans.append(.text(text)) }
      text = ""
    }
    while let first = rest.first {
      if let (span, length) = mark(rest) {
        flush()
        spans.append(span)
        rest = rest.dropFirst(length)
      } else {
        text.append(first)
        rest = rest.dropFirst()
      }
    }
    flush()
    return spans
  }

  private static func mark(_ rest: Substring) -> (ProseSpan, length: Int)? {
    switch rest.first {
    case "`": return enclosed(rest, "`").map { (.code($0), $0.count + 2) }
    case "*" where rest.hasPrefix("**"): return enclosed(rest, "**").map { (.strong($0), $0.count + 4) }
    case "*": return enclosed(rest, "*").map { (.emphasis($0), $0.count + 2) }
    case "[":
      guard let title = enclosed(rest, "[", "]("), !title.contains("\n") else { return nil }
      let target = rest.dropFirst(title.count + 3).prefix { $0 != ")" && !$0.isNewline }
      guard rest.dropFirst(title.count + 3 + target.count).first == ")", let url = SafeURL(String(target))
      else {
        return nil
      }
      return (.link(title, url), title.count + target.count + 4)
    default: return nil
    }
  }

  /// What stands between the marks, on one line; nil when it is nothing.
  private static func enclosed(_ rest: Substring, _ open: String, _ close: String? = nil) -> String? {
    let inner = rest.dropFirst(open.count)
    guard let end = inner.firstRange(of: close ?? open)?.lowerBound, end > inner.startIndex,
      inner.first != " ", inner.distance(from: inner.startIndex, to: end) <= 500
    else { return nil }
    return String(inner[..<end])
  }
}
