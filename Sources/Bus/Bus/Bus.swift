// What rooms say to each other: ordered lanes, notices, counters and windows, leases.

package import EventLoop

/// The bus: within one process, or over Redis between many. Both behave the same, and the same tests say so.
///
///     let bus: any Bus = LocalBus(time: SystemTime())
///     let lanes = bus.lanes("events", LaneLimits())
///     try await lanes.append(payload, key: "guild 42")
package protocol Bus: Sendable {
  /// Whether it outlives this process, and others are on it.
  var isShared: Bool { get }

  /// The lanes of that name; asking twice gives the same ones. `limits` count when first asked.
  func lanes(_ name: String, _ limits: LaneLimits) -> any Lanes

  /// Tells everyone who subscribed to the topic, in every process. Not kept for those who are away.
  ///
  /// - Throws: `BusError` with `.unreachable`.
  func publish(_ payload: [UInt8], to topic: String) async throws(BusError)

  /// Listens to topics from the moment the call returns until the sequence is dropped.
  ///
  /// - Parameters:
  ///   - topics: the topics, by their exact names.
  ///   - buffer: how many events may wait for a slow reader; beyond that the oldest are dropped and replaced by
  ///     one `.missed`.
  /// - Returns: the notices, in the order they arrive.
  /// - Throws: `BusError` with `.unreachable`.
  func subscribe(to topics: Set<String>, buffer: Int) async throws(BusError) -> NoticeStream

  /// Adds to a counter, which starts at 0, and returns its new value. Every addition prolongs its life to
  /// `lifetime`, after which it is gone.
  ///
  /// - Throws: `BusError` with `.unreachable`.
  @discardableResult
  func add(_ amount: Int64, to counter: String, lifetime: Duration) async throws(BusError) -> Int64

  /// The value of a counter, 0 when it does not exist.
  ///
  /// - Throws: `BusError` with `.unreachable`.
  func value(of counter: String) async throws(BusError) -> Int64

  /// Records a hit in a sliding window and returns how many there were within the last `length`, this one
  /// included, exactly, up to `capacity`: beyond it the oldest are forgotten and `capacity` is returned.
  ///
  /// - Throws: `BusError` with `.unreachable`.
  func hit(_ window: String, length: Duration, capacity: Int) async throws(BusError) -> Int

  /// Takes a lease that nobody else holds. Holding one means: until `expiry`, unless renewed, no other process
  /// gets it. A holder that was stopped for longer must notice by the token: each grant has a higher one.
  ///
  /// - Returns: nil when somebody holds it.
  /// - Throws: `BusError` with `.unreachable`.
  func acquireLease(_ name: String, for duration: Duration) async throws(BusError) -> Lease?

  /// Prolongs a lease to `duration` from now.
  ///
  /// - Returns: nil when it was lost meanwhile: stop what it guarded.
  /// - Throws: `BusError` with `.unreachable`; the lease then ends when it ends.
  func renew(_ lease: Lease, for duration: Duration) async throws(BusError) -> Lease?

  /// Gives a lease back. Does nothing when it was lost.
  ///
  /// - Throws: `BusError` with `.unreachable`; the lease then ends by itself.
  func release(_ lease: Lease) async throws(BusError)

  /// Ends everything: streams finish, consumers return, connections close.
  func close() async
}

/// A lease as it was granted.
package struct Lease: Sendable, Equatable {
  /// What is leased.
  package let name: String
  /// The fencing token: greater than that of every grant before. Store it with what the lease guards, and refuse
  /// writes with a smaller one.
  package let token: Int64
  /// When it ends unless renewed, on the bus's clock.
  package let expiry: Timestamp
}

/// What a subscriber gets.
package enum NoticeEvent: Sendable, Equatable {
  case notice(topic: String, payload: [UInt8])
  /// Notices were lost: the reader was slow or the connection broke. Read afresh what they would have announced.
  case missed
}

/// An error of the bus. `description` is safe to log.
package struct BusError: Error, Sendable, CustomStringConvertible {
  /// What happened, as a caller decides by it.
  package struct Code: Sendable, Hashable, CustomStringConvertible {
    private let name: String
    private init(_ name: String) { self.name = name }
    package var description: String { name }

    /// A lane holds as many entries as it may: slow down and try again later.
    package static let full = Code("the lane is full")
    /// Redis cannot be reached, or was lost with the call under way: it may or may not have happened.
    package static let unreachable = Code("the bus is unreachable")
    /// The bus was closed.
    package static let closed = Code("the bus is closed")
    /// An answer that the protocol does not allow: a bug, or another program writing to our keys.
    package static let unexpected = Code("unexpected answer on the bus")
    /// An entry took down every process it was given to, or its handlers' acknowledgements never arrived.
    package static let gaveUp = Code("the entry was given up")
    /// The lanes are consumed already by this process.
    package static let inUse = Code("the lanes are being consumed already")
  }

  /// What the caller decides by.
  package let code: Code
  /// More words, safe to show.
  package let message: String

  package init(_ code: Code, _ message: String = "") {
    self.code = code
    self.message = message
  }

  package var description: String { message.isEmpty ? "\(code)" : "\(code): \(message)" }
}
