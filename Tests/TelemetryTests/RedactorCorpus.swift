// Texts with secrets and texts without, made up at test time so that no scanner of repositories finds one here.

/// A generator whose numbers are the same in every run (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
    return value ^ value >> 31
  }
}

/// Makes the pieces.
struct CorpusPieces {
  var random: SeededGenerator

  static let word = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
  static let alphanumeric = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
  static let digits = Array("0123456789")
  static let hex = Array("0123456789abcdef")

  mutating func text(_ count: Int, of alphabet: [Character] = Self.word) -> String {
    String((0..<count).map { _ in alphabet.randomElement(using: &random) ?? "x" })
  }

  mutating func snowflake() -> String { "1" + text(.random(in: 16...18, using: &random), of: Self.digits) }

  /// Letters of both cases and digits for certain, first and last no sign, so that it is one word in any context.
  mutating func key(_ count: Int) -> String { "a" + text(count - 4) + "Z7q" }

  mutating func botToken() -> String {
    let first = "M" + text(.random(in: 22...26, using: &random), of: Self.alphanumeric) + "0a"
    return "\(first).\(key(6)).\(key(.random(in: 27...38, using: &random)))"
  }

  mutating func webToken() -> String { "eyJ\(key(30)).eyJ\(key(60)).\(key(43))" }

  mutating func uuid() -> String {
    [8, 4, 4, 4, 12].map { text($0, of: Self.hex) }.joined(separator: "-")
  }
}

/// A text and the secrets in it, of which none may survive.
struct Positive: Sendable, CustomStringConvertible {
  let text: String
  let secrets: [String]
  var description: String { text }
}

enum RedactorCorpus {
  /// Places a secret of known shape can stand in.
  private static let contexts: [@Sendable (String) -> String] = [
    { $0 }, { "could not log in with \($0)." }, { "(\($0))" }, { "{\"value\":\"\($0)\"}" },
    { "{\\\"value\\\":\\\"\($0)\\\"}" }, { "GET /x?value=\($0)&page=2" }, { "value%3D\($0)%26page" },
    { "line one\\n\($0)\\nline two" }, { "äöü \($0) 日本" }, { "a, \($0), b" }, { "[\($0)]" }, { "<\($0)>" },
    { "`\($0)`" }, { "'\($0)'" },
  ]

  static let positives: [Positive] = {
    var pieces = CorpusPieces(random: SeededGenerator(seed: 2026))
    var all: [Positive] = []
    for context in contexts {
      for secret in shaped(&pieces) {
        all.append(Positive(text: context(secret.whole), secrets: [secret.part]))
      }
    }
    return all + named(&pieces) + addresses(&pieces) + headers(&pieces)
  }()

  /// `part` is what must go of `whole`.
  private static func shaped(_ pieces: inout CorpusPieces) -> [(whole: String, part: String)] {
    var all: [(String, String)] = []
    for _ in 0..<3 {
      let token = pieces.botToken()
      all.append((token, token))
    }
    let webToken = pieces.webToken()
    all.append((webToken, webToken))
    let multiFactor = pieces.key(84)
    all.append(("mfa." + multiFactor, multiFactor))
    for prefix in ["sk_live_", "rk_live_", "sk_test_", "whsec_", "ghp_", "github_pat_", "xoxb-"] {
      let key = pieces.key(32)
      all.append((prefix + key, key))
    }
    let interaction = "aW50ZXJhY3Rpb246" + pieces.key(120)
    all.append((interaction, interaction))
    let hook = pieces.key(68)
    all.append(("https://discord.com/api/webhooks/\(pieces.snowflake())/\(hook)", hook))
    let escaped = pieces.key(68)
    all.append(("https:\\/\\/discord.com\\/api\\/webhooks\\/\(pieces.snowflake())\\/\(escaped)", escaped))
    let encoded = pieces.key(68)
    all.append(("https%3A%2F%2Fdiscord.com%2Fapi%2Fwebhooks%2F\(pieces.snowflake())%2F\(encoded)", encoded))
    let callback = pieces.key(100)
    all.append(("/interactions/\(pieces.snowflake())/\(callback)/callback", callback))
    for scheme in ["Bearer", "bearer", "Bot", "BEARER"] {
      let credentials = pieces.key(40)
      all.append(("\(scheme) \(credentials)", credentials))
    }
    return all
  }

