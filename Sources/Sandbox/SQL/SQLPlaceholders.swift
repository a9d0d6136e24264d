// From `%s` or `$1` to the server's placeholders (plugin-host contract, section 10.3).

import SandboxContract

/// A statement's text with `$n` alone, and which of the given parameters each stands for.
struct SQLBinding: Hashable, Sendable {
  let text: String
  /// Position by position: `order[0]` is the index of the parameter that `$1` takes.
  let order: [Int]
}

enum SQLPlaceholders {
  /// Finds the placeholders outside of strings, quoted names and dollar quotes.
  ///
  /// Without parameters nothing is looked at, so that `LIKE '%x%'` works. With `%s`, a doubled percent sign is one
  /// anywhere, in strings, too: that is what plugins write that were made for it.
  ///
  /// - Throws: `RPCError.invalid` when both forms are mixed, or the number does not fit.
  static func bind(_ pieces: [SQLPiece], count: Int) throws(RPCError) -> SQLBinding {
    guard count > 0 else { return SQLBinding(text: pieces.map(\.text).joined(), order: []) }
    var (marks, numbers) = (0, [Int]())
    for piece in pieces where piece.kind == .code {
      marks += try Self.marks(in: piece.text)
      numbers += Self.numbers(in: piece.text)
    }
    guard marks == 0 || numbers.isEmpty else {
      throw .invalid("%s and $1 must not be mixed in a statement")
    }
    if numbers.isEmpty {
      guard marks == count else {
        throw .invalid("the statement has \(marks) placeholders, but \(count) parameters were given")
      }
      return SQLBinding(text: replaceMarks(pieces), order: Array(0..<count))
    }
    let highest = numbers.max() ?? 0
    guard numbers.allSatisfy({ $0 > 0 }), highest == count, Set(numbers).count == count else {
      throw .invalid(
        "the statement has placeholders up to $\(highest), but \(count) parameters were given; all must be used"
      )
    }
    return SQLBinding(text: pieces.map(\.text).joined(), order: Array(0..<count))
  }

  private static func marks(in code: String) throws(RPCError) -> Int {
    let bytes = Array(code.utf8)
    var (count, index) = (0, 0)
    while index < bytes.count {
      guard bytes[index] == UInt8(ascii: "%"), index + 1 < bytes.count else {
        index += 1
        continue
      }
      switch bytes[index + 1] {
      case UInt8(ascii: "s"): (count, index) = (count + 1, index + 2)
      case UInt8(ascii: "%"): index += 2
      case UInt8(ascii: "("): throw .invalid("named placeholders are not supported: use %s")
      default: index += 1
      }
    }
    return count
  }

  private static func numbers(in code: String) -> [Int] {
    let bytes = Array(code.utf8)
    var numbers: [Int] = []
    for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: "$") {
      if index > 0, isName(bytes[index - 1]) { continue }
      let digits = bytes[(index + 1)...].prefix { (0x30...0x39).contains($0) }
      guard !digits.isEmpty else { continue }
      // One that does not fit is no parameter that anybody gave.
      numbers.append(Int(String(decoding: digits, as: UTF8.self)) ?? .max)
    }
    return numbers
  }

  private static func isName(_ byte: UInt8) -> Bool {
    SQLScanner.isNamePart(Unicode.Scalar(byte))
  }

  private static func replaceMarks(_ pieces: [SQLPiece]) -> String {
    var (text, number) = ([UInt8](), 0)
    for piece in pieces {
      let bytes = Array(piece.text.utf8)
      var index = 0
      while index < bytes.count {
        let next = index + 1 < bytes.count ? bytes[index + 1] : 0
        guard bytes[index] == UInt8(ascii: "%"), piece.kind != .identifier,
          next == UInt8(ascii: "%") || (next == UInt8(ascii: "s") && piece.kind == .code)
        else {
          text.append(bytes[index])
          index += 1
          continue
        }
        index += 2
        if next == UInt8(ascii: "%") {
          text.append(next)
        } else {
          number += 1
          // Apart from the words around it, which it would grow together with.
          if let last = text.last, isName(last) { text.append(0x20) }
          text += "$\(number)".utf8
          if index < bytes.count, isName(bytes[index]) { text.append(0x20) }
        }
      }
    }
    return String(decoding: text, as: UTF8.self)
  }
}
