// What can go wrong with data rights, beyond what storage throws.

/// A request about data that makes no sense.
package struct DataError: Error, Sendable, CustomStringConvertible {
  /// What the caller decides by.
  package struct Code: Sendable, Hashable {
    private let name: String
    private init(_ name: String) { self.name = name }

    /// The id is 0, which stands for nobody: everything anonymised has it.
    package static let nobody = Code("nobody")
  }

  /// See `Code`.
  package let code: Code
  package let description: String

  static let nobody = DataError(code: .nobody, description: "0 is no id of a user or a server")
}
