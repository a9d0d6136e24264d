// The rows of channels, threads, messages, reactions, webhooks and interactions.

import DiscordCore
import DiscordModels
import DiscordREST
import EventLoop
import JSON
import Vault

extension RouteRow {
  static let channels: [RouteRow] = [
    RouteRow("getChannel", "get_channel", .getChannel(Sample.channel)),
    RouteRow(
      "modifyChannel", "update_channel", .modifyChannel(Sample.channel, Sample.channelEdit, reason: "r")),
    RouteRow(
      "modifyChannel", "update_channel",
      .modifyChannel(Sample.channel, ChannelEdit { $0.flags = .requireTag })),
    RouteRow("deleteChannel", "delete_channel", .deleteChannel(Sample.channel)),
    RouteRow(
      "setChannelPermissions", "set_channel_permission_overwrite",
      .setChannelPermissions(Sample.overwrite, in: Sample.channel)),
    RouteRow(
      "deleteChannelPermissions", "delete_channel_permission_overwrite",
      .deleteChannelPermissions(of: .member(Sample.user), in: Sample.channel)),
    RouteRow("triggerTyping", "trigger_typing_indicator", .triggerTyping(in: Sample.channel)),
    RouteRow(
      "setVoiceChannelStatus", "update_voice_channel_status", .setVoiceChannelStatus("s", in: Sample.channel)),
    RouteRow(
      "addGroupRecipient", "add_group_dm_user",
      .addGroupRecipient(Sample.user, to: Sample.channel, accessToken: "t", nickname: "n")),
    RouteRow(
      "removeGroupRecipient", "delete_group_dm_user", .removeGroupRecipient(Sample.user, from: Sample.channel)
    ),
    RouteRow(
      "followAnnouncements", "follow_channel", .followAnnouncements(of: Sample.channel, into: ChannelID(1))),
  ]

  static let threads: [RouteRow] = [
    RouteRow(
      "startThread", "create_thread_from_message",
      .startThread(Sample.thread, at: Sample.message, in: Sample.channel)),
    RouteRow(
      "startThread", "create_thread",
      .startThread(Sample.thread, as: .privateThread, invitable: true, in: Sample.channel)),
    RouteRow(
      "startForumPost", "create_thread",
      .startForumPost(Sample.thread, Sample.text, tags: [Sample.tag], in: Sample.channel)),
    RouteRow(
      "modifyThread", "update_channel",
      .modifyThread(
        Sample.channel,
        ThreadEdit {
          ($0.name, $0.isArchived, $0.isLocked, $0.isInvitable) = ("n", true, true, true)
          ($0.autoArchiveMinutes, $0.slowmode, $0.flags, $0.appliedTags) = (60, 1, .pinned, [Sample.tag])
        })),
    RouteRow("joinThread", "join_thread", .joinThread(Sample.channel)),
    RouteRow("leaveThread", "leave_thread", .leaveThread(Sample.channel)),
    RouteRow("addThreadMember", "add_thread_member", .addThreadMember(Sample.user, to: Sample.channel)),
    RouteRow(
      "removeThreadMember", "delete_thread_member", .removeThreadMember(Sample.user, from: Sample.channel)),
    RouteRow(
      "getThreadMember", "get_thread_member",
      .getThreadMember(Sample.user, of: Sample.channel, withMember: true)),
    RouteRow(
      "listThreadMembers", "list_thread_members",
      .listThreadMembers(of: Sample.channel, withMember: true, after: Sample.user, limit: 5)),
    RouteRow("listActiveThreads", "get_active_guild_threads", .listActiveThreads(of: Sample.guild)),
    RouteRow(
      "listPublicArchivedThreads", "list_public_archived_threads",
      .listPublicArchivedThreads(of: Sample.channel, before: Sample.time, limit: 5)),
    RouteRow(
      "listPrivateArchivedThreads", "list_private_archived_threads",
      .listPrivateArchivedThreads(of: Sample.channel, before: Sample.time, limit: 5)),
    RouteRow(
      "listJoinedPrivateArchivedThreads", "list_my_private_archived_threads",
      .listJoinedPrivateArchivedThreads(of: Sample.channel, before: Sample.channel, limit: 5)),
    RouteRow(
      "searchThreads", "thread_search",
      .searchThreads(
        in: Sample.channel,
        ThreadSearch {
          ($0.name, $0.slop, $0.oldest, $0.newest, $0.tags) = (
            "n", 1, Sample.channel, Sample.channel, [Sample.tag]
          )
          ($0.needsAllTags, $0.isArchived, $0.sortBy, $0.order) = (true, true, "relevance", "asc")
          ($0.limit, $0.offset) = (5, 0)
        })),
  ]

