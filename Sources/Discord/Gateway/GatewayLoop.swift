// What the shards of one event loop share.

internal import Compression
package import EventLoop
package import HTTPClient
package import JSON

/// An event loop with a client to open connections and a parser to read frames: one per loop, for any number of shards
/// of any number of bots.
package final class GatewayLoop: @unchecked Sendable {
  // `@unchecked`: the parser is touched on the loop's thread only.

  package let loop: EventLoop
  /// Opens the connections; its loop is this one.
  package let client: HTTPClient
  /// In use while a frame is lent; a receiver that parses something else has a parser of its own.
  package let parser: JSONParser

  /// - Parameters:
  ///   - loop: where the shards live.
  ///   - configuration: how connections are made: proxy, authorities, outbound policy.
  /// - Throws: `HTTPError` when the client cannot be made, `JSONError` without memory.
  package init(loop: EventLoop, configuration: HTTPClient.Configuration = .init()) throws {
    self.loop = loop
    client = try HTTPClient(loop: loop, configuration: configuration)
    parser = try JSONParser()
  }

  /// Parses a message of a WebSocket where it lies.
  func parse(_ message: RawSpan, maximumSize: Int, _ body: (JSONView) throws -> Void) throws {
    try message.withUnsafeBytes { bytes in
      // A message is followed by this many readable bytes: `WebSocketHandler` promises it.
      let padded = UnsafeBufferPointer(
        start: bytes.baseAddress?.assumingMemoryBound(to: UInt8.self),
        count: bytes.count + PaddedBuffer.padding)
      try parser.parse(padded.span, count: bytes.count, maximumSize: maximumSize, body)
    }
  }
}
