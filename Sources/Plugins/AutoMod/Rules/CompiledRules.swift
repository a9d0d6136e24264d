// A server's settings, made ready for deciding.

import DiscordCore
import EventLoop
package import Patterns

/// What AutoMod decides by: made once of the settings, then only read. Safe on all threads.
///
///     let rules = try CompiledRules(settings)
///     var state = AutoModState()                                   // one per server, in its lane
///     let verdict = rules.decide(message, in: GuildFacts(ownInvites: codes), state: &state)
///
/// Costs about a microsecond for each word and some tens for each regular expression to make. A class, since a value of so
/// many parts would be copied for each message.
package final class CompiledRules: Sendable {
  /// What it was made of.
  package let settings: AutoModSettings

  let words: WordIndex
  let patterns: PatternSet
  /// The rules and sources of each pattern: the same expression may stand in several rules.
  let patternTargets: [[PatternTarget]]
  /// Domains of the server's own rules, by rule.
  let domains: DomainIndex<Int>
  let linkLists: DomainIndex<LinkList>
  let scams: ScamJudge
  let allowedInvites: Set<String>
  let refusedEnds: Set<String>
  let allowedEnds: Set<String>
  /// The server's own rules that are on, by their place in the settings.
  let customRules: [CompiledCustomRule]
  /// Whether some of them match by their conditions alone.
  let hasConditionRules: Bool
  private let exemptions: Exemptions
  private let ruleExemptions: [RuleName: Exemptions]

  /// The number of the filter of words among the rules with words; the server's own begin at 1.
  static let wordFilterNumber = 0

  /// `scams` is the operator's list.
  ///
  /// - Throws: `PatternError` when the expressions take too much memory, or one that was valid is no more.
  package init(_ settings: AutoModSettings, scams list: ScamList = .bundled) throws(PatternError) {
    self.settings = settings
    let active = settings.rules.enumerated().filter(\.element.isOn)
    words = try WordIndex(Self.wordLists(settings, active))
    (patterns, patternTargets) = try Self.patterns(settings, active)
    var domains = DomainIndex<Int>()
    for (index, rule) in active { domains.add(rule.domains, to: index) }
    self.domains = domains
    var links = DomainIndex<LinkList>()
    links.add(settings.links.allowed, to: .allowed)
    links.add(settings.links.denied, to: .denied)
    linkLists = links
    scams = try ScamJudge(settings.scams, shared: list, allowed: settings.links.allowed)
    allowedInvites = Set(settings.invites.allowed)
    refusedEnds = Set(settings.attachments.refused.map(Self.fileEnd))
    allowedEnds = Set(settings.attachments.onlyAllowed.map(Self.fileEnd))
    customRules = active.map { CompiledCustomRule($0, $1) }
    hasConditionRules = customRules.contains(where: \.matchesAnything)
    exemptions = Exemptions(roles: settings.exemptRoles, channels: settings.exemptChannels)
    ruleExemptions = Self.exemptions(settings)
  }

  private static func wordLists(
    _ settings: AutoModSettings, _ active: [(offset: Int, element: CustomRule)]
  ) -> [WordIndex.List] {
    let own = active.map {
      WordIndex.List(
        rule: $0.offset + 1, words: $0.element.words, allowed: $0.element.allowed, seesThroughDisguise: true)
    }
    guard settings.words.isOn else { return own }
    let filter = settings.words
    return [
      WordIndex.List(
        rule: wordFilterNumber, words: filter.words, allowed: filter.allowed,
        seesThroughDisguise: filter.seesThroughDisguise)
    ] + own
  }

  private static func patterns(
    _ settings: AutoModSettings, _ active: [(offset: Int, element: CustomRule)]
  ) throws(PatternError) -> (PatternSet, [[PatternTarget]]) {
    var numbers: [String: Int] = [:]
    var sources: [String] = []
    var targets: [[PatternTarget]] = []
    func add(_ patterns: [String], of rule: Int) {
      for source in patterns {
        let target = PatternTarget(rule: rule, source: source)
        if let number = numbers[source] {
          targets[number].append(target)
        } else {
          numbers[source] = sources.count
          sources.append(source)
          targets.append([target])
        }
      }
    }
    if settings.words.isOn { add(settings.words.patterns, of: wordFilterNumber) }
    for (index, rule) in active { add(rule.patterns, of: index + 1) }
    return (try PatternSet(sources), targets)
  }

  private static func exemptions(_ settings: AutoModSettings) -> [RuleName: Exemptions] {
    var exemptions: [RuleName: Exemptions] = [:]
    for rule in settings.ruleNames {
      let response = settings.policy(of: rule).response
      let entry = Exemptions(roles: response.exemptRoles, channels: response.exemptChannels)
      if !entry.isEmpty { exemptions[rule] = entry }
    }
    return exemptions
  }

  /// `.EXE`, `exe` and `*.exe` are one.
  private static func fileEnd(_ text: String) -> String {
    String(text.lowercased().drop { $0 == "*" || $0 == "." })
  }
}

