// A message of Discord's as the rules see it.

import DiscordBot
import DiscordCore
import DiscordModels
import EventLoop
import PlatformPlugins

extension MessageFacts {
  /// nil for what is not looked at: the bots' own messages and what Discord writes itself. Webhooks are looked at, since
  /// whoever has a webhook's address can write by it.
  init?(_ message: Message, in bot: GuildBot, isEdit: Bool = false, roles known: [RoleID]? = nil) {
    let isWebhook = message.webhookID != nil && message.applicationID == nil
    guard isWebhook || (!message.author.isBot && !message.author.isSystem), message.author.id != bot.user,
      message.type == .default || message.type == .reply
    else { return nil }
    var content = message.content
    // What is forwarded is said again.
    for snapshot in message.snapshots where !snapshot.content.isEmpty { content += "\n\(snapshot.content)" }
    self.init(
      id: message.id, author: message.author.id, channel: message.channelID, content: content,
      sentAt: isEdit ? message.editedTimestamp ?? message.timestamp : message.timestamp)
    self.isEdit = isEdit
    roles = known ?? message.member?.roles ?? []
    if !isWebhook {
      isByModerator =
        bot.permissions(of: author, roles: roles, in: channel)?.contains(.manageMessages) ?? false
    }
    let settled = bot.settled(channel)
    if settled != channel { parents.append(settled) }
    if let category = bot.channel(settled)?.parent { parents.append(category) }
    mentionedUsers = message.mentions.count
    mentionedRoles = message.mentionRoles.count
    mentionsEveryone = message.mentionsEveryone
    files = (message.attachments + message.snapshots.flatMap(\.attachments)).map {
      File(name: $0.filename, contentType: $0.contentType, size: $0.size)
    }
    stickers = message.stickers.count
    isReply = message.type == .reply
    joinedAt = message.member?.joinedAt
  }
}
