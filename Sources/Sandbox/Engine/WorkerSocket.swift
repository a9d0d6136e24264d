// The socket by which a worker speaks with us, without the engine between.

import CSystem
import EventLoop
import Glibc
import HTTPTypes

/// A Unix socket for the one process that connects to it. It lies in a folder that only we may enter, and is withdrawn as
/// soon as that process is there: nobody else is ever listened to.
struct WorkerSocket: Sendable {
  /// Of this machine; the engine shows it to the container.
  let path: String
  private let descriptor: CInt

  /// Where it is seen in the container.
  static let target = "/rpc"

  /// What the container runs first: it takes the socket for standard input and output, and becomes the command that follows.
  /// Nothing of a plugin's has run by then.
  static let connecting = [
    "/usr/bin/python3", "-IS", "-c",
    """
    import os, sys, _socket
    rpc = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    rpc.connect("\(target)")
    os.dup2(rpc.fileno(), 0)
    os.dup2(rpc.fileno(), 1)
    os.execv(sys.argv[1], sys.argv[1:])
    """,
  ]

  /// Listens on a new socket in the folder.
  ///
  /// - Throws: `EngineError` with `.fileSystem`.
  static func listen(in folder: String) async throws -> WorkerSocket {
    let name = String(UInt64.random(in: .min ... .max), radix: 36)
    return try await LocalFiles.blocking {
      try WorkerSocket(path: "\(folder)/\(name)", descriptor: listening(on: name, in: folder))
    }
  }

  private static func listening(on name: String, in folder: String) throws -> CInt {
    // The address has room for 108 bytes, and folders have longer paths: their descriptor's is short.
    let place = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard place >= 0 else { throw failure("the folder of sockets cannot be opened") }
    defer { close(place) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) {
      $0.copyBytes(from: "/proc/self/fd/\(place)/\(name)".utf8)
    }
    let flags = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
    let descriptor = socket(AF_UNIX, flags, 0)
    guard descriptor >= 0 else { throw failure("a socket cannot be made") }
    // The container's user is nobody, here as there. Before bind: the socket has these permissions from the start.
    fchmod(descriptor, 0o666)
    let code = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard code == 0, fchmodat(place, name, 0o666, 0) == 0, Glibc.listen(descriptor, 1) == 0 else {
      let failure = failure("a socket cannot be listened on")
      close(descriptor)
      unlinkat(place, name, 0)
      throw failure
    }
    return descriptor
  }

  private static func failure(_ what: String) -> EngineError {
    EngineError(.fileSystem, reason: what, detail: "errno \(csystem_errno())")
  }

  /// Waits for the process and hands its connection to `body`, on the loop. Withdraw the socket afterwards, whatever came.
  ///
  /// - Throws: `EngineError` with `.startFailed` when nobody comes in time; `CancellationError`.
  func accept<Result: Sendable>(
    on loop: EventLoop, within limit: Duration, _ body: @escaping @Sendable (PlainSocket) -> Result
  ) async throws -> Result {
    let visit = Visit<Result>(descriptor, loop)
    let outcome = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        loop.execute { visit.begin(continuation, within: limit, body) }
      }
    } onCancel: {
      loop.execute { visit.end(.failure(CancellationError())) }
    }
    return try outcome.get()
  }

  /// Takes the socket away. Once.
  func withdraw() async {
    let (path, descriptor) = (path, descriptor)
    // What cannot be removed is a name without anybody behind it.
    try? await LocalFiles.blocking {
      unlink(path)
      close(descriptor)
    }
  }
}

/// Waiting for one connection.
///
/// `@unchecked`: touched on the loop only, after `init`.
private final class Visit<Value: Sendable>: @unchecked Sendable {
  private let descriptor: CInt
  private let loop: EventLoop
  private var waiter: CheckedContinuation<Result<Value, any Error>, Never>?
  private var early: Result<Value, any Error>?
  private var timer: LoopTimer?

  init(_ descriptor: CInt, _ loop: EventLoop) { (self.descriptor, self.loop) = (descriptor, loop) }

  func begin(
    _ continuation: CheckedContinuation<Result<Value, any Error>, Never>, within limit: Duration,
    _ body: @escaping @Sendable (PlainSocket) -> Value
  ) {
    if let early { return continuation.resume(returning: early) }
    waiter = continuation
    timer = loop.schedule(after: limit) {
      self.end(.failure(EngineError(.startFailed, reason: "a plugin's process did not begin in time")))
    }
    do {
      try loop.watch(descriptor, for: .readable) { _ in
        let connection = Glibc.accept(self.descriptor, nil, nil)
        guard connection >= 0 else { return }
        _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
        self.end(.success(body(PlainSocket(connection, loop: self.loop))))
      }
    } catch { end(.failure(error)) }
  }

  func end(_ result: Result<Value, any Error>) {
    guard let waiter else {
      if early == nil { early = result }
      return
    }
    self.waiter = nil
    if let timer { loop.cancel(timer) }
    loop.unwatch(descriptor)
    waiter.resume(returning: result)
  }
}
