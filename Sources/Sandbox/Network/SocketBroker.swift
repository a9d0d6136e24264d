// Sockets that are kept open for plugins, which have none (plugin-host contract, section 15.2).

import DiscordCore
package import EventLoop
import HTTPClient
import HTTPTypes
import JSON
package import SandboxContract
import Synchronization
import Telemetry
import WebSocket

/// Keeps the connections of all plugins. They outlive the plugin's process and end with its stay in the server; after a
/// restart of the program a plugin asks for them again.
package final class SocketBroker: Sendable {
  static let perTenant = 5
  static let perPlugin = 50
  private let client: HTTPClient
  private let time: any TimeSource
  private let random: @Sendable () -> Double
  /// Frames that a plugin may send in a minute through one connection, and in a server through all that it makes there.
  static let framesPerMinute = 60
  /// A connection that lasted so long was a good one: the next attempt follows soon.
  private static let goodAge = Duration.seconds(60)
  private let state = Mutex<[SocketKey: KeptSocket]>([:])
  private let sent = Mutex(BoundedTable<FrameWindow>(bound: 20_000))
  private let receiver = Mutex<(any GuestFrameReceiver)?>(nil)
  private let log = Log(room: "sandbox")

  /// - Parameters:
  ///   - loop: where connections run.
  ///   - time: clocks.
  ///   - exceptions: hosts that need not be public: tests' own.
  ///   - random: numbers from 0 up to 1, for the pauses between attempts.
  /// - Throws: `HTTPError`.
  package init(
    loop: EventLoop, time: any TimeSource, exceptions: Set<String> = [],
    random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
  ) throws {
    var configuration = HTTPClient.Configuration()
    configuration.outbound = .publicOnly(exceptions: exceptions)
    client = try HTTPClient(loop: loop, configuration: configuration)
    (self.time, self.random) = (time, random)
  }

  /// Who gets frames; before the first connection.
  package func set(_ new: any GuestFrameReceiver) { receiver.withLock { $0 = new } }

  /// Ends all connections.
  package func close() {
    let all = state.withLock { state in
      defer { state = [:] }
      return Array(state.values)
    }
    for socket in all { socket.end() }
    client.shutdown()
  }

  /// Makes a connection, or leaves it as it is when it is there under that name to that address.
  ///
  /// - Returns: its id and where it stands.
  /// - Throws: `RPCError` when there are too many.
  func ensure(_ key: SocketKey, _ wish: SocketWish) throws(RPCError) -> KeptSocket {
    let (old, socket, problem) = state.withLock { state -> (KeptSocket?, KeptSocket?, RPCError?) in
      if let known = state[key], known.wish.url == wish.url { return (nil, known, nil) }
      let own = state.keys.filter { $0.plugin == key.plugin && $0 != key }
      guard own.count < Self.perPlugin, own.count(where: { $0.guild == key.guild }) < Self.perTenant else {
        return (nil, nil, RPCError(.quotaExceeded, "quota exceeded: \(Self.perTenant) sockets in a server"))
      }
      let old = state[key]
      let new = KeptSocket(key, wish)
      state[key] = new
      return (old, new, nil)
    }
    if let problem { throw problem }
    old?.end()
    guard let socket else { throw RPCError(.internalFault, "the socket cannot be kept") }
    socket.startOnce { self.keep(socket) }
    return socket
  }

  func socket(_ key: SocketKey) -> KeptSocket? { state.withLock { $0[key] } }

  func end(_ key: SocketKey) { state.withLock { $0.removeValue(forKey: key) }?.end() }

  /// The connection to send a frame through. What was sent counts for the name, and for the plugin in the server: a
  /// connection that is made anew does not begin anew.
  ///
  /// - Throws: `RPCError` when it is too much, or while nothing is open.
  func sending(_ socket: KeptSocket, at now: Duration) throws(RPCError) -> WebSocketConnection {
    let key = socket.key
    let tenant = "\(key.plugin)/\(key.guild)"
    let isAllowed = sent.withLock { sent in
      let own = sent.with("\(tenant)/\(key.name)", make: FrameWindow.init) {
        $0.take(Self.framesPerMinute, at: now)
      }
      return own
        && sent.with(tenant, make: FrameWindow.init) {
          $0.take(Self.framesPerMinute * Self.perTenant, at: now)
        }
    }
    guard isAllowed else {
      throw RPCError(
        .rateLimited, "at most \(Self.framesPerMinute) frames a minute, retry in 60s", retryAfter: 60)
    }
    return try socket.open()
  }

  /// Ends those that fit: the plugin left, lost the capability, or a host was taken back.
  func end(where fits: (SocketKey, SocketWish) -> Bool) {
    let gone = state.withLock { state in
      let gone = state.filter { fits($0.key, $0.value.wish) }
      for key in gone.keys { state[key] = nil }
      return gone.values
    }
    for socket in gone { socket.end() }
  }

  // MARK: Keeping

  /// Connects again and again until the socket is ended. A task of its own: it belongs to no call.
  private func keep(_ socket: KeptSocket) -> Task<Void, Never> {
    Task {
      var attempt = 0
      while !Task.isCancelled {
        do {
          var request = WebSocketClient.Request(socket.wish.url)
          for (name, value) in try await socket.wish.fields() { request.fields[name] = value }
          request.options.maximumMessageSize = 256 << 10
          request.options.pingInterval = .seconds(30)
          let connection = try await WebSocketClient.connect(request, over: client)
          let opened = time.uptime
          await run(socket, connection)
          if time.uptime - opened >= Self.goodAge { attempt = 0 }
        } catch {
          if Task.isCancelled { return }
          log.debug("a plugin's socket could not be opened", ["error": .string("\(error)")])
          await tell(
            socket, "event.ws_closed", ["reason": "the connection could not be made", "will_reconnect": true])
        }
        socket.set(.backoff, nil)
        let pause = min(60.0, Double(1 << min(attempt, 6))) * (0.5 + random() / 2)
        attempt += 1
        do { try await time.sleep(for: .milliseconds(Int64(pause * 1_000))) } catch { return }
      }
    }
  }

  /// One connection, from its opening to its end.
  private func run(_ socket: KeptSocket, _ connection: WebSocketConnection) async {
    socket.set(.open, connection)
    do {
      for frame in socket.wish.subscribe { try await connection.send(text: frame) }
      await tell(socket, "event.ws_open", JSONObject())
      await withTaskGroup(of: Void.self) { group in
        // One frame at a time goes to the plugin; what comes meanwhile waits.
        let inbox = FrameInbox()
        group.addTask { await inbox.forEach { await self.tell(socket, "event.ws_message", $0) } }
        for await message in connection.messages {
          if Task.isCancelled { break }
          inbox.add(Self.frame(message), size: message.count)
        }
        inbox.finish()
        await group.waitForAll()
      }
    } catch {
      connection.loop.execute { connection.abort() }
    }
    // Both belong to the connection's own thread.
    let isEnded = Task.isCancelled
    connection.loop.execute { if isEnded { connection.abort() } else { connection.startClosing() } }
    guard !isEnded else { return }
    await tell(socket, "event.ws_closed", ["reason": "the connection ended", "will_reconnect": true])
  }

  private static func frame(_ message: WebSocketMessage) -> JSONObject {
    var params = JSONObject()
    switch message {
    case .text(let text):
      params["data"] = .string(text)
      params["binary"] = false
    case .binary(let bytes):
      params["data"] = .string(Base64Text.encode(bytes))
      params["binary"] = true
    }
    return params
  }

  private func tell(_ socket: KeptSocket, _ method: String, _ params: JSONValue) async {
    await tell(socket, method, params.object ?? JSONObject())
  }

  private func tell(_ socket: KeptSocket, _ method: String, _ params: JSONObject) async {
    guard let receiver = receiver.withLock({ $0 }) else { return }
    var params = params
    params["name"] = .string(socket.key.name)
    params["conn_id"] = .string(socket.id)
    await receiver.deliverFrame(
      method, params, name: socket.key.name, to: socket.key.plugin, in: socket.key.guild)
  }
}

/// What was sent in a minute.
private struct FrameWindow: Sendable {
  private var began: Duration?
  private var count = 0

  mutating func take(_ limit: Int, at now: Duration) -> Bool {
    if began.map({ now - $0 >= .seconds(60) }) ?? true { (began, count) = (now, 0) }
    count += 1
    return count <= limit
  }
}

extension WebSocketMessage {
  /// Bytes.
  fileprivate var count: Int {
    switch self {
    case .text(let text): text.utf8.count
    case .binary(let bytes): bytes.count
    }
  }
}
