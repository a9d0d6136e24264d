// Writing messages.

package import DiscordCore
internal import EventLoop
package import JSON

extension World {
  /// Posts a message as a user.
  ///
  /// - Throws: what Discord refuses.
  package func createMessage(in id: ChannelID, by author: UserID, body: JSONValue, files: [UploadedPart] = [])
    throws(RESTFailure) -> Message
  {
    let channel = try channel(id, for: author, needing: .sendMessages)
    var message = Message(id: newID(), channel: id, author: .user(author))
    message.content = body["content"]?.string ?? ""
    if message.content.isEmpty { throw .emptyMessage }
    post(message, in: channel)
    return message
  }

  /// Puts a message into its channel and tells everybody.
  package func post(_ message: Message, in channel: Channel) {
    channel.messages.append(message)
    channel.lastMessageID = message.id
    publish("MESSAGE_CREATE", event(for: message, in: channel), to: audience(of: message, in: channel))
  }

  /// Who hears of a message, and who may read it without the intent.
  package func audience(of message: Message, in channel: Channel, _ intents: EventIntents? = nil) -> Audience {
    guard let guild = channel.guildID else {
      return .users(channel.recipients, intents ?? .directMessages)
    }
    var audience = Audience.guild(guild, intents ?? .guildMessages, seeing: channel.id)
    audience.readers = Set(message.mentions + [message.authorID].compactMap { $0 })
    return audience
  }
}
