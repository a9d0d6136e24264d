// Messages by a token: a webhook's, or the answers to an interaction, which share their paths.

internal import DiscordCore
internal import EventLoop
internal import HTTPTypes
internal import JSON
internal import SimulatorWorld
internal import Vault

/// Whose token a path holds.
private enum TokenOwner {
  case webhook(Webhook)
  case interaction(Interaction)
}

extension RouteTable {
  static let webhookMessageRoutes: [RESTRoute] = [
    RESTRoute(.post, "/webhooks/{webhook.id}/{webhook.token}", isPublic: true) {
      call, world throws(RESTFailure) in
      switch try world.owner(of: call) {
      case .interaction(let interaction):
        let message = try world.followUp(interaction, call.body ?? [:], call.files)
        return .ok(world.json(message, viewer: interaction.application.converted()))
      case .webhook(let hook):
        let message = try world.execute(hook, call)
        return call.flag("wait") ? .ok(world.json(message)) : .noContent
      }
    },
    RESTRoute(.get, "/webhooks/{webhook.id}/{webhook.token}/messages/{message.id}", isPublic: true) {
      call, world throws(RESTFailure) in
      let (channel, id, viewer) = try world.place(of: call)
      guard let message = world.channels[channel]?.messages[id] else { throw .unknown(.message) }
      return .ok(world.json(message, viewer: viewer))
    },
    RESTRoute(.patch, "/webhooks/{webhook.id}/{webhook.token}/messages/{message.id}", isPublic: true) {
      call, world throws(RESTFailure) in
      let (channel, id, viewer) = try world.place(of: call)
      let message = try world.change(id, in: channel, by: viewer, call.body ?? [:], call.files)
      return .ok(world.json(message, viewer: viewer))
    },
    RESTRoute(.delete, "/webhooks/{webhook.id}/{webhook.token}/messages/{message.id}", isPublic: true) {
      call, world throws(RESTFailure) in
      let (channel, id, _) = try world.place(of: call)
      try world.remove(id, in: channel)
      return .noContent
    },
  ]
}

extension World {
  fileprivate func owner(of call: RESTCall) throws(RESTFailure) -> TokenOwner {
    let id = try call.id("webhook.id", Entity.Application.self)
    guard applications[id] != nil else { return .webhook(try webhookByToken(call)) }
    let book = try services.interactions
    do throws(InteractionRefusal) {
      return .interaction(try book.webhook(of: id, token: call.parameters["webhook.token"] ?? "", at: now))
    } catch {
      throw error.failure
    }
  }

  /// The message of a path, which must be the token's own: channel, id, and who looks at it.
  fileprivate func place(of call: RESTCall) throws(RESTFailure) -> (ChannelID, MessageID, UserID?) {
    let name = call.parameters["message.id"] ?? ""
    switch try owner(of: call) {
    case .interaction(let interaction):
      let bot: UserID = interaction.application.converted()
      if name == "@original" {
        guard let original = interaction.original else { throw .unknown(.message) }
        return (interaction.channel, original, bot)
      }
      let id = try call.messageID
      guard let message = channels[interaction.channel]?.messages[id], message.authorID == bot else {
        throw .unknown(.message)
      }
      return (interaction.channel, id, bot)
    case .webhook(let hook):
      let id = try call.messageID
      let channel = try call.queryID("thread_id", Entity.Channel.self) ?? hook.channel
      guard let message = channels[channel]?.messages[id], case .webhook(hook.id, _, _, _) = message.author
      else {
        throw .unknown(.message)
      }
      return (channel, id, nil)
    }
  }

  /// A further message of an interaction. The first after a deferred answer takes that answer's place.
  fileprivate func followUp(_ interaction: Interaction, _ body: JSONValue, _ files: [UploadedPart])
    throws(RESTFailure)
    -> Message
  {
    let services = try services
    guard interaction.callback != nil else { throw .unknown(.webhook) }
    if let original = interaction.original,
      let waiting = channels[interaction.channel]?.messages[original],
      waiting.flags & Message.Flag.loading != 0
    {
      return try change(original, in: interaction.channel, by: nil, body, files)
    }
    if interaction.isUserInstalled, interaction.followUps >= 5 {
      throw RESTFailure(status: 400, code: 40094, message: "Maximum number of follow up messages reached")
    }
    var message = try compose(body, files, answering: interaction, isFollowUp: true)
    if message.flags & Message.Flag.ephemeral != 0 { message.visibleTo = interaction.user }
    try place(message)
    services.interactions.change(interaction.id) { $0.followUps += 1 }
    return message
  }

  /// Posts as a webhook, into its channel or one of its threads.
  fileprivate func execute(_ hook: Webhook, _ call: RESTCall) throws(RESTFailure) -> Message {
    let body = call.body ?? [:]
    var target = hook.channel
    if let thread = try call.queryID("thread_id", Entity.Channel.self) {
      guard let channel = channels[thread], channel.parentID == hook.channel else { throw .unknown(.channel) }
      target = thread
    }
    var errors = FormErrors()
    if let name = body["username"]?.string { errors.length(["username"], name.unicodeScalars.count, 1...80) }
    guard errors.isEmpty else { throw errors.failure }
    let picture = body["avatar_url"]?.string.map {
      String(Hex.encode(SHA256.hash(Array($0.utf8))).prefix(32))
    }
    var message = Message(
      id: newID(), channel: target,
      author: .webhook(
        hook.id, name: body["username"]?.string ?? hook.name, avatar: picture ?? hook.avatar,
        application: hook.application))
    try fill(&message, from: body, call.files, mentioning: .mentionEveryone)
    // Nobody asked for it, so nobody could see it alone.
    message.flags &= ~Message.Flag.ephemeral
    try place(message)
    return message
  }
}
