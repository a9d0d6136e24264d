// One connection of a client: which phase it is in, and since when.

internal import CSystem
internal import Synchronization
internal import Glibc

/// What the server knows of a connection. Phases are changed on the library's thread and read by the sweep.
final class Connection: Sendable {
  enum Phase {
    /// A head is on its way. May become `active`, `idle` or `closed`.
    case head
    /// Between two requests. May become `head` or `closed`.
    case idle
    /// An exchange has the connection. May become `idle` or `closed`.
    case active(Exchange)
    /// Cut by us, or closed by the library: its descriptor must not be touched. Final.
    case closed
  }

  private struct State {
    var phase = Phase.head
    var since: Duration
  }

  let id: UInt64
  /// nil on a Unix socket.
  let peer: IPAddress?
  /// Whether the peer's connections count against `connectionsPerAddress`.
  let isCounted: Bool
  private let descriptor: CInt
  private let state: Mutex<State>

  init(id: UInt64, peer: IPAddress?, isCounted: Bool, descriptor: CInt, now: Duration) {
    self.id = id
    self.peer = peer
    self.isCounted = isCounted
    self.descriptor = descriptor
    state = Mutex(State(since: now))
  }

  func enter(_ phase: Phase, now: Duration) {
    state.withLock { state in
      if case .closed = state.phase { return }
      state.phase = phase
      state.since = now
    }
  }

  /// The exchange whose own deadlines are to be looked at; cuts the connection when it is over its own.
  func sweep(now: Duration, limits: HTTPLimits) -> Exchange? {
    state.withLock { state in
      switch state.phase {
      case .active(let exchange): return exchange
      case .head where now - state.since > limits.headerTime:
        cut(&state, saying: Self.requestTimeout)
      case .idle where now - state.since > limits.idleTime:
        cut(&state, saying: "")
      case .head, .idle, .closed: break
      }
      return nil
    }
  }

  /// Ends the connection from outside: the library notices and cleans up.
  ///
  /// `isSilent`: without the 408 that a client gets which has not been sent anything yet.
  func cut(isSilent: Bool) {
    state.withLock { cut(&$0, saying: isSilent ? "" : Self.requestTimeout) }
  }

  private func cut(_ state: inout State, saying text: StaticString) {
    if case .closed = state.phase { return }
    // Nothing was sent yet for this request, so these bytes cannot land inside another answer.
    if text.utf8CodeUnitCount > 0 {
      _ = send(descriptor, text.utf8Start, text.utf8CodeUnitCount, CInt(MSG_NOSIGNAL | MSG_DONTWAIT))
    }
    _ = Glibc.shutdown(descriptor, CInt(SHUT_RDWR))
    state.phase = .closed
  }

  /// The library is about to close the descriptor.
  func close() {
    state.withLock { $0.phase = .closed }
  }

  private static let requestTimeout: StaticString =
    "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
}
