// What came of a command: for a person as aligned text, for a program as JSON.

package import JSON

/// An answer.
package struct AdminReport: Hashable, Sendable {
  /// A piece of the text, from top to bottom.
  package enum Block: Hashable, Sendable {
    case sentence(String)
    case table(AdminTable)
  }

  /// What a person reads.
  package var blocks: [Block]
  /// What a program reads: the same and more.
  package var json: JSONValue
  /// Whether it only tells about an answer that was written already.
  package var isAside = false

  package init(_ json: JSONValue, _ blocks: Block...) { (self.json, self.blocks) = (json, blocks) }

  /// The text, with a line end at its end.
  package var text: String {
    blocks.map { block in
      switch block {
      case .sentence(let sentence): "\(AdminTable.clean(sentence, keepsLines: true))\n"
      case .table(let table): table.text
      }
    }.joined(separator: "\n")
  }

  /// The JSON, on one line, with a line end at its end.
  ///
  /// - Throws: `JSONError` for a number that JSON does not have.
  package func jsonText() throws -> String { String(decoding: try json.encoded(), as: UTF8.self) + "\n" }
}

/// Rows under short headings, aligned.
package struct AdminTable: Hashable, Sendable {
  /// The headings, and cells in their order.
  package let headings: [String]
  package let rows: [[String]]
  /// What is said instead of a table without rows.
  package let empty: String

  package init(_ headings: [String], _ rows: [[String]], empty: String) {
    (self.headings, self.rows, self.empty) = (headings, rows, empty)
  }

  /// The lines; the last column is as wide as it likes.
  package var text: String {
    guard !rows.isEmpty else { return "\(empty)\n" }
    let lines = [headings.map { $0.uppercased() }] + rows.map { $0.map { Self.clean($0, keepsLines: false) } }
    var widths = [Int](repeating: 0, count: headings.count)
    for line in lines {
      for (index, cell) in line.enumerated() where index < widths.count {
        widths[index] = max(widths[index], Self.width(cell))
      }
    }
    return lines.map { line in
      var text = ""
      for (index, cell) in line.enumerated() {
        text += cell
        guard index + 1 < line.count, index < widths.count else { continue }
        text += String(repeating: " ", count: widths[index] - Self.width(cell) + 2)
      }
      while text.last == " " { text.removeLast() }
      return "\(text)\n"
    }.joined()
  }

  /// The text without what moves a terminal's cursor or turns the direction of writing: names come from anybody.
  static func clean(_ text: String, keepsLines: Bool) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x0A where keepsLines: result.append(scalar)
      case 0x09, 0x0A, 0x0D: result.append(" ")
      case 0...0x1F, 0x7F...0x9F, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: result.append("\u{FFFD}")
      default: result.append(scalar)
      }
    }
    return String(result)
  }

  /// Columns of a terminal: two for what East Asia and emoji take, as far as their ranges tell.
  private static func width(_ text: String) -> Int {
    text.reduce(0) { sum, character in
      guard let first = character.unicodeScalars.first?.value else { return sum }
      let isWide =
        switch first {
        case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
          0xFF00...0xFF60,
          0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
          true
        default: false
        }
      return sum + (isWide ? 2 : 1)
    }
  }
}

extension JSONValue {
  /// A text, or null.
  static func text(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
}
