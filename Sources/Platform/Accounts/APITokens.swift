// Personal tokens for the JSON API: made, found at every call, revoked everywhere at once.

package import Bus
package import DiscordCore
package import EventLoop
package import PlatformAccess
package import Storage
import Telemetry
package import Vault

/// Personal tokens. Each belongs to one person, opens one guild, and is stored as its SHA-256.
///
/// What was read is kept for a minute at most, and dropped in every process at a notice when a token is revoked. Calls
/// throw what `Store` throws.
package final class APITokens: Sendable {
  /// The topic of the notices.
  static let topic = "api-tokens"
  /// How many a person may have.
  package static let limit = 50
  /// How exact `lastUsedAt` is.
  package static let usedInterval = Duration.seconds(300)

  private let rows: APITokenRows
  private let bus: any Bus
  private let text: APITokenText
  private let cache: CredentialCache<[UInt8], APIToken>
  private let log = Log(room: "api-tokens")

  /// Declare `AccountSchema.platform` in the store's schema. `capacity` bounds what is kept in memory.
  package init(store: PlatformStore, bus: any Bus, capacity: Int = 10_000) {
    rows = APITokenRows(store: store)
    self.bus = bus
    text = APITokenText(key: store.key)
    cache = CredentialCache(capacity: capacity, keepsAbsence: false)
  }

  /// Listens for tokens that other processes revoked, until the task is cancelled.
  package func run() async throws {
    let notices = try await bus.subscribe(to: [Self.topic], buffer: 1024)
    cache.forgetAll()
    for await notice in notices {
      switch notice {
      case .notice(_, let payload):
        if let notice = CredentialNotice(payload) { drop(notice) } else { cache.forgetAll() }
      case .missed: cache.forgetAll()
      }
    }
  }

  // MARK: Making and finding

  /// Makes a token. The caller checks that the person may do in the guild what the token may.
  ///
  /// - Parameters:
  ///   - name: what its owner calls it: 1 to 64 characters; spaces around them are dropped.
  ///   - user: whose it is.
  ///   - guild: the one it opens.
  ///   - access: what it may do at most.
  ///   - expiry: when it ends; nil for never.
  ///   - now: the present.
  /// - Returns: the token's text, to be shown once, and what is kept of it.
  /// - Throws: `APITokenRefusal`.
  package func create(
    _ name: String, of user: UserID, in guild: Tenant, access: AccessRole, expiresAt expiry: Timestamp?,
    at now: Timestamp
  ) async throws -> (text: Secret, token: APIToken) {
    guard let name = Self.clean(name) else { throw APITokenRefusal.badName }
    let (secret, hash) = text.issue()
    let token = APIToken(
      id: SecureRandom.token(byteCount: 9), user: user, guild: guild, name: name, access: access,
      createdAt: now, expiresAt: expiry, lastUsedAt: nil)
    guard token.isValid(at: now) else { throw APITokenRefusal.expired }
    guard try await rows.add(token, hash: hash, limit: Self.limit) else { throw APITokenRefusal.tooMany }
    return (secret, token)
  }

  /// The token of that text; nil when we did not make it, when it was revoked, and when it has expired.
  package func token(for text: String, at now: Timestamp) async throws -> APIToken? {
    guard let hash = self.text.hash(of: text) else { return nil }
    let found = try await cache.value(hash, at: now) { try await rows.token(hash: hash) }
    guard var found, found.isValid(at: now) else { return nil }
    await noteUse(of: &found, hash, at: now)
    return found
  }

  // MARK: Listing and revoking

  /// A person's tokens, the newest first, with those that have expired.
  package func list(_ user: UserID) async throws -> [APIToken] { try await rows.tokens(of: user) }

  /// The newest 500 tokens that open a guild, whoever has them.
  package func list(_ guild: Tenant) async throws -> [APIToken] {
    try await rows.tokens(in: guild, limit: 500)
  }

  /// Ends a token of a person.
  ///
  /// - Returns: whether they had it.
  @discardableResult
  package func revoke(_ id: String, of user: UserID) async throws -> Bool {
    let wasThere = try await rows.delete(id, of: user)
    if wasThere { await forget(.one(id)) }
    return wasThere
  }

  /// Ends a token that opens a guild, whoever has it: for the guild's owner.
  ///
  /// - Returns: whether there was one.
  @discardableResult
  package func revoke(_ id: String, in guild: Tenant) async throws -> Bool {
    let wasThere = try await rows.delete(id, in: guild)
    if wasThere { await forget(.one(id)) }
    return wasThere
  }

  /// Ends all tokens that open a guild. Call it too when the guild's data was erased otherwise, so that no process goes
  /// on with what it remembers.
  ///
  /// - Returns: how many.
  @discardableResult
  package func revokeAll(in guild: Tenant) async throws -> Int {
    let count = try await rows.deleteAll(in: guild)
    await forget(.guild(guild))
    return count
  }

  // MARK: Parts

  /// Drops what is remembered, here at once and then everywhere.
  func forget(_ notice: CredentialNotice) async {
    drop(notice)
    await notice.publish(to: Self.topic, on: bus, log)
  }

  private func drop(_ notice: CredentialNotice) {
    switch notice {
    case .one(let id): cache.forget { $0.id == id }
    case .user(let user): cache.forget { $0.user == user }
    case .guild(let guild): cache.forget { $0.guild == guild }
    }
  }

  private static func clean(_ name: String) -> String? {
    var name = name[...]
    while name.first?.isWhitespace == true { name.removeFirst() }
    while name.last?.isWhitespace == true { name.removeLast() }
    let isOneLine = name.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
    return (1...64).contains(name.count) && name.utf8.count <= 512 && isOneLine ? String(name) : nil
  }

  /// Of many calls at once, one writes.
  private func noteUse(of token: inout APIToken, _ hash: [UInt8], at now: Timestamp) async {
    func isDue(_ token: APIToken) -> Bool { token.lastUsedAt.map { $0 <= now - Self.usedInterval } ?? true }
    guard isDue(token) else { return }
    let isFirst = cache.change(hash) { token in
      guard isDue(token) else { return false }
      token.lastUsedAt = now
      return true
    }
    token.lastUsedAt = now
    guard isFirst ?? true else { return }
    do {
      try await rows.used(token.id, at: now, interval: Self.usedInterval)
    } catch {
      // The call is answered all the same; the next one in five minutes tries again.
      log.error("the use of a token could not be written", ["error": .string("\(error)")])
    }
  }
}