/// Which regular expression of which rule.
struct PatternTarget: Sendable {
  let rule: Int
  let source: String
}

/// The two lists of the filter of links.
enum LinkList: Hashable, Sendable { case allowed, denied }

/// A rule of a server's own that is on, with its conditions as sets.
struct CompiledCustomRule: Sendable {
  let index: Int
  let name: RuleName
  let rule: CustomRule
  private let channels: Set<ChannelID>
  private let roles: Set<RoleID>
  /// Whether it matches by its conditions alone.
  let matchesAnything: Bool

  init(_ index: Int, _ rule: CustomRule) {
    (self.index, self.rule, name) = (index, rule, .custom(index, rule.name))
    (channels, roles) = (Set(rule.onlyChannels), Set(rule.onlyRoles))
    matchesAnything =
      rule.words.isEmpty && rule.patterns.isEmpty && rule.domains.isEmpty && rule.hasConditions
  }

  /// Whether the conditions hold.
  func applies(to message: MessageFacts) -> Bool {
    if !channels.isEmpty, !channels.contains(message.channel), channels.isDisjoint(with: message.parents) {
      return false
    }
    if !roles.isEmpty, roles.isDisjoint(with: message.roles) { return false }
    if let age = rule.accountYoungerThan, message.author.createdAt + age <= message.sentAt { return false }
    if let age = rule.joinedWithin {
      guard let joinedAt = message.joinedAt, joinedAt + age > message.sentAt else { return false }
    }
    return true
  }
}

/// Roles and channels that are left alone.
struct Exemptions: Sendable {
  private let roles: Set<RoleID>
  private let channels: Set<ChannelID>

  init(roles: [RoleID], channels: [ChannelID]) {
    (self.roles, self.channels) = (Set(roles), Set(channels))
  }

  var isEmpty: Bool { roles.isEmpty && channels.isEmpty }

  func reason(for message: MessageFacts) -> ExemptionReason? {
    if !roles.isEmpty, let role = message.roles.first(where: roles.contains) { return .role(role) }
    if channels.isEmpty { return nil }
    if channels.contains(message.channel) { return .channel(message.channel) }
    return message.parents.first(where: channels.contains).map { .channel($0) }
  }
}

extension CompiledRules {
  /// Why the message is not looked at, by any rule.
  func exemption(from message: MessageFacts) -> ExemptionReason? {
    if settings.exemptModerators, message.isByModerator { return .moderator }
    return exemptions.reason(for: message)
  }

  /// Why one rule leaves the message alone.
  func exemption(of message: MessageFacts, from rule: RuleName) -> ExemptionReason? {
    ruleExemptions.isEmpty ? nil : ruleExemptions[rule]?.reason(for: message)
  }
}
