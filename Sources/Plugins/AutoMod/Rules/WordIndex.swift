// All words of all rules, looked for in one walk.

import Patterns

/// Which word of which rule was found, and as what it stood there.
struct WordHit: Hashable, Sendable {
  /// The rule's number.
  let rule: Int
  /// The entry of its list, as the author wrote it.
  let entry: String
  /// The word of the text that it was found in, in small plain letters.
  let found: String
  /// Whether it was seen only behind a disguise.
  let isDisguised: Bool
}

/// The words of all rules.
struct WordIndex: Sendable {
  private struct Target {
    var rule: Int
    var entry: String
    var isBoundBefore: Bool
    var isBoundBehind: Bool
    var seesThroughDisguise: Bool
  }

  private var targets: [[Target]] = []
  private let literals: LiteralSet
  private let wildcards: PatternSet
  private var wildcardTargets: [Target] = []
  private let allowed: [Int: Set<[UInt8]>]

  /// A list of words of one rule.
  struct List {
    var rule: Int
    var words: [String]
    var allowed: [String]
    var seesThroughDisguise: Bool
  }

  /// - Throws: `PatternError` when there are more words with `*` in the middle than a set takes.
  init(_ lists: [List]) throws(PatternError) {
    var numbers: [[UInt8]: Int] = [:]
    var cores: [[UInt8]] = []
    var patterns: [String] = []
    for list in lists {
      for entry in list.words {
        guard let word = WordRule(entry) else { continue }
        let target = Target(
          rule: list.rule, entry: entry, isBoundBefore: word.isBoundBefore, isBoundBehind: word.isBoundBehind,
          seesThroughDisguise: list.seesThroughDisguise)
        if let pattern = word.pattern {
          patterns.append(pattern)
          wildcardTargets.append(target)
        } else if let number = numbers[word.core] {
          targets[number].append(target)
        } else {
          numbers[word.core] = cores.count
          cores.append(word.core)
          targets.append([target])
        }
      }
    }
    literals = LiteralSet(cores)
    wildcards = try PatternSet(
      patterns, options: PatternOptions(ignoresCase: false), memory: PatternSet.memory(for: patterns.count))
    var allowed: [Int: Set<[UInt8]>] = [:]
    for list in lists where !list.allowed.isEmpty {
      allowed[list.rule] = Set(list.allowed.map { ScannedText.words($0) })
    }
    self.allowed = allowed
  }

  /// What is found in the text, at most one hit for each rule: the first.
  func hits(in text: ScannedText) -> [WordHit] {
    var hits: [Int: WordHit] = [:]
    let folded = text.folded
    literals.forEachOccurrence(in: folded.span) { occurrence in
      let isDisguised = occurrence.range.lowerBound >= text.disguiseStart
      for target in targets[occurrence.literal] where hits[target.rule] == nil {
        if isDisguised, !target.seesThroughDisguise { continue }
        let (from, to) = (occurrence.range.lowerBound, occurrence.range.upperBound)
        // Folded text begins and ends with a space.
        if target.isBoundBefore, from > 0, FoldedWords.isWordByte(folded[from - 1]) { continue }
        if target.isBoundBehind, to < folded.count, FoldedWords.isWordByte(folded[to]) { continue }
        let word = Self.word(around: occurrence.range, in: folded)
        if allowed[target.rule]?.contains(Array(word)) == true { continue }
        hits[target.rule] = WordHit(
          rule: target.rule, entry: target.entry, found: String(decoding: word, as: UTF8.self),
          isDisguised: isDisguised)
      }
    }
    if !wildcardTargets.isEmpty { addWildcards(text, &hits) }
    return hits.isEmpty ? [] : hits.values.sorted { $0.rule < $1.rule }
  }

  private func addWildcards(_ text: ScannedText, _ hits: inout [Int: WordHit]) {
    for (range, isDisguised) in [
      (0..<text.disguiseStart, false), (max(0, text.disguiseStart - 1)..<text.folded.count, true),
    ]
    where !range.isEmpty {
      for number in wildcards.matches(in: text.folded.span.extracting(range)) {
        let target = wildcardTargets[number]
        guard hits[target.rule] == nil, !isDisguised || target.seesThroughDisguise else { continue }
        hits[target.rule] = WordHit(
          rule: target.rule, entry: target.entry, found: target.entry, isDisguised: isDisguised)
      }
    }
  }

  /// The whole words that a range touches.
  private static func word(around range: Range<Int>, in folded: [UInt8]) -> ArraySlice<UInt8> {
    var (from, to) = (range.lowerBound, range.upperBound)
    while from > 0, FoldedWords.isWordByte(folded[from - 1]) { from -= 1 }
    while to < folded.count, FoldedWords.isWordByte(folded[to]) { to += 1 }
    return folded[from..<to]
  }
}

extension PatternSet {
  /// Enough memory for as many simple patterns: lists of words may be longer than lists of regular expressions.
  static func memory(for count: Int) -> Int {
    max(defaultMemory, defaultMemory / maximumCount() * (count + 1))
  }
}
