// Guilds and what they own, where reading takes more than copying.

import DiscordCore
import DiscordModels
import EventLoop
import JSON
import Testing

@Suite struct GuildModelTests {
  @Test func `a role without gradient takes its colour from the old field`() throws {
    let old: Role = try decode(
      #"{"id":"1","name":"a","color":3447003,"position":4,"permissions":"8","hoist":true}"#)
    #expect(
      old.colors == RoleColors(primary: 3_447_003) && old.permissions == .administrator && old.isHoisted)
    #expect(old.rank == RoleRank(position: 4, role: RoleID(1)))
    let new: Role = try decode(
      """
      {"id":"1","color":1,"colors":{"primary_color":1,"secondary_color":2,"tertiary_color":null},"flags":3,
      "tags":{"bot_id":"9","available_for_purchase":null}}
      """)
    #expect(new.colors == RoleColors(primary: 1, secondary: 2) && new.flags.contains(.inPrompt))
    #expect(new.tags?.botID == UserID(9) && new.tags?.isAvailableForPurchase == true)
    #expect(new.tags?.isPremiumSubscriber == false && new.permissions.isEmpty)
  }

  @Test func `a member who is timed out is so until then`() throws {
    let member: GuildMember = try decode(
      #"{"communication_disabled_until":"2026-01-01T00:00:00Z","roles":[]}"#)
    #expect(member.isTimedOut(at: Timestamp(milliseconds: 1_767_225_599_999)))
    #expect(!member.isTimedOut(at: Timestamp(milliseconds: 1_767_225_600_000)))
    #expect(member.displayName == nil && member.joinedAt == nil)
  }

  @Test func `a thread`() throws {
    let thread: Channel = try decode(
      """
      {"id":"1","type":11,"guild_id":"2","parent_id":"3","owner_id":"4","name":"help","flags":2,"message_count":9,
      "thread_metadata":{"archived":false,"archive_timestamp":"2026-01-01T00:00:00Z","auto_archive_duration":1440,
      "locked":true},"applied_tags":["5"],"member":{"id":"1","user_id":"6","join_timestamp":"2026-01-01T00:00:00Z",
      "flags":1},"rate_limit_per_user":10}
      """)
    #expect(thread.type.isThread && thread.flags.contains(.pinned) && thread.appliedTags == [ForumTagID(5)])
    #expect(thread.threadMetadata?.isLocked == true && thread.threadMetadata?.autoArchiveDuration == 1_440)
    #expect(
      thread.member?.userID == UserID(6) && thread.messageCount == 9 && thread.permissionOverwrites.isEmpty)
  }

  @Test func `an audit entry's numbers are text, and its changes anything`() throws {
    let entry: AuditLogEntry = try decode(
      """
      {"id":"1","action_type":72,"user_id":"2","target_id":"3","options":{"count":"4","channel_id":"5","newer":"x"},
      "changes":[{"key":"$add","new_value":[{"id":"6","name":"Mods"}]},{"key":"nick","old_value":"a"}],"reason":"spam"}
      """)
    #expect(
      entry.action == .messageDelete && entry.options?.count == 4 && entry.options?.channelID == ChannelID(5))
    #expect(entry.targetID(of: Entity.User.self) == UserID(3) && entry["nick"]?.old == "a")
    #expect(entry["$add"]?.new == [["id": "6", "name": "Mods"]] && entry["nick"]?.new == nil)
    #expect(entry.options?.unknownFields["newer"] == "x")
    let nobody: AuditLogEntry = try decode(#"{"id":"1","action_type":999,"user_id":null,"target_id":null}"#)
    #expect(nobody.action.rawValue == 999 && nobody.userID == nil && nobody.target == nil)
  }

  @Test func `an application's newer flags win`() throws {
    let application: Application = try decode(
      """
      {"id":"1","name":"Guildhall","description":"","flags":0,"flags_new":"4611686018427912192","verify_key":"ab",
      "integration_types_config":{"0":{"oauth2_install_params":{"scopes":["bot","applications.commands"],
      "permissions":"8"}},"1":{}}}
      """)
    #expect(application.flags.contains(.gatewayMessageContentLimited))
    #expect(application.flags.rawValue == 4_611_686_018_427_912_192)
    #expect(
      application.integrationTypes[.guildInstall]?.installParameters
        == InstallParameters(scopes: [.bot, .applicationsCommands], permissions: .administrator))
    #expect(application.integrationTypes[.userInstall]?.installParameters == nil)
  }

  @Test func `an entitlement counts while it lasts`() throws {
    let entitlement: Entitlement = try decode(
      """
      {"id":"1","sku_id":"2","application_id":"3","type":8,"deleted":false,"starts_at":"2026-01-01T00:00:00Z",
      "ends_at":"2026-02-01T00:00:00Z"}
      """)
    #expect(!entitlement.isValid(at: Timestamp(milliseconds: 1_767_225_599_999)))
    #expect(entitlement.isValid(at: Timestamp(milliseconds: 1_767_225_600_000)))
    #expect(!entitlement.isValid(at: Timestamp(milliseconds: 1_769_904_000_000)))
  }

  @Test func `a webhook's token is hidden and what it follows is named`() throws {
    let webhook: Webhook = try decode(
      """
      {"id":"1","type":2,"channel_id":"2","guild_id":"3","name":"News","avatar":null,"token":"hook-secret",
      "source_guild":{"id":"4","name":"Discord","icon":null},"source_channel":{"id":"5","name":"updates"}}
      """)
    #expect(webhook.type == .channelFollower && webhook.sourceGuild?.id == GuildID(4))
    #expect(webhook.sourceChannel?.name == "updates" && webhook.token?.text == "hook-secret")
    #expect(!"\(webhook)".contains("hook-secret"))
  }
}
