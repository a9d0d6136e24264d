// Words made comparable: what a text says in small plain letters, and what it may say in disguise.

/// Turning plain text (small letters, nothing invisible) into words between single spaces.
enum FoldedWords {
  /// Stands in plain text for an emoji or mark beyond ASCII; a control character that is no word.
  static let symbolMark: UInt8 = 0x1F
  private static let space = UInt8(ascii: " ")

  /// Whether the byte belongs to a word: letters and digits of ASCII, and all that is beyond it.
  @inline(__always)
  static func isWordByte(_ byte: UInt8) -> Bool {
    byte >= 0x80 || byte &- UInt8(ascii: "a") < 26 || byte &- UInt8(ascii: "0") < 10
  }

  /// The words as they stand, symbols taken for spaces. Begins and ends with a space, so that every word has two.
  static func base(of plain: [UInt8]) -> [UInt8] {
    var folded: [UInt8] = [space]
    folded.reserveCapacity(plain.count + 2)
    for byte in plain {
      if isWordByte(byte) {
        folded.append(byte)
      } else if folded.last != space {
        folded.append(space)
      }
    }
    if folded.last != space { folded.append(space) }
    return folded
  }

  /// Appends what chunks (texts between spaces) may say in disguise, each followed by a space.
  static func appendDisguises(of plain: [UInt8], to folded: inout [UInt8]) {
    var spelled: [UInt8] = []
    var letters = 0
    func flush(_ folded: inout [UInt8]) {
      if letters >= 3 { append(spelled, to: &folded) }
      spelled.removeAll(keepingCapacity: true)
      letters = 0
    }
    var start = 0
    while start < plain.count {
      guard plain[start] > space else {
        start += 1
        continue
      }
      var end = start
      while end < plain.count, plain[end] > space || plain[end] == symbolMark { end += 1 }
      let chunk = plain[start..<end]
      start = end
      // One letter after another: a word spelled out.
      let letter = chunk.trimmingSentenceEnd()
      if characters(letter) == 1 {
        spelled.append(contentsOf: mapped(letter))
        letters += 1
        continue
      }
      flush(&folded)
      appendDisguises(ofChunk: chunk, to: &folded)
    }
    flush(&folded)
  }

  private static func appendDisguises(ofChunk chunk: ArraySlice<UInt8>, to folded: inout [UInt8]) {
    let traits = Traits(chunk)
    guard traits.isSuspicious, !traits.isLinkOrMention else { return }
    if traits.isSpelled { append(chunk.filter(isWordByte), to: &folded) }
    guard traits.hasDisguise || traits.hasRun else { return }
    let trimmed = chunk.trimmingSentenceEnd()
    let letters = traits.hasDisguise ? mapped(trimmed) : separated(trimmed)
    if traits.hasDisguise { append(letters, to: &folded) }
    if traits.hasOne { append(mapped(trimmed, one: UInt8(ascii: "l")), to: &folded) }
    if traits.hasRun || hasRun(letters) {
      append(squeezed(letters, to: 1), to: &folded)
      append(squeezed(letters, to: 2), to: &folded)
    }
  }

  private static func append(_ word: [UInt8], to folded: inout [UInt8]) {
    guard !word.isEmpty else { return }
    folded.append(contentsOf: word)
    folded.append(space)
  }

  /// What a chunk shows at a glance.
  private struct Traits {
    /// Has a letter, and a digit, a sign or a foreign letter that can stand for one.
    var hasDisguise = false
    /// Has one character three times in a row.
    var hasRun = false
    /// Single letters between marks.
    var isSpelled = false
    var hasOne = false
    var isLinkOrMention = false
    var isSuspicious: Bool { hasDisguise || hasRun || isSpelled }

