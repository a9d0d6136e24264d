// Cutting what was typed after a prefix into words.

/// A word and where what follows from it begins.
struct CommandWord: Equatable {
  let text: String
  /// From the word's first character (its quote, if it has one) to the end of what was typed.
  let rest: Substring
  let isQuoted: Bool
}

enum CommandWords {
  private static let closing: [Character: Character] = ["\"": "\"", "“": "”", "„": "“", "«": "»"]

  /// Words are separated by white space; quotes keep several together, and a backslash keeps a quote.
  ///
  /// - Throws: `.unclosedQuote`. A quote within a word is a character like others.
  static func cut(_ text: Substring) throws(CommandProblem) -> [CommandWord] {
    var words: [CommandWord] = []
    var index = text.startIndex
    while true {
      while index < text.endIndex, text[index].isWhitespace { index = text.index(after: index) }
      guard index < text.endIndex else { return words }
      let start = index
      var word = ""
      if let close = closing[text[index]] {
        index = text.index(after: index)
        var isClosed = false
        while index < text.endIndex, !isClosed {
          let character = text[index]
          index = text.index(after: index)
          if character == "\\", index < text.endIndex, text[index] == close {
            word.append(close)
            index = text.index(after: index)
          } else if character == close {
            isClosed = true
          } else {
            word.append(character)
          }
        }
        guard isClosed else { throw CommandProblem(.unclosedQuote) }
      } else {
        let end = text[index...].firstIndex(where: \.isWhitespace) ?? text.endIndex
        word = String(text[index..<end])
        index = end
      }
      words.append(CommandWord(text: word, rest: text[start...], isQuoted: closing[text[start]] != nil))
    }
  }
}
