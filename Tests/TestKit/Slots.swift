// A bound on how many tests do something costly at once.

/// So many at once and no more: for what a small machine cannot do all at the same time.
package actor Slots {
  private var free: Int
  private var waiting: [CheckedContinuation<Void, Never>] = []

  package init(_ count: Int) { free = count }

  /// Runs `body` once there is room.
  package nonisolated func hold<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result {
    await take()
    let outcome: Swift.Result<Result, any Error>
    do { outcome = .success(try await body()) } catch { outcome = .failure(error) }
    await giveBack()
    return try outcome.get()
  }

  private func take() async {
    if free > 0 { free -= 1 } else { await withCheckedContinuation { waiting.append($0) } }
  }

  private func giveBack() {
    if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
  }
}
