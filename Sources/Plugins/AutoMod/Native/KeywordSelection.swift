// Which words and expressions of a rule Discord takes as they are meant.

import DiscordModels

/// What of a rule's lists goes to Discord, and why the rest does not.
struct KeywordSelection {
  private(set) var keywords: [String] = []
  private(set) var patterns: [String] = []
  /// What the rule lets pass; the same for all rules that share one on Discord.
  private(set) var allowed: [String] = []
  /// Why not all of it goes.
  private(set) var reasons: [BotReason] = []

  init(words: [String] = [], patterns: [String] = [], domains: [String] = [], allowed: [String] = []) {
    for word in words { add(word: word) }
    for domain in domains {
      // After a scheme or a dot: a longer name that ends so (`notevil.com`) is another domain.
      guard let host = HostName(setting: domain) else { continue }
      add(keyword: "*://\(host.text)*")
      add(keyword: "*.\(host.text)*")
    }
    for pattern in patterns { add(pattern: pattern) }
    let fitting = allowed.filter { $0.count <= NativeLimits.keywordLength }
    self.allowed = Array(fitting.prefix(NativeLimits.allowed)).sorted()
    if self.allowed.count < allowed.count {
      // With exceptions left out Discord would block what is allowed: nothing goes there.
      (keywords, self.patterns, reasons) = ([], [], [.tooLarge])
    }
  }

  var isEmpty: Bool { keywords.isEmpty && patterns.isEmpty }

  private mutating func note(_ reason: BotReason) {
    if !reasons.contains(reason) { reasons.append(reason) }
  }

  private mutating func add(word: String) {
    let trimmed = word.split(separator: " ").joined(separator: " ")
    let core = trimmed.drop { $0 == "*" }
    guard !core.dropLast(core.reversed().prefix { $0 == "*" }.count).contains("*") else {
      return note(.otherFlavour)
    }
    add(keyword: trimmed.lowercased())
  }

  private mutating func add(keyword: String) {
    guard keyword.count <= NativeLimits.keywordLength else { return note(.tooLarge) }
    if !keywords.contains(keyword) { keywords.append(keyword) }
  }

  private mutating func add(pattern: String) {
    guard let translation = RustFlavour.translated(pattern) else { return note(.otherFlavour) }
    let whole = "(?i)" + translation
    guard whole.count <= NativeLimits.patternLength else { return note(.tooLarge) }
    if !patterns.contains(whole) { patterns.append(whole) }
  }

  /// Moves as much as fits into a rule of Discord's.
  mutating func move(to rule: inout NativeRule, for name: RuleName) {
    let words = keywords.prefix(NativeLimits.keywords - rule.metadata.keywordFilter.count)
    rule.metadata.keywordFilter += words
    keywords.removeFirst(words.count)
    let expressions = patterns.prefix(NativeLimits.patterns - rule.metadata.regexPatterns.count)
    rule.metadata.regexPatterns += expressions
    patterns.removeFirst(expressions.count)
    if !rule.rules.contains(name) { rule.rules.append(name) }
  }
}

extension NativeRule {
  /// Whether it has room for some of the selection and does the same.
  func takes(_ selection: KeywordSelection, _ shape: NativePlanner.Shape) -> Bool {
    guard trigger == .keyword, actions == shape.actions, exemptRoles == shape.roles,
      exemptChannels == shape.channels, metadata.allowList == selection.allowed
    else { return false }
    return !selection.keywords.isEmpty && metadata.keywordFilter.count < NativeLimits.keywords
      || !selection.patterns.isEmpty && metadata.regexPatterns.count < NativeLimits.patterns
  }
}
