// Which words of a text an AutoMod rule is about.

internal import JSON

/// The keywords of a rule (https://discord.com/developers/docs/resources/auto-moderation#auto-moderation-rule-object-keyword-matching-strategies).
struct KeywordFilter {
  private let keywords: [String]
  private let patterns: [String]
  private let allowed: [String]

  init(_ metadata: JSONValue) {
    keywords = (metadata["keyword_filter"]?.array ?? []).compactMap(\.string)
    patterns = (metadata["regex_patterns"]?.array ?? []).compactMap(\.string)
    allowed = (metadata["allow_list"]?.array ?? []).compactMap { $0.string?.lowercased() }
  }

  /// Short lists in the place of Discord's own, which are not public.
  init(presets metadata: JSONValue) {
    let lists: [Int64: [String]] = [
      1: ["damn", "crap", "bollocks"], 2: ["nsfw", "porn*"], 3: ["simslur*"],
    ]
    keywords = (metadata["presets"]?.array ?? []).compactMap(\.int64).flatMap { lists[$0] ?? [] }
    patterns = []
    allowed = (metadata["allow_list"]?.array ?? []).compactMap { $0.string?.lowercased() }
  }

  /// The keyword or pattern that matches, and what of the text it matches.
  func match(in text: String) -> (keyword: String?, content: String?)? {
    let lowered = text.lowercased()
    let words = lowered.split { !($0.isLetter || $0.isNumber || $0 == "'" || $0 == "_") }.map(String.init)
    for keyword in keywords {
      let wanted = keyword.lowercased()
      let core = wanted.drop { $0 == "*" }.trimmedStars
      let (opens, closes) = (wanted.hasPrefix("*"), wanted.hasSuffix("*"))
      let hit: String?
      if core.contains(where: { !($0.isLetter || $0.isNumber || $0 == "'" || $0 == "_") }) {
        hit = lowered.contains(core) ? core : nil
      } else {
        hit = words.first { word in
          switch (opens, closes) {
          case (true, true): word.contains(core)
          case (true, false): word.hasSuffix(core)
          case (false, true): word.hasPrefix(core)
          case (false, false): word == core
          }
        }
      }
      if let hit, !allowed.contains(hit) { return (keyword, hit) }
    }
    for pattern in patterns {
      // A pattern that is no regular expression was refused when the rule was made.
      guard let regex = try? Regex(pattern).ignoresCase(), let found = text.firstMatch(of: regex) else {
        continue
      }
      let content = String(text[found.range])
      if !allowed.contains(content.lowercased()) { return (pattern, content) }
    }
    return nil
  }
}

extension Substring {
  fileprivate var trimmedStars: String {
    var text = self
    while text.last == "*" { text.removeLast() }
    return String(text)
  }
}
