// Work of the vault that blocks, on threads of its own.

internal import Threads

extension WorkerThreads {
  /// `run`, with the vault's own error when too many wait.
  ///
  /// - Throws: what `work` throws; `VaultError` with code `.overloaded`; `CancellationError`.
  func perform<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
    do {
      return try await run(work)
    } catch let overload as Overloaded {
      throw VaultError(.overloaded, "\(overload)")
    }
  }
}
