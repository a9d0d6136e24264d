// The tables of accounts.

package import Storage

/// The tables of people who sign in, all in the platform's store.
///
/// * `account`: who signed in, their preferences, and Discord's tokens, sealed under the platform's key.
/// * `account_sign_in`: sign-ins under way, for ten minutes.
/// * `account_session`: browsers that are signed in. Of what is in their cookie only the SHA-256 is here.
/// * `account_token`: personal tokens for the JSON API, by their SHA-256.
package enum AccountSchema {
  /// Declared in the platform's store.
  package static let platform = SchemaOwner(
    "account", migrations: [first, policies, rights],
    tables: [
      Table(
        "account",
        columns: [
          .init("user_id", .integer), .init("username", .text), .init("display_name", .text),
          .init("avatar", .text), .init("first_at", .integer), .init("last_at", .integer),
          .init("language", .text), .init("theme", .text), .init("time_zone", .text),
          .init("sidebar_hidden", .boolean), .init("access_token", .blob), .init("refresh_token", .blob),
          .init("token_expires_at", .integer), .init("scopes", .text),
          .init("policies_seen_at", .integer),
        ], key: ["user_id"],
        data: TableData(
          "Who signed in to the dashboard: Discord's name and picture of them, their preferences, and sealed tokens",
          people: [.subject("user_id", with: ["username", "display_name", "avatar"])],
          kept: .until("the person deletes the account"), secrets: ["access_token", "refresh_token"])),
      Table(
        "account_sign_in",
        columns: [
          .init("state", .text), .init("browser", .blob), .init("verifier", .blob),
          .init("return_to", .text), .init("begun_at", .integer),
        ], key: ["state"],
        data: TableData(
          "Sign-ins that were begun and not finished, of browsers that are not known to be anybody's",
          kept: .minutes(10, since: "begun_at"), secrets: ["state", "browser", "verifier"])),
      Table(
        "account_session",
        columns: [
          .init("id", .text), .init("user_id", .integer), .init("secret_hash", .blob),
          .init("created_at", .integer), .init("last_seen_at", .integer), .init("address", .text),
          .init("agent", .text), .init("rights", .text), .init("form_token", .text),
          .init("replaced_at", .integer), .init("successor", .text),
        ], key: ["id"],
        data: TableData(
          "Browsers that are signed in: from which address, with which browser, when they were last seen, and what their owner might do then",
          people: [.subject("user_id", with: ["address", "agent"])], kept: .days(30, since: "created_at"),
          secrets: ["secret_hash", "form_token"])),
      Table(
        "account_token",
        columns: [
          .init("id", .text), .init("user_id", .integer), .init("guild_id", .integer), .init("name", .text),
          .init("access", .text), .init("secret_hash", .blob), .init("created_at", .integer),
          .init("expires_at", .integer), .init("last_used_at", .integer),
        ], key: ["id"],
        data: TableData(
          "Personal tokens for the JSON API: their names, what they may do, and when they were last used",
          people: [.subject("user_id", with: ["name"])],
          kept: .until("the person revokes the token or deletes the account, or the server's data is erased"),
          secrets: ["secret_hash"])),
    ])

  /// When somebody was last told that the legal pages changed; nil for never since they signed up.
  private static let policies = Migration(2, ["ALTER TABLE account ADD COLUMN policies_seen_at BIGINT"])

  /// What a session's owner might do where they last were, and what became of a session that a change of it replaced.
  private static let rights = Migration(
    3,
    [
      "ALTER TABLE account_session ADD COLUMN rights TEXT NOT NULL DEFAULT ''",
      "ALTER TABLE account_session ADD COLUMN form_token TEXT",
      "ALTER TABLE account_session ADD COLUMN replaced_at BIGINT",
      "ALTER TABLE account_session ADD COLUMN successor TEXT",
    ])

  private static let first = Migration(
    1,
    [
      """
      CREATE TABLE account (
        user_id BIGINT NOT NULL, username TEXT NOT NULL, display_name TEXT, avatar TEXT, first_at BIGINT NOT NULL,
        last_at BIGINT NOT NULL, language TEXT, theme TEXT NOT NULL, time_zone TEXT, sidebar_hidden BOOLEAN NOT NULL,
        access_token BYTEA NOT NULL, refresh_token BYTEA, token_expires_at BIGINT NOT NULL, scopes TEXT NOT NULL,
        PRIMARY KEY (user_id))
      """,
      """
      CREATE TABLE account_sign_in (
        state TEXT NOT NULL, browser BYTEA NOT NULL, verifier BYTEA NOT NULL, return_to TEXT NOT NULL,
        begun_at BIGINT NOT NULL, PRIMARY KEY (state))
      """,
      "CREATE INDEX account_sign_in_by_age ON account_sign_in (begun_at, state)",
      """
      CREATE TABLE account_session (
        id TEXT NOT NULL, user_id BIGINT NOT NULL, secret_hash BYTEA NOT NULL, created_at BIGINT NOT NULL,
        last_seen_at BIGINT NOT NULL, address TEXT, agent TEXT NOT NULL, PRIMARY KEY (id))
      """,
      "CREATE INDEX account_session_by_user ON account_session (user_id, created_at)",
      "CREATE INDEX account_session_by_age ON account_session (created_at)",
      "CREATE INDEX account_session_by_use ON account_session (last_seen_at)",
      """
      CREATE TABLE account_token (
        id TEXT NOT NULL, user_id BIGINT NOT NULL, guild_id BIGINT NOT NULL, name TEXT NOT NULL, access TEXT NOT NULL,
        secret_hash BYTEA NOT NULL, created_at BIGINT NOT NULL, expires_at BIGINT, last_used_at BIGINT,
        PRIMARY KEY (id))
      """,
      "CREATE UNIQUE INDEX account_token_by_hash ON account_token (secret_hash)",
      "CREATE INDEX account_token_by_user ON account_token (user_id, created_at)",
      "CREATE INDEX account_token_by_guild ON account_token (guild_id, created_at)",
    ])
}