    init(_ chunk: ArraySlice<UInt8>) {
      var (hasLetter, hasSign, hasForeign) = (false, false, false)
      var (words, length, longest, run) = (0, 0, 0, 0)
      var previous: UInt8 = 0
      for byte in chunk {
        run = byte == previous ? run + 1 : 1
        if run == 3, byte < 0x80 { hasRun = true }
        if byte &- UInt8(ascii: "a") < 26 { hasLetter = true }
        if FoldedWords.signs[Int(byte)] != 0 { hasSign = true }
        if byte == UInt8(ascii: "1") { hasOne = true }
        if byte >= 0x80 { hasForeign = true }
        if byte == UInt8(ascii: "/"), previous == UInt8(ascii: "/") { isLinkOrMention = true }
        if FoldedWords.isWordByte(byte) {
          if byte & 0xC0 != 0x80 { length += 1 }
          if length == 1, byte & 0xC0 != 0x80 { words += 1 }
          longest = max(longest, length)
        } else {
          length = 0
        }
        previous = byte
      }
      if chunk.first == UInt8(ascii: "<"), chunk.last == UInt8(ascii: ">") { isLinkOrMention = true }
      hasDisguise = hasLetter && (hasSign || hasForeign)
      isSpelled = words >= 3 && longest == 1
      hasOne = hasOne && hasDisguise
    }
  }

  /// What a digit or sign stands for; zero for those that stand for themselves.
  private static let signs: [UInt8] = {
    var signs = [UInt8](repeating: 0, count: 256)
    for (sign, letter) in zip("013457@$!|+8".utf8, "oieastasiltb".utf8) { signs[Int(sign)] = letter }
    return signs
  }()

  /// The chunk with signs and foreign letters read as the letters they stand for, other marks left out.
  private static func mapped(_ chunk: ArraySlice<UInt8>, one: UInt8 = UInt8(ascii: "i")) -> [UInt8] {
    var letters: [UInt8] = []
    letters.reserveCapacity(chunk.count)
    var index = chunk.startIndex
    while index < chunk.endIndex {
      let byte = chunk[index]
      if byte == UInt8(ascii: "1") {
        letters.append(one)
      } else if signs[Int(byte)] != 0 {
        letters.append(signs[Int(byte)])
      } else if byte < 0x80 {
        if isWordByte(byte) { letters.append(byte) }
      } else {
        let length = byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
        let end = min(index + length, chunk.endIndex)
        if let twin = String(decoding: chunk[index..<end], as: UTF8.self).unicodeScalars.first
          .flatMap({ LetterTables.twin($0.value) })
        {
          letters.append(twin)
        } else {
          letters.append(contentsOf: chunk[index..<end])
        }
        index = end
        continue
      }
      index += 1
    }
    return letters
  }

  /// The chunk with marks taken for spaces.
  private static func separated(_ chunk: ArraySlice<UInt8>) -> [UInt8] {
    chunk.map { isWordByte($0) ? $0 : space }
  }

  /// Runs of three and more cut down.
  private static func squeezed(_ letters: [UInt8], to length: Int) -> [UInt8] {
    var squeezed: [UInt8] = []
    var index = 0
    while index < letters.count {
      var end = index
      while end < letters.count, letters[end] == letters[index] { end += 1 }
      let run = end - index
      let kept = run >= 3 && letters[index] < 0x80 ? length : run
      for _ in 0..<kept { squeezed.append(letters[index]) }
      index = end
    }
    return squeezed
  }

  private static func hasRun(_ letters: [UInt8]) -> Bool {
    letters.indices.dropFirst(2).contains {
      letters[$0] == letters[$0 - 1] && letters[$0] == letters[$0 - 2] && letters[$0] < 0x80
    }
  }

  private static func characters(_ bytes: ArraySlice<UInt8>) -> Int {
    bytes.reduce(0) { $0 + ($1 & 0xC0 != 0x80 ? 1 : 0) }
  }
}

extension ArraySlice<UInt8> {
  /// Without the marks that end a sentence or a quotation: `!` there is no letter.
  fileprivate func trimmingSentenceEnd() -> ArraySlice<UInt8> {
    var slice = self
    while let last = slice.last, "!?.,;:)\"'*_~`".utf8.contains(last) { slice.removeLast() }
    while let first = slice.first, "(\"'*_~`".utf8.contains(first) { slice.removeFirst() }
    return slice
  }
}
