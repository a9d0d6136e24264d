// Rules and what they saw, in the words of people.

import DiscordCore
import DiscordModels
import PlatformPlugins
import Resources

struct RuleWords {
  let strings: StringCatalog

  init(_ strings: StringCatalog) { self.strings = strings }

  /// What a rule is called.
  func name(_ rule: RuleName) -> String {
    switch rule {
    case .filter(let kind): strings[dynamic: "filter.\(kind.rawValue)"]
    case .custom(_, let name): name
    }
  }

  /// What was seen.
  func what(_ match: RuleMatch) -> String {
    strings(dynamic: "match.\(match.sign.rawValue)", match.parameters)
  }

  /// As the reason of a case, within what Discord's audit log takes.
  func reason(_ match: RuleMatch) -> String {
    String(strings("reason", ["rule": name(match.rule), "what": what(match)]).prefix(400))
  }

  /// The server's own notice to a member. The values are text: what looks like a placeholder in them stays as it is.
  func notice(_ template: String, rule: RuleName, server: String, channel: ChannelID) -> String {
    let catalog = StringCatalog(language: strings.language, sentences: ["notice": template])
    return catalog(
      dynamic: "notice",
      ["server": Markdown.escaped(server), "rule": Markdown.escaped(name(rule)), "channel": "<#\(channel)>"])
  }

  func exemption(_ reason: ExemptionReason) -> String {
    switch reason {
    case .moderator: strings["exempt.moderator"]
    case .role(let role): strings("exempt.role", ["role": "<@&\(role)>"])
    case .channel(let channel): strings("exempt.channel", ["channel": "<#\(channel)>"])
    }
  }

  /// Who enforces a rule, and why it is not Discord alone.
  func placement(_ placement: RulePlacement) -> (engine: String, reasons: String) {
    let reasons = placement.reasons.map { strings[dynamic: "native.\($0.rawValue)"] }
    return (strings[dynamic: "engine.\(placement.engine.rawValue)"], reasons.joined(separator: " "))
  }

  /// What happens when a rule matches.
  func actions(_ response: FilterResponse) -> String {
    if response.isDryRun { return strings["action.none"] }
    let names = response.actions.map { strings[dynamic: "action.\($0.rawValue)"] }
    return names.isEmpty ? strings["action.none"] : names.joined(separator: ", ")
  }
}

/// Puts verdicts on record.
struct VerdictRecord {
  private let context: PluginContext<AutoMod>
  private let rules: CompiledRules
  private let words: RuleWords

  init(_ context: PluginContext<AutoMod>, _ rules: CompiledRules) {
    (self.context, self.rules) = (context, rules)
    words = RuleWords(context.strings)
  }

  /// Files what matched, what is on trial, and what was left alone although it would have matched.
  func file(_ verdict: Verdict, _ facts: MessageFacts, _ guild: GuildFacts) {
    for match in verdict.matches { context.why(.acted, "matched", parameters(match)) }
    for match in verdict.rehearsals { context.why(.dryRun, "rehearsed", parameters(match)) }
    for exemption in verdict.exemptions {
      var parameters = ["reason": words.exemption(exemption.reason)]
      if let rule = exemption.rule {
        parameters["rule"] = words.name(rule)
      } else {
        // Moderators talk all day: only what would have met a rule is worth a line.
        guard let match = rules.wouldMatch(facts, in: guild) else { continue }
        parameters["rule"] = words.name(match.rule)
      }
      context.why(.exempt, "exempt", parameters)
    }
  }

  /// Without any text of the message.
  private func parameters(_ match: RuleMatch) -> [String: String] {
    ["rule": words.name(match.rule), "sign": match.sign.rawValue]
  }
}
