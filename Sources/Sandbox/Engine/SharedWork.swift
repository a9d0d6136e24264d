// Work that several callers need at the same time is done once.

/// Runs work once for all who ask for it by the same name while it is under way, and anew for those who ask afterwards.
actor SharedWork {
  private var flights: [String: Task<Void, any Error>] = [:]

  /// Does the work, or waits for the one that is under way.
  ///
  /// - Throws: what the work throws. A caller that is cancelled waits all the same: the work is everybody's.
  func run(_ name: String, _ work: @escaping @Sendable () async throws -> Void) async throws {
    // A task of its own: no caller's cancellation may end it for the others.
    let flight = flights[name] ?? Task { try await work() }
    flights[name] = flight
    let result = await flight.result
    if flights[name] == flight { flights[name] = nil }
    try result.get()
  }
}