  private static func named(_ pieces: inout CorpusPieces) -> [Positive] {
    let names = [
      "token", "access_token", "refreshToken", "client_secret", "password", "PGPASSWORD", "api_key",
      "X-Api-Key",
      "session", "session_id", "private_key", "sid", "csrf_token", "passwd", "bot-token",
    ]
    var all: [Positive] = []
    for name in names {
      let secret = pieces.key(12)
      for text in [
        "\(name)=\(secret)", "\(name): \(secret)", "\(name) = \(secret), next", "{\"\(name)\":\"\(secret)\"}",
        "{\"\(name)\" : \"\(secret)\", \"page\": 2}", "{\\\"\(name)\\\":\\\"\(secret)\\\"}",
        "?a=b&\(name)=\(secret)&c=d",
        "%22\(name)%22%3A%22\(secret)%22", "['\(name)': '\(secret)']", "--\(name) \(secret) --verbose",
        "\(name)=\"\(secret) with \\\" quote \(secret)\"", "{\"\(name)\":[\"\(secret)\",\"\(secret)\"]}",
        "\(name) => \(secret)",
      ] {
        all.append(Positive(text: text, secrets: [secret]))
      }
    }
    all.append(Positive(text: "password: 4711", secrets: ["4711"]))
    all.append(Positive(text: "{\"password\":\"hunter\"}", secrets: ["hunter"]))
    return all
  }

  private static func addresses(_ pieces: inout CorpusPieces) -> [Positive] {
    var all: [Positive] = []
    for scheme in ["postgres", "postgresql", "redis", "rediss", "https", "amqp"] {
      let secret = pieces.key(10)
      for text in [
        "\(scheme)://user:\(secret)@host:5432/db", "cannot reach \(scheme)://:\(secret)@host/0.",
        "{\"url\":\"\(scheme)://user:\(secret)@host\"}", "{\"url\":\"\(scheme):\\/\\/user:\(secret)@host\"}",
        "\(scheme)://user:p@\(secret)@host", "to=\(scheme)%3A%2F%2Fuser%3A\(secret)%40host%2Fdb",
      ] {
        all.append(Positive(text: text, secrets: [secret]))
      }
    }
    let secret = pieces.key(8)
    all.append(Positive(text: "postgres://user:a/\(secret)@host/db", secrets: [secret]))
    let user = pieces.key(30)
    all.append(Positive(text: "https://\(user)@github.com/owner/name", secrets: [user]))
    let code = pieces.key(30)
    all.append(Positive(text: "GET /callback?code=\(code)&state=1", secrets: [code]))
    return all
  }

  private static func headers(_ pieces: inout CorpusPieces) -> [Positive] {
    let (first, second, basic) = (pieces.key(24), pieces.key(24), "dXNlcjpwYXNzd29yZA==")
    let pem = pieces.text(64, of: CorpusPieces.alphanumeric)
    return [
      Positive(text: "Cookie: a=\(first); sid=\(second)\nAccept: */*", secrets: [first, second]),
      Positive(text: "Set-Cookie: __Host-s=\(first); Path=/; HttpOnly", secrets: [first]),
      Positive(text: "{\"set-cookie\":\"s=\(first); Path=/\"}", secrets: [first]),
      Positive(text: "{\"cookie\":[\"s=\(first)\",\"t=\(second)\"]}", secrets: [first, second]),
      Positive(text: "Authorization: Basic \(basic)", secrets: [basic]),
      Positive(text: "Basic \(basic)", secrets: [basic]),
      Positive(text: "authorization: Digest \(first)", secrets: [first]),
      Positive(text: "Authorization: \(first)", secrets: [first]),
      Positive(text: "Authorization=Bearer%20\(first)", secrets: [first]),
      Positive(
        text: "-----BEGIN RSA PRIVATE KEY-----\n\(pem)\n\(pem)\n-----END RSA PRIVATE KEY-----", secrets: [pem]
      ),
      Positive(text: "-----BEGIN PRIVATE KEY-----\n\(pem)", secrets: [pem]),
    ]
  }

