// The compiler from a server's settings to rules of Discord's AutoMod.

import DiscordCore
import DiscordModels

/// Makes rules for Discord of the settings, as far as they fit: what is stopped there nobody sees.
///
///     let plan = NativeAutoMod.plan(settings, quota: NativeQuota(besides: existing))
///     for change in NativeDifference.changes(from: existing, to: plan) { … }
package enum NativeAutoMod {
  /// What the names of our rules begin with.
  package static let namePrefix = "Guildhall: "

  /// Whether a rule on Discord is one of ours, by its name.
  package static func isOurs(_ name: String) -> Bool { name.hasPrefix(namePrefix) }

  /// What Discord is to enforce, and who enforces each rule that is switched on.
  package static func plan(_ settings: AutoModSettings, quota: NativeQuota = NativeQuota()) -> NativePlan {
    var planner = NativePlanner(settings: settings, quota: quota)
    planner.place()
    return planner.plan
  }
}

/// The state of planning: what is placed, what is left of the quota.
struct NativePlanner {
  let settings: AutoModSettings
  var quota: NativeQuota
  var plan = NativePlan()

  init(settings: AutoModSettings, quota: NativeQuota) { (self.settings, self.quota) = (settings, quota) }

  mutating func place() {
    for rule in settings.ruleNames {
      let (isOn, response) = settings.policy(of: rule)
      guard isOn else { continue }
      guard settings.usesDiscord else {
        place(rule, .bot, [.switchedOff], response)
        continue
      }
      guard !response.isDryRun else {
        place(rule, .bot, [.dryRun], response)
        continue
      }
      switch rule {
      case .filter(let kind): place(kind, rule, response)
      case .custom(let index, _): place(settings.rules[index], rule)
      }
    }
  }

  mutating func place(
    _ rule: RuleName, _ engine: NativeEngine, _ reasons: [BotReason], _ response: FilterResponse
  ) {
    plan.placements.append(
      RulePlacement(
        rule: rule, engine: engine, reasons: reasons, followsUp: engine != .bot && Self.followsUp(response)))
  }

  /// Whether the response asks for more than Discord does.
  private static func followsUp(_ response: FilterResponse) -> Bool {
    response.actions.contains { [.warn, .kick, .ban].contains($0) } || response.points > 0
      || response.heat > 0
      || response.tellsMember
  }

  private mutating func place(_ kind: FilterKind, _ rule: RuleName, _ response: FilterResponse) {
    switch kind {
    case .mentions: placeMentions(rule, response)
    case .words: placeWords(rule, response)
    case .spam: placeSpam(rule, response)
    case .scams: placeDomains(settings.scams.domains, rule, response, [.noSuchFilter])
    case .links: placeDomains(settings.links.denied, rule, response, [.allowLists])
    case .invites: place(rule, .bot, [.allowLists], response)
    case .duplicates, .raid, .heat: place(rule, .bot, [.needsHistory], response)
    case .capitals, .emoji, .walls, .attachments, .hiddenText: place(rule, .bot, [.noSuchFilter], response)
    }
  }

  // MARK: One of a kind

  private mutating func placeMentions(_ rule: RuleName, _ response: FilterResponse) {
    guard settings.mentions.maximum <= NativeLimits.mentions else {
      return place(rule, .bot, [.aboveDiscordsLimit], response)
    }
    guard quota.hasMentions else { return place(rule, .bot, [.noRuleLeft], response) }
    // Both count different users and roles, and block what is more.
    let metadata = AutoModerationTriggerMetadata(
      mentionTotalLimit: settings.mentions.maximum, isMentionRaidProtectionEnabled: settings.raid.isOn)
    guard add("mentions", .mentionSpam, metadata, [rule], response) else { return }
    quota.hasMentions = false
    let reasons: [BotReason] = settings.mentions.catchesEveryone ? [.noSuchFilter] : []
    place(rule, reasons.isEmpty ? .discord : .both, reasons, response)
  }

