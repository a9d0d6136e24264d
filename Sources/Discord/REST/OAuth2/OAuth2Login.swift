// How a person is sent to Discord's consent page and what comes back: the code grant with PKCE (RFC 6749, RFC 7636).

package import DiscordCore
package import DiscordModels
internal import HTTPTypes
package import Vault

/// One attempt to log in: keep it, sealed, in the person's session until they come back.
///
/// `state` ties the answer to the session that asked (else anybody's code could be slipped in), the verifier ties the
/// code to whoever holds it (else a stolen code could be used).
package struct OAuth2Login: Sendable {
  /// Unguessable; Discord hands it back.
  package let state: String
  /// 43 characters that only we know; their SHA-256 goes to Discord.
  package let verifier: Secret

  /// A new attempt. `random` gives as many unguessable bytes as asked for.
  package init(random: (Int) -> [UInt8] = { SecureRandom.bytes($0) }) {
    state = Base64URL.encode(random(24))
    verifier = Secret(utf8: Base64URL.encode(random(32)))
  }

  /// An attempt that was stored.
  package init(state: String, verifier: Secret) { (self.state, self.verifier) = (state, verifier) }

  /// What PKCE sends ahead: the verifier's SHA-256, base64url without padding.
  package var challenge: String {
    Base64URL.encode(verifier.withBytes { SHA256.hash($0) })
  }

  /// Whether the state that came back is ours, in time that does not depend on it.
  package func matches(state returned: String) -> Bool { ConstantTime.equal(state, returned) }
}

/// Where Discord's consent page is asked for what.
package struct OAuth2Authorization: Sendable {
  package var application: ApplicationID
  package var scopes: [OAuth2Scope]
  /// Must be registered for the application, to the letter. Nil for adding a bot without a log-in.
  package var redirectURI: String?
  /// What the bot asks for, with the scope `bot`.
  package var permissions: Permissions?
  /// Chooses the guild the bot is added to.
  package var guild: GuildID?
  /// Whether another guild may be chosen instead.
  package var isGuildFixed = false
  /// Whether somebody who agreed before is not asked again.
  package var skipsConsent = false
  /// 0 for a guild, 1 for the user themselves.
  package var integrationType: Int?

  package init(_ application: ApplicationID, _ scopes: [OAuth2Scope], redirectURI: String? = nil) {
    (self.application, self.scopes, self.redirectURI) = (application, scopes, redirectURI)
  }

  /// The page's address. `base` is the REST base, `https://discord.com/api/v10`: Discord sends browsers from there on
  /// to the page, and so does the simulator.
  package func address(base: String, login: OAuth2Login? = nil) -> String {
    var fields: [(String, String)] = [("client_id", application.description)]
    fields.append(("scope", scopes.map(\.rawValue).joined(separator: " ")))
    if let redirectURI {
      fields += [("response_type", "code"), ("redirect_uri", redirectURI)]
    }
    if let login {
      fields += [
        ("state", login.state), ("code_challenge", login.challenge), ("code_challenge_method", "S256"),
      ]
    }
    if let permissions { fields.append(("permissions", permissions.description)) }
    if let guild { fields.append(("guild_id", guild.description)) }
    if isGuildFixed { fields.append(("disable_guild_select", "true")) }
    if skipsConsent { fields.append(("prompt", "none")) }
    if let integrationType { fields.append(("integration_type", String(integrationType))) }
    let query = fields.map { "\($0)=\(PercentEncoding.encode($1))" }.joined(separator: "&")
    return "\(base)/oauth2/authorize?\(query)"
  }
}
