// Tests of secrets, encodings and comparison.

import Testing
import Vault

@Suite struct SecretTests {
  @Test func `every textual form of a secret is constant`() {
    let secret = Secret(utf8: "hunter2")
    var dumped = ""
    dump(secret, to: &dumped)
    for text in [
      "\(secret)", String(describing: secret), String(reflecting: secret), "\([secret])", "\(["a": secret])",
    ] {
      #expect(text.contains("(secret)") && !text.contains("hunter2"))
    }
    #expect(!dumped.contains("hunter2") && !dumped.contains("104"))
    #expect(Mirror(reflecting: secret).children.isEmpty)
  }

  @Test(arguments: [0, 1, 32, 64, 127, 128, 129, 5_000])
  func `a secret keeps its bytes`(count: Int) {
    let bytes = SecureRandom.bytes(count)
    let secret = Secret(bytes)
    #expect(secret.count == count)
    #expect(secret.withBytes { span in span.indices.map { span[$0] } } == bytes)
    #expect(Secret.random(count: count).count == count)
  }

  @Test func `taking bytes over leaves none behind`() {
    var bytes = [UInt8](repeating: 7, count: 32)
    let secret = Secret(consuming: &bytes)
    #expect(bytes.isEmpty && secret.withBytes { $0[31] } == 7)
  }

  @Test func `memory of a secret is zero when it is handed out again`() async {
    await withTaskGroup { group in
      for _ in 0..<4 {
        group.addTask {
          for round in 0..<2_000 {
            // A slot comes back sooner or later; a secret of zeros would show what was left in it.
            let secret = Secret([UInt8](repeating: 0xFF, count: 1 + round % 128))
            #expect(secret.withBytes { $0[0] } == 0xFF)
            let next = Secret([UInt8]())
            #expect(next.count == 0)
          }
        }
      }
    }
  }

  @Test func `comparison is of contents`() {
    #expect(ConstantTime.equal([1, 2], [1, 2]) && !ConstantTime.equal([1, 2], [1, 3]))
    #expect(!ConstantTime.equal([1], [1, 2]) && ConstantTime.equal([], []))
    #expect(ConstantTime.equal("ä", "ä") && !ConstantTime.equal("a", "b"))
    #expect(
      ConstantTime.equal(Secret(utf8: "a"), Secret(utf8: "a")) && !ConstantTime.equal(Secret(utf8: "a"), [98])
    )
  }

  /// RFC 4648, section 10, in the URL alphabet and without padding.
  @Test(arguments: [
    ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE"),
    ("foobar", "Zm9vYmFy"), ("\u{3F}\u{3E}\u{7F}", "Pz5_"),
  ])
  func `base64url as published`(text: String, encoded: String) {
    #expect(Base64URL.encode(Array(text.utf8)) == encoded)
    #expect(Base64URL.decode(encoded) == Array(text.utf8))
  }

  @Test(arguments: ["A", "Zg==", "Zm9v+", "Zm9v/", "Zm 9v", "Zm9v\n", "Zh", "Zé", "Zm9vY"])
  func `what is not base64url is refused`(text: String) { #expect(Base64URL.decode(text) == nil) }

  @Test func `hexadecimal both ways`() {
    #expect(
      Hex.encode([0, 0x0F, 0xA5, 0xFF]) == "000fa5ff" && Hex.decode("000Fa5fF") == [0, 0x0F, 0xA5, 0xFF])
    #expect(Hex.decode("") == [] && Hex.encode([UInt8]()) == "")
    for text in ["0", "0g", "0x", " 00", "é"] { #expect(Hex.decode(text) == nil) }
  }

  @Test func `encodings give back what they got`() {
    for count in 0..<200 {
      let bytes = SecureRandom.bytes(count)
      #expect(Base64URL.decode(Base64URL.encode(bytes)) == bytes && Hex.decode(Hex.encode(bytes)) == bytes)
    }
  }

  @Test func `tokens are long, prefixed and never the same`() {
    let tokens = Set((0..<1_000).map { _ in SecureRandom.token(prefix: "ghs_") })
    #expect(tokens.count == 1_000 && tokens.allSatisfy { $0.hasPrefix("ghs_") && $0.utf8.count == 47 })
  }
}
