// One connection of a plugin, as the broker keeps it.

import DiscordCore
import EventLoop
import HTTPClient
import SandboxContract
import Synchronization
import Vault
import WebSocket

/// A plugin in a server.
struct SocketPlace: Hashable, Sendable {
  let plugin: String
  let guild: GuildID
}

/// Whose a connection is.
struct SocketKey: Hashable, Sendable {
  let plugin: String
  /// Whose code it is (`GuestRelease.developer`): another plugin that bears the same id has no part in the connection.
  let developer: String
  let guild: GuildID
  /// The plugin's own.
  let name: String

  var place: SocketPlace { SocketPlace(plugin: plugin, guild: guild) }
}

/// Which secret goes along with the handshake, and how.
struct SocketAuth: Hashable, Sendable {
  let secret: String
  let scheme: String
}

/// What a plugin wants of it.
struct SocketWish: Sendable {
  let url: String
  let target: HTTPTarget
  /// nil for one without.
  let auth: SocketAuth?
  /// Sent with each handshake; may hold a secret.
  let fields: @Sendable () async throws -> [(String, String)]
  /// Frames that are sent after each connect.
  let subscribe: [String]

  var host: String { target.hostText }

  /// Whether another wish is for the same connection. Frames to begin with make no other.
  func isSame(as other: SocketWish) -> Bool { url == other.url && auth == other.auth }
}

/// The connection.
final class KeptSocket: Sendable {
  enum Phase: String { case connecting, open, backoff, closed }

  private struct State {
    var phase = Phase.connecting
    var connection: WebSocketConnection?
    var task: Task<Void, Never>?
    var reason: String?
  }

  let key: SocketKey
  let wish: SocketWish
  let id = "ws-" + Base64URL.encode(SecureRandom.bytes(12))
  private let state = Mutex(State())
  /// Ends when there is nothing left of it.
  private let remains = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))

  init(_ key: SocketKey, _ wish: SocketWish) { (self.key, self.wish) = (key, wish) }

  var phase: Phase { state.withLock { $0.phase } }

  /// Why it ended, for the plugin; nil for as long as it did not, and when nobody is to be told.
  var reason: String? { state.withLock { $0.reason } }

  func startOnce(_ start: () -> Task<Void, Never>) {
    state.withLock { if $0.task == nil, $0.phase != .closed { $0.task = start() } }
  }

  /// - Returns: false when it has ended: then it stays as it is, and the connection is the caller's.
  func set(_ phase: Phase, _ connection: WebSocketConnection?) -> Bool {
    state.withLock { state in
      guard state.phase != .closed else { return false }
      (state.phase, state.connection) = (phase, connection)
      return true
    }
  }

  /// Ends it, once. Its task tells the plugin why, if there is a reason.
  func end(_ reason: String?) {
    let (connection, task) = state.withLock { state -> (WebSocketConnection?, Task<Void, Never>?) in
      guard state.phase != .closed else { return (nil, nil) }
      defer { (state.phase, state.connection, state.reason) = (.closed, nil, reason) }
      // One whose task never began never was anything to the plugin.
      if state.task == nil { remains.continuation.finish() }
      return (state.connection, state.task)
    }
    task?.cancel()
    connection.map { open in open.loop.execute { open.abort() } }
  }

  /// Its task is over: whoever waits for that goes on.
  func leave() { remains.continuation.finish() }

  /// Returns when its task is over and the plugin was told of the end, or when the caller is cancelled.
  func left() async { for await _ in remains.stream {} }

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
