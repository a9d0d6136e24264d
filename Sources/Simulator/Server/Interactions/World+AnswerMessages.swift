// Placing, changing and removing the messages of applications and webhooks.

internal import DiscordCore
internal import EventLoop
internal import JSON
internal import SimulatorWorld

extension World {
  /// What answers to interactions and webhooks may do whatever the channel says.
  private static let alwaysAllowed: Permissions = [.embedLinks, .attachFiles, .sendPolls, .useExternalEmojis]

  /// Fills a new message from a body.
  ///
  /// - Throws: 50006, 50035.
  func fill(
    _ message: inout Message, from body: JSONValue, _ files: [UploadedPart], mentioning held: Permissions = []
  ) throws(RESTFailure) {
    guard let channel = channels[message.channel] else { throw .unknown(.channel) }
    let draft = try MessageDraft(body.withNumberedComponents, files: files, in: channel.id, world: self)
    compose(&message, draft, in: channel, mentioning: held.union(Self.alwaysAllowed))
    message.flags |= (draft.flags.value ?? 0) & Message.Flag.ephemeral
    guard !isEmpty(message) else { throw .emptyMessage }
  }

  /// Puts a new message into its channel.
  ///
  /// - Throws: 10003 when the channel is gone.
  func place(_ message: Message) throws(RESTFailure) {
    guard let channel = channels[message.channel] else { throw .unknown(.channel) }
    post(message, in: channel)
  }

  /// Changes a message of an application or a webhook (`author` is nil then). A deferred answer becomes the message
  /// it promised.
  ///
  /// - Throws: 10008, 50006, 50035.
  func change(
    _ id: MessageID, in channelID: ChannelID, by author: UserID?, _ body: JSONValue, _ files: [UploadedPart]
  ) throws(RESTFailure) -> Message {
    guard let channel = channels[channelID], var message = channel.messages[id] else {
      throw .unknown(.message)
    }
    let isPromised = message.flags & Message.Flag.loading != 0
    let draft = try MessageDraft(
      body.withNumberedComponents, files: files, in: channelID, world: self, existing: message)
    message.flags &= ~Message.Flag.loading
    return try apply(draft, to: message, in: channel, by: author ?? UserID(0), isOwn: !isPromised)
  }

  /// Takes a message away.
  ///
  /// - Throws: 10008.
  func remove(_ id: MessageID, in channelID: ChannelID) throws(RESTFailure) {
    guard let channel = channels[channelID], let message = channel.messages[id] else {
      throw .unknown(.message)
    }
    delete(message, from: channel)
  }
}

extension JSONValue {
  /// A message's body with an `id` on each component.
  fileprivate var withNumberedComponents: JSONValue {
    guard var object, let components = object["components"] else { return self }
    object["components"] = components.numbered()
    return .object(object)
  }
}
