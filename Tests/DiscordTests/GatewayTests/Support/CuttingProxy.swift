// A TCP proxy that cuts connections in the middle of whatever passes.

import EventLoop
import Glibc
import Synchronization
import TestKit

/// Passes bytes between clients and a port on loopback; after so many bytes towards the client, as a closure says, it
/// drops both ends at once.
final class CuttingProxy: @unchecked Sendable {
  // `@unchecked`: variables are touched on the loop only.

  let port: UInt16
  private let target: UInt16
  private let loop: EventLoop
  private let listener: CInt
  private let budget: @Sendable () -> Int
  private var links: [CInt: Link] = [:]
  /// How many connections were cut.
  let cuts = Atomic<Int>(0)

  init(to target: UInt16, cutAfter budget: @escaping @Sendable () -> Int) throws {
    (self.target, self.budget) = (target, budget)
    loop = try EventLoop(name: "proxy")
    let listener = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_NONBLOCK.rawValue), 0)
    self.listener = listener
    var address = Self.address(0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        bind(listener, pointer, length) == 0 && listen(listener, 64) == 0
          && getsockname(listener, pointer, &length) == 0
      }
    }
    guard isBound else { throw TestKitError("the proxy has no port") }
    port = UInt16(bigEndian: address.sin_port)
    loop.execute {
      // A test without its proxy fails by itself.
      try? self.loop.watch(self.listener, for: .readable) { _ in self.accept() }
    }
  }

  func stop() {
    loop.execute {
      for link in Array(self.links.values) { self.drop(link) }
      self.loop.unwatch(self.listener)
      Glibc.close(self.listener)
      self.loop.shutdown()
    }
  }

  /// Cuts all connections that stand.
  func cutAll() {
    loop.execute { for link in Array(self.links.values) { self.cut(link) } }
  }

  private final class Link {
    let client: CInt
    let server: CInt
    var left: Int

    init(client: CInt, server: CInt, left: Int) {
      (self.client, self.server, self.left) = (client, server, left)
    }
  }

  private static func address(_ port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return address
  }

  private func accept() {
    while case let client = Glibc.accept(listener, nil, nil), client >= 0 {
      // Blocking writes: loopback and small buffers, and a proxy that waits is as good as any.
      let server = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
      var address = Self.address(target)
      let isConnected = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          connect(server, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
        }
      }
      guard isConnected else {
        Glibc.close(client)
        Glibc.close(server)
        continue
      }
      let link = Link(client: client, server: server, left: budget())
      links[client] = link
      try? loop.watch(client, for: .readable) { _ in self.pass(link, from: client, to: server) }
      try? loop.watch(server, for: .readable) { _ in self.pass(link, from: server, to: client) }
    }
  }

  private func pass(_ link: Link, from source: CInt, to sink: CInt) {
    var buffer = [UInt8](repeating: 0, count: 16_384)
    var count = read(source, &buffer, buffer.count)
    guard count > 0 else { return drop(link) }
    var isOver = false
    if source == link.server {
      link.left -= count
      if link.left <= 0 {
        count += link.left
        isOver = true
      }
    }
    var sent = 0
    while sent < count {
      let step = buffer.withUnsafeBytes {
        send(sink, $0.baseAddress.map { $0 + sent }, count - sent, CInt(MSG_NOSIGNAL))
      }
      guard step > 0 else { return drop(link) }
      sent += step
    }
    if isOver { cut(link) }
  }

  private func cut(_ link: Link) {
    cuts.wrappingAdd(1, ordering: .relaxed)
    drop(link)
  }

  private func drop(_ link: Link) {
    guard links.removeValue(forKey: link.client) != nil else { return }
    for descriptor in [link.client, link.server] {
      loop.unwatch(descriptor)
      Glibc.close(descriptor)
    }
  }
}
