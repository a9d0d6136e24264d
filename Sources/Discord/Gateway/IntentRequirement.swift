// What features need of the intents, and what becomes of them without.

/// A feature's stand towards intents: which it needs, what it loses without some, and which it cannot do without.
///
///     let welcome = IntentRequirement(
///       feature: "welcome", needs: [.guilds, .guildMembers],
///       degradesTo: [.init(without: .guildMembers, loss: "greets at the first message instead of on joining")])
///
/// Whatever it needs and cannot degrade from, it refuses to run without.
package struct IntentRequirement: Sendable {
  /// What is lost when intents are missing.
  package struct Degradation: Sendable, Hashable {
    package let intents: Intents
    /// For a person: what works less well.
    package let loss: String

    package init(without intents: Intents, loss: String) {
      (self.intents, self.loss) = (intents, loss)
    }
  }

  /// How a feature fares with what was granted.
  package enum Outcome: Hashable, Sendable {
    case works
    case degraded([Degradation])
    /// It does not run: these are missing.
    case refuses(Intents)
  }

  /// The name a person knows it by.
  package let feature: String
  /// What it needs to work in full.
  package let needs: Intents
  /// What it does without, and at what loss.
  package let degradesTo: [Degradation]

  package init(feature: String, needs: Intents, degradesTo: [Degradation] = []) {
    (self.feature, self.needs, self.degradesTo) = (feature, needs, degradesTo)
  }

  /// Without one of these the feature does not run.
  package var refuses: Intents { degradesTo.reduce(needs) { $0.subtracting($1.intents) } }

  /// How the feature fares if these intents are in force.
  package func outcome(with granted: Intents) -> Outcome {
    let missing = needs.subtracting(granted)
    guard !missing.isEmpty else { return .works }
    let fatal = missing.intersection(refuses)
    guard fatal.isEmpty else { return .refuses(fatal) }
    return .degraded(degradesTo.filter { !$0.intents.isDisjoint(with: missing) })
  }

  /// Everything that these features need together.
  package static func intents(for requirements: [IntentRequirement]) -> Intents {
    requirements.reduce([]) { $0.union($1.needs) }
  }

  /// The privileged intents that none of these features refuses to run without: what a shard may drop when Discord
  /// does not grant them.
  package static func droppable(for requirements: [IntentRequirement]) -> Intents {
    let needed = intents(for: requirements)
    return needed.privileged.subtracting(requirements.reduce([]) { $0.union($1.refuses) })
  }
}
