// Why a command did not do what it was asked to.

/// A failure, in a sentence for the operator. It carries no secrets and no text of members.
package struct AdminFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// What the process ends with: 1 when it could not be done, 2 when it was not understood.
  package let exitCode: Int32
  package let description: String

  init(exitCode: Int32, _ description: String) {
    (self.exitCode, self.description) = (exitCode, description)
  }

  /// It was understood, and cannot be done.
  package static func refused(_ sentence: String) -> AdminFailure { AdminFailure(exitCode: 1, sentence) }

  /// The words make no sense.
  package static func usage(_ sentence: String) -> AdminFailure { AdminFailure(exitCode: 2, sentence) }
}
