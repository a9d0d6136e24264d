// Published vectors: our hashes and signatures are everybody's.

import Testing
import Vault

/// The bytes of a vector.
private func bytes(_ hex: String) throws -> [UInt8] { try #require(Hex.decode(hex)) }

@Suite struct VectorTests {
  /// FIPS 180-4 examples.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ])
  func `SHA-256`(text: String, digest: String) {
    #expect(Hex.encode(SHA256.hash(Array(text.utf8))) == digest)
    var hash = SHA256()
    for byte in text.utf8 { hash.update([byte]) }
    let whole = hash.finalize()
    #expect(Hex.encode(whole) == digest)
  }

  /// RFC 7693, appendix A, and the keyed vectors of its authors (key 00…3f, input empty and 00).
  @Test func `BLAKE2b, plain and keyed`() throws {
    #expect(
      Hex.encode(BLAKE2b.hash(Array("abc".utf8), digestSize: 64))
        == "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
        + "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923")
    let key = Secret(Array(0..<64))
    #expect(
      Hex.encode(BLAKE2b.hash([], digestSize: 64, key: key))
        == "10ebb67700b1868efb4417987acf4690ae9d972fb7a590c2f02871799aaa4786"
        + "b5e996e8f0f4eb981fc214b005f42d2ff4233499391653df7aefcbc13fc51568")
    var pieces = BLAKE2b(digestSize: 64)
    for byte in "abc".utf8 { pieces.update([byte]) }
    let digest = pieces.finalize()
    #expect(digest == BLAKE2b.hash(Array("abc".utf8), digestSize: 64))
    #expect(BLAKE2b.hash([1]).count == 32 && BLAKE2b.hash([1]) != BLAKE2b.hash([1], key: key))
  }

  /// RFC 4231, test cases 1, 2, 3, 6 and 7.
  @Test(arguments: [
    (
      String(repeating: "0b", count: 20), Hex.encode(Array("Hi There".utf8)),
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
    ),
    (
      Hex.encode(Array("Jefe".utf8)), Hex.encode(Array("what do ya want for nothing?".utf8)),
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    ),
    (
      String(repeating: "aa", count: 20), String(repeating: "dd", count: 50),
      "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
    ),
    (
      String(repeating: "aa", count: 131),
      Hex.encode(Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8)),
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
    ),
    (
      String(repeating: "aa", count: 131),
      Hex.encode(
        Array(
          "This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm."
            .utf8)), "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
    ),
  ])
  func `HMAC-SHA256`(key: String, message: String, code: String) throws {
    let (key, message, code) = (Secret(try bytes(key)), try bytes(message), try bytes(code))
    #expect(HMACSHA256.code(for: message, key: key) == code)
    #expect(HMACSHA256.verify(code, for: message, key: key))
    #expect(
      !HMACSHA256.verify(code.dropLast(), for: message, key: key)
        && !HMACSHA256.verify(code, for: message + [0], key: key))
    var pieces = HMACSHA256(key: key)
    for byte in message { pieces.update([byte]) }
    let verifies = pieces.verify(code)
    #expect(verifies)
    for index in code.indices {
      var wrong = code
      wrong[index] ^= 1
      #expect(!HMACSHA256.verify(wrong, for: message, key: key))
    }
  }

  /// RFC 8032, section 7.1, tests 1 to 3: seed, public key, message, signature.
  @Test(arguments: [
    (
      "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
      "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    ),
    (
      "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
      "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    ),
    (
      "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
      "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
      "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
    ),
  ])
  func `Ed25519`(seed: String, publicKey: String, message: String, signature: String) throws {
    let key = try Ed25519PrivateKey(seed: Secret(try bytes(seed)))
    let (message, signature) = (try bytes(message), try bytes(signature))
    #expect(Hex.encode(key.publicKey.bytes) == publicKey)
    #expect(key.sign(message) == signature)
    #expect(try Ed25519PublicKey(hex: publicKey).verifies(signature, of: message))
    for index in signature.indices {
      var wrong = signature
      wrong[index] ^= 0x10
      #expect(!key.publicKey.verifies(wrong, of: message))
    }
    #expect(!key.publicKey.verifies(signature, of: message + [0]) && !key.publicKey.verifies([], of: message))
  }

  @Test func `an interaction is checked as Discord signs it`() {
    let key = Ed25519PrivateKey()
    let (timestamp, body) = ("1767225600", Array(#"{"type":1}"#.utf8))
    let signature = Hex.encode(key.sign(Array(timestamp.utf8) + body))
    func verifies(_ signature: String, _ timestamp: String, _ body: [UInt8]) -> Bool {
      key.publicKey.verifiesInteraction(signatureHex: signature, timestamp: timestamp, body: body)
    }
    #expect(verifies(signature, timestamp, body))
    #expect(!verifies(signature, "1767225601", body) && !verifies(signature, timestamp, body + [32]))
    #expect(!verifies(String(signature.dropLast()), timestamp, body) && !verifies("zz", timestamp, body))
    #expect(!verifies(signature + "00", timestamp, body) && !verifies("", timestamp, body))
  }

  @Test(arguments: ["", "00", "zz", String(repeating: "0", count: 66)])
  func `what is no public key is refused`(hex: String) {
    #expect(throws: VaultError.self) { try Ed25519PublicKey(hex: hex) }
  }
}
