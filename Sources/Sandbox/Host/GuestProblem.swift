// Why something about a plugin cannot be done: for the person who asked.

/// A refusal whose sentence is in the catalogs of whoever shows it, under `guest.problem.<key>`.
package struct GuestProblem: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong.
  package enum Kind: String, Hashable, Sendable, CaseIterable {
    /// The zip is not sound; `details` say what and where.
    case badArtifact
    /// The SDK's own validator refuses it; `details` are its findings.
    case refusedByValidator
    /// There is no such zip any more: it has to be uploaded again.
    case artifactGone
    /// The server has no such plugin.
    case notInstalled
    /// A built-in plugin has that id.
    case reservedID
    /// The server has as many third-party plugins as it may have.
    case tooMany
    /// No container engine answers, or it refuses.
    case noEngine
    /// Packages that it needs could not be installed.
    case requirements
  }

  package let kind: Kind
  /// One sentence a line, of the finder's own: in English.
  package let details: [String]

  package init(_ kind: Kind, _ details: [String] = []) { (self.kind, self.details) = (kind, details) }

  package var description: String {
    details.isEmpty ? kind.rawValue : "\(kind.rawValue): \(details.joined(separator: "; "))"
  }
}
