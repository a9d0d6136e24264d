// The names of rules: the filters that come with AutoMod, and a server's own.

/// A filter that comes with AutoMod; the raw value stands in settings, logs and catalog keys (`filter.<name>`).
package enum FilterKind: String, CaseIterable, Sendable {
  case spam, duplicates, raid, mentions, scams, links, invites, capitals, emoji, walls, words, attachments
  case hiddenText, heat

  /// Whether it counts over several messages; the others judge one by itself.
  package var needsHistory: Bool {
    switch self {
    case .spam, .duplicates, .raid, .heat: true
    default: false
    }
  }
}

/// A rule of a server.
package enum RuleName: Hashable, Sendable, CustomStringConvertible {
  case filter(FilterKind)
  /// A rule of the server's own: its place in the settings, and its name.
  case custom(Int, String)

  /// For logs and records: `spam`, `rule:No politics`.
  package var description: String {
    switch self {
    case .filter(let kind): kind.rawValue
    case .custom(_, let name): "rule:\(name)"
    }
  }
}

extension AutoModSettings {
  /// Every rule there is, in the order of decisions, switched on or not.
  package var ruleNames: [RuleName] {
    FilterKind.allCases.map(RuleName.filter) + rules.enumerated().map { .custom($0, $1.name) }
  }

  /// Whether a rule is switched on, and what happens when it matches.
  package func policy(of rule: RuleName) -> (isOn: Bool, response: FilterResponse) {
    switch rule {
    case .custom(let index, _):
      guard rules.indices.contains(index) else { return (false, FilterResponse([])) }
      return (rules[index].isOn, rules[index].response)
    case .filter(.heat): return (heat.isOn, heat.response)
    case .filter(let kind):
      guard let filter = filter(kind) else { return (false, FilterResponse([])) }
      return (filter.isOn, filter.response)
    }
  }

  private func filter(_ kind: FilterKind) -> (any FilterSettings)? {
    switch kind {
    case .spam: spam
    case .duplicates: duplicates
    case .raid: raid
    case .mentions: mentions
    case .scams: scams
    case .links: links
    case .invites: invites
    case .capitals: capitals
    case .emoji: emoji
    case .walls: walls
    case .words: words
    case .attachments: attachments
    case .hiddenText: hiddenText
    case .heat: nil
    }
  }

  /// The same settings with every filter and rule switched on: for asking what each would say.
  func withEverythingOn() -> AutoModSettings {
    var all = self
    all.spam.isOn = true
    all.duplicates.isOn = true
    all.raid.isOn = true
    all.mentions.isOn = true
    all.scams.isOn = true
    all.links.isOn = true
    all.invites.isOn = true
    all.capitals.isOn = true
    all.emoji.isOn = true
    all.walls.isOn = true
    all.words.isOn = true
    all.attachments.isOn = true
    all.hiddenText.isOn = true
    all.heat.isOn = true
    for index in all.rules.indices { all.rules[index].isOn = true }
    return all
  }
}