  static let messages: [RouteRow] = [
    RouteRow("getMessage", "get_message", .getMessage(Sample.message, in: Sample.channel)),
    RouteRow(
      "createMessage", "create_message",
      .createMessage(nonced(Sample.text).reply(to: Sample.message), in: Sample.channel)),
    RouteRow("createMessage", "create_message", .createMessage(Sample.components, in: Sample.channel)),
    RouteRow(
      "createMessage", "create_message",
      .createMessage(MessageCreate("a").file(Sample.file), in: Sample.channel)),
    RouteRow(
      "forwardMessage", "create_message",
      .forwardMessage(Sample.message, from: Sample.channel, to: Sample.channel, nonce: "n")),
    RouteRow("editMessage", "update_message", .editMessage(Sample.message, in: Sample.channel, Sample.edit)),
    RouteRow("crosspostMessage", "crosspost_message", .crosspostMessage(Sample.message, in: Sample.channel)),
    RouteRow(
      "getMessages", "list_messages", .getMessages(in: Sample.channel, .around(Sample.message), limit: 5)),
    RouteRow("getMessages", "list_messages", .getMessages(in: Sample.channel, .before(Sample.message))),
    RouteRow("deleteMessage", "delete_message", .deleteMessage(Sample.message, in: Sample.channel)),
    RouteRow(
      "bulkDeleteMessages", "bulk_delete_messages",
      .bulkDeleteMessages([Sample.message, MessageID(1)], in: Sample.channel)),
    RouteRow("pinMessage", "create_pin", .pinMessage(Sample.message, in: Sample.channel)),
    RouteRow("unpinMessage", "delete_pin", .unpinMessage(Sample.message, in: Sample.channel)),
    RouteRow("getPins", "list_pins", .getPins(in: Sample.channel, before: Sample.time, limit: 5)),
    RouteRow("searchMessages", "guild_search", .searchMessages(in: Sample.guild, Sample.search)),
    RouteRow(
      "addReaction", "add_my_message_reaction", .addReaction("👍", to: Sample.message, in: Sample.channel)),
    RouteRow(
      "deleteOwnReaction", "delete_my_message_reaction",
      .deleteOwnReaction("👍", from: Sample.message, in: Sample.channel)),
    RouteRow(
      "deleteReaction", "delete_user_message_reaction",
      .deleteReaction("👍", of: Sample.user, from: Sample.message, in: Sample.channel)),
    RouteRow(
      "deleteAllReactions", "delete_all_message_reactions",
      .deleteAllReactions(from: Sample.message, in: Sample.channel)),
    RouteRow(
      "deleteAllReactions", "delete_all_message_reactions_by_emoji",
      .deleteAllReactions(with: .custom(Sample.emoji, name: "e"), from: Sample.message, in: Sample.channel)),
    RouteRow(
      "getReactions", "list_message_reactions_by_emoji",
      .getReactions(
        with: "👍", on: Sample.message, in: Sample.channel, isBurst: true, after: Sample.user, limit: 5)),
    RouteRow(
      "getPollVoters", "get_answer_voters",
      .getPollVoters(of: 1, on: Sample.message, in: Sample.channel, after: Sample.user, limit: 5)),
    RouteRow("endPoll", "poll_expire", .endPoll(on: Sample.message, in: Sample.channel)),
  ]

  private static func nonced(_ message: MessageCreate) -> MessageCreate {
    var message = message
    (message.nonce, message.isTTS, message.stickers) = ("n", true, [Sample.sticker])
    return message
  }

