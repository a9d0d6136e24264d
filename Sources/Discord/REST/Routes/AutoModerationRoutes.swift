// Routes of https://discord.com/developers/docs/resources/auto-moderation.

package import DiscordCore
package import DiscordModels
package import JSON

extension Endpoint where Response == [AutoModerationRule] {
  package static func getAutoModerationRules(of guild: GuildID) -> Endpoint {
    Endpoint(.get, "/guilds/{guild.id}/auto-moderation/rules", guild).needing(.manageGuild)
  }
}

extension Endpoint where Response == AutoModerationRule {
  package static func getAutoModerationRule(
    _ rule: AutoModerationRuleID, of guild: GuildID
  ) -> Endpoint {
    Endpoint(.get, "/guilds/{guild.id}/auto-moderation/rules/{auto_moderation_rule.id}", guild, rule)
      .needing(.manageGuild)
  }

  package static func createAutoModerationRule(
    _ rule: AutoModerationRuleEdit, in guild: GuildID, reason: String? = nil
  ) -> Endpoint {
    Endpoint(.post, "/guilds/{guild.id}/auto-moderation/rules", guild)
      .json(rule).needing(rule.neededPermissions).because(reason)
  }

  package static func modifyAutoModerationRule(
    _ rule: AutoModerationRuleID, of guild: GuildID, _ change: AutoModerationRuleEdit, reason: String? = nil
  ) -> Endpoint {
    Endpoint(.patch, "/guilds/{guild.id}/auto-moderation/rules/{auto_moderation_rule.id}", guild, rule)
      .json(change).needing(change.neededPermissions).because(reason).repeatable()
  }
}

extension Endpoint where Response == Empty {
  package static func deleteAutoModerationRule(
    _ rule: AutoModerationRuleID, of guild: GuildID, reason: String? = nil
  ) -> Endpoint {
    Endpoint(.delete, "/guilds/{guild.id}/auto-moderation/rules/{auto_moderation_rule.id}", guild, rule)
      .needing(.manageGuild).because(reason)
  }
}

/// A new rule, or a change of one. A new rule needs a name, a trigger and actions.
package struct AutoModerationRuleEdit: ChangeBody {
  package var name: String?
  /// 1 a message is sent, 2 a member joins or changes their profile.
  package var eventType: Int?
  /// Of new rules only; a rule keeps its kind of trigger.
  package var trigger: Trigger?
  package var actions: [Action]?
  package var isEnabled: Bool?
  /// At most 20.
  package var exemptRoles: [RoleID]?
  /// At most 50.
  package var exemptChannels: [ChannelID]?

  package init() {}

  /// A new rule that looks at messages, or at profiles if the trigger does.
  package init(_ name: String, _ trigger: Trigger, _ actions: [Action], isEnabled: Bool = true) {
    (self.name, self.trigger, self.actions, self.isEnabled) = (name, trigger, actions, isEnabled)
    if case .memberProfile = trigger { eventType = 2 } else { eventType = 1 }
  }

  /// What sets a rule off.
  package enum Trigger: Hashable, Sendable {
    /// Words (at most 1,000), patterns (10, in Rust's syntax), and words that are fine (100).
    case keyword([String], patterns: [String] = [], allowing: [String] = [])
    /// What Discord takes for spam.
    case spam
    /// Lists of Discord's own: 1 swearing, 2 sexual content, 3 slurs.
    case keywordPreset([Int], allowing: [String] = [])
    /// More mentions in one message than that, at most 50.
    case mentionSpam(limit: Int, detectsRaids: Bool = false)
    /// As `keyword`, in names and profiles of members.
    case memberProfile([String], patterns: [String] = [], allowing: [String] = [])

    /// The number on the wire.
    package var type: Int {
      switch self {
      case .keyword: 1
      case .spam: 3
      case .keywordPreset: 4
      case .mentionSpam: 5
      case .memberProfile: 6
      }
    }
  }

  /// What a rule does.
  package enum Action: Hashable, Sendable {
    /// The author reads the text, at most 150 characters, if there is one.
    case blockMessage(saying: String? = nil)
    case sendAlert(to: ChannelID)
    /// Seconds, at most four weeks. Keyword and mention rules only.
    case timeout(seconds: Int)
    /// Keeps the member from doing anything; profile rules only.
    case blockMemberInteraction
  }

  var neededPermissions: Permissions {
    let timesOut = (actions ?? []).contains { if case .timeout = $0 { true } else { false } }
    return timesOut ? [.manageGuild, .moderateMembers] : .manageGuild
  }

  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.optional("name", name)
      json.optional("event_type", eventType)
      if let trigger {
        json.field("trigger_type", trigger.type)
        trigger.writeMetadata(to: &json)
      }
      json.optional("actions", actions)
      json.optional("enabled", isEnabled)
      json.ids("exempt_roles", exemptRoles)
      json.ids("exempt_channels", exemptChannels)
    }
  }
}

extension AutoModerationRuleEdit.Trigger {
  fileprivate func writeMetadata(to json: inout JSONWriter) {
    switch self {
    case .spam: return
    case .keyword(let words, let patterns, let allowed), .memberProfile(let words, let patterns, let allowed):
      json.object("trigger_metadata") { json in
        json.field("keyword_filter", words)
        json.field("regex_patterns", patterns)
        json.field("allow_list", allowed)
      }
    case .keywordPreset(let presets, let allowed):
      json.object("trigger_metadata") { json in
        json.field("presets", presets)
        json.field("allow_list", allowed)
      }
    case .mentionSpam(let limit, let detectsRaids):
      json.object("trigger_metadata") { json in
        json.field("mention_total_limit", limit)
        json.field("mention_raid_protection_enabled", detectsRaids)
      }
    }
  }
}

extension AutoModerationRuleEdit.Action: WireEncodable {
  package func write(to json: inout JSONWriter) {
    json.object { json in
      switch self {
      case .blockMessage(let text):
        json.field("type", 1)
        json.object("metadata") { json in json.optional("custom_message", text) }
      case .sendAlert(let channel):
        json.field("type", 2)
        json.object("metadata") { json in json.field("channel_id", channel) }
      case .timeout(let seconds):
        json.field("type", 3)
        json.object("metadata") { json in json.field("duration_seconds", seconds) }
      case .blockMemberInteraction: json.field("type", 4)
      }
    }
  }
}
