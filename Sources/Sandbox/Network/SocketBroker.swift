// Sockets that are kept open for plugins, which have none (plugin-host contract, section 15.2).

package import DiscordCore
package import EventLoop
import HTTPClient
import HTTPTypes
import JSON
package import SandboxContract
package import SandboxData
import Synchronization
import Telemetry
import WebSocket

/// Keeps the connections of all plugins. They outlive the plugin's process and end with its stay in the server, or with the
/// consent that they stand on; after a restart of the program a plugin asks for them again.
///
/// What a server allows is asked before each connect and each frame that is sent; of a connection that only listens, with
/// each frame as far as memory knows it, and by `run` every half a minute.
package final class SocketBroker: Sendable {
  static let perTenant = 5
  static let perPlugin = 50
  /// Frames that a plugin may send in a minute through one connection, and in a server through all that it makes there.
  static let framesPerMinute = 60
  /// A connection that lasted so long was a good one: the next attempt follows soon.
  private static let goodAge = Duration.seconds(60)
  /// How long somebody who ends a plugin's sockets waits for it to hear of that.
  private static let farewell = Duration.seconds(3)

  private struct State {
    var sockets: [SocketKey: KeptSocket] = [:]
    /// Plugins that ask for a socket at this moment: how often at a time, and how often their sockets were ended meanwhile.
    var asking: [SocketPlace: (count: Int, ends: Int)] = [:]
  }

  private let client: HTTPClient
  private let time: any TimeSource
  private let rules: HostRules
  private let installation: @Sendable (String, GuildID) -> GuestInstallation?
  private let random: @Sendable () -> Double
  private let state = Mutex(State())
  private let sent = Mutex(BoundedTable<FrameWindow>(bound: 20_000))
  private let receiver = Mutex<(any GuestFrameReceiver)?>(nil)
  private let log = Log(room: "sandbox")

  /// - Parameters:
  ///   - loop: where connections run.
  ///   - time: clocks.
  ///   - hosts: what was added to the manifest's domains.
  ///   - exceptions: hosts that need not be public: tests' own.
  ///   - pins: fixed answers instead of DNS, as `HTTPClient.Configuration` takes them: tests' own.
  ///   - random: numbers from 0 up to 1, for the pauses between attempts.
  ///   - installation: a plugin in a server as it is at this moment; nil when it is not there, or off.
  /// - Throws: `HTTPError`.
  package init(
    loop: EventLoop, time: any TimeSource, hosts: HostAllowList, exceptions: Set<String> = [],
    pins: [String] = [], random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) },
    installation: @escaping @Sendable (_ plugin: String, _ guild: GuildID) -> GuestInstallation?
  ) throws {
    var configuration = HTTPClient.Configuration()
    configuration.outbound = .publicOnly(exceptions: exceptions)
    configuration.pinnedAddresses = pins
    client = try HTTPClient(loop: loop, configuration: configuration)
    rules = HostRules(hosts: hosts)
    (self.time, self.random, self.installation) = (time, random, installation)
  }

  /// Who gets frames; before the first connection.
  package func set(_ new: any GuestFrameReceiver) { receiver.withLock { $0 = new } }

  /// Looks again and again whether each connection is still allowed, until the task is cancelled: what other processes take
  /// away is announced nowhere else.
  package func run() async {
    while !Task.isCancelled {
      do { try await time.sleep(for: .seconds(30)) } catch { return }
      await review()
    }
  }

  /// Ends all connections; no plugin is told.
  package func close() {
    let all = state.withLock { state in
      for place in state.asking.keys { state.asking[place]?.ends += 1 }
      defer { state.sockets = [:] }
      return Array(state.sockets.values)
    }
    for socket in all { socket.end(nil) }
    client.shutdown()
  }

  // MARK: What is allowed

  /// Whether a connection may be, by everything that is known.
  ///
  /// - Throws: `RPCError` that says why not; what the store throws.
  private func check(_ key: SocketKey, _ wish: SocketWish) async throws {
    let installation = try standing(key, wish)
    guard try await rules.allow(wish.target, .ws, installation) else {
      throw RPCError(.capabilityDenied, "this server does not allow the host \(wish.host)")
    }
    if !wish.target.isSecure {
      guard try await rules.hosts.allows(wish.host, .ws, of: key.plugin, in: key.guild) else {
        throw RPCError(.capabilityDenied, "ws:// is for hosts that a manager of the server added")
      }
    }
  }

  /// What can be said without the store.
  private func standing(_ key: SocketKey, _ wish: SocketWish) throws(RPCError) -> GuestInstallation {
    guard let installation = own(key) else {
      throw RPCError(.notFound, "the plugin is not switched on in this server")
    }
    guard installation.grants.capabilities.contains(.webSocket) else {
      throw RPCError(.capabilityDenied, "this server did not grant the capability proxy:websocket")
    }
    guard wish.auth == nil || installation.grants.capabilities.contains(.secrets) else {
      throw RPCError(.capabilityDenied, "a secret is sent only with the capability storage:secrets")
    }
    return installation
  }

  /// The installation that a key belongs to; nil when it is off, or somebody else's plugin has its place.
  private func own(_ key: SocketKey) -> GuestInstallation? {
    guard let found = installation(key.plugin, key.guild), found.release.developer == key.developer else {
      return nil
    }
    return found
  }

  /// Ends what may not be any more.
  private func review() async {
    for socket in state.withLock({ Array($0.sockets.values) }) {
      do {
        try await check(socket.key, socket.wish)
      } catch let refusal as RPCError {
        end(socket, because: refusal.message)
      } catch {
        if !(error is CancellationError) {
          log.warning("plugins' sockets cannot be looked at", ["error": .string("\(error)")])
        }
        return
      }
    }
  }

  // MARK: Asking for one

  /// Makes a connection, or leaves it as it is when it is there under that name to that address with that secret.
  ///
  /// - Returns: its id and where it stands.
  /// - Throws: `RPCError` when it may not be, or there are too many; what the store throws.
  func ensure(_ key: SocketKey, _ wish: SocketWish) async throws -> KeptSocket {
    let ends = state.withLock { state in
      state.asking[key.place, default: (0, 0)].count += 1
      return state.asking[key.place]?.ends ?? 0
    }
    defer {
      state.withLock { state in
        state.asking[key.place]?.count -= 1
        if state.asking[key.place]?.count == 0 { state.asking[key.place] = nil }
      }
    }
    try await check(key, wish)
    // Whether there is such a secret for that host is said now, not in a log.
    _ = try await wish.fields()
    return try place(key, wish, ends)
  }

  private func place(_ key: SocketKey, _ wish: SocketWish, _ ends: Int) throws(RPCError) -> KeptSocket {
    let (gone, outcome) = state.withLock { state in Self.place(key, wish, ends, in: &state) }
    for (socket, reason) in gone { socket.end(reason) }
    let socket = try outcome.get()
    socket.startOnce { self.keep(socket) }
    return socket
  }

  /// The socket under a key, made if need be, and those that have to make way for it.
  private static func place(_ key: SocketKey, _ wish: SocketWish, _ ends: Int, in state: inout State)
    -> (gone: [(KeptSocket, String)], Result<KeptSocket, RPCError>)
  {
    // What was found out was found out before they were ended: nobody would end this one again.
    guard state.asking[key.place]?.ends == ends else {
      return ([], .failure(RPCError(.upstream, "the plugin's sockets were ended meanwhile; ask again")))
    }
    var gone: [(KeptSocket, String)] = []
    for (other, socket) in state.sockets where other.place == key.place && other.developer != key.developer {
      state.sockets[other] = nil
      gone.append((socket, "another plugin has the place of this one"))
    }
    if let known = state.sockets[key], known.wish.isSame(as: wish) { return (gone, .success(known)) }
    let own = state.sockets.keys.filter { $0.developer == key.developer && $0 != key }
    guard own.count < perPlugin, own.count(where: { $0.guild == key.guild }) < perTenant else {
      return (
        gone, .failure(RPCError(.quotaExceeded, "quota exceeded: \(perTenant) sockets in a server"))
      )
    }
    if let old = state.sockets[key] { gone.append((old, "the plugin asked for another one of this name")) }
    let new = KeptSocket(key, wish)
    state.sockets[key] = new
    return (gone, .success(new))
  }

  func socket(_ key: SocketKey) -> KeptSocket? { state.withLock { $0.sockets[key] } }

  // MARK: Sending

  /// The connection to send a frame through. What was sent counts for the name, and for the plugin in the server: a
  /// connection that is made anew does not begin anew.
  ///
  /// - Throws: `RPCError` when it is too much, while nothing is open, and when it is not allowed any more: then it ends.
  ///   What the store throws.
  func sending(_ socket: KeptSocket, at now: Duration) async throws -> WebSocketConnection {
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
    do {
      try await check(key, socket.wish)
    } catch let refusal as RPCError {
      end(socket, because: refusal.message)
      throw refusal
    }
    return try socket.open()
  }

  // MARK: Ending

  /// The plugin wants it no more.
  func end(_ key: SocketKey) {
    state.withLock { $0.sockets.removeValue(forKey: key) }?.end("the plugin closed it")
  }

  /// A host was taken back.
  func end(host: String, of plugin: String, in guild: GuildID) {
    let gone = take(SocketPlace(plugin: plugin, guild: guild)) { $0.host == host }
    for socket in gone { socket.end("this server took back the host \(host)") }
  }

  /// Ends all that a plugin has in a server, and what it asks for at this moment. Returns when it was told, as long as it is
  /// there to be told; after three seconds at the latest.
  package func end(plugin: String, guild: GuildID) async {
    let gone = take(SocketPlace(plugin: plugin, guild: guild)) { _ in true }
    for socket in gone { socket.end("the plugin may not keep it in this server any more") }
    guard !gone.isEmpty else { return }
    await withTaskGroup(of: Void.self) { group in
      group.addTask { for socket in gone { await socket.left() } }
      // Cancelled as soon as all are gone.
      group.addTask { try? await self.time.sleep(for: Self.farewell) }
      _ = await group.next()
      group.cancelAll()
    }
  }

  /// Takes those that fit out of the table. Whoever asks for one at this moment has to ask again.
  private func take(_ place: SocketPlace, where fits: (SocketWish) -> Bool) -> [KeptSocket] {
    state.withLock { state in
      state.asking[place]?.ends += 1
      let gone = state.sockets.filter { $0.key.place == place && fits($0.value.wish) }
      for key in gone.keys { state.sockets[key] = nil }
      return Array(gone.values)
    }
  }

  private func end(_ socket: KeptSocket, because reason: String) {
    state.withLock { state in
      if state.sockets[socket.key] === socket { state.sockets[socket.key] = nil }
    }
    socket.end(reason)
  }

  // MARK: Keeping

  /// Connects again and again until the socket is ended. A task of its own: it belongs to no call.
  private func keep(_ socket: KeptSocket) -> Task<Void, Never> {
    Task {
      await self.connectUntilEnded(socket)
      if let reason = socket.reason {
        // Of its own again: this one is cancelled, and the plugin is to hear of that.
        await Task { await self.tellClosed(socket, reason, willReconnect: false) }.value
      }
      socket.leave()
    }
  }

  private func connectUntilEnded(_ socket: KeptSocket) async {
    var attempt = 0
    while !Task.isCancelled {
      do {
        let connection = try await connect(socket)
        let opened = time.uptime
        await run(socket, connection)
        if time.uptime - opened >= Self.goodAge { attempt = 0 }
      } catch let refusal as RPCError {
        return end(socket, because: refusal.message)
      } catch {
        if Task.isCancelled { return }
        log.debug("a plugin's socket could not be opened", ["error": .string("\(error)")])
        // Nothing of the address, and never a header.
        let code = (error as? HTTPError).map { ": \($0.code)" } ?? ""
        await tellClosed(socket, "the connection could not be made\(code)", willReconnect: true)
      }
      guard socket.set(.backoff, nil) else { return }
      let pause = min(60.0, Double(1 << min(attempt, 6))) * (0.5 + random() / 2)
      attempt += 1
      do { try await time.sleep(for: .milliseconds(Int64(pause * 1_000))) } catch { return }
    }
  }

  private func connect(_ socket: KeptSocket) async throws -> WebSocketConnection {
    try await check(socket.key, socket.wish)
    var request = WebSocketClient.Request(socket.wish.url)
    for (name, value) in try await socket.wish.fields() { request.fields[name] = value }
    request.options.maximumMessageSize = 256 << 10
    request.options.pingInterval = .seconds(30)
    let connection = try await WebSocketClient.connect(request, over: client)
    do {
      // The server may have thought better of it while the other end took its time.
      try await check(socket.key, socket.wish)
    } catch {
      connection.loop.execute { connection.abort() }
      throw error
    }
    return connection
  }

  /// One connection, from its opening to its end.
  private func run(_ socket: KeptSocket, _ connection: WebSocketConnection) async {
    guard socket.set(.open, connection) else { return connection.loop.execute { connection.abort() } }
    do {
      for frame in socket.wish.subscribe { try await connection.send(text: frame) }
      await tell(socket, "event.ws_open", JSONObject())
      await withTaskGroup(of: Void.self) { group in
        // One frame at a time goes to the plugin; what comes meanwhile waits.
        let inbox = FrameInbox()
        group.addTask { await inbox.forEach { await self.pass(socket, $0) } }
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
    await tellClosed(socket, "the connection ended", willReconnect: true)
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

  // MARK: Telling

  /// Hands a frame on, unless there is nobody any more who may have it.
  private func pass(_ socket: KeptSocket, _ params: JSONObject) async {
    guard socket.phase != .closed else { return }
    do throws(RPCError) { _ = try standing(socket.key, socket.wish) } catch {
      return end(socket, because: error.message)
    }
    await tell(socket, "event.ws_message", params)
  }

  private func tellClosed(_ socket: KeptSocket, _ reason: String, willReconnect: Bool) async {
    var params = JSONObject()
    params["reason"] = .string(reason)
    params["will_reconnect"] = .bool(willReconnect)
    await tell(socket, "event.ws_closed", params)
  }

  private func tell(_ socket: KeptSocket, _ method: String, _ params: JSONObject) async {
    // A plugin that took the place of another must not even hear that there was a connection.
    guard let receiver = receiver.withLock({ $0 }), own(socket.key) != nil else { return }
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
