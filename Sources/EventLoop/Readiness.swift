// What a descriptor is watched for, and what it turned out to be ready for.

internal import CSystem

/// Readiness of a descriptor, as epoll(7) knows it.
package struct Readiness: OptionSet, Sendable {
  package let rawValue: UInt8

  package init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// Bytes, a connection or an end of file wait to be read.
  package static let readable = Readiness(rawValue: 1)
  /// There is room to write.
  package static let writable = Readiness(rawValue: 2)
  /// The peer closed its sending side, or all of the connection. Reported when asked for.
  package static let peerClosed = Readiness(rawValue: 4)
  /// The descriptor failed or hung up. Reported always; asking for it changes nothing.
  package static let failed = Readiness(rawValue: 8)

  var epollEvents: UInt32 {
    var events: UInt32 = 0
    if contains(.readable) { events |= EPOLLIN.rawValue }
    if contains(.writable) { events |= EPOLLOUT.rawValue }
    if contains(.peerClosed) { events |= EPOLLRDHUP.rawValue }
    return events
  }

  init(epollEvents events: UInt32) {
    var readiness: Readiness = []
    if events & EPOLLIN.rawValue != 0 { readiness.insert(.readable) }
    if events & EPOLLOUT.rawValue != 0 { readiness.insert(.writable) }
    if events & EPOLLRDHUP.rawValue != 0 { readiness.insert(.peerClosed) }
    if events & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0 { readiness.insert(.failed) }
    self = readiness
  }
}
