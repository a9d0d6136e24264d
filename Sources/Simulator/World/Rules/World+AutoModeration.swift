// AutoMod: rules, and what they do to messages.

package import DiscordCore
internal import EventLoop
package import JSON

extension World {
  /// How many rules of each trigger a guild has at most.
  private static let ruleLimits = [1: 6, 3: 1, 4: 1, 5: 1, 6: 1]

  /// A rule.
  package func json(_ rule: AutoModerationRule, _ guild: GuildID) -> JSONValue {
    var json = Fields()
    json.put("id", rule.id)
    json.put("guild_id", guild)
    json.put("creator_id", rule.creator)
    json.put("name", rule.name)
    json.put("event_type", rule.eventType)
    json.put("actions", .array(rule.actions))
    json.put("trigger_type", rule.triggerType)
    json.put("enabled", rule.enabled)
    json.put("exempt_roles", rule.exemptRoles)
    json.put("exempt_channels", rule.exemptChannels)
    json.put("trigger_metadata", rule.metadata)
    return json.value
  }

  /// The rules.
  ///
  /// - Throws: 10004, 50001, 50013.
  package func autoModerationRules(of id: GuildID, for viewer: UserID) throws(RESTFailure)
    -> [AutoModerationRule]
  {
    let guild = try guild(id, for: viewer, needing: .manageGuild)
    return guild.autoModeration.values.sorted { $0.id < $1.id }
  }

  /// Makes a rule.
  ///
  /// - Throws: 10004, 50001, 50013, 50035.
  package func createRule(in id: GuildID, by caller: UserID, body: JSONValue?, reason: String?)
    throws(RESTFailure) -> AutoModerationRule
  {
    let guild = try guild(id, for: caller, needing: .manageGuild)
    var reader = try BodyReader(body)
    reader.require("name", "event_type", "trigger_type", "actions")
    let type = reader.choice("trigger_type", [1, 3, 4, 5, 6]).value ?? 1
    let edit = RuleEdit(&reader, triggerType: type)
    try reader.finish()
    let existing = guild.autoModeration.values.count { $0.triggerType == type }
    guard existing < Self.ruleLimits[type] ?? 1 else {
      throw .invalid(
        "trigger_type", code: "AUTO_MODERATION_MAX_RULES_OF_TYPE_EXCEEDED",
        "Maximum number of rules of this type reached")
    }
    try checkActions(edit.actions.value ?? [], by: caller, in: guild)
    var rule = AutoModerationRule(
      id: newID(), name: "", creator: caller, triggerType: type,
      metadata: edit.metadata.value ?? RuleEdit.emptyMetadata(of: type), actions: [])
    var changes = Changes()
    edit.apply(to: &rule, &changes)
    guild.autoModeration[rule.id] = rule
    publishRule("AUTO_MODERATION_RULE_CREATE", rule, guild)
    record(
      .autoModerationRuleCreate, in: guild, by: caller, target: rule.id.description, changes: changes,
      reason: reason)
    return rule
  }

  /// Changes a rule.
  ///
  /// - Throws: 10004, 10066-like 404 for no such rule, 50013, 50035.
  package func modifyRule(
    _ ruleID: AutoModerationRuleID, in id: GuildID, by caller: UserID, body: JSONValue?, reason: String?
  ) throws(RESTFailure) -> AutoModerationRule {
    let guild = try guild(id, for: caller, needing: .manageGuild)
    guard var rule = guild.autoModeration[ruleID] else { throw .unknownRule }
    var reader = try BodyReader(body)
    let edit = RuleEdit(&reader, triggerType: rule.triggerType)
    try reader.finish()
    try checkActions(edit.actions.value ?? [], by: caller, in: guild)
    var changes = Changes()
    edit.apply(to: &rule, &changes)
    guard !changes.isEmpty else { return rule }
    guild.autoModeration[ruleID] = rule
    publishRule("AUTO_MODERATION_RULE_UPDATE", rule, guild)
    record(
      .autoModerationRuleUpdate, in: guild, by: caller, target: ruleID.description, changes: changes,
      reason: reason)
    return rule
  }

  /// Deletes a rule.
  ///
  /// - Throws: 10004, 50001, 50013.
  package func deleteRule(_ ruleID: AutoModerationRuleID, in id: GuildID, by caller: UserID, reason: String?)
    throws(RESTFailure)
  {
    let guild = try guild(id, for: caller, needing: .manageGuild)
    guard let rule = guild.autoModeration.removeValue(forKey: ruleID) else { throw .unknownRule }
    publishRule("AUTO_MODERATION_RULE_DELETE", rule, guild)
    var changes = Changes()
    changes.note("name", from: rule.name, to: nil)
    record(
      .autoModerationRuleDelete, in: guild, by: caller, target: ruleID.description, changes: changes,
      reason: reason)
  }

  private func publishRule(_ event: String, _ rule: AutoModerationRule, _ guild: Guild) {
    publish(
      event, json(rule, guild.id),
      to: .guild(guild.id, .autoModerationConfiguration, having: .manageGuild))
  }

  /// A rule that times out needs MODERATE_MEMBERS.
  private func checkActions(_ actions: [JSONValue], by caller: UserID, in guild: Guild) throws(RESTFailure) {
    let timesOut = actions.contains { $0["type"]?.int64 == 3 }
    if timesOut, !permissions(of: caller, in: guild).contains(.moderateMembers) { throw .missingPermissions }
  }

