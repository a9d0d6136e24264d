// The accounts of people who sign in, in the platform's store.

package import DiscordCore
package import EventLoop
import SQL
package import Storage
import Vault

/// Who signed in, their preferences, and Discord's tokens: sealed under the platform's key, each for its own row.
///
/// Declare `AccountSchema.platform` in the store's schema. Calls throw what `Store` throws.
package struct Accounts: Sendable {
  private static let columns =
    "user_id, username, display_name, avatar, first_at, last_at, language, theme, time_zone, sidebar_hidden, policies_seen_at"

  private let store: PlatformStore
  private let sessions: Sessions
  private let tokens: APITokens

  /// `sessions` and `tokens` end with the account.
  package init(store: PlatformStore, sessions: Sessions, tokens: APITokens) {
    (self.store, self.sessions, self.tokens) = (store, sessions, tokens)
  }

  // MARK: Signing in

  /// Writes down that somebody signed in: makes their account, or brings it up to date and leaves their preferences.
  @discardableResult
  package func signedIn(_ profile: AccountProfile, _ tokens: AccountTokens, at now: Timestamp) async throws
    -> Account
  {
    let sealed = seal(tokens, of: profile.user)
    let rows = try await store.writeRows(
      """
      INSERT INTO account (\(unescaped: Self.columns), access_token, refresh_token, token_expires_at, scopes)
      VALUES (\(profile.user.column), \(profile.username), \(profile.displayName), \(profile.avatar),
        \(now.milliseconds), \(now.milliseconds), \(nil as String?), \(AccountPreferences.Theme.auto.rawValue),
        \(nil as String?), \(false), \(nil as Int64?), \(sealed.access), \(sealed.refresh), \(tokens.expiresAt.milliseconds),
        \(sealed.scopes))
      ON CONFLICT (user_id) DO UPDATE SET username = excluded.username, display_name = excluded.display_name,
        avatar = excluded.avatar, last_at = excluded.last_at, access_token = excluded.access_token,
        refresh_token = excluded.refresh_token, token_expires_at = excluded.token_expires_at,
        scopes = excluded.scopes
      RETURNING \(unescaped: Self.columns)
      """)
    guard let account = try rows.first.map(Self.account) else {
      throw SQLError(.typeMismatch, message: "an account was written, and did not come back")
    }
    return account
  }

  /// Discord's tokens; nil for somebody without an account.
  ///
  /// - Throws: `VaultError` when they were sealed for another row or under another key.
  package func tokens(of user: UserID) async throws -> AccountTokens? {
    let row = try await store.rows(
      "SELECT access_token, refresh_token, token_expires_at, scopes FROM account WHERE user_id = \(user.column)"
    ).first
    guard let row else { return nil }
    let scopes: String = try row.get(3)
    return AccountTokens(
      access: try store.key.openSecret(try row.get(0), context: Self.context("access_token", user)),
      refresh: try row.get(1, as: [UInt8]?.self).map {
        try store.key.openSecret($0, context: Self.context("refresh_token", user))
      },
      expiresAt: Timestamp(milliseconds: try row.get(2)),
      scopes: scopes.split(separator: " ").map(String.init))
  }

  /// Replaces Discord's tokens after they were refreshed. Does nothing without an account.
  package func setTokens(_ tokens: AccountTokens, of user: UserID) async throws {
    let sealed = seal(tokens, of: user)
    try await store.execute(
      """
      UPDATE account SET access_token = \(sealed.access), refresh_token = \(sealed.refresh),
        token_expires_at = \(tokens.expiresAt.milliseconds), scopes = \(sealed.scopes)
      WHERE user_id = \(user.column)
      """)
  }

  // MARK: Reading and changing

  /// Nil for somebody who never signed in, or deleted their account.
  package func account(_ user: UserID) async throws -> Account? {
    try await store.rows(
      "SELECT \(unescaped: Self.columns) FROM account WHERE user_id = \(user.column)"
    ).first.map(Self.account)
  }

  /// Replaces somebody's preferences; a language or zone of more than 64 bytes is none. The caller checks that the zone
  /// is one.
  ///
  /// - Returns: whether they have an account.
  @discardableResult
  package func setPreferences(_ preferences: AccountPreferences, of user: UserID) async throws -> Bool {
    func bounded(_ text: String?) -> String? { text.flatMap { (1...64).contains($0.utf8.count) ? $0 : nil } }
    return try await store.execute(
      """
      UPDATE account SET language = \(bounded(preferences.language)), theme = \(preferences.theme.rawValue),
        time_zone = \(bounded(preferences.timeZone)), sidebar_hidden = \(preferences.isSidebarHidden)
      WHERE user_id = \(user.column)
      """) > 0
  }

  /// Writes down that somebody has taken note of the legal pages as they are now.
  ///
  /// - Returns: whether they have an account.
  @discardableResult
  package func notePolicies(of user: UserID, at now: Timestamp) async throws -> Bool {
    try await store.execute(
      "UPDATE account SET policies_seen_at = \(now.milliseconds) WHERE user_id = \(user.column)") > 0
  }

  /// How many there are.
  package func count() async throws -> Int {
    try await store.rows("SELECT COUNT(*) FROM account").first?.get(0) ?? 0
  }

  /// Deletes somebody's account, sessions and API tokens, in one transaction; every process refuses them from then on.
  /// Call it too when their data was erased otherwise, so that no process goes on with what it remembers.
  ///
  /// - Returns: whether there was an account.
  @discardableResult
  package func delete(_ user: UserID) async throws -> Bool {
    let counts = try await store.batch([
      "DELETE FROM account_token WHERE user_id = \(user.column)",
      "DELETE FROM account_session WHERE user_id = \(user.column)",
      "DELETE FROM account WHERE user_id = \(user.column)",
    ])
    await sessions.forget(.user(user))
    await tokens.forget(.user(user))
    return (counts.last ?? 0) > 0
  }

  // MARK: Parts

  private func seal(_ tokens: AccountTokens, of user: UserID) -> (
    access: [UInt8], refresh: [UInt8]?, scopes: String
  ) {
    (
      store.key.seal(tokens.access, context: Self.context("access_token", user)),
      tokens.refresh.map { store.key.seal($0, context: Self.context("refresh_token", user)) },
      tokens.scopes.joined(separator: " ")
    )
  }

  private static func context(_ column: String, _ user: UserID) -> SealContext {
    SealContext(
      tenant: SealedColumn.platformTenant, table: "account", column: column, row: user.description)
  }

  private static func account(_ row: SQLRow) throws -> Account {
    Account(
      profile: AccountProfile(
        user: UserID(column: try row.get(0)), username: try row.get(1), displayName: try row.get(2),
        avatar: try row.get(3)),
      firstSignInAt: Timestamp(milliseconds: try row.get(4)),
      lastSignInAt: Timestamp(milliseconds: try row.get(5)),
      preferences: AccountPreferences(
        language: try row.get(6), theme: AccountPreferences.Theme(rawValue: try row.get(7)) ?? .auto,
        timeZone: try row.get(8), isSidebarHidden: try row.get(9)),
      policiesSeenAt: try row.get(10, as: Int64?.self).map { Timestamp(milliseconds: $0) })
  }
}

extension Snowflake {
  /// As a `BIGINT`, which has a sign.
  var column: Int64 { Int64(bitPattern: rawValue) }

  init(column: Int64) { self.init(UInt64(bitPattern: column)) }
}
