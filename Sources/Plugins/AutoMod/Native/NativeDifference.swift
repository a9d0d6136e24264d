// What must change on Discord so that its rules are as planned.

package import DiscordCore
package import DiscordModels
package import DiscordREST

/// A change to one rule on Discord.
package enum NativeChange: Sendable {
  case create(AutoModerationRuleEdit)
  case modify(AutoModerationRuleID, AutoModerationRuleEdit)
  case delete(AutoModerationRuleID)
}

/// Comparing the rules on Discord with a plan.
package enum NativeDifference {
  /// The changes, in an order that never exceeds the quota: what goes first, then what changes, then what is new.
  ///
  /// Only rules whose name begins with `NativeAutoMod.namePrefix` are touched. The result is empty when all is as planned,
  /// whatever order Discord lists things in.
  package static func changes(from existing: [AutoModerationRule], to plan: NativePlan) -> [NativeChange] {
    var ours = existing.filter { NativeAutoMod.isOurs($0.name) }
    var modified: [NativeChange] = []
    var created: [NativeChange] = []
    var missing: [NativeRule] = []
    for rule in plan.rules {
      guard let index = ours.firstIndex(where: { $0.name == rule.name && $0.triggerType == rule.trigger })
      else {
        missing.append(rule)
        continue
      }
      let found = ours.remove(at: index)
      if let edit = rule.edit(of: found) { modified.append(.modify(found.id, edit)) }
    }
    for rule in missing {
      // A rule of the same kind that has no use any more takes on the new role.
      if let index = ours.firstIndex(where: { $0.triggerType == rule.trigger }) {
        let found = ours.remove(at: index)
        if let edit = rule.edit(of: found) { modified.append(.modify(found.id, edit)) }
      } else {
        created.append(.create(rule.creation))
      }
    }
    return ours.map { .delete($0.id) } + modified + created
  }
}

extension NativeRule {
  /// The body of a request that makes the rule.
  var creation: AutoModerationRuleEdit {
    var edit = AutoModerationRuleEdit(name, trigger, trigger == .spam ? nil : metadata, actions: actions)
    (edit.exemptRoles, edit.exemptChannels) = (exemptRoles, exemptChannels)
    return edit
  }

  /// What must change of a rule so that it is this one; nil when nothing must.
  func edit(of rule: AutoModerationRule) -> AutoModerationRuleEdit? {
    var edit = AutoModerationRuleEdit()
    var isSame = true
    func differ(_ same: Bool, _ change: () -> Void) {
      guard !same else { return }
      isSame = false
      change()
    }
    differ(rule.name == name) { edit.name = name }
    differ(rule.isEnabled) { edit.isEnabled = true }
    differ(trigger == .spam || metadata.saysTheSame(as: rule.triggerMetadata)) {
      edit.triggerMetadata = metadata
    }
    differ(Self.saySame(actions, rule.actions)) { edit.actions = actions }
    differ(Set(rule.exemptRoles) == Set(exemptRoles)) { edit.exemptRoles = exemptRoles }
    differ(Set(rule.exemptChannels) == Set(exemptChannels)) { edit.exemptChannels = exemptChannels }
    return isSame ? nil : edit
  }

  private static func saySame(_ left: [AutoModerationAction], _ right: [AutoModerationAction]) -> Bool {
    left.count == right.count
      && left.allSatisfy { action in
        right.contains {
          $0.type == action.type && $0.channelID == action.channelID && $0.duration == action.duration
            && ($0.customMessage ?? "") == (action.customMessage ?? "")
        }
      }
  }
}

extension AutoModerationTriggerMetadata {
  /// Whether both look for the same, whatever the order, and whatever Discord adds.
  fileprivate func saysTheSame(as other: AutoModerationTriggerMetadata) -> Bool {
    Set(keywordFilter) == Set(other.keywordFilter) && Set(regexPatterns) == Set(other.regexPatterns)
      && Set(presets.map(\.rawValue)) == Set(other.presets.map(\.rawValue))
      && Set(allowList) == Set(other.allowList) && mentionTotalLimit == other.mentionTotalLimit
      && (isMentionRaidProtectionEnabled ?? false) == (other.isMentionRaidProtectionEnabled ?? false)
  }
}
