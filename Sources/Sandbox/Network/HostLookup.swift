// Where a name leads, before anybody relies on it: all of its addresses, asked of the system, for so long and no longer.

import EventLoop
import Glibc
import HTTPClient
import Threads

/// Finds the addresses of names. For sentences to people only: what holds is the check of the address that each connection
/// goes to.
package struct HostLookup: Sendable {
  /// How long one may take.
  private static let limit = Duration.seconds(5)
  /// A few at a time: a resolver that does not answer must not have all threads of the machine wait for it.
  private static let threads = WorkerThreads(limit: 4, maximumWaiting: 32)

  private let find: @Sendable (String) async throws -> [[UInt8]]

  /// The system's resolver.
  package static let system = HostLookup { name in
    try await HostLookup.threads.run { addresses(of: name) }
  }

  /// `find` answers with 4 or 16 bytes for each address.
  init(_ find: @escaping @Sendable (String) async throws -> [[UInt8]]) { self.find = find }

  /// What speaks against a name: the kind of an address of its that is not public. nil for a name whose addresses are all
  /// public, and for one that has none at the moment, or none that came in time.
  func refusal(of name: String, _ time: any TimeSource) async -> String? {
    for address in await found(name, time) {
      if case .refused(let range) = PublicAddress.classify(address) { return range }
    }
    return nil
  }

  private func found(_ name: String, _ time: any TimeSource) async -> [[UInt8]] {
    let (answers, answer) = AsyncStream<[[UInt8]]>.makeStream(bufferingPolicy: .bufferingNewest(1))
    let find = find
    // A task of its own: the resolver cannot be called off, and is not waited for beyond the limit.
    Task {
      // What cannot be looked up has no addresses at the moment.
      answer.yield((try? await find(name)) ?? [])
      answer.finish()
    }
    return await withTaskGroup(of: [[UInt8]].self) { group in
      group.addTask { await answers.first { _ in true } ?? [] }
      group.addTask {
        // Cancelled once there is an answer.
        try? await time.sleep(for: Self.limit)
        return []
      }
      defer { group.cancelAll() }
      return await group.next() ?? []
    }
  }
}

/// Every address of a name; blocks for as long as the resolver likes.
private func addresses(of name: String) -> [[UInt8]] {
  var hints = addrinfo()
  hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
  var first: UnsafeMutablePointer<addrinfo>?
  guard getaddrinfo(name, nil, &hints, &first) == 0, let first else { return [] }
  defer { freeaddrinfo(first) }
  var found: [[UInt8]] = []
  var next: UnsafeMutablePointer<addrinfo>? = first
  while let entry = next {
    next = entry.pointee.ai_next
    guard let pointer = entry.pointee.ai_addr else { continue }
    let address = UnsafeRawPointer(pointer)
    switch entry.pointee.ai_family {
    case AF_INET:
      let bytes = address.loadUnaligned(as: sockaddr_in.self).sin_addr
      found.append(withUnsafeBytes(of: bytes) { Array($0) })
    case AF_INET6:
      let bytes = address.loadUnaligned(as: sockaddr_in6.self).sin6_addr
      found.append(withUnsafeBytes(of: bytes) { Array($0) })
    default: break
    }
  }
  return found
}
