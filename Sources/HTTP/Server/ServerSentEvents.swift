// Server-sent events: an endless answer of small messages (HTML Standard section 9.2).

internal import HTTPTypes

/// One event.
package struct ServerSentEvent: Sendable, Equatable {
  /// Sent back as `Last-Event-ID` when the browser connects again.
  package var id: String?
  /// The listener's name; nil is `message`.
  package var event: String?
  /// May have several lines.
  package var data: String
  /// How long a browser waits before it connects again.
  package var retry: Duration?

  package init(_ data: String, event: String? = nil, id: String? = nil, retry: Duration? = nil) {
    self.data = data
    self.event = event
    self.id = id
    self.retry = retry
  }

  /// The event as it is sent. Line ends in `id` and `event` are dropped: they would begin another field.
  package var serialized: [UInt8] {
    var text = ""
    if let id { text += "id: \(Self.oneLine(id))\n" }
    if let event { text += "event: \(Self.oneLine(event))\n" }
    if let retry { text += "retry: \(max(0, retry.components.seconds * 1_000))\n" }
    var line = "data: "
    var previous: Unicode.Scalar?
    for scalar in data.unicodeScalars {
      switch scalar {
      case "\n" where previous == "\r": break
      case "\n", "\r":
        text += line + "\n"
        line = "data: "
      default: line.unicodeScalars.append(scalar)
      }
      previous = scalar
    }
    return Array((text + line + "\n\n").utf8)
  }

  private static func oneLine(_ text: String) -> String {
    var result = ""
    result.unicodeScalars.append(
      contentsOf: text.unicodeScalars.filter { $0 != "\n" && $0 != "\r" && $0 != "\0" })
    return result
  }
}

/// Where a handler sends events to one client.
package struct EventFeed: Sendable {
  /// What happens to a client that takes events more slowly than `offer(_:)` brings them.
  package enum WhenSlow: Sendable {
    /// The connection is cut; the browser connects again with `Last-Event-ID` and catches up. The safe choice.
    case disconnect
    /// The new event is dropped: for gauges and progress, where the next one says it all.
    case drop
  }

  private let writer: ResponseWriter
  private let queueBytes: Int
  private let whenSlow: WhenSlow

  init(writer: ResponseWriter, queueBytes: Int, whenSlow: WhenSlow) {
    self.writer = writer
    self.queueBytes = queueBytes
    self.whenSlow = whenSlow
  }

  /// Sends an event, waiting while the client is slow.
  ///
  /// - Throws: `HTTPServerError.clientLeft`, `CancellationError`.
  package func send(_ event: ServerSentEvent) async throws {
    try await writer.write(event.serialized)
  }

  /// Queues an event without waiting, for broadcasts: a slow client must not hold up the others.
  ///
  /// - Returns: false when it was not queued: the client has left, or was too slow.
  @discardableResult
  package func offer(_ event: ServerSentEvent) -> Bool {
    if writer.offer(event.serialized, limit: queueBytes) { return true }
    if whenSlow == .disconnect { writer.stream.abort() }
    return false
  }
}

extension HTTPResponse {
  /// An endless answer of events. `produce` runs until it returns, the client leaves or the server stops; the latter
  /// two cancel it.
  ///
  /// `heartbeat`: a comment is sent after that much silence, so that proxies keep the connection.
  /// `queueBytes`: how much may wait for a slow client before `whenSlow` applies to `offer(_:)`.
  package static func events(
    heartbeat: Duration = .seconds(15), queueBytes: Int = 64 * 1024,
    whenSlow: EventFeed.WhenSlow = .disconnect,
    produce: @escaping @Sendable (EventFeed) async throws -> Void
  ) -> HTTPResponse {
    var body = StreamedBody(length: nil) { writer in
      // Sent at once, so that the browser knows the stream is open.
      try await writer.write(": open\n\n")
      try await produce(EventFeed(writer: writer, queueBytes: queueBytes, whenSlow: whenSlow))
    }
    body.isEndless = true
    body.heartbeat = StreamedBody.Heartbeat(interval: heartbeat, bytes: Array(":\n\n".utf8))
    return HTTPResponse(
      fields: [
        "Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-store",
        // nginx holds answers back otherwise.
        "X-Accel-Buffering": "no",
      ], body: .stream(body))
  }
}
