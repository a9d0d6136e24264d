// Where a command's answer goes, piece by piece.

/// Two ways out, as of a process: the answer, and what is said beside it.
package struct AdminOutput: Sendable {
  /// Takes the next piece of the answer; waits when the reader is slow.
  package let write: @Sendable (String) async throws -> Void
  /// Takes a line about how it goes.
  package let note: @Sendable (String) async throws -> Void

  package init(
    write: @escaping @Sendable (String) async throws -> Void,
    note: @escaping @Sendable (String) async throws -> Void
  ) {
    (self.write, self.note) = (write, note)
  }
}
