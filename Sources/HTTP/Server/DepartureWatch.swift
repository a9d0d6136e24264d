// Notices clients that leave while their request waits for its handler.

internal import CSystem
internal import EventLoop
internal import Telemetry
internal import Glibc

/// A second epoll set, for sockets whose connection the library has suspended and does not look at.
///
/// It hangs in the event loop as one readable descriptor, so registering from the library's thread is one system
/// call and wakes nobody.
final class DepartureWatch: Sendable {
  private let epoll: CInt
  private let loop: EventLoop

  /// `onDeparture`: called on the loop with the token of a connection whose peer has closed.
  init(loop: EventLoop, onDeparture: @escaping @Sendable (UInt64) -> Void) throws(HTTPServerError) {
    self.loop = loop
    let descriptor = epoll_create1(CInt(EPOLL_CLOEXEC))
    guard descriptor >= 0 else {
      throw HTTPServerError(.cannotStart, "epoll_create1 failed (errno \(csystem_errno()))")
    }
    epoll = descriptor
    loop.execute {
      do throws(EventLoopError) {
        try loop.watch(descriptor, for: .readable) { _ in Self.collect(descriptor, onDeparture) }
      } catch {
        serverLog.error("departures are not watched", ["error": .string(error.description)])
      }
    }
  }

  func add(_ descriptor: CInt, token: UInt64) {
    var event = epoll_event(events: EPOLLRDHUP.rawValue | EPOLLONESHOT.rawValue, data: epoll_data(u64: token))
    // A refusal leaves the request without this convenience: its deadline still holds.
    _ = epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event)
  }

  func remove(_ descriptor: CInt) {
    var event = epoll_event()
    _ = epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, &event)
  }

  /// Releases the set. Call when no connection is left.
  func close() {
    let epoll = epoll
    let loop = loop
    loop.execute {
      loop.unwatch(epoll)
      _ = Glibc.close(epoll)
    }
  }

  private static func collect(_ epoll: CInt, _ onDeparture: (UInt64) -> Void) {
    var events = [epoll_event](repeating: epoll_event(), count: 64)
    let count = epoll_wait(epoll, &events, CInt(events.count), 0)
    for event in events.prefix(Int(max(0, count))) { onDeparture(event.data.u64) }
  }
}
