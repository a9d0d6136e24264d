// Messages, reactions, polls and pins.

internal import HTTPTypes
internal import DiscordCore
internal import EventLoop
internal import JSON
internal import SimulatorWorld

extension RouteTable {
  static let messageRoutes: [RESTRoute] = [
    RESTRoute(.get, "/channels/{channel.id}/messages") { call, world throws(RESTFailure) in
      let viewer = try call.actor
      let limit = try call.number("limit", in: 1...100, default: 50)
      let anchor: World.HistoryAnchor
      if let id: MessageID = try call.queryID("around") {
        anchor = .around(id)
      } else if let id: MessageID = try call.queryID("before") {
        anchor = .before(id)
      } else if let id: MessageID = try call.queryID("after") {
        anchor = .after(id)
      } else {
        anchor = .newest
      }
      let page = try world.history(of: try call.channelID, for: viewer, anchor, limit: limit)
      return .ok(.array(page.map { world.render($0, for: viewer) }))
    },
    RESTRoute(.post, "/channels/{channel.id}/messages") { call, world throws(RESTFailure) in
      let author = try call.actor
      let message = try world.createMessage(
        in: try call.channelID, by: author, body: call.body, files: call.files)
      return .ok(world.json(message, viewer: author))
    },
    RESTRoute(.get, "/channels/{channel.id}/messages/{message.id}") { call, world throws(RESTFailure) in
      let viewer = try call.actor
      let (message, channel) = try world.message(try call.messageID, in: try call.channelID, for: viewer)
      guard world.permissions(of: viewer, in: channel).contains(.readMessageHistory) else {
        throw .missingPermissions
      }
      return .ok(world.render(message, for: viewer))
    },
    RESTRoute(.patch, "/channels/{channel.id}/messages/{message.id}") { call, world throws(RESTFailure) in
      let author = try call.actor
      let message = try world.editMessage(
        try call.messageID, in: try call.channelID, by: author, body: call.body, files: call.files)
      return .ok(world.render(message, for: author))
    },
    RESTRoute(.delete, "/channels/{channel.id}/messages/{message.id}") { call, world throws(RESTFailure) in
      try world.deleteMessage(
        try call.messageID, in: try call.channelID, by: try call.actor, reason: call.reason)
      return .noContent
    },
    RESTRoute(.post, "/channels/{channel.id}/messages/bulk-delete") { call, world throws(RESTFailure) in
      try world.bulkDelete(
        in: try call.channelID, by: try call.actor, body: call.body, reason: call.reason)
      return .noContent
    },
    RESTRoute(.post, "/channels/{channel.id}/messages/{message.id}/crosspost") {
      call, world throws(RESTFailure) in
      let caller = try call.actor
      let message = try world.crosspost(try call.messageID, in: try call.channelID, by: caller)
      return .ok(world.render(message, for: caller))
    },
    RESTRoute(.get, "/guilds/{guild.id}/messages/search") { call, world throws(RESTFailure) in
      .ok(try world.search(try call.guildID, for: try call.actor, try search(call)))
    },
  ]

  private static func search(_ call: RESTCall) throws(RESTFailure) -> World.MessageSearch {
    func ids<Tag>(_ name: String, _ tag: Tag.Type) -> Set<Snowflake<Tag>> {
      Set(call.query.filter { $0.name == name }.compactMap { Snowflake<Tag>($0.value) })
    }
    func texts(_ name: String) -> Set<String> { Set(call.query.filter { $0.name == name }.map(\.value)) }
    var search = World.MessageSearch()
    search.content = call.query("content")
    search.authors = ids("author_id", Entity.User.self)
    search.mentions = ids("mentions", Entity.User.self)
    search.channels = ids("channel_id", Entity.Channel.self)
    search.has = texts("has")
    search.authorTypes = texts("author_type")
    search.pinned = call.query("pinned").map { _ in call.flag("pinned") }
    search.mentionsEveryone = call.query("mention_everyone").map { _ in call.flag("mention_everyone") }
    search.before = try call.queryID("max_id")
    search.after = try call.queryID("min_id")
    search.limit = try call.number("limit", in: 1...25, default: 25)
    search.offset = try call.number("offset", in: 0...9_975, default: 0)
    search.oldestFirst = call.query("sort_order") == "asc"
    return search
  }

