// What Discord does not say again: the guilds of a session that an earlier process began.

package import DiscordCore
internal import DiscordGateway
internal import DiscordLimits
internal import DiscordModels
internal import DiscordREST
internal import EventLoop
internal import HTTPTypes
internal import JSON
internal import Synchronization
internal import Telemetry

extension Bot {
  /// Guilds asked for at the same time.
  private static let recallsAtOnce = 4
  /// How long until those that could not be asked for are tried again.
  private static let recallPause = Duration.seconds(60)

  /// Fills the cache after a resume, if nothing has filled it before. Who is in voice is not among what can be asked
  /// for: it becomes known as people move.
  func recallGuilds(of shard: ShardID) {
    let number = life.withLock { life in life.told.insert(shard).inserted ? life.start : nil }
    guard let number else { return }
    errand(number) { await $0.recallAll(of: shard) }
  }

  private func recallAll(of shard: ShardID) async {
    repeat {
      let missing = await recallOnce(shard)
      guard !Task.isCancelled else { return }
      change { health in
        health.troubles.removeAll { if case .guildsUnknown = $0 { true } else { false } }
        if missing > 0 { health.troubles.append(.guildsUnknown(missing)) }
      }
      guard missing > 0 else { return }
      // Cancelled: the loop ends above.
      _ = try? await environment.time.sleep(for: Self.recallPause)
    } while !Task.isCancelled
  }

  /// - Returns: how many guilds are still unknown.
  private func recallOnce(_ shard: ShardID) async -> Int {
    let guilds: [GuildID]
    do {
      guilds = try await ownGuilds().filter { $0.shard(of: shard.count) == shard.index }
    } catch {
      Self.log.warning("the bot's guilds cannot be asked for", ["error": "\(error)"])
      return 1
    }
    var missing = 0
    await withTaskGroup(of: Bool.self) { group in
      var rest = guilds[...]
      for guild in rest.prefix(Self.recallsAtOnce) { group.addTask { await self.recall(guild) } }
      rest = rest.dropFirst(Self.recallsAtOnce)
      while let isKnown = await group.next() {
        if !isKnown { missing += 1 }
        if let guild = rest.popFirst() { group.addTask { await self.recall(guild) } }
      }
    }
    return missing
  }

  /// The ids of all guilds the bot is in, page by page.
  private func ownGuilds() async throws(RESTError) -> [GuildID] {
    var guilds: [GuildID] = []
    while true {
      let page = try await ask("/users/@me/guilds") { $0.query("limit", 200).query("after", guilds.last) }
      let ids = page.array?.compactMap { $0["id"]?.snowflake.map { GuildID($0) } } ?? []
      guilds += ids.sorted()
      guard ids.count == 200 else { return guilds }
    }
  }

  /// Makes sure that a bot without a gateway knows a guild: asks for it when the cache has nothing of it.
  ///
  /// - Returns: whether the guild is known now.
  package func knows(_ guild: GuildID) async -> Bool {
    if cache.guild(guild) != nil { return true }
    _ = await recall(guild)
    return cache.guild(guild) != nil
  }

  /// Asks for one guild, again if an event shows that the answers were old when they came.
  ///
  /// - Returns: whether the guild is known now, or is none of the bot's any more.
  private func recall(_ guild: GuildID) async -> Bool {
    for _ in 0..<5 {
      guard cache.beginRecall(guild) else { return true }
      do {
        let bytes = try await description(of: guild).encoded()
        if try JSONParser().parse(bytes, { cache.endRecall(guild, $0) }) { return true }
      } catch {
        _ = cache.endRecall(guild, nil)
        if let error = error as? RESTError, error.isGone || error.kind == .missingPermission { return true }
        Self.log.warning("a guild cannot be asked for", ["error": "\(error)"])
        return false
      }
    }
    return false
  }

  /// What `GUILD_CREATE` would say, as far as calls can tell and the cache keeps it.
  private func description(of guild: GuildID) async throws(RESTError) -> JSONValue {
    let plain = try await ask("/guilds/{guild.id}", guild) { $0.query("with_counts", true) }
    var fields = plain.object?.fields ?? []
    func add(_ name: String, _ value: JSONValue?) {
      if let value { fields.append(JSONObject.Field(key: name, value: value)) }
    }
    add("member_count", plain["approximate_member_count"])
    add("members", .array([try await ask("/guilds/{guild.id}/members/{user.id}", guild, id)]))
    if configuration.cache.channels {
      add("channels", try await ask("/guilds/{guild.id}/channels", guild))
      if configuration.cache.threads {
        add("threads", try await ask("/guilds/{guild.id}/threads/active", guild)["threads"])
      }
    }
    return .object(JSONObject(fields: fields))
  }

  private func ask(
    _ template: StaticString, _ first: (any PathParameter)? = nil, _ second: (any PathParameter)? = nil,
    _ refine: (Endpoint<JSONValue>) -> Endpoint<JSONValue> = { $0 }
  ) async throws(RESTError) -> JSONValue {
    let endpoint =
      switch (first, second) {
      case (let first?, let second?): Endpoint<JSONValue>(.get, template, first, second)
      case (let first?, nil): Endpoint<JSONValue>(.get, template, first)
      default: Endpoint<JSONValue>(.get, template)
      }
    return try await rest.send(refine(endpoint), priority: .background)
  }
}
