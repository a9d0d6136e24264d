// The way to Discord's consent page and back.

import DiscordCore
import DiscordModels
import DiscordREST
import JSON
import Testing
import Vault

@Suite struct OAuth2Tests {
  /// The example of RFC 7636, appendix B.
  @Test func `the challenge is the verifier's SHA-256`() {
    let login = OAuth2Login(state: "s", verifier: Secret(utf8: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"))
    #expect(login.challenge == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
  }

  @Test func `an attempt is unguessable and knows its state again`() {
    let login = OAuth2Login()
    #expect(login.state.utf8.count == 32)
    #expect(login.verifier.count == 43)
    #expect(login.state != OAuth2Login().state)
    #expect(login.matches(state: login.state))
    #expect(!login.matches(state: ""))
  }

  @Test func `the consent page is asked with PKCE and state`() {
    let login = OAuth2Login(state: "st", verifier: Secret(utf8: "v"))
    var authorization = OAuth2Authorization(
      ApplicationID(1), [.identify, .guilds], redirectURI: "https://e.org/back?x=1")
    authorization.skipsConsent = true
    #expect(
      authorization.address(base: "https://discord.com/api/v10", login: login)
        == "https://discord.com/api/v10/oauth2/authorize?client_id=1&scope=identify%20guilds&response_type=code"
        + "&redirect_uri=https%3A%2F%2Fe.org%2Fback%3Fx%3D1&state=st&code_challenge=\(login.challenge)"
        + "&code_challenge_method=S256&prompt=none")
  }

  @Test func `a bot is added with its permissions to one guild`() {
    var authorization = OAuth2Authorization(ApplicationID(1), [.bot, .applicationsCommands])
    (authorization.permissions, authorization.guild, authorization.isGuildFixed) = (
      .banMembers, GuildID(2), true
    )
    #expect(
      authorization.address(base: "b")
        == "b/oauth2/authorize?client_id=1&scope=bot%20applications.commands&permissions=4&guild_id=2"
        + "&disable_guild_select=true")
  }

  @Test func `a code is exchanged with its verifier and the client's own authorization`() {
    let login = OAuth2Login(state: "s", verifier: Secret(utf8: "ver"))
    let call = Endpoint.exchangeCode(
      "co/de", redirectURI: "https://e.org", login: login, client: RESTToken(Secret(utf8: "1:secret"))
    ).call
    guard case .urlEncoded(let form) = call.body, case .basic = call.authorization else {
      Issue.record("no form, or not the client's own call")
      return
    }
    #expect(
      form
        == "grant_type=authorization_code&code=co%2Fde&redirect_uri=https%3A%2F%2Fe.org&code_verifier=ver")
  }

  @Test func `tokens are read and not shown`() throws {
    let text = """
      {"access_token":"aaa","refresh_token":"rrr","token_type":"Bearer","expires_in":604800,
       "scope":"identify guilds new.scope"}
      """
    let token = try JSONParser(retainedSize: 0).parse(Array(text.utf8)) { json in try OAuth2Token(from: json)
    }
    #expect(token.accessToken.withBytes { $0.count } == 3)
    #expect(token.scopes == [.identify, .guilds, "new.scope"])
    #expect(token.expiresIn == .seconds(604_800))
    #expect(!"\(token)".contains("aaa"))
    #expect(!"\(token)".contains("rrr"))
  }
}

@Suite struct DataURITests {
  @Test(arguments: [
    ([UInt8](), "data:a/b;base64,"), ([0xFF], "data:a/b;base64,/w=="),
    ([0xFB, 0xEF], "data:a/b;base64,++8="),
    ([1, 2, 3], "data:a/b;base64,AQID"),
  ])
  func `bytes are base64 with padding`(bytes: [UInt8], text: String) {
    #expect(DataURI("a/b", bytes).text == text)
  }

  @Test func `pictures are known by their first bytes`() {
    #expect(DataURI(image: [0x89, 0x50, 0x4E, 0x47, 0])?.text.hasPrefix("data:image/png;") == true)
    #expect(DataURI(image: Array("RIFF0000WEBP".utf8))?.text.hasPrefix("data:image/webp;") == true)
    #expect(DataURI(image: Array("<svg>".utf8)) == nil)
    #expect(DataURI(image: []) == nil)
  }
}
