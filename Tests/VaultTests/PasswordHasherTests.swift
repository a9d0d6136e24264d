// Tests of password hashing: right and wrong passwords, other people's hashes, bounds on what waits.

import Testing
import Vault

@Suite(.timeLimit(.minutes(1))) struct PasswordHasherTests {
  @Test func `the right password verifies and no other`() async throws {
    let hasher = PasswordHasher(cost: .tests)
    let hash = try await hasher.hash(Secret(utf8: "correct horse"))
    #expect(hash.hasPrefix("$argon2id$v=19$m=64,t=1,p=1$"))
    #expect(try await hasher.verify(Secret(utf8: "correct horse"), against: hash))
    #expect(try await !hasher.verify(Secret(utf8: "correct horsf"), against: hash))
    #expect(try await !hasher.verify(Secret([]), against: hash))
    #expect(try await hasher.hash(Secret(utf8: "correct horse")) != hash)
  }

  /// From the tests of the reference implementation (version 19, t = 2, m = 2^16, salt "somesalt"): RFC 9106's own
  /// vector uses a secret and associated data, which this library has no way to give.
  @Test func `a hash that others made verifies`() async throws {
    let hasher = PasswordHasher(cost: .tests)
    let hash = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAphArZZ2GRPPc"
    let published = try #require(
      Hex.decode("09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7"))
    let text = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$" + standardBase64(published)
    #expect(try await hasher.verify(Secret(utf8: "password"), against: text))
    #expect(try await !hasher.verify(Secret(utf8: "passwore"), against: text))
    #expect(try await !hasher.verify(Secret(utf8: "password"), against: hash))
    #expect(hasher.needsRehash(text))
  }

  private func standardBase64(_ bytes: [UInt8]) -> String {
    String(Base64URL.encode(bytes).map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 })
  }

  @Test(arguments: [
    "", "$", "$argon2id$", "plain text", "\u{0}", String(repeating: "$argon2id$v=19$m=64,t=1,p=1$", count: 9),
  ])
  func `what is no hash verifies nothing`(hash: String) async throws {
    let hasher = PasswordHasher(cost: .tests)
    #expect(try await !hasher.verify(Secret(utf8: "a"), against: hash))
    #expect(hasher.needsRehash(hash))
  }

  @Test func `a hash of another cost is to be made again`() async throws {
    let hash = try await PasswordHasher(cost: .tests).hash(Secret(utf8: "a"))
    #expect(!PasswordHasher(cost: .tests).needsRehash(hash) && PasswordHasher(cost: .light).needsRehash(hash))
  }

  @Test func `beyond the bound callers are refused, and those within it are served`() async {
    let hasher = PasswordHasher(cost: .light, parallelism: 1, maximumWaiting: 3)
    let outcomes = await withTaskGroup { group in
      for _ in 0..<24 {
        group.addTask { () -> VaultError.Code? in
          do {
            _ = try await hasher.hash(Secret(utf8: "a"))
            return nil
          } catch {
            return (error as? VaultError)?.code ?? .malformed
          }
        }
      }
      return await group.reduce(into: [VaultError.Code?]()) { $0.append($1) }
    }
    #expect(outcomes.filter { $0 == nil }.count >= 4)
    #expect(outcomes.contains(.overloaded) && outcomes.allSatisfy { $0 == nil || $0 == .overloaded })
    #expect(hasher.waitingCount == 0)
  }

  @Test func `a caller that is cancelled while waiting goes at once`() async throws {
    let hasher = PasswordHasher(cost: .interactive, parallelism: 1, maximumWaiting: 64)
    let running = (0..<4).map { _ in Task { try await hasher.hash(Secret(utf8: "a")) } }
    let waiting = Task { try await hasher.hash(Secret(utf8: "b")) }
    waiting.cancel()
    await #expect(throws: CancellationError.self) { try await waiting.value }
    for task in running { _ = try await task.value }
    #expect(hasher.waitingCount == 0)
  }
}
