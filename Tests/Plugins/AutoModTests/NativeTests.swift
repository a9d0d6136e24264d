// What goes to Discord's AutoMod, what stays with the bot and why, and what must change over there.

import AutoModPlugin
import DiscordCore
import DiscordModels
import DiscordREST
import JSON
import Testing

@Suite struct NativePlanTests {
  private func placement(_ plan: NativePlan, _ rule: RuleName) -> RulePlacement? {
    plan.placements.first { $0.rule == rule }
  }

  @Test("Of the defaults, mentions and spam go to Discord")
  func defaults() throws {
    let plan = NativeAutoMod.plan(AutoModSettings())
    #expect(plan.rules.map(\.trigger) == [.spam, .mentionSpam])
    let mentions = try #require(plan.rules.last)
    #expect(mentions.metadata.mentionTotalLimit == 6)
    #expect(mentions.metadata.isMentionRaidProtectionEnabled == true)
    #expect(mentions.actions == [.blockMessage(), .timeout(seconds: 600)])
    #expect(plan.rules(named: mentions.name) == [.filter(.mentions)])
    #expect(placement(plan, .filter(.mentions))?.followsUp == true)
    #expect(placement(plan, .filter(.invites))?.engine == .bot)
    #expect(placement(plan, .filter(.capitals)) == nil)
    #expect(plan.rules.allSatisfy { NativeAutoMod.isOurs($0.name) })
  }

  @Test("Words that Discord reads as we do go there, the others stay")
  func words() throws {
    let plan = NativeAutoMod.plan(
      settings {
        $0.words.isOn = true
        $0.words.seesThroughDisguise = false
        $0.words.words = ["Bad", "*worse*", "w*rst", String(repeating: "x", count: 61), "two  words"]
        $0.words.patterns = ["sp\\d+am", "(?U)a+", "[a&&b]"]
        $0.words.allowed = ["badminton"]
        $0.words.discordLists = [.slurs]
      })
    #expect(plan.rules.map(\.trigger) == [.keywordPreset, .keyword])
    let rule = try #require(plan.rules.last)
    #expect(rule.metadata.keywordFilter == ["bad", "*worse*", "two words"])
    #expect(rule.metadata.regexPatterns == ["(?i)sp[0-9]+am"])
    #expect(rule.metadata.allowList == ["badminton"])
    let words = try #require(placement(plan, .filter(.words)))
    #expect(words.engine == .both)
    #expect(Set(words.reasons) == [.otherFlavour, .tooLarge])
  }

  @Test("Rules that ask for the same share one on Discord, and the quota is never exceeded")
  func quota() {
    let settings = settings {
      $0.rules = (0..<30).map { index in
        var rule = CustomRule()
        (rule.name, rule.words) = ("Rule \(index)", (0..<100).map { "word\(index)x\($0)" })
        rule.patterns = ["p\(index)"]
        // Three kinds of response.
        rule.response = FilterResponse(
          index % 3 == 0 ? [.delete] : [.delete, .timeout], timeout: .seconds(60 * (1 + index % 3)))
        return rule
      }
    }
    let plan = NativeAutoMod.plan(settings)
    #expect(plan.rules.count == 3)
    #expect(
      plan.rules.allSatisfy {
        $0.metadata.keywordFilter.count <= 1_000 && $0.metadata.regexPatterns.count <= 10
      })
    #expect(plan.rules.map(\.metadata.keywordFilter.count).reduce(0, +) == 3_000)

    let foreign = (0..<5).map { native("Theirs \($0)", id: UInt64($0)) }
    let cramped = NativeAutoMod.plan(settings, quota: NativeQuota(besides: foreign))
    #expect(cramped.rules.count == 1)
    #expect(cramped.placements.filter { $0.engine == .bot && $0.reasons.contains(.noRuleLeft) }.count == 20)
  }

  @Test("A list longer than a rule of Discord's takes several")
  func longList() {
    let plan = NativeAutoMod.plan(
      settings {
        $0.words.isOn = true
        $0.words.words = (0..<2_500).map { "word\($0)" }
        $0.words.patterns = (0..<25).map { "pattern\($0)" }
      })
    #expect(plan.rules.map(\.metadata.keywordFilter.count) == [1_000, 1_000, 500])
    #expect(plan.rules.map(\.metadata.regexPatterns.count) == [10, 10, 5])
    #expect(Set(plan.rules.map(\.name)).count == 3)
  }

  @Test("What Discord cannot do stays with the bot, with the reason")
  func reasons() {
    let base = settings {
      $0.words.isOn = true
      $0.words.words = ["bad"]
    }
    func reason(_ change: (inout AutoModSettings) -> Void) -> [BotReason]? {
      var settings = base
      change(&settings)
      let plan = NativeAutoMod.plan(settings)
      let placement = plan.placements.first
      return plan.rules.isEmpty && placement?.engine == .bot ? placement?.reasons : nil
    }
    #expect(reason { $0.usesDiscord = false } == [.switchedOff])
    #expect(reason { $0.exemptRoles = (1...21).map { RoleID($0) } } == [.tooManyExemptions])
    #expect(
      reason { $0.words.response.exemptChannels = (1...51).map { ChannelID($0) } } == [.tooManyExemptions])
    #expect(reason { $0.words.response.actions = [.warn] } == [.nothingForDiscord])
    #expect(reason { $0.words.allowed = (0..<101).map { "w\($0)" } } == [.disguises, .tooLarge])
    #expect(
      reason {
        $0.words.isOn = false
        var rule = CustomRule()
        (rule.words, rule.onlyChannels) = (["x"], [ChannelID(1)])
        $0.rules = [rule]
      } == [.hasConditions])
    #expect(
      reason {
        $0.words.isOn = false
        $0.mentions.isOn = true
        $0.mentions.maximum = 51
      } == [.aboveDiscordsLimit])
  }

  @Test(
    "Expressions are translated, or kept back",
    arguments: [
      ("a\\d[\\d\\w]+\\s", "a[0-9][0-90-9A-Za-z_]+[\\t\\n\\f\\r ]"), ("\\bx\\b", "(?-u:\\b)x(?-u:\\b)"),
      ("\\D\\W\\S", "[^0-9][^0-9A-Za-z_][^\\t\\n\\f\\r ]"), ("[[:alpha:]x]", "[[:alpha:]x]"),
      ("[a[]", "[a\\[]"),
      ("[]a]", "[\\]a]"), ("[^]a]", "[^\\]a]"), ("(?i:a)|(?:b)", "(?i:a)|(?:b)"), ("(?P<n>a)", "(?P<n>a)"),
      ("\\pL\\p{Greek}\\.\\/", "\\pL\\p{Greek}\\.\\/"), ("a&&b", "a&&b"),
      ("\\Qa.b\\E", nil), ("\\C", nil), ("\\141", nil), ("[a&&b]", nil), ("[a--b]", nil), ("[\\D]", nil),
      ("(?U)a+", nil), ("\\B", nil), ("[~~]", nil),
    ] as [(String, String?)])
  func flavour(pattern: String, translation: String?) {
    let plan = NativeAutoMod.plan(
      settings {
        $0.words.isOn = true
        $0.words.patterns = [pattern]
      })
    #expect(plan.rules.first?.metadata.regexPatterns.first == translation.map { "(?i)" + $0 })
  }
}

