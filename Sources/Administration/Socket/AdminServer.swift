// The operator's socket: a file in the data folder that the running process listens on.

package import EventLoop
import HTTPServer
package import Telemetry

/// Serves the operator's commands over a Unix socket. Who may open the file is the operator: it has mode 0600 from its
/// first moment, in a folder of mode 0700. A file that an earlier process left is replaced; one that answers is not.
package struct AdminServer: Sendable {
  private let server: HTTPServer

  /// Listens.
  ///
  /// - Parameters:
  ///   - path: of the socket.
  ///   - administrator: does what is asked for.
  ///   - loop: carries deadlines.
  ///   - metrics: where its figures go, apart from the dashboard's.
  /// - Throws: `HTTPServerError` with `.cannotListen`: another process has the socket, or the path is too long for one.
  package init(
    listeningAt path: String, _ administrator: Administrator, loop: EventLoop,
    metrics: MetricRegistry = MetricRegistry()
  ) throws {
    var router = Router()
    let attributes = TypedValues().with(BodyLimit.self, AdminWire.requestLimit)
    router.post(AdminWire.path, name: "admin.perform", attributes: attributes) { request in
      let (words, input) = try AdminWire.read(try await request.body.collect(upTo: AdminWire.requestLimit))
      return .stream(contentType: AdminWire.contentType) { writer in
        let output = AdminOutput(
          write: { try await writer.write(try AdminFrame.output($0).line()) },
          note: { try await writer.write(try AdminFrame.note($0).line()) })
        let failure = await administrator.run(words, input: input, to: output)
        try await writer.write(try AdminFrame.end(failure).line())
      }
    }
    var limits = HTTPLimits()
    limits.connections = 16
    server = try HTTPServer(
      .unix(path: path, mode: 0o600), router: router, loop: loop, limits: limits, metrics: metrics,
      writesAccessLog: false)
    try server.start()
  }

  /// Stops listening, removes the file, and gives commands that run `grace` to finish.
  package func stop(grace: Duration = .seconds(10)) async { await server.shutdown(grace: grace) }
}

extension Administrator {
  /// Performs what the words say; those come from a process of the same version or another one.
  package func run(_ words: [String], input: Secret?, to output: AdminOutput) async -> AdminFailure? {
    do throws(AdminFailure) {
      switch try AdminOrder.read(words) {
      case .help(let text):
        do { try await output.write(text + "\n") } catch { return .refused("it was cut off") }
        return nil
      case .order(let order): return await run(order, input: input, to: output)
      }
    } catch {
      return error
    }
  }
}

package import Vault
