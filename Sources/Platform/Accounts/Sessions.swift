// The sessions of people who signed in: begun, found at every request, ended everywhere at once.

package import Bus
package import DiscordCore
package import EventLoop
package import PlatformAccess
package import Storage
import Telemetry
package import Vault

/// Sessions. The cookie has the secret, the store only its SHA-256, and a cookie that we did not sign costs no look at
/// the store.
///
/// A session ends seven days after it was used last and thirty after it was begun. What was read is kept for a minute at
/// most, and dropped in every process at a notice when a session ends. Calls throw what `Store` throws.
package final class Sessions: Sendable {
  /// The topic of the notices.
  static let topic = "sessions"
  /// How long a session lives without being used.
  package static let idleLimit = Duration.seconds(7 * 86_400)
  /// How long a session lives.
  package static let absoluteLimit = Duration.seconds(30 * 86_400)
  /// How long a session still answers after a change of rights replaced it: requests of its pages are under way.
  package static let handover = Duration.seconds(60)
  /// How exact `lastSeenAt` is.
  package static let seenInterval = Duration.seconds(300)
  /// How many a person may have; the oldest goes for the next.
  package static let limit = 50

  private let rows: SessionRows
  private let bus: any Bus
  private let tokens: SessionTokens
  private let cache: CredentialCache<String, StoredSession>
  private let log = Log(room: "sessions")

  /// Declare `AccountSchema.platform` in the store's schema. `capacity` bounds what is kept in memory.
  package init(store: PlatformStore, bus: any Bus, capacity: Int = 10_000) {
    rows = SessionRows(store: store)
    self.bus = bus
    tokens = SessionTokens(key: store.key)
    // Ids are signed, so nobody can fill it with made-up ones.
    cache = CredentialCache(capacity: capacity, keepsAbsence: true)
  }

  /// Listens for sessions that other processes ended, until the task is cancelled.
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

  // MARK: Beginning and finding

  /// Begins a session for somebody who just signed in.
  ///
  /// - Parameters:
  ///   - user: who they are.
  ///   - address: from where, as text; nil when that is not known.
  ///   - agent: the browser's `User-Agent`; only its name and system are kept.
  ///   - now: the present.
  /// - Returns: the cookie's value, which is in no store, and the session.
  /// - Throws: what `Store` throws.
  package func begin(user: UserID, address: String?, agent: String?, at now: Timestamp) async throws -> (
    token: Secret, session: Session
  ) {
    let (parts, token) = tokens.issue()
    let stored = StoredSession(
      entry: SessionEntry(
        id: parts.id, user: user, createdAt: now, lastSeenAt: now,
        address: address.map { String($0.prefix(64)) }, agent: BrowserName(userAgent: agent ?? "").text),
      hash: parts.hash)
    for id in try await rows.add(stored, limit: Self.limit) { await forget(.one(id)) }
    return (token, session(stored, parts))
  }

  private func session(_ stored: StoredSession, _ parts: SessionTokens.Parts) -> Session {
    Session(
      entry: stored.entry, csrfToken: stored.formToken ?? tokens.csrfToken(parts), rights: stored.rights,
      parts: parts, successor: stored.replacement?.id)
  }

  /// The session of a cookie; nil when it is none of ours, was changed, or its session ended.
  package func session(for token: String, at now: Timestamp) async throws -> Session? {
    guard let parts = tokens.read(token) else { return nil }
    let stored = try await cache.value(parts.id, at: now) { try await rows.session(parts.id) }
    guard var stored, ConstantTime.equal(stored.hash, parts.hash), Self.isAlive(stored.entry, at: now),
      stored.replacement.map({ now < $0.at + Self.handover }) ?? true
    else { return nil }
    await noteUse(of: &stored.entry, at: now)
    return session(stored, parts)
  }

  /// Takes note of what the session's owner may do in a place. When that is not what it was when the session was there
  /// before, a new session takes its place, so that nobody who came by the old cookie gains by the change.
  ///
  /// The old cookie still answers for `handover`, and is answered with the same new one however often: a browser asks for
  /// several things at once. Forms of pages that are open stay good.
  ///
  /// - Returns: the new cookie's value and session; nil when nothing changed, or the session ended meanwhile.
  package func note(_ role: AccessRole?, in place: RightsPlace, of session: Session, at now: Timestamp)
    async throws -> (token: Secret, session: Session)?
  {
    if let id = session.successor { return try await successor(id, of: session) }
    guard session.rights[place] != role else { return nil }
    let (parts, token) = tokens.successor(of: session.parts)
    var rights = session.rights
    rights[place] = role
    let stored = StoredSession(
      entry: Self.entry(parts.id, for: session.entry, at: now), hash: parts.hash, rights: rights,
      formToken: session.csrfToken)
    let isFirst = try await rows.succeed(session.id, with: stored, at: now)
    await forget(.one(session.id))
    if isFirst { return (token, self.session(stored, parts)) }
    // Another request was quicker.
    guard let id = try await rows.session(session.id)?.replacement?.id else { return nil }
    return try await successor(id, of: session)
  }

  /// What took the place of a session; nil when it ended as well.
  private func successor(_ id: String, of session: Session) async throws -> (token: Secret, session: Session)?
  {
    let (parts, token) = tokens.successor(of: session.parts, id: id)
    guard let stored = try await rows.session(id), ConstantTime.equal(stored.hash, parts.hash) else {
      return nil
    }
    return (token, self.session(stored, parts))
  }

  private static func entry(_ id: String, for old: SessionEntry, at now: Timestamp) -> SessionEntry {
    SessionEntry(
      id: id, user: old.user, createdAt: old.createdAt, lastSeenAt: now, address: old.address,
      agent: old.agent)
  }

  /// Gives a session a new cookie and ends the old one and its forms at once. It does not live longer for that.
  ///
  /// - Returns: nil when the session ended meanwhile.
  package func rotate(_ session: Session, at now: Timestamp) async throws -> (
    token: Secret, session: Session
  )? {
    let (parts, token) = tokens.issue()
    let old = session.entry
    let stored = StoredSession(
      entry: Self.entry(parts.id, for: old, at: now), hash: parts.hash, rights: session.rights)
    guard Self.isAlive(old, at: now), try await rows.replace(old.id, with: stored) else { return nil }
    await forget(.one(old.id))
    return (token, self.session(stored, parts))
  }

  // MARK: Listing and ending

  /// Somebody's sessions, the one used last first, with those that ended and were not swept yet.
  package func list(_ user: UserID) async throws -> [SessionEntry] {
    try await rows.sessions(of: user)
  }

  /// Ends one session.
  ///
  /// - Returns: whether the person had it.
  @discardableResult
  package func revoke(_ id: String, of user: UserID) async throws -> Bool {
    let wasThere = try await rows.delete(id, of: user)
    if wasThere { await forget(.user(user)) }
    return wasThere
  }

  /// Ends all sessions of a person, or all but the one with that id.
  ///
  /// - Returns: how many.
  @discardableResult
  package func revokeAll(of user: UserID, except id: String? = nil) async throws -> Int {
    let count = try await rows.deleteAll(of: user, except: id)
    await forget(.user(user))
    return count
  }

  /// Deletes what is past its time, which nobody gets in any case.
  ///
  /// - Returns: how many.
  @discardableResult
  package func sweep(at now: Timestamp) async throws -> Int {
    try await rows.delete(
      createdUntil: now - Self.absoluteLimit, orSeenUntil: now - Self.idleLimit,
      orReplacedUntil: now - Self.handover)
  }

  // MARK: Parts

  /// Drops what is remembered, here at once and then everywhere.
  func forget(_ notice: CredentialNotice) async {
    drop(notice)
    await notice.publish(to: Self.topic, on: bus, log)
  }

  private func drop(_ notice: CredentialNotice) {
    switch notice {
    case .one(let id): cache.forget { $0.entry.id == id }
    case .user(let user): cache.forget { $0.entry.user == user }
    case .guild: break
    }
  }

  private static func isAlive(_ entry: SessionEntry, at now: Timestamp) -> Bool {
    now < entry.lastSeenAt + idleLimit && now < entry.createdAt + absoluteLimit
  }

  /// Of many requests at once, one writes.
  private func noteUse(of entry: inout SessionEntry, at now: Timestamp) async {
    guard entry.lastSeenAt <= now - Self.seenInterval else { return }
    let isFirst = cache.change(entry.id) { stored in
      guard stored.entry.lastSeenAt <= now - Self.seenInterval else { return false }
      stored.entry.lastSeenAt = now
      return true
    }
    entry.lastSeenAt = now
    guard isFirst ?? true else { return }
    do {
      try await rows.seen(entry.id, at: now, interval: Self.seenInterval)
    } catch {
      // The person is signed in all the same; the next request in five minutes tries again.
      log.error("the use of a session could not be written", ["error": .string("\(error)")])
    }
  }
}
