// Messages: sending, changing, deleting, reacting, pinning.

import DiscordCore
import DiscordModels
import DiscordREST
import EventLoop
import JSON
import PlatformPlugins
import SandboxContract

extension DiscordCall {
  /// The oldest message that can be deleted together with others.
  private static let bulkDeleteAge = Duration.seconds(14 * 86_400)

  /// Away from its caller, since it decodes files.
  @concurrent
  func sendMessage() async throws -> JSONValue {
    let message = try messages.create(call.params, with: [.components, .files])
    let channel = try await channel()
    var needed: Permissions = [.viewChannel]
    needed.insert(bot.thread(channel) == nil ? .sendMessages : .sendMessagesInThreads)
    if !message.embeds.isEmpty { needed.insert(.embedLinks) }
    if !message.files.isEmpty { needed.insert(.attachFiles) }
    try need(needed, in: channel)
    let sent = try await act(.createMessage(message, in: channel))
    return ["ok": true, "message_id": .id(sent.id), "channel_id": .id(sent.channelID)]
  }

  /// Discord lets the bot change its own messages only.
  func editMessage() async throws -> JSONValue {
    let edit = try messages.edit(call.params)
    let message = try message()
    let channel = try await channel()
    try need(.viewChannel, in: channel)
    let edited = try await act(.editMessage(message, in: channel, edit))
    return ["ok": true, "message_id": .id(edited.id), "channel_id": .id(edited.channelID)]
  }

  func deleteMessage() async throws -> JSONValue {
    let message = try message()
    let channel = try await channel()
    try need(.viewChannel, in: channel)
    if let own = bot.ownPermissions(in: channel), !own.contains(.manageMessages) {
      // Its own messages the bot may always delete.
      let found = try await ask(.getMessage(message, in: channel))
      guard found.author.id == bot.user else { throw RPCError.lacking(.manageMessages) }
    }
    try await act(.deleteMessage(message, in: channel, reason: try reason()))
    return Self.done
  }

  func bulkDeleteMessages() async throws -> JSONValue {
    let ids = try GuestFields(call.params).ids("message_ids", of: Entity.Message.self, atMost: 100) ?? []
    guard ids.count >= 2 else { throw RPCError.invalid("message_ids must have 2 to 100 ids, none twice") }
    let oldest = MessageID(earliestAt: time.now - Self.bulkDeleteAge)
    guard ids.allSatisfy({ $0 > oldest }) else {
      throw RPCError.invalid("message_ids must be of messages younger than 14 days")
    }
    let channel = try await channel()
    try need([.viewChannel, .readMessageHistory, .manageMessages], in: channel)
    try await act(.bulkDeleteMessages(ids, in: channel, reason: try reason()))
    return Self.done
  }

  func addReaction() async throws -> JSONValue {
    let emoji = try emoji()
    let message = try message()
    let channel = try await channel()
    // A reaction that is there already can be joined without the permission; a plugin cannot count on that.
    try need([.viewChannel, .readMessageHistory, .addReactions], in: channel)
    try await act(.addReaction(emoji, to: message, in: channel))
    return Self.done
  }

  func pinMessage() async throws -> JSONValue {
    let (message, channel) = try await pinning()
    try await act(.pinMessage(message, in: channel, reason: try reason()))
    return Self.done
  }

  func unpinMessage() async throws -> JSONValue {
    let (message, channel) = try await pinning()
    try await act(.unpinMessage(message, in: channel, reason: try reason()))
    return Self.done
  }

  private func pinning() async throws -> (MessageID, ChannelID) {
    let message = try message()
    let channel = try await channel()
    try need([.viewChannel, .readMessageHistory, .pinMessages], in: channel)
    return (message, channel)
  }

  /// The character itself, `name:id`, or a custom emoji's mention.
  private func emoji() throws(RPCError) -> EmojiReference {
    let text = try call.text("emoji", 1...64)
    if let emoji = EmojiReference(typed: text) { return emoji }
    if let colon = text.lastIndex(of: ":") {
      let name = text[..<colon].drop { $0 == ":" }
      let isName =
        (2...32).contains(name.count) && name.utf8.allSatisfy { $0 == UInt8(ascii: "_") || $0.isAlphanumeric }
      guard isName, let id = EmojiID(text[text.index(after: colon)...]) else {
        throw .invalid("emoji must be a character or name:id")
      }
      return .custom(id, name: String(name))
    }
    // Whatever letters and digits spell is no emoji; the rest is Discord's to judge.
    guard text.unicodeScalars.count <= 32, text.unicodeScalars.contains(where: { !$0.isASCII }) else {
      throw .invalid("emoji must be a character or name:id")
    }
    return .unicode(text)
  }
}

extension UInt8 {
  fileprivate var isAlphanumeric: Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20)
      || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self)
  }
}