  private mutating func placeSpam(_ rule: RuleName, _ response: FilterResponse) {
    guard quota.hasSpam else { return place(rule, .bot, [.needsHistory, .noRuleLeft], response) }
    // What Discord takes for spam is its own affair: it is blocked, nobody is punished for it.
    var mild = FilterResponse(response.actions.filter { $0 == .delete || $0 == .log })
    (mild.exemptRoles, mild.exemptChannels) = (response.exemptRoles, response.exemptChannels)
    guard add("spam", .spam, AutoModerationTriggerMetadata(), [], mild, else: (rule, response)) else {
      return
    }
    quota.hasSpam = false
    plan.placements.append(
      RulePlacement(rule: rule, engine: .both, reasons: [.needsHistory], followsUp: false))
  }

  // MARK: Words

  private mutating func placeWords(_ rule: RuleName, _ response: FilterResponse) {
    let filter = settings.words
    var reasons: [BotReason] = []
    var isOnDiscord = false
    if !filter.discordLists.isEmpty {
      if quota.hasPreset {
        let metadata = AutoModerationTriggerMetadata(
          presets: filter.discordLists.map(\.preset), allowList: allowList(filter.allowed).entries)
        guard add("word lists", .keywordPreset, metadata, [rule], response) else { return }
        quota.hasPreset = false
        isOnDiscord = true
      } else {
        reasons.append(.noRuleLeft)
      }
    }
    let keywords = KeywordSelection(words: filter.words, patterns: filter.patterns, allowed: filter.allowed)
    if !keywords.isEmpty {
      guard placeKeywords(keywords, "words", rule, response, &reasons) else { return }
      isOnDiscord = isOnDiscord || plan.rules.contains { $0.rules.contains(rule) }
    }
    if filter.seesThroughDisguise, !filter.words.isEmpty { reasons.append(.disguises) }
    finish(rule, response, isOnDiscord, reasons + keywords.reasons)
  }

  private mutating func place(_ custom: CustomRule, _ rule: RuleName) {
    guard !custom.hasConditions else { return place(rule, .bot, [.hasConditions], custom.response) }
    var reasons: [BotReason] = []
    let keywords = KeywordSelection(
      words: custom.words, patterns: custom.patterns, domains: custom.domains, allowed: custom.allowed)
    guard placeKeywords(keywords, custom.name, rule, custom.response, &reasons) else { return }
    if !custom.words.isEmpty { reasons.append(.disguises) }
    finish(rule, custom.response, plan.rules.contains { $0.rules.contains(rule) }, reasons + keywords.reasons)
  }

  private mutating func placeDomains(
    _ domains: [String], _ rule: RuleName, _ response: FilterResponse, _ rest: [BotReason]
  ) {
    var reasons = rest
    let keywords = KeywordSelection(domains: domains)
    if !keywords.isEmpty {
      guard placeKeywords(keywords, rule.description, rule, response, &reasons) else { return }
    }
    finish(rule, response, plan.rules.contains { $0.rules.contains(rule) }, reasons + keywords.reasons)
  }

  private mutating func finish(
    _ rule: RuleName, _ response: FilterResponse, _ isOnDiscord: Bool, _ reasons: [BotReason]
  ) {
    var once: [BotReason] = []
    for reason in reasons where !once.contains(reason) { once.append(reason) }
    if !isOnDiscord, once.isEmpty { once = [.nothingForDiscord] }
    place(rule, !isOnDiscord ? .bot : once.isEmpty ? .discord : .both, once, response)
  }

