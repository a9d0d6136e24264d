// The right to send one call, which must be given back.

internal import Synchronization

/// The right to send one call. Give it back with `EgressMachine.complete`; one that is dropped instead, as by a bug or a
/// thrown error, counts as a call whose fate nobody knows.
package struct EgressPermit: ~Copyable {
  package let ticket: EgressTicket
  private let dropped: DroppedPermits
  private var isReturned = false

  init(_ ticket: EgressTicket, dropped: DroppedPermits) {
    (self.ticket, self.dropped) = (ticket, dropped)
  }

  /// Ends the permit in order.
  consuming func giveBack() -> EgressTicket {
    isReturned = true
    return ticket
  }

  deinit {
    if !isReturned { dropped.note(ticket) }
  }
}

/// Permits that were dropped, until the machine looks.
final class DroppedPermits: Sendable {
  private let tickets = Mutex<[EgressTicket]>([])

  func note(_ ticket: EgressTicket) { tickets.withLock { $0.append(ticket) } }

  func takeAll() -> [EgressTicket] {
    tickets.withLock { tickets in
      guard !tickets.isEmpty else { return [] }
      defer { tickets = [] }
      return tickets
    }
  }
}
