// What can go wrong with the server itself; what goes wrong with one request is an `HTTPProblem`.

/// An error of the server or of one of its bodies. `description` is safe to log.
package struct HTTPServerError: Error, Sendable, CustomStringConvertible {
  /// What happened, as a caller decides by it.
  package struct Code: Sendable, Hashable, CustomStringConvertible {
    private let name: String
    private init(_ name: String) { self.name = name }
    package var description: String { name }

    /// The address cannot be listened on: taken, not ours, or not permitted.
    package static let cannotListen = Code("cannot listen")
    /// The library refused to start.
    package static let cannotStart = Code("cannot start")
    /// The server runs already, or has been shut down: a server starts once.
    package static let notStartable = Code("not startable")
    /// A route or its pattern is wrong, or two routes answer the same request: a bug in the table.
    package static let badRoute = Code("bad route")
    /// The other side went away, or the server gave the connection up. Stop producing.
    package static let clientLeft = Code("client left")
    /// A second reader asked for a body that can be read once: a bug in the handler.
    package static let bodyTaken = Code("body read twice")
    /// A file or folder could not be read or written.
    package static let file = Code("file error")
    /// A setting does not make sense, such as a network that is none.
    package static let badSetting = Code("bad setting")
  }

  /// What the caller decides by.
  package let code: Code
  /// A sentence with what an operator needs: address, path of a route, name of a call.
  package let message: String

  package init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  package var description: String { "\(code): \(message)" }
}