  static let webhooks: [RouteRow] = [
    RouteRow(
      "createWebhook", "create_webhook", .createWebhook(named: "n", avatar: Sample.image, in: Sample.channel)),
    RouteRow("getWebhook", "get_webhook", .getWebhook(Sample.webhook)),
    RouteRow("getWebhook", "get_webhook_by_token", .getWebhook(Sample.webhook, token: "t")),
    RouteRow("modifyWebhook", "update_webhook", .modifyWebhook(Sample.webhook, edit)),
    RouteRow("modifyWebhook", "update_webhook_by_token", .modifyWebhook(Sample.webhook, token: "t", edit)),
    RouteRow("getChannelWebhooks", "list_channel_webhooks", .getChannelWebhooks(Sample.channel)),
    RouteRow("getGuildWebhooks", "get_guild_webhooks", .getGuildWebhooks(Sample.guild)),
    RouteRow("deleteWebhook", "delete_webhook", .deleteWebhook(Sample.webhook)),
    RouteRow("deleteWebhook", "delete_webhook_by_token", .deleteWebhook(Sample.webhook, token: "t")),
    RouteRow(
      "executeWebhook", "execute_webhook",
      .executeWebhook(Sample.webhook, token: "t", execute, thread: Sample.channel)),
    RouteRow(
      "executeWebhookUnseen", "execute_webhook", .executeWebhookUnseen(Sample.webhook, token: "t", execute)),
    RouteRow(
      "getWebhookMessage", "get_webhook_message",
      .getWebhookMessage(Sample.message, of: Sample.webhook, token: "t", thread: Sample.channel)),
    RouteRow(
      "editWebhookMessage", "update_webhook_message",
      .editWebhookMessage(Sample.message, of: Sample.webhook, token: "t", Sample.edit, thread: Sample.channel)
    ),
    RouteRow(
      "deleteWebhookMessage", "delete_webhook_message",
      .deleteWebhookMessage(Sample.message, of: Sample.webhook, token: "t", thread: Sample.channel)),
    RouteRow(
      "executeGitHubWebhook", "execute_github_compatible_webhook",
      .executeGitHubWebhook(
        Sample.webhook, token: "t",
        event: [
          "sender": ["id": 1, "login": "l", "html_url": "https://e.org", "avatar_url": "https://e.org"]
        ], thread: Sample.channel)),
    RouteRow(
      "executeSlackWebhook", "execute_slack_compatible_webhook",
      .executeSlackWebhook(Sample.webhook, token: "t", message: ["text": "hi"])),
  ]

  private static let edit = WebhookEdit {
    ($0.name, $0.avatar, $0.channel) = ("n", .set(Sample.image), Sample.channel)
  }
  private static let execute = WebhookExecute(
    Sample.text, username: "n", avatarURL: "https://e.org/a.png", threadName: "t", appliedTags: [Sample.tag])

  static let interactions: [RouteRow] =
    [
      .pong, .message(Sample.text.ephemeral()), .message(Sample.components),
      .deferredMessage(isEphemeral: true),
      .deferredUpdate, .autocomplete([.init("a", .integer(1)), .init("b", .integer(2))]),
      .autocomplete([.init("a", value: "b")]), .update(MessageEdit(content: "new")), .launchActivity,
      .modal(
        Modal(
          "T", id: "m",
          [
            .label(
              "l", description: "d",
              .line(id: "a", length: 1...5, isRequired: true, value: "v", placeholder: "p")),
            .label("l", .upload(id: "b", files: 1...2, isRequired: true)),
            .label(
              "l", .radio(id: "c", ["a", .init("b", description: "d", isDefault: true)], isRequired: false)),
            .label("l", .checkboxes(id: "d", ["a"], choosing: 1...1, isRequired: true)),
            .label("l", .checkbox(id: "e", isTicked: true)),
          ])),
    ].map { (response: InteractionResponse) in
      RouteRow(
        "respond", "create_interaction_response", .respond(to: Sample.interaction, token: "t", response))
    } + [
      RouteRow(
        "respondReturning", "create_interaction_response",
        .respondReturning(to: Sample.interaction, token: "t", .message(MessageCreate("a").file(Sample.file)))),
      RouteRow(
        "getOriginalResponse", "get_original_webhook_message",
        .getOriginalResponse(of: Sample.application, token: "t")),
      RouteRow(
        "editOriginalResponse", "update_original_webhook_message",
        .editOriginalResponse(of: Sample.application, token: "t", Sample.edit)),
      RouteRow(
        "deleteOriginalResponse", "delete_original_webhook_message",
        .deleteOriginalResponse(of: Sample.application, token: "t")),
      RouteRow(
        "createFollowup", "execute_webhook", .createFollowup(of: Sample.application, token: "t", Sample.text)),
      RouteRow(
        "getFollowup", "get_webhook_message", .getFollowup(Sample.message, of: Sample.application, token: "t")
      ),
      RouteRow(
        "editFollowup", "update_webhook_message",
        .editFollowup(Sample.message, of: Sample.application, token: "t", Sample.edit)),
      RouteRow(
        "deleteFollowup", "delete_webhook_message",
        .deleteFollowup(Sample.message, of: Sample.application, token: "t")),
    ]
}
