// Why the vault would not do what it was asked.

/// What went wrong in the vault, without a byte of what it keeps.
package struct VaultError: Error, Sendable, CustomStringConvertible {
  /// What happened, as a caller decides by it.
  package struct Code: Sendable, Hashable, CustomStringConvertible {
    private let name: String
    private init(_ name: String) { self.name = name }
    package var description: String { name }

    /// The bytes were changed, or sealed for another tenant, table, column, row or scope. Nothing was opened.
    package static let doesNotOpen = Code("does not open")
    /// They are sealed under a key that is not here: a lost or older master key file, or another tenant's data key.
    package static let unknownKey = Code("unknown key")
    /// They are not of a form that this version writes.
    package static let malformed = Code("malformed")
    /// There is no master key file, and the caller did not want a new one.
    package static let keyFileMissing = Code("master key file missing")
    /// The master key file is readable by others or is no regular file: the operator must repair that first.
    package static let keyFileUnsafe = Code("master key file unsafe")
    /// The master key file has the wrong length or fails its checksum: restore it from a copy.
    package static let keyFileDamaged = Code("master key file damaged")
    /// Reading or writing the master key file failed; nothing has changed.
    package static let io = Code("I/O error")
    /// Another process is changing the master keys; try again.
    package static let busy = Code("busy")
    /// Data keys are still under an old master key, which was therefore kept.
    package static let rotationIncomplete = Code("rotation incomplete")
    /// Too many callers wait for a password hash; try again later.
    package static let overloaded = Code("overloaded")
    /// There is not enough memory for a password hash of this cost.
    package static let outOfMemory = Code("out of memory")
  }

  /// What happened; decide by this, not by the description.
  package let code: Code
  /// A sentence for the operator: paths and numbers, never secrets.
  package let message: String

  package init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  package var description: String { "\(code): \(message)" }
}
