// The other end of the operator's socket.

package import EventLoop
import HTTPClient
import HTTPTypes
package import Vault

/// Has the running process perform commands.
package struct AdminClient: Sendable {
  private let path: String
  private let client: HTTPClient

  /// A client of the socket at that path, which may or may not be there.
  ///
  /// - Throws: `HTTPError` when libcurl cannot be started.
  package init(socket path: String, loop: EventLoop) throws {
    self.path = path
    client = try HTTPClient(loop: loop)
  }

  /// What came of asking.
  package enum Answer: Hashable, Sendable {
    /// Nobody listens: nothing was asked and nothing done.
    case nobodyThere
    /// Done, or why not.
    case done(AdminFailure?)
  }

  /// Has a command performed; what it prints goes to `output` as it comes.
  ///
  /// - Throws: `HTTPError` when the process ended in the middle, and what `output` throws.
  package func perform(_ words: [String], input: Secret?, to output: AdminOutput) async throws -> Answer {
    var request = HTTPClient.Request(
      "http://guildhall\(AdminWire.path)", method: .post,
      body: .bytes(try AdminWire.request(words, input: input)))
    request.unixSocket = path
    request.version = .http1
    // An erasure of everything takes as long as it takes.
    request.timeouts = HTTPClient.Timeouts(firstByte: nil, total: nil)
    request.responseLimit = .max
    do {
      return .done(
        try await client.stream(request) { response in
          guard response.status == .ok else {
            let text = try await response.body.collect(upTo: 64 << 10)
            return AdminFailure.refused(
              "Guildhall answered \(response.status.code): \(String(decoding: text, as: UTF8.self))")
          }
          return try await Self.read(response.body, output)
        })
    } catch let error as HTTPError where error.code == .connect {
      return .nobodyThere
    }
  }

  /// Ends its connections.
  package func close() { client.shutdown() }

  private static func read(_ body: HTTPClient.ResponseBody, _ output: AdminOutput) async throws
    -> AdminFailure?
  {
    var pending: [UInt8] = []
    for try await chunk in body {
      pending += chunk
      var start = pending.startIndex
      while let end = pending[start...].firstIndex(of: UInt8(ascii: "\n")) {
        switch try AdminFrame(line: Array(pending[start..<end])) {
        case .output(let text): try await output.write(text)
        case .note(let text): try await output.note(text)
        case .end(let failure): return failure
        }
        start = end + 1
      }
      pending.removeFirst(start - pending.startIndex)
    }
    return .refused("Guildhall ended before the command did; whether it was done is not known")
  }
}
