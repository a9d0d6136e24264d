// Many bots in one process.

package import DiscordCore
internal import DiscordModels
package import HTTPServer
internal import HTTPTypes
internal import Synchronization
package import Vault

/// All bots of a process. They share loops, HTTP clients and the address's budget of refused calls; each has its own
/// token, limits, shards and cache. Bots are added and removed while others run.
package final class BotFleet: Sendable {
  private struct Content {
    var bots: [UserID: Bot] = [:]
    var added = 0
  }

  private let environment: BotEnvironment
  private let content = Mutex(Content())

  /// - Parameter environment: what the bots share.
  package init(environment: BotEnvironment) { self.environment = environment }

  /// The bots, in the order of their ids.
  package var bots: [Bot] { content.withLock { $0.bots.values.sorted { $0.id < $1.id } } }

  /// Nil for a bot that is not here.
  package subscript(_ id: UserID) -> Bot? { content.withLock { $0.bots[id] } }

  /// Takes a bot in, not yet started. Its shards begin with another loop than the last one's.
  ///
  /// - Parameters:
  ///   - token: from the developer portal.
  ///   - configuration: what it needs.
  ///   - routing: who answers its interactions.
  ///   - stores: what is kept of it beyond the process.
  /// - Throws: `BotCrash(.malformedToken)`.
  /// - Returns: the bot; if one with the same user is here, that one, whatever its token.
  @discardableResult
  package func add(
    token: Secret, configuration: BotConfiguration = BotConfiguration(),
    routing: any InteractionRouting = InteractionTable(), stores: BotStores = .inMemory
  ) throws(BotCrash) -> Bot {
    let turn = content.withLock { content in
      content.added += 1
      return content.added - 1
    }
    let bot = try Bot(
      token: token, configuration: configuration, routing: routing,
      environment: environment.turned(by: turn % environment.loops.count), stores: stores)
    return content.withLock { content in
      if let present = content.bots[bot.id] { return present }
      content.bots[bot.id] = bot
      return bot
    }
  }

  /// Stops a bot and forgets it. Does nothing for one that is not here.
  package func remove(_ id: UserID, keepsSessions: Bool = false) async {
    let bot = content.withLock { $0.bots.removeValue(forKey: id) }
    await bot?.stop(keepsSessions: keepsSessions)
  }

  /// Stops all bots.
  ///
  /// - Parameter keepsSessions: whether the next process shall go on where this one stopped.
  package func stop(keepsSessions: Bool) async {
    let bots = bots
    await withTaskGroup { group in
      for bot in bots { group.addTask { await bot.stop(keepsSessions: keepsSessions) } }
    }
  }

  // MARK: Interactions by HTTP

  /// Adds the endpoint for interactions of all bots: `POST` to `path/<application id>`. Each is checked against the
  /// public key that Discord named when the bot was started.
  package func addInteractionEndpoint(to router: inout Router, path: String = "/interactions") {
    var attributes = TypedValues()
    attributes[BodyLimit.self] = InteractionEndpoint.bodyLimit
    router.post("\(path)/{application}", .text, name: "discord.interactions", attributes: attributes) {
      [weak self] request, text in
      guard let application = ApplicationID(text), let endpoint = self?.endpoint(for: application) else {
        throw HTTPProblem.notFound
      }
      return try await endpoint.handle(request)
    }
  }

  private func endpoint(for application: ApplicationID) -> InteractionEndpoint? {
    // Most applications have the id of their user; older ones do not.
    let bots = content.withLock { content in
      content.bots[application.converted()].map { [$0] } ?? Array(content.bots.values)
    }
    return bots.lazy.compactMap(\.interactionEndpoint).first { $0.application == application }
  }
}

extension Bot {
  /// The endpoint for the bot's interactions by HTTP; nil until a start has told application and public key.
  package var interactionEndpoint: InteractionEndpoint? {
    let (application, publicKey) = life.withLock { ($0.application, $0.publicKey) }
    guard let application, let publicKey else { return nil }
    return InteractionEndpoint(publicKey: publicKey, application: application.id, time: environment.time) {
      [weak self] interaction, slot, receivedAt in
      guard let self else { return slot.close() }
      receive(interaction, slot, receivedAt)
    }
  }
}
