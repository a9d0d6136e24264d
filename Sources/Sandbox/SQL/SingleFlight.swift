// Work that several callers need at the same time is done once.

/// Runs the same work for all who ask while it is under way, and again for those who ask after a failure.
actor SingleFlight<Value: Sendable> {
  private var flight: Task<Value, any Error>?

  /// The value of the work under way, or of new work.
  ///
  /// - Throws: what the work throws. A caller that is cancelled waits all the same: the work is everybody's.
  func run(_ work: @escaping @Sendable () async throws -> Value) async throws -> Value {
    if let flight { return try await flight.value }
    // A task of its own: no caller's cancellation may end it for the others.
    let flight = Task { try await work() }
    self.flight = flight
    defer { self.flight = nil }
    return try await flight.value
  }
}
