// Asking without acting: what a text would meet, and what the last days would have.

package import DiscordCore
package import Patterns

/// What one rule says about a text.
package struct RuleOpinion: Hashable, Sendable {
  package let rule: RuleName
  package let isOn: Bool
  /// nil when it does not match.
  package let match: RuleMatch?
  /// Whether it counts over several messages, so that one text tells nothing.
  package let needsHistory: Bool
  /// What would happen, were it on.
  package let actions: [AutoModAction]
}

/// What a text would meet.
package struct TextOpinion: Hashable, Sendable {
  /// Every rule, in the order of decisions.
  package let rules: [RuleOpinion]
  /// What the message would add to its author's heat, matches of rules that are on included.
  package let heat: Int
  /// The text as words are looked for in it: small, plain, without marks; what may be a disguise comes last.
  package let folded: String
}

/// What rules would have done.
package struct SimulationReport: Equatable, Sendable {
  /// One message that would have been acted upon.
  package struct Case: Equatable, Sendable {
    package let message: MessageReference
    package let author: UserID
    package let verdict: Verdict
  }

  /// How many messages were looked at.
  package internal(set) var messages = 0
  /// How often each rule matched.
  package internal(set) var matches: [RuleName: Int] = [:]
  /// How many messages would be gone, and how many members would have been timed out, kicked or banned, each once.
  package internal(set) var deletes = 0
  package internal(set) var members = 0
  /// The first of them, at most `SimulationReport.maximumCases`.
  package internal(set) var cases: [Case] = []

  /// How many cases a report keeps.
  package static let maximumCases = 200
}

extension CompiledRules {
  /// What every rule of these settings, switched on or not, says about a text by somebody without roles.
  ///
  /// - Throws: `PatternError` as the initialiser does.
  package static func explain(
    _ message: MessageFacts, under settings: AutoModSettings, in guild: GuildFacts = GuildFacts(),
    scams: ScamList = .bundled
  ) throws(PatternError) -> TextOpinion {
    let rules = try CompiledRules(settings.withEverythingOn(), scams: scams)
    let reading = Reading(message)
    let found = rules.findings(in: reading, guild)
    var heat = settings.heat.isOn ? rules.ownHeat(reading, isRepetition: false) : 0
    let opinions = settings.ruleNames.map { rule in
      let (isOn, response) = settings.policy(of: rule)
      let match = found.first { $0.match.rule == rule }?.match
      if isOn, match != nil, settings.heat.isOn { heat += response.heat }
      var needsHistory = false
      if case .filter(let kind) = rule { needsHistory = kind.needsHistory }
      return RuleOpinion(
        rule: rule, isOn: isOn, match: match, needsHistory: needsHistory, actions: response.actions)
    }
    return TextOpinion(
      rules: opinions, heat: heat,
      folded: String(decoding: reading.text.folded.dropFirst().dropLast(), as: UTF8.self))
  }

  /// What these rules would have done to messages, given in the order they were sent.
  package func simulate(over messages: some Sequence<MessageFacts>, in guild: GuildFacts = GuildFacts())
    -> SimulationReport
  {
    var report = SimulationReport()
    var state = AutoModState()
    var deletes: Set<MessageReference> = []
    var members: Set<UserID> = []
    for message in messages {
      report.messages += 1
      let verdict = decide(message, in: guild, state: &state)
      for match in verdict.matches { report.matches[match.rule, default: 0] += 1 }
      deletes.formUnion(verdict.deletes)
      members.formUnion(verdict.sentences.filter { $0.containment > .none }.map(\.member))
      if !verdict.isQuiet, report.cases.count < SimulationReport.maximumCases {
        report.cases.append(
          .init(
            message: MessageReference(channel: message.channel, message: message.id), author: message.author,
            verdict: verdict))
      }
    }
    (report.deletes, report.members) = (deletes.count, members.count)
    return report
  }
}
