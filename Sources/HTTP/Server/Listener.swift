// Sockets that are listened on.

internal import CSystem
internal import Glibc

/// Where a server listens.
package enum ListenAddress: Sendable, Equatable {
  /// An IPv4 or IPv6 address; port 0 lets the kernel choose. `::` listens on IPv6 and IPv4.
  case tcp(host: String, port: UInt16)
  /// A Unix socket. A dead socket of an earlier run is replaced; `mode` are its permissions, such as `0o600`.
  case unix(path: String, mode: UInt32 = 0o600)
}

extension ListenAddress: CustomStringConvertible {
  /// As a browser takes it, or the path of the socket.
  package var description: String {
    switch self {
    case .tcp(let host, let port):
      let shown = host == "0.0.0.0" || host == "::" ? "localhost" : host.contains(":") ? "[\(host)]" : host
      return "http://\(shown):\(port)/"
    case .unix(let path, _): return path
    }
  }
}

/// A listening socket. The library accepts from it, and gives it back when it is told to stop.
struct Listener: Sendable {
  let descriptor: CInt
  /// With the port that the kernel chose.
  let address: ListenAddress

  /// - Throws: `.cannotListen` with the address and the reason.
  init(_ address: ListenAddress, backlog: CInt = 1024) throws(HTTPServerError) {
    switch address {
    case .tcp(let host, let port):
      descriptor = try Self.bindTCP(host, port, backlog)
      self.address = .tcp(host: host, port: Self.port(of: descriptor))
    case .unix(let path, let mode):
      descriptor = try Self.bindUnix(path, mode, backlog)
      self.address = address
    }
  }

  private static func bindTCP(_ host: String, _ port: UInt16, _ backlog: CInt) throws(HTTPServerError) -> CInt
  {
    var v4 = sockaddr_in()
    var v6 = sockaddr_in6()
    let isV4 = inet_pton(AF_INET, host, &v4.sin_addr) == 1
    guard isV4 || inet_pton(AF_INET6, host, &v6.sin6_addr) == 1 else {
      throw HTTPServerError(.cannotListen, "\(host) is no address of this machine's interfaces")
    }
    (v4.sin_family, v4.sin_port) = (sa_family_t(AF_INET), port.bigEndian)
    (v6.sin6_family, v6.sin6_port) = (sa_family_t(AF_INET6), port.bigEndian)
    let descriptor = try makeSocket(isV4 ? AF_INET : AF_INET6)
    var one: CInt = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, 4)
    let code = isV4 ? bound(descriptor, &v4, backlog) : bound(descriptor, &v6, backlog)
    guard code == 0 else {
      Glibc.close(descriptor)
      throw HTTPServerError(.cannotListen, "\(host) port \(port): \(String(cString: strerror(code)))")
    }
    return descriptor
  }

  private static func bindUnix(_ path: String, _ mode: UInt32, _ backlog: CInt) throws(HTTPServerError)
    -> CInt
  {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let room = MemoryLayout.size(ofValue: address.sun_path)
    guard path.utf8.count < room, !path.isEmpty else {
      throw HTTPServerError(.cannotListen, "the path of the socket is longer than \(room - 1) bytes")
    }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    try removeDeadSocket(path, &address)
    let descriptor = try makeSocket(AF_UNIX)
    // The mode is set on the descriptor before bind, so the socket is never there with looser permissions.
    fchmod(descriptor, mode_t(mode))
    let code = bound(descriptor, &address, backlog)
    guard code == 0, chmod(path, mode_t(mode)) == 0 else {
      Glibc.close(descriptor)
      throw HTTPServerError(.cannotListen, "\(path): \(String(cString: strerror(code)))")
    }
    return descriptor
  }

  /// Removes a socket that nobody listens on; one that answers, and anything that is no socket, stays.
  private static func removeDeadSocket(_ path: String, _ address: inout sockaddr_un) throws(HTTPServerError) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFSOCK else {
      throw HTTPServerError(.cannotListen, "\(path) is there and is no socket")
    }
    let probe = try makeSocket(AF_UNIX)
    defer { Glibc.close(probe) }
    let answer = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(probe, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard answer != 0, csystem_errno() == ECONNREFUSED else {
      throw HTTPServerError(.cannotListen, "\(path): another process listens there")
    }
    unlink(path)
  }

  private static func makeSocket(_ family: CInt) throws(HTTPServerError) -> CInt {
    let flags = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
    let descriptor = socket(family, flags, 0)
    guard descriptor >= 0 else {
      throw HTTPServerError(.cannotListen, "socket failed (errno \(csystem_errno()))")
    }
    return descriptor
  }

  /// Binds and listens; 0, or what `errno` said.
  private static func bound<Address>(_ descriptor: CInt, _ address: inout Address, _ backlog: CInt) -> CInt {
    let code = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<Address>.size))
      }
    }
    guard code == 0, listen(descriptor, backlog) == 0 else { return csystem_errno() }
    return 0
  }

  private static func port(of descriptor: CInt) -> UInt16 {
    var storage = sockaddr_in6()
    var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
    _ = withUnsafeMutablePointer(to: &storage) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
    }
    // The port sits at the same place in both families.
    return UInt16(bigEndian: storage.sin6_port)
  }

  /// Stops listening. Call after the library has let go of the socket.
  func close() {
    _ = Glibc.close(descriptor)
    if case .unix(let path, _) = address { unlink(path) }
  }
}
