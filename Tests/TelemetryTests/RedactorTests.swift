// Tests of redaction: what must go goes, what must stay stays, and time grows with the text only.

import Glibc
import Telemetry
import Testing

@Suite struct RedactorTests {
  @Test func `the corpus is large enough to mean something`() {
    #expect(RedactorCorpus.positives.count >= 400)
    #expect(RedactorCorpus.negatives.count >= 250)
  }

  @Test func `nothing of a secret survives`() {
    for positive in RedactorCorpus.positives {
      let redacted = Redactor.redact(positive.text)
      for secret in positive.secrets {
        #expect(!redacted.contains(secret), "\(positive.text) → \(redacted)")
        // Nor its second half, should a range end too early.
        #expect(!redacted.contains(secret.suffix(max(4, secret.count / 2))), "\(positive.text) → \(redacted)")
      }
      #expect(redacted.contains(Redactor.replacement))
    }
  }

  @Test func `what is no secret stays as it is`() {
    for text in RedactorCorpus.negatives { #expect(Redactor.redact(text) == text) }
  }

  @Test func `redacting twice changes nothing more`() {
    for positive in RedactorCorpus.positives {
      let once = Redactor.redact(positive.text)
      #expect(Redactor.redact(once) == once, "\(positive.text)")
    }
  }

  @Test func `what stands around a secret stays`() {
    var pieces = CorpusPieces(random: SeededGenerator(seed: 7))
    let (id, secret) = (pieces.snowflake(), pieces.key(60))
    #expect(
      Redactor.redact("POST https://discord.com/api/webhooks/\(id)/\(secret)?wait=true 204")
        == "POST https://discord.com/api/webhooks/\(id)/(redacted)?wait=true 204")
    #expect(
      Redactor.redact("postgres://app:\(secret)@db:5432/main is down")
        == "postgres://app:(redacted)@db:5432/main is down")
    #expect(
      Redactor.redact("{\"token\":\"\(secret)\",\"page\":2}") == "{\"token\":\"(redacted)\",\"page\":2}")
    #expect(Redactor.redact("sk_live_\(secret) is revoked") == "sk_live_(redacted) is revoked")
    #expect(Redactor.redact("Authorization: Bot \(secret)\nHost: x") == "Authorization: (redacted)\nHost: x")
  }

  @Test(arguments: [
    "token", "BOT_TOKEN", "clientSecret", "password", "Authorization", "set-cookie", "session_id", "api-key",
    "sid",
  ])
  func `a field whose name announces a secret goes as a whole`(name: String) {
    #expect(Redactor.redact([name: "any text"]) == [name: .string(Redactor.replacement)])
  }

  @Test(arguments: [
    "status", "token_count", "guild", "author", "monkey", "token_type", "session_limit", "id",
  ])
  func `a field with an innocent name stays`(name: String) {
    #expect(Redactor.redact([name: "any text"]) == [name: "any text"])
  }

  @Test func `numbers under a secret name go when they could be one`() {
    #expect(Redactor.redact(["tokens": .integer(512), "pin": 12]) == ["tokens": .integer(512), "pin": 12])
    #expect(Redactor.redact(["token": .integer(12_345_678)]) == ["token": .string(Redactor.replacement)])
    #expect(Redactor.redact(["password": .integer(1)]) == ["password": .string(Redactor.replacement)])
    #expect(Redactor.redact(["has_token": true]) == ["has_token": true])
  }

  @Test func `any bytes are survived, and text without secrets comes back unchanged`() {
    var pieces = CorpusPieces(random: SeededGenerator(seed: 99))
    let alphabet = Array("aB3 :=/\\\"'%2F@.-_\n[]{}&?Bot Bearer token cookie ä\u{0}")
    for length in 0..<400 {
      let text = pieces.text(length, of: alphabet)
      let redacted = Redactor.redact(text)
      if !redacted.contains(Redactor.replacement) { #expect(redacted == text) }
    }
  }

  /// Texts that send a careless scanner over the same bytes again and again.
  @Test(arguments: [
    "a", "a.", "://", "x://", "http://a:", "token", "token=", "token:\"", "\\", "\\\"", "eyJaaaaaaaa.",
    "%3A%2F%2F", "[",
    "token=[", "-----BEGIN ", "-----BEGIN PRIVATE KEY-----", "webhooks/", "webhooks/123456789012345678/",
    "Bearer ",
    "sk_", "_", "aaaaaaaaaaaaaaaaaaaa.aaaaaa.", "cookie=a=", " ", "@", "mfa.",
  ])
  func `time grows with the length of the text and nothing else`(piece: String) {
    func seconds(_ count: Int) -> Double {
      let text = String(repeating: piece, count: count / piece.utf8.count)
      // The thread's own time, since others use the processor too.
      let times = (0..<3).map { _ in
        let start = threadSeconds()
        _ = Redactor.redact(text)
        return threadSeconds() - start
      }
      return times.min() ?? 0
    }
    let (short, long) = (seconds(4_000), seconds(64_000))
    // Sixteen times the text: a quadratic scanner takes 256 times as long.
    #expect(long < short * 64 + 0.002, "\(short) s, \(long) s")
  }

  private func threadSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
