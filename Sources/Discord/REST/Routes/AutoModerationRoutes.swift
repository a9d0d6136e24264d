// Routes of https://discord.com/developers/docs/resources/auto-moderation.

package import DiscordCore
package import DiscordModels
import HTTPTypes
package import JSON

extension Endpoint where Response == [AutoModerationRule] {
  /// All rules of a guild, switched on or not.
  package static func getAutoModerationRules(of guild: GuildID) -> Endpoint {
    Endpoint(.get, "/guilds/{guild.id}/auto-moderation/rules", guild).needing(.manageGuild)
  }
}

extension Endpoint where Response == AutoModerationRule {
  /// One rule with all it looks for.
  package static func getAutoModerationRule(
    _ rule: AutoModerationRuleID, of guild: GuildID
  ) -> Endpoint {
    Endpoint(.get, "/guilds/{guild.id}/auto-moderation/rules/{auto_moderation_rule.id}", guild, rule)
      .needing(.manageGuild)
  }

  /// Makes a rule: six of keywords, one of each other kind at most.
  package static func createAutoModerationRule(
    _ rule: AutoModerationRuleEdit, in guild: GuildID, reason: String? = nil
  ) -> Endpoint {
    Endpoint(.post, "/guilds/{guild.id}/auto-moderation/rules", guild)
      .json(rule).needing(rule.neededPermissions).because(reason)
  }

  /// Changes a rule; lists are replaced as a whole.
  package static func modifyAutoModerationRule(
    _ rule: AutoModerationRuleID, of guild: GuildID, _ change: AutoModerationRuleEdit, reason: String? = nil
  ) -> Endpoint {
    Endpoint(.patch, "/guilds/{guild.id}/auto-moderation/rules/{auto_moderation_rule.id}", guild, rule)
      .json(change).needing(change.neededPermissions).because(reason).repeatable()
  }
}

extension Endpoint where Response == Empty {
  /// Deletes a rule for good; to pause one, switch it off.
  package static func deleteAutoModerationRule(
    _ rule: AutoModerationRuleID, of guild: GuildID, reason: String? = nil
  ) -> Endpoint {
    Endpoint(.delete, "/guilds/{guild.id}/auto-moderation/rules/{auto_moderation_rule.id}", guild, rule)
      .needing(.manageGuild).because(reason)
  }
}

/// A new rule, or a change of one.
package struct AutoModerationRuleEdit: ChangeBody {
  package var name: String?
  package var eventType: AutoModerationEventType?
  /// Of new rules only; a rule keeps its kind of trigger.
  package var triggerType: AutoModerationTriggerType?
  package var triggerMetadata: AutoModerationTriggerMetadata?
  package var actions: [AutoModerationAction]?
  package var isEnabled: Bool?
  /// At most 20.
  package var exemptRoles: [RoleID]?
  /// At most 50.
  package var exemptChannels: [ChannelID]?

  package init() {}

  /// A new rule, switched on; it looks at profiles if its trigger does, else at messages.
  package init(
    _ name: String, _ trigger: AutoModerationTriggerType, _ metadata: AutoModerationTriggerMetadata? = nil,
    actions: [AutoModerationAction]
  ) {
    (self.name, triggerType, triggerMetadata, self.actions) = (name, trigger, metadata, actions)
    (eventType, isEnabled) = (trigger == .memberProfile ? .memberUpdate : .messageSend, true)
  }

  var neededPermissions: Permissions {
    let timesOut = (actions ?? []).contains { $0.type == .timeout }
    return timesOut ? [.manageGuild, .moderateMembers] : .manageGuild
  }

  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.optional("name", name)
      json.optional("event_type", eventType)
      json.optional("trigger_type", triggerType)
      json.optional("trigger_metadata", triggerMetadata)
      json.optional("actions", actions)
      json.optional("enabled", isEnabled)
      json.ids("exempt_roles", exemptRoles)
      json.ids("exempt_channels", exemptChannels)
    }
  }
}