/// A rule as Discord lists it.
private func native(
  _ name: String, id: UInt64, _ trigger: AutoModerationTriggerType = .keyword,
  _ change: (inout AutoModerationRule) -> Void = { _ in }
) -> AutoModerationRule {
  let json = """
    {"id": "\(id)", "guild_id": "1", "name": "\(name)", "event_type": 1, "trigger_type": \(trigger.rawValue),
     "trigger_metadata": {}, "actions": [{"type": 1, "metadata": {}}], "enabled": true, "exempt_roles": [],
     "exempt_channels": []}
    """
  guard
    var rule = try? JSONParser().parse(Array(json.utf8), { json in try AutoModerationRule(from: json) })
  else { preconditionFailure("a rule of the tests is no rule") }
  change(&rule)
  return rule
}

@Suite struct NativeDifferenceTests {
  private let plan = NativeAutoMod.plan(
    settings {
      $0.mentions.isOn = true
      $0.words.isOn = true
      $0.words.words = ["bad", "worse"]
      $0.exemptRoles = [RoleID(1), RoleID(2)]
    })

  /// What Discord would list after the plan was carried out.
  private var carriedOut: [AutoModerationRule] {
    plan.rules.enumerated().map { index, rule in
      native(rule.name, id: UInt64(index + 1), rule.trigger) {
        ($0.triggerMetadata, $0.actions) = (rule.metadata, rule.actions.reversed())
        $0.triggerMetadata.keywordFilter.reverse()
        ($0.exemptRoles, $0.exemptChannels) = (rule.exemptRoles.reversed(), rule.exemptChannels)
      }
    }
  }

  @Test("From nothing everything is made; what is as planned is left alone")
  func createAndKeep() {
    let creations = NativeDifference.changes(from: [], to: plan)
    #expect(creations.count == 2)
    for change in creations {
      guard case .create(let edit) = change else {
        Issue.record("not a creation")
        continue
      }
      #expect(edit.exemptRoles == [RoleID(1), RoleID(2)] && edit.isEnabled == true)
    }
    #expect(NativeDifference.changes(from: carriedOut, to: plan).isEmpty)
  }

  @Test("What differs is changed, only that; what has no use goes; other people's rules are not touched")
  func modifyAndDelete() throws {
    var existing = carriedOut
    existing[0].isEnabled = false
    existing[1].triggerMetadata.keywordFilter = ["old"]
    existing.append(native("Guildhall: spam", id: 50, .spam))
    existing.append(native("Our own words", id: 60))
    let changes = NativeDifference.changes(from: existing, to: plan)
    #expect(changes.count == 3)
    guard case .delete(AutoModerationRuleID(50)) = changes[0], case .modify(_, let first) = changes[1],
      case .modify(_, let second) = changes[2]
    else {
      Issue.record("other changes than expected")
      return
    }
    #expect(first.isEnabled == true && first.triggerMetadata == nil && first.name == nil)
    #expect(second.triggerMetadata?.keywordFilter == ["bad", "worse"] && second.actions == nil)
  }

  @Test("A rule that lost its use takes on a new role, so that no more are needed than there may be")
  func reuse() throws {
    let changes = NativeDifference.changes(from: [native("Guildhall: old", id: 9)], to: plan)
    #expect(changes.count == 2)
    guard case .modify(AutoModerationRuleID(9), let edit) = changes[0] else {
      Issue.record("not reused")
      return
    }
    #expect(edit.name == plan.rules.first { $0.trigger == .keyword }?.name)
  }
}
