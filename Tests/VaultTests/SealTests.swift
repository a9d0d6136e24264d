// Tests of sealing: what was sealed for one place opens there and nowhere else.

import Testing
import Vault

@Suite struct SealTests {
  private let vault = Vault.ephemeral()
  private let context = SealContext(tenant: "1", table: "bot", column: "token", row: "7")

  private func key(_ scope: KeyScope = "guild:1") throws -> DataKey {
    try vault.unwrap(vault.makeDataKey(scope: scope), scope: scope)
  }

  private func code(_ body: () throws -> Void) -> VaultError.Code? {
    do { try body() } catch { return (error as? VaultError)?.code }
    return nil
  }

  @Test(arguments: [0, 1, 31, 64, 4_096, 100_000])
  func `what was sealed opens`(count: Int) throws {
    let (key, plaintext) = (try key(), SecureRandom.bytes(count))
    let sealed = key.seal(plaintext, context: context)
    #expect(sealed.count == count + DataKey.sealOverhead)
    #expect(try key.open(sealed, context: context) == plaintext)
    #expect(key.seal(plaintext, context: context) != sealed)
    let secret = try key.openSecret(key.seal(Secret(plaintext), context: context), context: context)
    #expect(ConstantTime.equal(secret, plaintext))
  }

  @Test func `a value does not open anywhere else`() throws {
    let key = try key()
    let sealed = key.seal([1, 2, 3], context: context)
    let elsewhere = [
      SealContext(tenant: "2", table: "bot", column: "token", row: "7"),
      SealContext(tenant: "1", table: "bots", column: "token", row: "7"),
      SealContext(tenant: "1", table: "bot", column: "secret", row: "7"),
      SealContext(tenant: "1", table: "bot", column: "token", row: "8"),
      SealContext(tenant: "1", table: "bot", column: "token", row: ""),
      SealContext(tenant: "1", table: "bot", column: "token"),
      // The same letters, cut differently.
      SealContext(tenant: "1b", table: "ot", column: "token", row: "7"),
      SealContext(tenant: "1", table: "bottoken", column: "", row: "7"),
      SealContext(tenant: "1", table: "bot", column: "token7"),
      SealContext(tenant: "", table: "1bot", column: "token", row: "7"),
    ]
    for other in elsewhere {
      #expect(code { _ = try key.open(sealed, context: other) } == .doesNotOpen)
      #expect(code { _ = try key.openSecret(sealed, context: other) } == .doesNotOpen)
    }
    #expect(Set(elsewhere + [context]).count == elsewhere.count + 1)
  }

  @Test func `no byte can be changed, taken away or added`() throws {
    let key = try key()
    let sealed = key.seal(Array("plain".utf8), context: context)
    for index in sealed.indices {
      for bit: UInt8 in [1, 0x80] {
        var changed = sealed
        changed[index] ^= bit
        let expected: VaultError.Code = index == 0 ? .malformed : index <= 8 ? .unknownKey : .doesNotOpen
        #expect(code { _ = try key.open(changed, context: context) } == expected, "byte \(index)")
      }
      let cut = Array(sealed[..<index])
      #expect(
        code { _ = try key.open(cut, context: context) }
          == (index < DataKey.sealOverhead ? .malformed : .doesNotOpen))
    }
    #expect(code { _ = try key.open(sealed + [0], context: context) } == .doesNotOpen)
  }

  @Test func `another key does not open it, and says so`() throws {
    let (key, other) = (try key(), try key("guild:2"))
    #expect(key.id != other.id)
    let sealed = key.seal([1], context: context)
    #expect(code { _ = try other.open(sealed, context: context) } == .unknownKey)
    #expect(code { _ = try other.openSecret(sealed, context: context) } == .unknownKey)
  }

  @Test func `derived keys depend on the key and on the purpose alone`() throws {
    let wrapped = try vault.makeDataKey(scope: "guild:1")
    let (key, again) = (
      try vault.unwrap(wrapped, scope: "guild:1"), try vault.unwrap(wrapped, scope: "guild:1")
    )
    #expect(ConstantTime.equal(key.derive("pages"), again.derive("pages")) && key.id == again.id)
    #expect(key.derive("pages").count == 32)
    #expect(!ConstantTime.equal(key.derive("pages"), key.derive("pages2")))
    #expect(try !ConstantTime.equal(key.derive("pages"), self.key().derive("pages")))
    #expect(try again.open(key.seal([5], context: context), context: context) == [5])
  }

  @Test func `a wrapped key opens for its scope only, unchanged, under its master key`() throws {
    let wrapped = try vault.makeDataKey(scope: "guild:1")
    #expect(wrapped.masterKeyID == vault.activeMasterKeyID)
    #expect(try WrappedKey(bytes: wrapped.bytes) == wrapped)
    #expect(code { _ = try vault.unwrap(wrapped, scope: "guild:2") } == .doesNotOpen)
    #expect(code { _ = try Vault.ephemeral().unwrap(wrapped, scope: "guild:1") } == .unknownKey)
    for index in wrapped.bytes.indices {
      var bytes = wrapped.bytes
      bytes[index] ^= 1
      let expected: VaultError.Code = index == 0 ? .malformed : index <= 8 ? .unknownKey : .doesNotOpen
      #expect(code { _ = try vault.unwrap(WrappedKey(bytes: bytes), scope: "guild:1") } == expected)
    }
    #expect(code { _ = try WrappedKey(bytes: []) } == .malformed)
    #expect(code { _ = try WrappedKey(bytes: wrapped.bytes + [0]) } == .malformed)
  }

  @Test func `a key id reads as it is printed`() {
    let id = vault.activeMasterKeyID
    #expect(KeyID(id.description) == id && id.description.utf8.count == 16)
    for text in ["", "0", "zzzzzzzzzzzzzzzz", "00000000000000000"] { #expect(KeyID(text) == nil) }
  }
}
