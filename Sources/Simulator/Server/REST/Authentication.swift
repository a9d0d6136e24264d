// Who stands behind an `Authorization` field.

internal import DiscordCore
package import SimulatorWorld

extension World {
  /// The caller that a header names; `.anonymous` without one.
  ///
  /// - Throws: 401 for a token nobody has.
  package func caller(for authorization: String?) throws(RESTFailure) -> Caller {
    guard let authorization, !authorization.isEmpty else { return .anonymous }
    let parts = authorization.split(separator: " ", maxSplits: 1)
    if parts.count == 2, parts[0] == "Bot" {
      guard let application = application(withBotToken: String(parts[1])) else { throw .unauthorized }
      return .bot(application.id)
    }
    if parts.count == 2, parts[0] == "Bearer" {
      guard let bearer = bearer(String(parts[1])) else { throw .unauthorized }
      return bearer
    }
    guard authorization.hasPrefix("user."), let id = UserID(authorization.dropFirst(5)),
      let user = users[id], !user.isBot
    else { throw .unauthorized }
    return .user(id)
  }

  /// The application with that bot token.
  package func application(withBotToken token: String) -> Application? {
    applications.values.first { $0.botToken == token }
  }

  /// Whom an OAuth2 access token speaks for. OAuth2 fills the table.
  func bearer(_ token: String) -> Caller? {
    guard let grant = accessTokens[token], grant.expiresAt > now else { return nil }
    return .bearer(grant.user, grant.application, scopes: grant.scopes)
  }
}
