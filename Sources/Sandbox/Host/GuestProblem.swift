// Why something about a plugin cannot be done: for the person who asked.

/// A refusal. The dashboard has its sentences in people's languages; the description is the operator's.
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
    /// The container engine has too much to do; a moment later it may not.
    case engineBusy
    /// Packages that it needs could not be installed.
    case requirements
    /// The plugin is switched off.
    case switchedOff
  }

  package let kind: Kind
  /// One sentence a line, of the finder's own: in English.
  package let details: [String]

  package init(_ kind: Kind, _ details: [String] = []) { (self.kind, self.details) = (kind, details) }

  package var description: String {
    details.isEmpty ? sentence : "\(sentence): \(details.joined(separator: "; "))"
  }

  private var sentence: String {
    switch kind {
    case .badArtifact: "this zip cannot be used"
    case .refusedByValidator: "the SDK's own check refuses this plugin"
    case .artifactGone: "this zip is not here any more; install it from its file"
    case .notInstalled: "the server has no such plugin"
    case .reservedID: "a built-in plugin has that id; this one needs another"
    case .tooMany: "the server has as many third-party plugins as it may have; take one out first"
    case .noEngine: "plugins cannot run: no container engine is at work"
    case .engineBusy: "the container engine has too much to do; try again in a moment"
    case .requirements: "packages that the plugin needs could not be installed"
    case .switchedOff: "the plugin is switched off; switch it on first"
    }
  }
}
