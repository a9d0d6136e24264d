// What is made when it is first asked for, and taken back once.

/// Makes something costly for the first who asks, and keeps it until `close`.
package actor OnDemand<Value: Sendable> {
  /// Under way or done; a failure is forgotten.
  private var making: Task<Value, any Error>?
  private var isClosed = false

  /// Costs nothing until it is used.
  package init() {}

  /// What was made, by `make` if need be; several who ask at once wait for the same.
  ///
  /// - Parameter make: leaves nothing behind when it throws, as it should when its task is cancelled: `close` does that.
  /// - Returns: the same for everybody, until `close`.
  /// - Throws: what `make` throws, and then the next who asks begins anew; `CancellationError` after `close`.
  package func value(_ make: @escaping @Sendable () async throws -> Value) async throws -> Value {
    guard !isClosed else { throw CancellationError() }
    // A task of its own: the first who asks may be cancelled, and others wait for the same.
    let task = making ?? Task { try await make() }
    making = task
    do { return try await task.value } catch {
      if making == task { making = nil }
      throw error
    }
  }

  /// Makes nothing from now on, and cancels what is under way.
  ///
  /// - Returns: what was made, also at the last moment: the caller's to end.
  package func close() async -> Value? {
    isClosed = true
    making?.cancel()
    // Whoever waits for it is told of a failure.
    return try? await making?.value
  }
}
