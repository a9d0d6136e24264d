// Tests of codes and tokens.

import DiscordCore
import EventLoop
import Testing
import Vault

@testable import Simulator

@Suite struct OAuth2GrantsTests {
  private var grants = OAuth2Grants()
  private let start = Timestamp(milliseconds: 1_767_225_600_000)
  private let grant = OAuth2Grant(application: ApplicationID(5), user: UserID(9), scopes: ["identify"])
  private let redirect = "http://127.0.0.1:1/back"

  private mutating func redeem(_ code: String, verifier: String? = nil, after: Duration = .zero)
    throws(OAuth2Refusal)
    -> OAuth2Tokens
  {
    try grants.redeem(
      code: code, application: ApplicationID(5), redirect: redirect, verifier: verifier, at: start + after)
  }

  @Test mutating func `a code works once`() throws {
    let code = grants.issueCode(for: grant, redirect: redirect, challenge: nil, at: start)
    let tokens = try redeem(code)
    #expect(grants.grant(of: tokens.access, at: start)?.grant == grant)
    #expect(throws: OAuth2Refusal.self) { try redeem(code) }
  }

  @Test mutating func `a code is void after ten minutes, elsewhere, and for others`() {
    let old = grants.issueCode(for: grant, redirect: redirect, challenge: nil, at: start)
    #expect(throws: OAuth2Refusal.self) { try redeem(old, after: .seconds(600)) }
    let moved = grants.issueCode(for: grant, redirect: redirect + "/", challenge: nil, at: start)
    #expect(throws: OAuth2Refusal.self) { try redeem(moved) }
    let other = grants.issueCode(
      for: OAuth2Grant(application: ApplicationID(6), user: UserID(9), scopes: []), redirect: redirect,
      challenge: nil, at: start)
    #expect(throws: OAuth2Refusal.self) { try redeem(other) }
  }

  @Test mutating func `a challenge wants its verifier`() throws {
    let challenge = Base64URL.encode(SHA256.hash(Array("verifier".utf8)))
    let first = grants.issueCode(for: grant, redirect: redirect, challenge: challenge, at: start)
    #expect(throws: OAuth2Refusal.self) { try redeem(first, verifier: "wrong") }
    let second = grants.issueCode(for: grant, redirect: redirect, challenge: challenge, at: start)
    #expect(throws: OAuth2Refusal.self) { try redeem(second) }
    let third = grants.issueCode(for: grant, redirect: redirect, challenge: challenge, at: start)
    _ = try redeem(third, verifier: "verifier")
  }

  @Test mutating func `renewing and revoking make the old tokens void`() throws {
    let code = grants.issueCode(for: grant, redirect: redirect, challenge: nil, at: start)
    let first = try redeem(code)
    let second = try grants.renew(refresh: first.refresh, application: ApplicationID(5), at: start)
    #expect(grants.grant(of: first.access, at: start) == nil)
    #expect(throws: OAuth2Refusal.self) {
      try grants.renew(refresh: first.refresh, application: ApplicationID(5), at: start)
    }
    let isForeign = grants.revoke(second.access, application: ApplicationID(6))
    #expect(!isForeign)
    let isRevoked = grants.revoke(second.refresh, application: ApplicationID(5))
    #expect(isRevoked)
    #expect(grants.grant(of: second.access, at: start) == nil)
  }

  @Test mutating func `an access token lives a week`() throws {
    let code = grants.issueCode(for: grant, redirect: redirect, challenge: nil, at: start)
    let tokens = try redeem(code)
    #expect(grants.grant(of: tokens.access, at: start + .seconds(604_799)) != nil)
    #expect(grants.grant(of: tokens.access, at: start + .seconds(604_800)) == nil)
  }
}