  /// Puts keywords into a rule that asks for the same and has room, or into new ones.
  ///
  /// - Returns: false when the bot has the rule, and its placement is made.
  private mutating func placeKeywords(
    _ keywords: KeywordSelection, _ name: String, _ rule: RuleName, _ response: FilterResponse,
    _ reasons: inout [BotReason]
  ) -> Bool {
    guard let shape = shape(rule, response) else { return false }
    var rest = keywords
    while !rest.isEmpty {
      if let index = plan.rules.firstIndex(where: { $0.takes(rest, shape) }) {
        rest.move(to: &plan.rules[index], for: rule)
      } else if quota.keywordRules > 0 {
        quota.keywordRules -= 1
        var new = NativeRule(
          name: unusedName(name), trigger: .keyword,
          metadata: AutoModerationTriggerMetadata(allowList: rest.allowed),
          actions: shape.actions, exemptRoles: shape.roles, exemptChannels: shape.channels, rules: [])
        rest.move(to: &new, for: rule)
        plan.rules.append(new)
      } else {
        reasons.append(.noRuleLeft)
        break
      }
    }
    return true
  }

  private func unusedName(_ name: String) -> String {
    let base = String((NativeAutoMod.namePrefix + name).prefix(NativeLimits.nameLength - 4))
    var candidate = base
    var number = 2
    while plan.rules.contains(where: { $0.name == candidate }) {
      candidate = "\(base) \(number)"
      number += 1
    }
    return candidate
  }

  private func allowList(_ words: [String]) -> (entries: [String], isWhole: Bool) {
    let fitting = words.filter { $0.count <= NativeLimits.keywordLength }
    return (
      Array(fitting.prefix(NativeLimits.allowed)),
      fitting.count == words.count && words.count <= NativeLimits.allowed
    )
  }

  // MARK: Actions and exemptions

  /// What a rule on Discord does and whom it leaves alone.
  struct Shape: Equatable {
    var actions: [AutoModerationAction]
    var roles: [RoleID]
    var channels: [ChannelID]
  }

  /// The shape that a response asks for; when Discord cannot, the bot has the rule and nil is returned.
  private mutating func shape(_ rule: RuleName, _ response: FilterResponse, mayTimeOut: Bool = true) -> Shape?
  {
    let roles = Self.merged(settings.exemptRoles, response.exemptRoles)
    let channels = Self.merged(settings.exemptChannels, response.exemptChannels)
    guard roles.count <= NativeLimits.exemptRoles, channels.count <= NativeLimits.exemptChannels else {
      place(rule, .bot, [.tooManyExemptions], response)
      return nil
    }
    var actions: [AutoModerationAction] = []
    if response.actions.contains(.delete) { actions.append(.blockMessage()) }
    if response.actions.contains(.log), let channel = settings.alertChannel {
      actions.append(.sendAlertMessage(to: channel))
    }
    if response.actions.contains(.timeout), mayTimeOut {
      actions.append(.timeout(seconds: Int(response.timeout.components.seconds)))
    }
    guard !actions.isEmpty else {
      place(rule, .bot, [.nothingForDiscord], response)
      return nil
    }
    return Shape(actions: actions, roles: roles, channels: channels)
  }

  private static func merged<ID: Hashable & Comparable>(_ left: [ID], _ right: [ID]) -> [ID] {
    Set(left).union(right).sorted()
  }

  /// Adds a rule of a kind of which there is one. `other` has the placement when the rule added stands for none.
  private mutating func add(
    _ name: String, _ trigger: AutoModerationTriggerType, _ metadata: AutoModerationTriggerMetadata,
    _ rules: [RuleName], _ response: FilterResponse,
    else other: (rule: RuleName, response: FilterResponse)? = nil
  ) -> Bool {
    guard let rule = other?.rule ?? rules.first else { return false }
    let mayTimeOut = trigger == .mentionSpam || trigger == .keyword
    guard let shape = shape(rule, response, mayTimeOut: mayTimeOut) else { return false }
    plan.rules.append(
      NativeRule(
        name: NativeAutoMod.namePrefix + name, trigger: trigger, metadata: metadata, actions: shape.actions,
        exemptRoles: shape.roles, exemptChannels: shape.channels, rules: rules))
    return true
  }
}

extension DiscordWordList {
  /// Discord's name for the list.
  var preset: AutoModerationKeywordPreset {
    switch self {
    case .profanity: .profanity
    case .sexualContent: .sexualContent
    case .slurs: .slurs
    }
  }
}
