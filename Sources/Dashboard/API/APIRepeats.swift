// A call that is sent twice is done once: answers by the caller's idempotency key.

import EventLoop
import HTTPServer
import HTTPTypes
import Resources
import Synchronization
import Vault

/// Answers of the last day, by caller and key. In this process only, and no more than a bound: a guard against a program
/// that tries again after a lost answer, not a ledger.
final class APIRepeats: Sendable {
  static let lifetime = Duration.seconds(86_400)
  /// Of answers, and of bytes in one that is kept.
  private static let (bound, sizeBound) = (2_000, 65_536)

  private enum Entry {
    case underWay(fingerprint: [UInt8])
    case done(fingerprint: [UInt8], HTTPResponse)

    var fingerprint: [UInt8] {
      switch self {
      case .underWay(let fingerprint), .done(let fingerprint, _): fingerprint
      }
    }
  }

  private struct State {
    var entries: [String: (entry: Entry, at: Duration)] = [:]
    var order: [String] = []
  }

  private let time: any TimeSource
  private let state = Mutex(State())

  init(time: any TimeSource) { self.time = time }

  /// The answer of `work`, or the one that the same call got before.
  ///
  /// - Throws: `APIRefusal` when the key is that of another call, or of one under way; what `work` throws.
  func once(
    _ key: String, of caller: String, _ visit: Visit, _ body: [UInt8], _ work: () async throws -> HTTPResponse
  ) async throws -> HTTPResponse {
    guard (1...128).contains(key.utf8.count) else {
      throw APIRefusal(code: .malformed, message: visit.strings["api.error.key"])
    }
    let name = "\(caller) \(key)"
    let fingerprint = SHA256.hash(visit.request.head.target + [0] + body)
    if let known = begin(name, fingerprint) {
      guard known.fingerprint == fingerprint else {
        throw APIRefusal(code: .conflict, message: visit.strings["api.error.otherCall"])
      }
      guard case .done(_, var response) = known else {
        throw APIRefusal(code: .conflict, message: visit.strings["api.error.underWay"])
      }
      response.fields["Idempotent-Replayed"] = "true"
      return response
    }
    var answer: HTTPResponse?
    defer { end(name, fingerprint, answer) }
    let response = try await work()
    answer = response
    return response
  }

  private func begin(_ name: String, _ fingerprint: [UInt8]) -> Entry? {
    let now = time.uptime
    return state.withLock { state in
      if let known = state.entries[name], now - known.at < Self.lifetime { return known.entry }
      if state.entries[name] == nil { state.order.append(name) }
      state.entries[name] = (.underWay(fingerprint: fingerprint), now)
      if state.order.count > Self.bound { state.entries[state.order.removeFirst()] = nil }
      return nil
    }
  }

  /// What failed may be tried again.
  private func end(_ name: String, _ fingerprint: [UInt8], _ response: HTTPResponse?) {
    state.withLock { state in
      guard let known = state.entries[name] else { return }
      if let response, response.status.code < 500, Self.size(of: response) <= Self.sizeBound {
        state.entries[name] = (.done(fingerprint: fingerprint, response), known.at)
      } else {
        state.entries[name] = nil
        state.order.removeAll { $0 == name }
      }
    }
  }

  private static func size(of response: HTTPResponse) -> Int {
    switch response.body {
    case .none: 0
    case .bytes(let bytes): bytes.count
    case .stream, .file, .upgrade: .max
    }
  }
}
