// What can go wrong between us and the container engine.

/// Why the engine did not do what was asked.
///
/// `description` is safe to log: a fixed sentence and the HTTP status. `debugDescription` adds the engine's own words,
/// which may name paths of this machine: for the operator only.
package struct EngineError: Error, Sendable, CustomStringConvertible, CustomDebugStringConvertible {
  /// What happened, as a caller decides by it.
  package struct Code: Sendable, Hashable, CustomStringConvertible {
    private enum Name: String, Sendable {
      case notInstalled = "there is no container engine on this machine"
      case unreachable = "the container engine does not answer"
      case tooOld = "the container engine is too old"
      case startFailed = "the container engine of our own did not start"
      case notFound = "the container engine does not know that"
      case conflict = "the container is in another state than it should be"
      case refused = "the container engine refused"
      case protocolViolation = "the container engine said something that is not understood"
      case lost = "the connection to the process was lost"
      case stalled = "the process does not read its input"
      case overloaded = "too much waits for the process's input"
      case missingImage = "the runtime image is missing"
      case badRequirements = "the requirements cannot be installed"
      case fileSystem = "a file could not be read or written"
      case busy = "too much waits for the container engine"
    }

    private let name: Name
    private init(_ name: Name) { self.name = name }
    package var description: String { name.rawValue }

    /// Neither Docker nor Podman; `reason` says what to install.
    package static let notInstalled = Code(.notInstalled)
    /// Nothing listens, or the answer took too long.
    package static let unreachable = Code(.unreachable)
    /// Its API is older than what we need.
    package static let tooOld = Code(.tooOld)
    /// The child process ended or never listened; its own words are in `debugDescription`.
    package static let startFailed = Code(.startFailed)
    /// 404.
    package static let notFound = Code(.notFound)
    /// 409, or Podman's 500 for the same; repeating may help.
    package static let conflict = Code(.conflict)
    /// Any other status of failure.
    package static let refused = Code(.refused)
    /// No JSON, other JSON, or a broken frame.
    package static let protocolViolation = Code(.protocolViolation)
    /// The stream of a container broke.
    package static let lost = Code(.lost)
    /// Input was not taken within its time; the stream is of no use afterwards.
    package static let stalled = Code(.stalled)
    /// The bound on input that waits is reached.
    package static let overloaded = Code(.overloaded)
    /// The tar of the runtime is not there: `./guildhall setup build` makes it.
    package static let missingImage = Code(.missingImage)
    /// What a plugin requires is not allowed or cannot be had; `reason` is for its author.
    package static let badRequirements = Code(.badRequirements)
    /// Our own files.
    package static let fileSystem = Code(.fileSystem)
    /// The bound on what waits for its turn is reached; a moment later there may be room.
    package static let busy = Code(.busy)
  }

  /// What the caller decides by.
  package let code: Code
  /// A sentence that narrows the code down, for operators.
  package let reason: String?
  /// The HTTP status, where the engine answered.
  package let status: Int?
  /// The engine's words.
  let detail: String?

  init(_ code: Code, reason: String? = nil, status: Int? = nil, detail: String? = nil) {
    (self.code, self.reason, self.status, self.detail) = (code, reason, status, detail)
  }

  package var description: String {
    var text = code.description
    if let reason { text += ": \(reason)" }
    if let status { text += " (status \(status))" }
    return text
  }

  package var debugDescription: String {
    detail.map { "\(description) [\($0)]" } ?? description
  }
}
