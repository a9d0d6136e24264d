// What can go wrong in keeping data, beyond a single statement.

/// An error of the storage room. `description` is a sentence that says what to do, and safe to log.
package struct StorageError: Error, Sendable, CustomStringConvertible {
  /// What happened, as a caller decides by it.
  package struct Code: Sendable, Hashable {
    private let name: String
    private init(_ name: String) { self.name = name }

    /// A released migration is not what it was when it ran.
    package static let changedMigration = Code("changed migration")
    /// The data was written by a newer version of the program.
    package static let newerData = Code("newer data")
    /// A declaration of tables or migrations contradicts itself: a bug of ours.
    package static let badSchema = Code("bad schema")
    /// The data folder cannot be used.
    package static let badFolder = Code("bad folder")
    /// Another process works on the data folder.
    package static let inUse = Code("in use")
    /// A snapshot or backup is damaged, incomplete or of another kind.
    package static let badBackup = Code("bad backup")
    /// There is no key for what should be opened: it was erased, or the keyring is not this installation's.
    package static let noKey = Code("no key")
    /// What would be written to is not empty.
    package static let notEmpty = Code("not empty")
    /// A copy is not equal to its original.
    package static let mismatch = Code("mismatch")
  }

  /// What the caller decides by.
  package let code: Code
  package let description: String

  init(_ code: Code, _ description: String) {
    self.code = code
    self.description = description
  }
}