  static let pinRoutes: [RESTRoute] = [
    RESTRoute(.get, "/channels/{channel.id}/messages/pins") { call, world throws(RESTFailure) in
      let limit = try call.number("limit", in: 1...50, default: 50)
      let before = call.query("before").flatMap { Timestamp(iso8601: $0) }
      return .ok(
        try world.pins(of: try call.channelID, for: try call.actor, before: before, limit: limit))
    },
    RESTRoute(.get, "/channels/{channel.id}/pins") { call, world throws(RESTFailure) in
      let page = try world.pins(of: try call.channelID, for: try call.actor, before: nil, limit: 50)
      return .ok(.array((page["items"]?.array ?? []).compactMap { $0["message"] }))
    },
    RESTRoute(.put, "/channels/{channel.id}/messages/pins/{message.id}") { call, world throws(RESTFailure) in
      try pin(true, call, world)
    },
    RESTRoute(.delete, "/channels/{channel.id}/messages/pins/{message.id}") {
      call, world throws(RESTFailure) in
      try pin(false, call, world)
    },
    RESTRoute(.put, "/channels/{channel.id}/pins/{message.id}") { call, world throws(RESTFailure) in
      try pin(true, call, world)
    },
    RESTRoute(.delete, "/channels/{channel.id}/pins/{message.id}") { call, world throws(RESTFailure) in
      try pin(false, call, world)
    },
  ]

  private static func pin(_ isPinned: Bool, _ call: RESTCall, _ world: World) throws(RESTFailure)
    -> RESTAnswer
  {
    try world.setPin(
      of: try call.messageID, in: try call.channelID, to: isPinned, by: try call.actor, reason: call.reason)
    return .noContent
  }

  static let reactionRoutes: [RESTRoute] = [
    RESTRoute(.put, "/channels/{channel.id}/messages/{message.id}/reactions/{emoji}/@me") {
      call, world throws(RESTFailure) in
      try world.react(
        to: try call.messageID, in: try call.channelID, with: call.parameters["emoji"] ?? "",
        by: try call.actor)
      return .noContent
    },
    RESTRoute(.delete, "/channels/{channel.id}/messages/{message.id}/reactions/{emoji}/@me") {
      call, world throws(RESTFailure) in
      let caller = try call.actor
      try world.unreact(
        try call.messageID, in: try call.channelID, with: call.parameters["emoji"] ?? "", of: caller,
        by: caller)
      return .noContent
    },
    RESTRoute(.delete, "/channels/{channel.id}/messages/{message.id}/reactions/{emoji}/{user.id}") {
      call, world throws(RESTFailure) in
      try world.unreact(
        try call.messageID, in: try call.channelID, with: call.parameters["emoji"] ?? "",
        of: try call.userID, by: try call.actor)
      return .noContent
    },
    RESTRoute(.get, "/channels/{channel.id}/messages/{message.id}/reactions/{emoji}") {
      call, world throws(RESTFailure) in
      .ok(
        try world.reactors(
          of: try call.messageID, in: try call.channelID, with: call.parameters["emoji"] ?? "",
          for: try call.actor, after: try call.queryID("after"),
          limit: try call.number("limit", in: 1...100, default: 25)))
    },
    RESTRoute(.delete, "/channels/{channel.id}/messages/{message.id}/reactions/{emoji}") {
      call, world throws(RESTFailure) in
      try world.clearReactions(
        try call.messageID, in: try call.channelID, with: call.parameters["emoji"], by: try call.actor)
      return .noContent
    },
    RESTRoute(.delete, "/channels/{channel.id}/messages/{message.id}/reactions") {
      call, world throws(RESTFailure) in
      try world.clearReactions(
        try call.messageID, in: try call.channelID, with: nil, by: try call.actor)
      return .noContent
    },
  ]

  static let pollRoutes: [RESTRoute] = [
    RESTRoute(.get, "/channels/{channel.id}/polls/{message.id}/answers/{answer.id}") {
      call, world throws(RESTFailure) in
      .ok(
        try world.voters(
          of: try call.messageID, in: try call.channelID,
          answer: Int(call.parameters["answer.id"] ?? "") ?? 0, for: try call.actor,
          after: try call.queryID("after"), limit: try call.number("limit", in: 1...100, default: 25)))
    },
    RESTRoute(.post, "/channels/{channel.id}/polls/{message.id}/expire") { call, world throws(RESTFailure) in
      let caller = try call.actor
      let message = try world.expirePoll(try call.messageID, in: try call.channelID, by: caller)
      return .ok(world.render(message, for: caller))
    },
    // How Discord's own client votes; bots cannot.
    RESTRoute(.put, "/channels/{channel.id}/polls/{message.id}/answers/@me") {
      call, world throws(RESTFailure) in
      guard !call.isBot else { throw .notForBots }
      let answers = (call.body?["answer_ids"]?.array ?? []).compactMap { $0.snowflake.map { Int($0) } }
      try world.vote(in: try call.messageID, of: try call.channelID, for: answers, by: try call.actor)
      return .noContent
    },
  ]
}
