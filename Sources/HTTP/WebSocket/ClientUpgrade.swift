// The opening handshake, spoken over a fresh connection.

internal import EventLoop
internal import HTTPTypes

/// Writes the upgrade request and reads the answer, on the stream's loop.
final class ClientUpgrade: @unchecked Sendable {
  // `@unchecked`: touched on the loop's thread only, after `init`.

  private let stream: any UpgradedStream
  private let handshake: WebSocketClientHandshake
  private let options: WebSocketOptions
  private var output: [UInt8]
  private var input: [UInt8] = []
  private var timer: LoopTimer?
  private var continuation: CheckedContinuation<Result<WebSocketConnection, any Error>, Never>?
  private var isCancelled = false

  init(
    stream: any UpgradedStream, request: [UInt8], handshake: WebSocketClientHandshake,
    options: WebSocketOptions
  ) {
    (self.stream, self.handshake, self.options) = (stream, handshake, options)
    output = request
  }

  /// Speaks the handshake within `timeout`. The stream is closed unless a connection comes of it.
  ///
  /// - Throws: `WebSocketError`, `CancellationError`, or what the stream throws.
  func run(timeout: Duration) async throws -> WebSocketConnection {
    let loop = stream.loop
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        loop.execute { self.start(continuation, timeout) }
      }
    } onCancel: {
      loop.execute {
        self.isCancelled = true
        self.finish(.failure(CancellationError()))
      }
    }
    return try result.get()
  }

  private func start(
    _ continuation: CheckedContinuation<Result<WebSocketConnection, any Error>, Never>, _ timeout: Duration
  ) {
    self.continuation = continuation
    guard !isCancelled else { return finish(.failure(CancellationError())) }
    timer = stream.loop.schedule(after: timeout) { self.finish(.failure(WebSocketError(.timeout))) }
    advance()
  }

  private func advance() {
    guard continuation != nil else { return }
    do {
      try writeRequest()
      if output.isEmpty, let connection = try readAnswer() { return finish(.success(connection)) }
      try stream.setReadiness(wantsRead: true, wantsWrite: !output.isEmpty) { _ in self.advance() }
    } catch {
      finish(.failure(error))
    }
  }

  private func writeRequest() throws {
    while !output.isEmpty {
      switch try output.withUnsafeBytes({ try stream.write($0) }) {
      case .bytes(let count): output.removeFirst(count)
      case .wouldBlock: return
      case .endOfStream: throw WebSocketError(.badHandshake, "the server hung up")
      }
    }
  }

  /// Reads until the answer is complete; nil when more has to come.
  private func readAnswer() throws -> WebSocketConnection? {
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      switch try buffer.withUnsafeMutableBytes({ try stream.read(into: $0) }) {
      case .bytes(let count): input.append(contentsOf: buffer[..<count])
      case .wouldBlock: return nil
      case .endOfStream: throw WebSocketError(.badHandshake, "the server hung up")
      }
      guard let head = try ResponseHead.parse(input) else { continue }
      let subprotocol = try handshake.check(status: head.status, fields: head.fields)
      return try WebSocketConnection(
        stream: stream, role: .client, subprotocol: subprotocol, firstBytes: Array(input[head.length...]),
        options: options)
    }
  }

  private func finish(_ result: Result<WebSocketConnection, any Error>) {
    guard let continuation else { return }
    self.continuation = nil
    if let timer { stream.loop.cancel(timer) }
    if case .failure = result { stream.close() }
    continuation.resume(returning: result)
  }
}
