// Sign-ins that were begun and not finished: each may be finished once, soon, by the browser that began it.

package import DiscordREST
package import EventLoop
import SQL
package import Storage
import Vault

/// A sign-in that came back from Discord.
package struct FinishedSignIn: Sendable {
  /// With the verifier that turns Discord's code into tokens.
  package let login: OAuth2Login
  /// Where the person was going: a path of our own, never another site's address.
  package let returnTo: String
}

/// Sign-ins under way. The state and what the browser holds are stored hashed, the verifier sealed.
///
/// Calls throw what `Store` throws.
package struct SignInStore: Sendable {
  /// How long a person may take over Discord's consent page.
  package static let lifetime = Duration.seconds(600)

  private let store: PlatformStore
  private let limit: Int

  /// Declare `AccountSchema.platform` in the store's schema. `limit` bounds how many are under way; beyond it the oldest
  /// are dropped.
  package init(store: PlatformStore, limit: Int = 10_000) {
    (self.store, self.limit) = (store, max(1, limit))
  }

  /// Writes down that a browser was sent to Discord.
  ///
  /// - Parameters:
  ///   - login: the attempt; its state goes to Discord and comes back.
  ///   - browser: an unguessable value that only this browser has, in a cookie.
  ///   - path: where the person was going; anything but a path of our own becomes `/`.
  ///   - now: the present.
  /// - Throws: what `Store` throws.
  package func begin(_ login: OAuth2Login, browser: String, returnTo path: String, at now: Timestamp)
    async throws
  {
    let state = Self.hash(login.state)
    let verifier = store.key.seal(login.verifier, context: Self.context(state))
    try await store.batch([
      "DELETE FROM account_sign_in WHERE begun_at <= \((now - Self.lifetime).milliseconds)",
      """
      DELETE FROM account_sign_in WHERE state IN (
        SELECT state FROM account_sign_in ORDER BY begun_at DESC, state DESC LIMIT \(limit) OFFSET \(limit - 1))
      """,
      """
      INSERT INTO account_sign_in (state, browser, verifier, return_to, begun_at)
      VALUES (\(state), \(SHA256.hash(Array(browser.utf8))), \(verifier), \(Self.local(path)),
        \(now.milliseconds))
      """,
    ])
  }

  /// Finishes a sign-in: the first time, within ten minutes, and for the browser that began it.
  ///
  /// - Parameters:
  ///   - state: what Discord handed back.
  ///   - browser: what is in the browser's cookie.
  ///   - now: the present.
  /// - Returns: nil when there is nothing to finish: a stale or forged link, or another browser. One that another
  ///   browser tries stays for its own.
  /// - Throws: what `Store` throws, and `VaultError` when the verifier was sealed for another row.
  package func finish(state: String, browser: String, at now: Timestamp) async throws -> FinishedSignIn? {
    guard state.utf8.count <= 256, browser.utf8.count <= 256 else { return nil }
    let key = Self.hash(state)
    let given = SHA256.hash(Array(browser.utf8))
    let found = try await store.write { session -> (verifier: [UInt8], returnTo: String)? in
      let row = try await session.rows(
        "SELECT browser, verifier, return_to, begun_at FROM account_sign_in WHERE state = \(key)"
      ).first
      guard let row, ConstantTime.equal(try row.get(0, as: [UInt8].self), given) else { return nil }
      // Of two that come at once, one deletes it.
      guard try await session.execute("DELETE FROM account_sign_in WHERE state = \(key)") == 1 else {
        return nil
      }
      guard now < Timestamp(milliseconds: try row.get(3)) + Self.lifetime else { return nil }
      return (try row.get(1), try row.get(2))
    }
    guard let found else { return nil }
    let verifier = try store.key.openSecret(found.verifier, context: Self.context(key))
    return FinishedSignIn(
      login: OAuth2Login(state: state, verifier: verifier), returnTo: found.returnTo)
  }

  /// Deletes those whose time is over. `begin` does as much.
  ///
  /// - Returns: how many.
  @discardableResult
  package func purge(at now: Timestamp) async throws -> Int {
    try await store.execute(
      "DELETE FROM account_sign_in WHERE begun_at <= \((now - Self.lifetime).milliseconds)")
  }

  /// How many are under way, or were left.
  package func count() async throws -> Int {
    try await store.rows("SELECT COUNT(*) FROM account_sign_in").first?.get(0) ?? 0
  }

  private static func hash(_ state: String) -> String { Hex.encode(SHA256.hash(Array(state.utf8))) }

  private static func context(_ state: String) -> SealContext {
    SealContext(
      tenant: SealedColumn.platformTenant, table: "account_sign_in", column: "verifier", row: state)
  }

  /// The path if it leads nowhere else: browsers read `//host` and `/\host` as another site, and drop control characters.
  private static func local(_ path: String) -> String {
    let bytes = Array(path.utf8)
    guard bytes.first == UInt8(ascii: "/"), bytes.count <= 2_000,
      bytes.allSatisfy({ $0 > 0x20 && $0 != 0x7f })
    else { return "/" }
    let isElsewhere = bytes.count > 1 && (bytes[1] == UInt8(ascii: "/") || bytes[1] == UInt8(ascii: "\\"))
    return isElsewhere ? "/" : path
  }
}
