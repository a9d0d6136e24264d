// Names to addresses, on a thread that may block.

internal import Glibc

/// A name to look up, and who waits for it.
private final class Lookup: Sendable {
  let host: String
  let completion: @Sendable (String?) -> Void

  init(host: String, completion: @escaping @Sendable (String?) -> Void) {
    (self.host, self.completion) = (host, completion)
  }
}

/// Looks a name up and tells its first address in figures; nil when it does not resolve.
func resolveOnThread(_ host: String, _ completion: @escaping @Sendable (String?) -> Void) {
  let lookup = Unmanaged.passRetained(Lookup(host: host, completion: completion))
  var thread = pthread_t()
  guard pthread_create(&thread, nil, lookUp, lookup.toOpaque()) == 0 else {
    lookup.release()
    return completion(nil)
  }
  pthread_detach(thread)
}

private func lookUp(_ pointer: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let pointer else { return nil }
  let lookup = Unmanaged<Lookup>.fromOpaque(pointer).takeRetainedValue()
  var hints = addrinfo()
  hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
  var found: UnsafeMutablePointer<addrinfo>?
  guard getaddrinfo(lookup.host, nil, &hints, &found) == 0, let found else {
    lookup.completion(nil)
    return nil
  }
  defer { freeaddrinfo(found) }
  var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
  let code = getnameinfo(
    found.pointee.ai_addr, found.pointee.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
  let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
  lookup.completion(code == 0 ? String(decoding: bytes, as: UTF8.self) : nil)
  return nil
}
