// Codes and tokens of OAuth2 (RFC 6749, RFC 7636) as a value.

internal import DiscordCore
internal import EventLoop
internal import Vault

/// What a person allowed an application to do.
struct OAuth2Grant: Sendable, Equatable {
  var application: ApplicationID
  var user: UserID
  var scopes: [String]
  /// The guild that the bot was added to, if the consent said so.
  var guild: GuildID?
  var permissions: Permissions?
}

/// The answer of the token endpoint.
struct OAuth2Tokens: Sendable, Equatable {
  var access: String
  var refresh: String
  var lifetime: Duration
  var grant: OAuth2Grant
}

/// A refusal of the token endpoint (RFC 6749 section 5.2).
struct OAuth2Refusal: Error, Sendable, Equatable {
  var error: String
  var description: String

  static func invalidGrant(_ description: String) -> OAuth2Refusal {
    OAuth2Refusal(error: "invalid_grant", description: description)
  }
  static let invalidClient = OAuth2Refusal(error: "invalid_client", description: "")
  static func invalidRequest(_ description: String) -> OAuth2Refusal {
    OAuth2Refusal(error: "invalid_request", description: description)
  }
}

/// The codes that wait for their exchange, and the tokens that are valid. Bounded: the oldest goes first.
struct OAuth2Grants: Sendable {
  private struct Code {
    var grant: OAuth2Grant
    var redirect: String
    var challenge: String?
    var expires: Timestamp
  }

  private struct Access {
    var grant: OAuth2Grant
    var refresh: String
    var expires: Timestamp
  }

  static let codeLifetime = Duration.seconds(600)
  static let accessLifetime = Duration.seconds(604_800)
  private static let capacity = 10_000

  private var codes: [String: Code] = [:]
  private var access: [String: Access] = [:]
  private var refresh: [String: String] = [:]
  /// The order in which access tokens were made, for the bound.
  private var made: [String] = []
  private let token: @Sendable () -> String

  /// `token`: makes an unguessable text each time.
  init(token: @escaping @Sendable () -> String = { SecureRandom.token(byteCount: 22) }) {
    self.token = token
  }

  /// A code for a consent. `challenge`: of PKCE with S256.
  mutating func issueCode(
    for grant: OAuth2Grant, redirect: String, challenge: String?, at now: Timestamp
  ) -> String {
    codes = codes.filter { $0.value.expires > now }
    if codes.count >= Self.capacity, let first = codes.min(by: { $0.value.expires < $1.value.expires }) {
      codes[first.key] = nil
    }
    let code = token()
    codes[code] = Code(
      grant: grant, redirect: redirect, challenge: challenge, expires: now + Self.codeLifetime)
    return code
  }

  /// Turns a code into tokens. A code works once, even when the exchange fails.
  ///
  /// - Throws: `invalid_grant` for a code that is unknown, used, old, another application's or redirect's, or whose
  ///   verifier does not fit.
  mutating func redeem(
    code text: String, application: ApplicationID, redirect: String, verifier: String?, at now: Timestamp
  ) throws(OAuth2Refusal) -> OAuth2Tokens {
    guard let code = codes.removeValue(forKey: text), code.expires > now,
      code.grant.application == application
    else { throw .invalidGrant("Invalid \"code\" in request.") }
    guard code.redirect == redirect else { throw .invalidGrant("Invalid \"redirect_uri\" in request.") }
    if let challenge = code.challenge {
      let hashed = verifier.map { Base64URL.encode(SHA256.hash(Array($0.utf8))) }
      guard hashed == challenge else { throw .invalidGrant("Invalid \"code_verifier\" in request.") }
    }
    return issue(code.grant, at: now)
  }

  /// New tokens for an old refresh token, which then is void, like the access token it came with.
  ///
  /// - Throws: `invalid_grant`.
  mutating func renew(refresh text: String, application: ApplicationID, at now: Timestamp)
    throws(OAuth2Refusal)
    -> OAuth2Tokens
  {
    guard let old = refresh[text], let grant = access[old]?.grant, grant.application == application else {
      throw .invalidGrant("Invalid \"refresh_token\" in request.")
    }
    drop(old)
    return issue(grant, at: now)
  }

  /// Tokens without a person's consent: the client credentials grant, for the application's owner.
  mutating func issue(_ grant: OAuth2Grant, at now: Timestamp) -> OAuth2Tokens {
    while made.count >= Self.capacity { drop(made[0]) }
    let tokens = OAuth2Tokens(access: token(), refresh: token(), lifetime: Self.accessLifetime, grant: grant)
    access[tokens.access] = Access(grant: grant, refresh: tokens.refresh, expires: now + Self.accessLifetime)
    refresh[tokens.refresh] = tokens.access
    made.append(tokens.access)
    return tokens
  }

  /// Whether there is such a token, whatever its kind, and forgets it with its twin.
  mutating func revoke(_ text: String, application: ApplicationID) -> Bool {
    let token = refresh[text] ?? text
    guard access[token]?.grant.application == application else { return false }
    drop(token)
    return true
  }

  /// What an access token allows, and until when; nil when it is unknown or old.
  func grant(of text: String, at now: Timestamp) -> (grant: OAuth2Grant, expires: Timestamp)? {
    guard let entry = access[text], entry.expires > now else { return nil }
    return (entry.grant, entry.expires)
  }

  private mutating func drop(_ token: String) {
    if let entry = access.removeValue(forKey: token) { refresh[entry.refresh] = nil }
    made.removeAll { $0 == token }
  }
}
