// Argon2id for passwords and recovery codes, on threads of its own.

internal import CSodium
internal import Threads

/// Slow, memory-hard hashing (Argon2id, RFC 9106) for what people choose or type. Tokens of ours are random and need
/// only `SHA256`.
package final class PasswordHasher: Sendable {
  /// What one hash costs whoever makes it, guesses included.
  package struct Cost: Sendable, Equatable {
    /// Passes over the memory.
    let passes: UInt64
    let memoryBytes: Int

    /// 2 passes over 64 MiB, about 70 ms: for passwords.
    package static let interactive = Cost(passes: 2, memoryBytes: 64 << 20)
    /// 2 passes over 19 MiB, about 17 ms: for recovery codes, which are random to begin with. The least OWASP advises.
    package static let light = Cost(passes: 2, memoryBytes: 19 << 20)
    /// 1 pass over 64 KiB: protects nothing, and makes tests fast.
    package static let tests = Cost(passes: 1, memoryBytes: 64 << 10)
  }

  private let cost: Cost
  private let threads: WorkerThreads

  /// `parallelism` hashes are computed at once; each takes its memory and a core meanwhile. Beyond those
  /// `maximumWaiting` callers may wait, before others are refused.
  package init(cost: Cost = .interactive, parallelism: Int = 1, maximumWaiting: Int = 64) {
    self.cost = cost
    threads = WorkerThreads(limit: parallelism, maximumWaiting: maximumWaiting)
  }

  /// How many callers wait for a thread: a gauge.
  package var waitingCount: Int { threads.waitingCount }

  /// A hash to store, with its salt and cost inside: `$argon2id$v=19$m=…,t=…,p=1$…$…`.
  ///
  /// - Throws: `VaultError` with code `.overloaded` or `.outOfMemory`; `CancellationError` while waiting.
  package func hash(_ password: Secret) async throws -> String {
    let cost = cost
    return try await threads.perform {
      _ = Sodium.ready
      var text = [CChar](repeating: 0, count: crypto_pwhash_strbytes())
      let result = password.withUnsafeBytes { password in
        password.start.withMemoryRebound(to: CChar.self, capacity: password.count) {
          crypto_pwhash_str_alg(
            &text, $0, UInt64(password.count), cost.passes, cost.memoryBytes,
            crypto_pwhash_alg_argon2id13())
        }
      }
      guard result == 0 else {
        throw VaultError(.outOfMemory, "a password hash needs \(cost.memoryBytes) bytes of memory")
      }
      return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
  }

  /// Whether the password is the one that was hashed, at whatever cost. False for anything that is no such hash.
  ///
  /// - Throws: `VaultError` with code `.overloaded`; `CancellationError` while waiting.
  package func verify(_ password: Secret, against hash: String) async throws -> Bool {
    guard let text = Self.terminated(hash) else { return false }
    return try await threads.perform {
      _ = Sodium.ready
      return password.withUnsafeBytes { password in
        password.start.withMemoryRebound(to: CChar.self, capacity: password.count) {
          crypto_pwhash_str_verify(text, $0, UInt64(password.count)) == 0
        }
      }
    }
  }

  /// Whether a stored hash was made at another cost than this hasher's: hash the password again when it next verifies.
  package func needsRehash(_ hash: String) -> Bool {
    guard let text = Self.terminated(hash) else { return true }
    _ = Sodium.ready
    return crypto_pwhash_str_needs_rehash(text, cost.passes, cost.memoryBytes) != 0
  }

  /// The hash as C wants it, if it is as short as ours are: the library trusts the length of the field it is in.
  private static func terminated(_ hash: String) -> [CChar]? {
    let text = Array(hash.utf8CString)
    return text.count <= crypto_pwhash_strbytes() ? text : nil
  }
}
