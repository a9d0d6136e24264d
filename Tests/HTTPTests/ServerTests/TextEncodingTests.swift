// Base64 and percent escapes, against the vectors of their specifications.

import HTTPTypes
import Testing

@Suite struct TextEncodingTests {
  /// RFC 4648 section 10, and the two characters in which base64url differs.
  @Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
    ("foobar", "Zm9vYmFy"), ("~~?>", "fn4/Pg=="), ("o>o", "bz5v"), ("??>", "Pz8+"),
  ])
  func `base64 there and back`(_ plain: String, _ text: String) {
    #expect(Base64.encode(Array(plain.utf8)) == text)
    #expect(Base64.decode(text) == Array(plain.utf8))
    #expect(Base64.decode(text.replacing("=", with: "")) == Array(plain.utf8))
  }

  @Test func `every byte and every length survive base64`() {
    for count in 0..<260 {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
      #expect(Base64.decode(Base64.encode(bytes)) == bytes)
    }
  }

  @Test(arguments: ["A", "AAAAA", "Zg=", "Z===", "Zg==Zg==", "Zm9v=", "Zm 9", "Zm9-", "Zm\n9v", "é"])
  func `what is no base64 is refused`(_ text: String) {
    #expect(Base64.decode(text) == nil)
  }

  @Test(arguments: [
    ("a-Z.0_~", "a-Z.0_~"), ("a b/c", "a%20b%2Fc"), ("é\u{1}", "%C3%A9%01"), ("%+&=", "%25%2B%26%3D"),
    ("", ""),
  ])
  func `percent escapes there and back`(_ plain: String, _ text: String) {
    #expect(PercentEncoding.encode(plain) == text)
    #expect(PercentEncoding.decode(Array(text.utf8)[...], plusIsSpace: false) == Array(plain.utf8))
  }

  @Test func `a plus is a space in forms only, and broken escapes are refused`() {
    #expect(PercentEncoding.decode(Array("a+b".utf8)[...], plusIsSpace: true) == Array("a b".utf8))
    #expect(PercentEncoding.decode(Array("a+b".utf8)[...], plusIsSpace: false) == Array("a+b".utf8))
    for text in ["%", "%4", "%4g", "a%"] {
      #expect(PercentEncoding.decode(Array(text.utf8)[...], plusIsSpace: false) == nil)
    }
  }
}