  // MARK: Acting

  /// Lets the rules look at a message that is about to be posted.
  ///
  /// - Throws: 200000 when a rule blocks it.
  func moderate(_ message: Message, in channel: Channel) throws(RESTFailure) {
    guard let guild = channel.guildID.flatMap({ guilds[$0] }), !guild.autoModeration.isEmpty,
      let author = message.authorID, users[author]?.isBot == false
    else { return }
    let held = permissions(of: author, in: guild)
    guard held.isDisjoint(with: [.administrator, .manageGuild]) else { return }
    let roles = Set(guild.members[author]?.roles ?? [])
    var blocks = false
    for rule in guild.autoModeration.values.sorted(by: { $0.id < $1.id }) {
      guard rule.enabled, rule.eventType == 1, roles.isDisjoint(with: rule.exemptRoles),
        !rule.exemptChannels.contains(channel.id),
        channel.parentID.map({ !rule.exemptChannels.contains($0) }) ?? true,
        let match = matching(message, rule)
      else { continue }
      for action in rule.actions {
        blocks = perform(action, of: rule, on: message, match, guild, channel) || blocks
      }
    }
    guard blocks else { return }
    throw RESTFailure(
      status: 400, code: 200_000, message: "Message was blocked by automatic moderation")
  }

  /// What of a message a rule is about; nil when nothing is.
  private func matching(_ message: Message, _ rule: AutoModerationRule) -> (
    keyword: String?, content: String?
  )? {
    switch rule.triggerType {
    case 1: return KeywordFilter(rule.metadata).match(in: message.content)
    case 4: return KeywordFilter(presets: rule.metadata).match(in: message.content)
    case 5:
      let found = MentionScanner(message.content)
      let limit = rule.metadata["mention_total_limit"]?.int64 ?? 20
      return found.users.count + found.roles.count > limit ? (nil, nil) : nil
    case 3: return isSpam(message) ? (nil, nil) : nil
    default: return nil
    }
  }

  /// An approximation of Discord's model: the same text four times within ten seconds, or six messages within three.
  private func isSpam(_ message: Message) -> Bool {
    guard let author = message.authorID else { return false }
    var recent = (recentTexts[author] ?? []).filter { $0.at > now - .seconds(10) }.suffix(20)
    recent.append((now, message.content))
    recentTexts[author] = Array(recent)
    return recent.count { $0.text == message.content } >= 4 || recent.count { $0.at > now - .seconds(3) } >= 6
  }

  /// Performs one action; whether the message must not be posted.
  private func perform(
    _ action: JSONValue, of rule: AutoModerationRule, on message: Message,
    _ match: (keyword: String?, content: String?), _ guild: Guild, _ channel: Channel
  ) -> Bool {
    guard let author = message.authorID else { return false }
    var alert: MessageID?
    var audit = AuditAction.autoModerationBlockMessage
    var blocks = false
    switch action["type"]?.int64 {
    case 1: blocks = true
    case 2:
      audit = .autoModerationFlagToChannel
      alert = postAlert(rule, message, match, action, guild)
    case 3:
      audit = .autoModerationTimeout
      let seconds = action["metadata"]?["duration_seconds"]?.int64 ?? 60
      guild.members[author]?.timedOutUntil = now + .seconds(seconds)
      scheduleTimeoutEnd(of: author, in: guild)
      publishUpdate(of: author, in: guild)
    default: return false
    }
    var payload = Fields()
    payload.put("guild_id", guild.id)
    payload.put("action", action)
    payload.put("rule_id", rule.id)
    payload.put("rule_trigger_type", rule.triggerType)
    payload.put("user_id", author)
    payload.put("channel_id", channel.id)
    if let alert { payload.put("alert_system_message_id", alert) }
    payload.put("content", message.content)
    payload.put("matched_keyword", match.keyword)
    payload.put("matched_content", match.content)
    publish(
      "AUTO_MODERATION_ACTION_EXECUTION", payload.value,
      to: .guild(guild.id, .autoModerationExecution, having: .manageGuild))
    record(
      audit, in: guild, by: author, target: author.description,
      options: [
        "auto_moderation_rule_name": .string(rule.name),
        "auto_moderation_rule_trigger_type": .string(String(rule.triggerType)),
        "channel_id": .id(channel.id),
      ])
    return blocks
  }

  private func postAlert(
    _ rule: AutoModerationRule, _ message: Message, _ match: (keyword: String?, content: String?),
    _ action: JSONValue, _ guild: Guild
  ) -> MessageID? {
    guard let id = action["metadata"]?["channel_id"]?.snowflake, let channel = channels[ChannelID(id)],
      let author = message.authorID
    else { return nil }
    var alert = Message(id: newID(), channel: channel.id, author: .user(author))
    alert.type = 24
    func field(_ name: String, _ value: String) -> JSONValue {
      ["name": .string(name), "value": .string(value), "inline": false]
    }
    alert.embeds = [
      [
        "type": "auto_moderation_message", "description": .string(message.content),
        "fields": [
          field("rule_name", rule.name), field("channel_id", message.channel.description),
          field("keyword", match.keyword ?? ""), field("keyword_matched_content", match.content ?? ""),
        ],
      ]
    ]
    post(alert, in: channel)
    return alert.id
  }
}

extension RESTFailure {
  /// 404: a rule that does not exist.
  static let unknownRule = RESTFailure(
    status: 404, code: 10_066, message: "Unknown Auto Moderation Rule")
}
