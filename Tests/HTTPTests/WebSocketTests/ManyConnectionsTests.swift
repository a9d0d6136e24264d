// A thousand connections on one loop.

import CSystem
import EventLoop
import Glibc
import Synchronization
import TestKit
import Testing
import WebSocket

@Suite(.serialized, .timeLimit(.minutes(1))) struct ManyConnections {
  /// Counts what comes, and echoes on the server's side.
  private final class Counting: WebSocketHandler, Sendable {
    let count = Atomic(0)
    let closed = Atomic(0)
    private let echoes: Bool

    init(echoes: Bool) {
      self.echoes = echoes
    }

    func webSocket(
      _ connection: WebSocketConnection, received message: RawSpan, as kind: WebSocketMessageKind
    ) {
      count.wrappingAdd(1, ordering: .relaxed)
      if echoes { try? connection.enqueue(message, as: kind) }
    }

    func webSocket(_ connection: WebSocketConnection, closed close: WebSocketClose) {
      closed.wrappingAdd(1, ordering: .relaxed)
    }
  }

  @Test func `a thousand connections talk and close`() async throws {
    try await withLoop { loop in
      let (clients, servers) = (Counting(echoes: false), Counting(echoes: true))
      var connections: [WebSocketConnection] = []
      for _ in 0..<1000 {
        var ends: [CInt] = [0, 0]
        try #require(socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0, &ends) == 0)
        let client = try WebSocketConnection(stream: SocketStream(ends[0], loop: loop), role: .client)
        let server = try WebSocketConnection(stream: SocketStream(ends[1], loop: loop), role: .server)
        loop.execute {
          client.start(clients)
          server.start(servers)
        }
        connections.append(client)
      }
      for round in 1...3 {
        for connection in connections { try await connection.send(text: "round \(round)") }
        try await eventually("round \(round)") { clients.count.load(ordering: .relaxed) == 1000 * round }
      }
      for connection in connections { loop.execute { connection.startClosing() } }
      try await eventually("all are closed") {
        clients.closed.load(ordering: .relaxed) == 1000 && servers.closed.load(ordering: .relaxed) == 1000
      }
    }
  }
}
