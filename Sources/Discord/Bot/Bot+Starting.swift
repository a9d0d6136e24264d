// How a bot comes up and goes down.

internal import DiscordCore
internal import DiscordGateway
internal import DiscordLimits
internal import DiscordModels
internal import DiscordREST
internal import EventLoop
internal import Synchronization
internal import Telemetry
internal import Vault

extension Bot {
  /// Finds out who the bot is, starts its shards and registers its commands. Returns when the shards are on their way;
  /// `states()` tells the rest. While Discord cannot be reached it returns as well, and goes on trying.
  ///
  /// - Throws: `BotCrash`: a wrong token, or intents that are switched off. The state says the same.
  package func start() async throws(BotCrash) {
    let number = life.withLock { life -> Int? in
      switch life.health.phase {
      case .stopped, .crashed: break
      case .starting, .running: return nil
      }
      life.start += 1
      life.health.reset(.starting)
      life.health.usesGateway = configuration.usesGateway
      return life.start
    }
    guard let number else { return }
    change { _ in }
    desk.open()
    try await attempt(number, failures: 0)
  }

  /// Ends the connections, handlers of interactions included, and returns when all is at rest.
  ///
  /// - Parameter keepsSessions: whether a later start shall go on where the shards stopped; otherwise the bot is shown
  ///   as offline at once.
  package func stop(keepsSessions: Bool = false) async {
    let (group, errands) = life.withLock { life in
      life.start += 1
      defer { (life.group, life.errands) = (nil, [:]) }
      return (life.group, Array(life.errands.values))
    }
    for errand in errands { errand.cancel() }
    await desk.close()
    await group?.stop(keepsSessions: keepsSessions)
    for errand in errands { await errand.value }
    change { if case .crashed = $0.phase {} else { $0.reset(.stopped) } }
  }

  /// One attempt to come up.
  private func attempt(_ number: Int, failures: Int) async throws(BotCrash) {
    let application: Application
    do {
      application = try await rest.send(.getCurrentApplication(), priority: .reply)
    } catch {
      guard isCurrent(number) else { throw .stopped }
      if error.code == .tokenRejected || error.status == 401 { throw crash(.tokenRejected, number) }
      Self.log.warning("Discord cannot be asked", ["bot": "\(id)", "error": "\(error)"])
      change { $0.troubles = [.unreachable(attempts: failures + 1)] }
      return retry(number, failures: failures + 1)
    }
    guard application.bot?.isBot != false else { throw crash(.userToken, number) }
    let intents = try permitted(by: application.flags, number)
    try await run(application, intents, number, failures: failures)
  }

  private func retry(_ number: Int, failures: Int) {
    let delay = ReconnectBackOff().delay(attempt: failures, random: environment.rest.random())
    errand(number) { bot in
      // Cancelled: the bot is being stopped.
      guard (try? await bot.environment.time.sleep(for: delay)) != nil else { return }
      // A crash is in the state already.
      try? await bot.attempt(number, failures: failures)
    }
  }

  /// The intents that the application may use.
  ///
  /// - Throws: `.disallowedIntents`.
  private func permitted(by flags: ApplicationFlags, _ number: Int) throws(BotCrash) -> Intents {
    var granted: Intents = []
    if !flags.isDisjoint(with: [.gatewayPresence, .gatewayPresenceLimited]) {
      granted.insert(.guildPresences)
    }
    if !flags.isDisjoint(with: [.gatewayGuildMembers, .gatewayGuildMembersLimited]) {
      granted.insert(.guildMembers)
    }
    if !flags.isDisjoint(with: [.gatewayMessageContent, .gatewayMessageContentLimited]) {
      granted.insert(.messageContent)
    }
    let wanted = configuration.allIntents
    let missing = wanted.privileged.subtracting(granted)
    let fatal = missing.subtracting(configuration.droppableIntents)
    guard fatal.isEmpty else { throw crash(.disallowedIntents(fatal), number) }
    return wanted.subtracting(missing)
  }

  /// Starts what the bot consists of.
  private func run(
    _ application: Application, _ intents: Intents, _ number: Int, failures: Int
  ) async throws(BotCrash) {
    var publicKey: Ed25519PublicKey?
    do {
      publicKey = try application.verifyKey.map { try Ed25519PublicKey(hex: $0) }
    } catch {
      Self.log.warning("the application's public key cannot be read", ["bot": "\(id)"])
    }
    let group = configuration.usesGateway ? makeGroup(intents) : nil
    let missing = configuration.allIntents.subtracting(intents)
    let isCurrent = life.withLock { life in
      guard life.start == number else { return false }
      (life.application, life.publicKey, life.group) = (application, publicKey, group)
      return true
    }
    guard isCurrent else { throw .stopped }
    change { health in
      health.phase = .running
      health.troubles = missing.isEmpty ? [] : [.missingIntents(missing)]
    }
    if let definitions = desk.routing.definitions {
      errand(number) { await $0.register(definitions, of: application, number) }
    }
    guard let group else { return }
    do {
      try await group.start(configuration.shards)
    } catch {
      if error.code == .unauthorized { throw crash(.tokenRejected, number) }
      guard self.isCurrent(number) else { throw .stopped }
      change { health in
        health.phase = .starting
        health.troubles = [.unreachable(attempts: failures + 1)]
      }
      retry(number, failures: failures + 1)
    }
  }

  private func makeGroup(_ intents: Intents) -> ShardGroup {
    let rest = rest
    let gate = IdentifyGate(store: stores.identifies, time: environment.time) {
      try await Self.gatewayInformation(by: rest)
    }
    return ShardGroup(
      configuration: shardConfiguration(intents), gate: gate, sessions: stores.sessions,
      loops: environment.loops, delegate: self, time: environment.time)
  }

  private static func gatewayInformation(by rest: RESTClient) async throws -> GatewayInformation {
    do {
      return try await rest.send(.getGatewayBot(), priority: .reply)
    } catch {
      if error.code == .tokenRejected || error.status == 401 { throw GatewayError(.unauthorized) }
      throw error
    }
  }

  private func register(
    _ definitions: [ApplicationCommandDefinition], of application: Application, _ number: Int
  ) async {
    do {
      _ = try await rest.send(.overwriteGlobalCommands(definitions, of: application.id))
    } catch {
      guard isCurrent(number) else { return }
      Self.log.error("commands not registered", ["bot": "\(id)", "error": "\(error)"])
      change { $0.troubles.append(.commandsNotRegistered(error.description)) }
    }
  }

  // MARK: Bookkeeping

  private func isCurrent(_ number: Int) -> Bool { life.withLock { $0.start == number } }

  /// Notes that the bot gave up, unless it was stopped meanwhile.
  private func crash(_ reason: BotCrash, _ number: Int) -> BotCrash {
    guard isCurrent(number) else { return .stopped }
    Self.log.error("bot gave up", ["bot": "\(id)", "reason": .string(reason.description)])
    change { $0.reset(.crashed(reason)) }
    return reason
  }

  /// Does something beside, until it is done or the bot is stopped.
  func errand(_ number: Int, _ body: @escaping @Sendable (Bot) async -> Void) {
    life.withLock { life in
      guard life.start == number else { return }
      // Belongs to the bot, not to whoever called `start`; ended by `stop`.
      life.lastErrand += 1
      let key = life.lastErrand
      life.errands[key] = Task {
        await body(self)
        self.life.withLock { _ = $0.errands.removeValue(forKey: key) }
      }
    }
  }
}
