// What Discord's AutoMod is to enforce for a server, and who enforces each rule.

package import DiscordCore
package import DiscordModels

/// How many rules of each kind Discord takes, and how large they may be.
package enum NativeLimits {
  /// Rules of keywords; of the other kinds one each.
  package static let keywordRules = 6
  /// Keywords of one rule, their length, and the same for regular expressions.
  package static let keywords = 1_000
  package static let keywordLength = 60
  package static let patterns = 10
  package static let patternLength = 260
  /// Entries that a rule of keywords lets pass.
  package static let allowed = 100
  package static let mentions = 50
  package static let exemptRoles = 20
  package static let exemptChannels = 50
  package static let nameLength = 100
}

/// Who enforces a rule.
package enum NativeEngine: String, Hashable, Sendable, CaseIterable {
  /// Discord, before the message is sent; the bot adds what Discord cannot do (warnings, points, kicks) when Discord
  /// reports a match.
  case discord
  /// The bot, after the message is sent.
  case bot
  /// Discord what it can, the bot the rest: disguises, further words.
  case both
}

/// Why the bot enforces a rule, or a part of it. The raw value is the end of a catalog key (`native.<name>`).
package enum BotReason: String, Hashable, Sendable, CaseIterable {
  /// The server does not want rules on Discord's side.
  case switchedOff
  /// It is on trial.
  case dryRun
  /// Discord has no such filter.
  case noSuchFilter
  /// It counts over several messages, or members.
  case needsHistory
  /// It holds in some channels, for some roles or for new accounts alone.
  case hasConditions
  /// More exempt roles or channels than Discord takes.
  case tooManyExemptions
  /// The server's other rules leave none over.
  case noRuleLeft
  /// More words or expressions, or longer ones, than Discord takes.
  case tooLarge
  /// An expression or wildcard that Discord would read in another way.
  case otherFlavour
  /// Discord sees no disguise.
  case disguises
  /// More mentions than Discord's limit of 50.
  case aboveDiscordsLimit
  /// Own invites and allowed links pass, which Discord cannot tell apart.
  case allowLists
  /// Neither deletes, nor alerts, nor times out: Discord has nothing to do.
  case nothingForDiscord
}

/// Who enforces one rule, and why it is not Discord alone.
package struct RulePlacement: Hashable, Sendable {
  package let rule: RuleName
  package let engine: NativeEngine
  /// Empty when Discord enforces all of it.
  package let reasons: [BotReason]
  /// Whether the bot must act when Discord reports a match: warn, give points, kick, ban, tell the member.
  package let followsUp: Bool
}

/// A rule as it should be on Discord.
package struct NativeRule: Equatable, Sendable {
  /// Begins with `NativeAutoMod.namePrefix`, by which rules are known to be ours.
  package var name: String
  package var trigger: AutoModerationTriggerType
  package var metadata: AutoModerationTriggerMetadata
  package var actions: [AutoModerationAction]
  package var exemptRoles: [RoleID]
  package var exemptChannels: [ChannelID]
  /// The rules of ours that it stands for: whose follow-up a match asks for.
  package var rules: [RuleName]
}

/// What Discord is to enforce, and who enforces each rule.
package struct NativePlan: Equatable, Sendable {
  package internal(set) var rules: [NativeRule] = []
  /// One for each rule that is switched on, in the order of decisions.
  package internal(set) var placements: [RulePlacement] = []

  package init() {}

  /// The rules of ours that a rule on Discord stands for, by its name; empty for other people's.
  package func rules(named name: String) -> [RuleName] { rules.first { $0.name == name }?.rules ?? [] }
}

/// What other people's rules leave of Discord's quota.
package struct NativeQuota: Equatable, Sendable {
  package var keywordRules = NativeLimits.keywordRules
  package var hasSpam = true
  package var hasPreset = true
  package var hasMentions = true

  /// All of it.
  package init() {}

  /// What the rules on Discord that are not ours leave.
  package init(besides rules: [AutoModerationRule]) {
    for rule in rules where !NativeAutoMod.isOurs(rule.name) {
      switch rule.triggerType {
      case .keyword: keywordRules = max(0, keywordRules - 1)
      case .spam: hasSpam = false
      case .keywordPreset: hasPreset = false
      case .mentionSpam: hasMentions = false
      default: break
      }
    }
  }
}