  static let negatives: [String] = {
    var pieces = CorpusPieces(random: SeededGenerator(seed: 42))
    var all = prose + ordinary
    for _ in 0..<10 {
      let (id, other, hash, uuid) = (
        pieces.snowflake(), pieces.snowflake(), pieces.text(40, of: CorpusPieces.hex), pieces.uuid()
      )
      let digest = pieces.text(64, of: CorpusPieces.hex)
      all += [
        id, "guild \(id) channel \(other)", "<@\(id)> left <#\(other)>", "etag=\"\(hash)\"", "W/\"\(hash)\"",
        "If-None-Match: \"\(digest)\"", "sha256=\(digest)", uuid, "request \(uuid) done", "bot \(uuid)",
        "Bot \(id)",
        "commit \(hash)", "https://discord.com/channels/\(id)/\(other)",
        "/api/v10/guilds/\(id)/members/\(other)",
        "https://cdn.discordapp.com/avatars/\(id)/\(hash).png?size=128", "/assets/app.\(hash).min.js",
        "{\"id\":\"\(id)\",\"guild_id\":\"\(other)\"}", "trace=\(pieces.text(32, of: CorpusPieces.hex))",
        "00-\(pieces.text(32, of: CorpusPieces.hex))-\(pieces.text(16, of: CorpusPieces.hex))-01",
        "webhooks/\(id)/messages", "<:emoji:\(id)>",
      ]
    }
    return all
  }()

  private static let prose = [
    "Bot started", "Bot connected successfully after 12 seconds", "the bot user has joined",
    "a bearer of bad news",
    "basic authentication is off", "Basic settings were saved", "the token has expired",
    "token refresh took 12 ms",
    "session ended for guild", "invalid session, will identify again", "the password must be changed",
    "cookie banner hidden", "no such secret", "tokens used: 512", "token_count=512", "session_count: 3",
    "tokens=77, limit=100", "session: closed", "token: missing", "authorization: none", "\"token\":null",
    "\"session\":false", "{\"token\":\"\"}", "password=", "token=(redacted)", "secret: (secret)",
    "token_type=bearer", "session_name=nightly", "the secretary of the committee",
    "Sphinx of black quartz, judge my vow",
    "reconnect in 5s: code=4009 reason=timed out", "GET /guilds?limit=100&after=0 200",
    "code=unknown_message",
    "sk-learn is a library", "ask_live_question", "the sk_live_ prefix", "whsec_ is the prefix",
    "Grüße aus Köln: alles läuft", "日本語のログ", "🎉 level up!", "a.b.c", "1.2.3-beta.4",
    "e.g. this, i.e. that...",
    "com.example.application.SomeVeryLongClassNameForTests.methodName", "\"quoted\" and 'single'",
    "100% of 20%20 done",
    "--verbose --tokens 5", "x = y: z", "key=value other=thing", "C:\\temp\\new\\file", "monkey=banana",
    "author: someone",
  ]

  private static let ordinary = [
    "https://example.org", "https://example.org:8443/path?page=2#top", "http://localhost:8080/@user/feed",
    "https://medium.com/@writer/article", "postgres://user@host/db", "redis://localhost:6379/0",
    "mailto:a@example.org",
    "ws://127.0.0.1:9000/socket", "https://discord.com/api/v10/oauth2/token",
    "https://discord.com/oauth2/authorize?client_id=123456789012345678&scope=bot",
    "https://discord.com/developers/docs/resources/webhook#get-webhook", "file:///var/lib/guildhall/data",
    "2026-01-31T23:59:59.999Z", "10.0.0.1:5432", "[::1]:8080", "text/html; charset=utf-8",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36", "gzip, deflate, br", "max-age=31536000, immutable",
    "X-RateLimit-Bucket: 80f0b8e1c7a0d4e5f6", "{\"op\":10,\"d\":{\"heartbeat_interval\":41250}}",
    "SELECT name FROM member WHERE guild_id = $1", "/webhooks/stripe", "/interactions",
    "interactions/abc/def",
    "{\"session_start_limit\":{\"total\":1000,\"remaining\":999}}", "Content-Length: 1234",
    "status=200 bytes=5120",
    "user@example.org wrote to admin@example.org", "12:34:56.789", "a:b@c", "::://///@@@",
  ]
}
