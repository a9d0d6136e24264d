// How much one client, and all of them together, may ask of the server.

/// The server's limits. The defaults suit a dashboard on one small machine; each can be set.
package struct HTTPLimits: Sendable {
  /// Bytes of the request target (path and query). Above: 414.
  package var targetBytes = 8 * 1024
  /// Bytes of all header fields, names and values. Above: 431.
  package var headerBytes = 16 * 1024
  /// How many header fields. Above: 431.
  package var headerCount = 100
  /// Bytes of a request body, unless the route says otherwise (`BodyLimit`). Above: 413.
  package var bodyBytes = 1024 * 1024

  /// From accepting a connection, or from the first line of a later request, until its head is complete,
  /// however busily it dribbles. Then: 408 and the end of the connection.
  package var headerTime: Duration = .seconds(15)
  /// How long a body may be silent while we are ready to read it. Then: 408 and the end of the connection.
  package var bodySilence: Duration = .seconds(20)
  /// How long a connection may wait for its next request.
  package var idleTime: Duration = .seconds(75)
  /// How long a client may refuse to take bytes of an answer.
  package var writeSilence: Duration = .seconds(60)
  /// From the head of a request until its handler has answered, reading the body included, unless the route
  /// says otherwise (`Deadline`). Then: 504, and the handler's task is cancelled. Streams have no deadline
  /// once they are answered.
  package var handlerTime: Duration = .seconds(60)

  /// Connections in all. Further ones wait in the kernel's backlog.
  package var connections = 4_096
  /// Connections of one peer; trusted proxies and Unix sockets are exempt. Further ones are closed unanswered.
  package var connectionsPerAddress = 256
  /// Requests whose handlers run, in all. Above: 503 with `Retry-After`.
  package var requests = 2_048
  /// Requests whose handlers run, of one client (as seen through trusted proxies). Above: 429.
  package var requestsPerAddress = 256

  package init() {}

  /// The library's own inactivity limit, behind ours: no shorter than any silence we allow.
  var inactivitySeconds: UInt32 {
    let longest = max(headerTime, bodySilence, idleTime, writeSilence)
    return UInt32(clamping: longest.components.seconds + 1)
  }

  /// Memory per connection: what a head may take, and room for the head of the answer. The library clears it for
  /// each request, so generosity costs time; bodies are read in pieces of what the head left.
  var connectionMemory: Int {
    max(32 * 1024, targetBytes + headerBytes + headerCount * 64 + 4 * 1024)
  }

  /// How often deadlines are looked at: a second, or finer when a limit is that short.
  var sweepInterval: Duration {
    let shortest = min(headerTime, bodySilence, idleTime, handlerTime)
    return max(.milliseconds(10), min(.seconds(1), shortest / 4))
  }
}

/// A route's own body limit, in bytes.
package enum BodyLimit: RouteAttribute {
  package static var defaultValue: Int? { nil }
}

/// A route's own deadline; see `HTTPLimits.handlerTime`.
package enum Deadline: RouteAttribute {
  package static var defaultValue: Duration? { nil }
}

/// Where a route's handler starts.
package enum HandlerStart: RouteAttribute {
  /// The two places.
  package enum Place: Sendable {
    /// On the server's own thread, until its first real wait: twice as fast for short handlers. Such a handler
    /// must not block or compute for long before that wait; CPU-heavy work goes into `@concurrent` functions. A
    /// handler that holds the thread for over 20 ms is named in the log.
    case serverThread
    /// On the cooperative pool, from its first line.
    case pool
  }
  package static var defaultValue: Place { .serverThread }
}
