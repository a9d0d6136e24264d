// Members the cache does not know, asked for over REST.

internal import DiscordCore
internal import DiscordLimits
internal import DiscordModels
internal import DiscordREST
internal import HTTPTypes
internal import JSON

/// Asks Discord for single members: one call for all who want the same one, and only so many at a time.
actor MemberLoader {
  private struct Key: Hashable {
    let user: UserID
    let guild: GuildID
  }

  /// Calls under way; more are refused.
  static let bound = 256

  private let rest: RESTClient
  private let cache: BotCache
  private var underway: [Key: Task<CachedMember?, any Error>] = [:]

  init(rest: RESTClient, cache: BotCache) { (self.rest, self.cache) = (rest, cache) }

  func load(_ user: UserID, in guild: GuildID, priority: EgressPriority) async throws(RESTError)
    -> CachedMember?
  {
    let key = Key(user: user, guild: guild)
    var endpoint = Endpoint<SeenMember>(.get, "/guilds/{guild.id}/members/{user.id}", guild, user)
    endpoint.call.isRepeatable = true
    let task: Task<CachedMember?, any Error>
    if let running = underway[key] {
      task = running
    } else {
      guard underway.count < Self.bound else {
        throw RESTError(.queueFull, kind: .retry(after: .seconds(1)), route: endpoint.call.route)
      }
      // One call for all who wait, which must not end with the first of them that is cancelled.
      task = Task { [rest, cache, endpoint] in try await Self.fetch(endpoint, guild, rest, cache, priority) }
      underway[key] = task
    }
    let result = await task.result
    if underway[key] == task { underway[key] = nil }
    switch result {
    case .success(let member): return member
    case .failure(let error as RESTError): throw error
    case .failure: throw RESTError(.cancelled, kind: .cancelled, route: endpoint.call.route)
    }
  }

  private static func fetch(
    _ endpoint: Endpoint<SeenMember>, _ guild: GuildID, _ rest: RESTClient, _ cache: BotCache,
    _ priority: EgressPriority
  ) async throws -> CachedMember? {
    do {
      let seen = try await rest.send(endpoint, priority: priority)
      cache.see(seen.sighting, in: guild)
      return seen.member
    } catch {
      if error.discordCode == .unknownMember || error.discordCode == .unknownUser { return nil }
      throw error
    }
  }
}

/// A member out of an answer, as the cache takes it.
struct SeenMember: WireDecodable {
  let sighting: MemberSighting
  let member: CachedMember

  init(from json: JSONView) throws(JSONError) {
    var sighting = MemberSighting()
    guard sighting.read(json, user: nil, settings: .everything) else { throw json.mismatch() }
    self.sighting = sighting
    member = CachedMember(sighting.row, sighting.record[...])
  }
}
