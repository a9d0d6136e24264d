// One connection of a plugin, as the broker keeps it.

import DiscordCore
import EventLoop
import SandboxContract
import Synchronization
import Vault
import WebSocket

/// Whose a connection is.
struct SocketKey: Hashable, Sendable {
  let plugin: String
  let guild: GuildID
  /// The plugin's own.
  let name: String
}

/// What a plugin wants of it.
struct SocketWish: Sendable {
  let url: String
  let host: String
  /// Sent with each handshake; may hold a secret.
  let fields: @Sendable () async throws -> [(String, String)]
  /// Frames that are sent after each connect.
  let subscribe: [String]
}

/// The connection.
final class KeptSocket: Sendable {
  enum Phase: String { case connecting, open, backoff, closed }

  private struct State {
    var phase = Phase.connecting
    var connection: WebSocketConnection?
    var task: Task<Void, Never>?
  }

  let key: SocketKey
  let wish: SocketWish
  let id = "ws-" + Base64URL.encode(SecureRandom.bytes(12))
  private let state = Mutex(State())

  init(_ key: SocketKey, _ wish: SocketWish) { (self.key, self.wish) = (key, wish) }

  var phase: Phase { state.withLock { $0.phase } }

  func startOnce(_ start: () -> Task<Void, Never>) {
    state.withLock { if $0.task == nil, $0.phase != .closed { $0.task = start() } }
  }

  func set(_ phase: Phase, _ connection: WebSocketConnection?) {
    state.withLock { state in
      guard state.phase != .closed else { return }
      (state.phase, state.connection) = (phase, connection)
    }
  }

  func end() {
    let (connection, task) = state.withLock { state in
      defer { (state.phase, state.connection, state.task) = (.closed, nil, nil) }
      return (state.connection, state.task)
    }
    task?.cancel()
    connection.map { open in open.loop.execute { open.abort() } }
  }

  /// The open connection.
  ///
  /// - Throws: `RPCError` while there is none.
  func open() throws(RPCError) -> WebSocketConnection {
    guard let connection = state.withLock({ $0.connection }) else {
      throw RPCError(.upstream, "the socket is not open")
    }
    return connection
  }
}
