// What is kept of what was read: bounded, young, and never older than the last revocation.

import EventLoop
import Synchronization
import Testing

@testable import PlatformAccounts

private let now = Timestamp(milliseconds: 1_000_000)

/// A store of words that counts how often it is asked.
private final class Words: Sendable {
  private let state = Mutex((words: [Int: String](), asked: 0))

  var asked: Int { state.withLock { $0.asked } }
  func set(_ word: String?, at key: Int) { state.withLock { $0.words[key] = word } }
  func read(_ key: Int) -> String? {
    state.withLock { state in
      state.asked += 1
      return state.words[key]
    }
  }
}

@Suite struct CredentialCacheTests {
  @Test func `what is revoked while it is read is read again`() async throws {
    let cache = CredentialCache<Int, String>(capacity: 10, keepsAbsence: true)
    let words = Words()
    words.set("alive", at: 1)
    let value = try await cache.value(1, at: now) {
      let word = words.read(1)
      if words.asked == 1 {
        // The reader has it in hand when the row goes and everybody is told.
        words.set(nil, at: 1)
        cache.forget { _ in true }
      }
      return word
    }
    #expect(value == nil)
    #expect(words.asked == 2)
    #expect(try await cache.value(1, at: now) { words.read(1) } == nil)
    #expect(words.asked == 2)
  }

  @Test func `a storm of revocations keeps nobody from an answer, which is not kept`() async throws {
    let cache = CredentialCache<Int, String>(capacity: 10, keepsAbsence: true)
    let words = Words()
    words.set("alive", at: 1)
    let value = try await cache.value(1, at: now) {
      cache.forgetAll()
      return words.read(1)
    }
    #expect((value, words.asked) == ("alive", 4))
    _ = try await cache.value(1, at: now) { words.read(1) }
    #expect(words.asked == 5)
  }

  @Test func `the least recently used goes first, and no more than the bound is kept`() async throws {
    let cache = CredentialCache<Int, String>(capacity: 10, keepsAbsence: true)
    let words = Words()
    for key in 0..<100 {
      words.set("\(key)", at: key)
      _ = try await cache.value(key, at: now) { words.read(key) }
      // Asked for all the time.
      #expect(try await cache.value(0, at: now) { words.read(0) } == "0")
    }
    #expect(words.asked == 100)
    for key in 1..<100 { _ = try await cache.value(key, at: now) { words.read(key) } }
    #expect(words.asked >= 100 + 89)
  }

  @Test func `made-up keys push nothing out where absence is not kept`() async throws {
    for keepsAbsence in [true, false] {
      let cache = CredentialCache<Int, String>(capacity: 10, keepsAbsence: keepsAbsence)
      let words = Words()
      words.set("alive", at: 1)
      _ = try await cache.value(1, at: now) { words.read(1) }
      for key in 100..<200 { _ = try await cache.value(key, at: now) { words.read(key) } }
      let before = words.asked
      _ = try await cache.value(1, at: now) { words.read(1) }
      #expect((words.asked == before) == !keepsAbsence)
    }
  }

  @Test func `a clock that goes back makes old what was kept`() async throws {
    let cache = CredentialCache<Int, String>(capacity: 10, keepsAbsence: true)
    let words = Words()
    _ = try await cache.value(1, at: now) { words.read(1) }
    _ = try await cache.value(1, at: now - .seconds(1)) { words.read(1) }
    #expect(words.asked == 2)
  }
}
