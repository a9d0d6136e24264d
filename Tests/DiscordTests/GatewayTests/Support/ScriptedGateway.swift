// A small gateway for tests: sessions with replay, and whatever misbehaviour a test orders.

import Compression
import DiscordGateway
import DiscordModels
import EventLoop
import HTTPServer
import HTTPTypes
import JSON
import Synchronization
import TestKit
import WebSocket

/// Serves hello, identify, resume, heartbeats and events on loopback. Everything happens on its loop.
final class ScriptedGateway: @unchecked Sendable {
  // `@unchecked`: variables are touched on the loop only, or before the start.

  /// How it behaves; changed through `onLoop`.
  struct Behaviour {
    var heartbeatInterval = 20_000
    var answersHeartbeats = true
    /// Closes with 4014 when one of these is asked for.
    var refusedIntents: Intents = []
    /// Answers the next identify with this close code.
    var closesIdentify: UInt16?
  }

  final class Session {
    let id: String
    let shard: Int
    let count: Int
    var events: [[UInt8]] = []
    var peer: Peer?

    init(id: String, shard: Int, count: Int) {
      (self.id, self.shard, self.count) = (id, shard, count)
    }
  }

  let loop: EventLoop
  private(set) var port: UInt16 = 0
  private var server: HTTPServer?
  fileprivate let parser: JSONParser
  var behaviour = Behaviour()
  private(set) var sessions: [String: Session] = [:]
  fileprivate(set) var peers: [ObjectIdentifier: Peer] = [:]
  /// Everything that clients sent.
  let received = Recorder<String>()
  /// Called on the loop for opcodes that the gateway does not know by itself.
  var onRequest: ((Peer, Int, JSONView) -> Void)?

  var url: String { "ws://127.0.0.1:\(port)" }

  init() throws {
    loop = try EventLoop(name: "gateway")
    parser = try JSONParser()
  }

  func start() throws {
    var router = Router()
    router.get("/", name: "gateway") { request in
      let compression = try request.query["compress"]
      guard try request.query["v"] == "10" else { return HTTPResponse(status: .badRequest) }
      var options = WebSocketOptions()
      options.writeBound = 64 << 20
      options.outgoingCompression =
        switch compression {
        case "zlib-stream": .zlib
        case "zstd-stream": .zstd
        default: nil
        }
      return .webSocket(for: request, options: options, on: self.loop) { connection in
        let peer = Peer(gateway: self, connection: connection)
        self.peers[ObjectIdentifier(peer)] = peer
        connection.start(peer)
        peer.send(#"{"op":10,"d":{"heartbeat_interval":\#(self.behaviour.heartbeatInterval)}}"#)
        _ = await connection.closed()
      }
    }
    let server = try HTTPServer(
      .tcp(host: "127.0.0.1", port: 0), router: router, loop: loop, writesAccessLog: false)
    guard case .tcp(_, let port) = try server.start() else { throw TestKitError("no port") }
    (self.server, self.port) = (server, port)
  }

  func stop() async {
    await server?.shutdown(grace: .zero)
    loop.shutdown()
  }

  func onLoop<Value: Sendable>(_ body: @escaping @Sendable (ScriptedGateway) -> Value) async -> Value {
    await withCheckedContinuation { continuation in
      loop.execute { continuation.resume(returning: body(self)) }
    }
  }

  func information(concurrency: Int = 16, shards: Int = 1) -> GatewayInformation {
    GatewayInformation(
      url: url, shards: shards,
      sessionStartLimit: .init(
        total: 1000, remaining: 1000, resetAfter: .seconds(86_400), maxConcurrency: concurrency))
  }

  // MARK: On the loop

  func begin(_ shard: Int, of count: Int, for peer: Peer) {
    let session = Session(id: "session-\(sessions.count + 1)", shard: shard, count: count)
    sessions[session.id] = session
    session.peer = peer
    peer.session = session
    emit(
      "READY",
      #"{"v":10,"session_id":"\#(session.id)","resume_gateway_url":"\#(resumeURL ?? url)","guilds":[]}"#,
      to: session)
  }

  /// Where sessions are resumed, if not here: through a proxy, say.
  var resumeURL: String?

  func emit(_ event: String, _ data: String, to session: Session) {
    let text = #"{"t":"\#(event)","s":\#(session.events.count + 1),"op":0,"d":\#(data)}"#
    session.events.append(Array(text.utf8))
    session.peer?.send(text)
  }

  /// To all sessions whose shard is responsible for the guild.
  func emit(_ event: String, guild: UInt64, _ data: String) {
    for session in sessions.values where Int((guild >> 22) % UInt64(session.count)) == session.shard {
      emit(event, data, to: session)
    }
  }

  func resume(_ id: String, after sequence: Int, for peer: Peer) {
    guard let session = sessions[id], sequence >= 0, sequence <= session.events.count else {
      return peer.send(#"{"op":9,"d":false}"#)
    }
    session.peer = peer
    peer.session = session
    for event in session.events[sequence...] { peer.send(String(decoding: event, as: UTF8.self)) }
    emit("RESUMED", #"{"_trace":[]}"#, to: session)
  }

  func close(_ code: UInt16) {
    for peer in peers.values { peer.connection.startClosing(code: WebSocketCloseCode(code)) }
  }

  func broadcast(_ text: String) {
    for peer in peers.values { peer.send(text) }
  }
}

/// A client as the gateway sees it.
final class Peer: WebSocketHandler {
  private unowned let gateway: ScriptedGateway
  let connection: WebSocketConnection
  var session: ScriptedGateway.Session?

  init(gateway: ScriptedGateway, connection: WebSocketConnection) {
    (self.gateway, self.connection) = (gateway, connection)
  }

  func send(_ text: String) {
    // A client that is gone will resume.
    try? connection.enqueue(text: text)
  }

  func webSocket(_ connection: WebSocketConnection, received message: RawSpan, as kind: WebSocketMessageKind)
  {
    let bytes = message.withUnsafeBytes { Array($0) }
    gateway.received.record(String(decoding: bytes, as: UTF8.self))
    do {
      try gateway.parser.parse(bytes) { root in
        let opcode = try root.require("op").asInt()
        let data = try root.require("d")
        switch opcode {
        case 1: if gateway.behaviour.answersHeartbeats { send(#"{"op":11}"#) }
        case 2: try identify(data)
        case 6:
          gateway.resume(
            try data.require("session_id").asString(), after: try data.require("seq").asInt(), for: self)
        default: gateway.onRequest?(self, opcode, data)
        }
      }
    } catch {
      connection.startClosing(code: WebSocketCloseCode(4002))
    }
  }

  private func identify(_ data: JSONView) throws {
    let intents = Intents(rawValue: UInt32(try data.require("intents").asInt()))
    if let code = gateway.behaviour.closesIdentify {
      gateway.behaviour.closesIdentify = nil
      return connection.startClosing(code: WebSocketCloseCode(code))
    }
    guard intents.isDisjoint(with: gateway.behaviour.refusedIntents) else {
      return connection.startClosing(code: WebSocketCloseCode(4014))
    }
    let shard = try data.require("shard").asArray().compactMap(\.int)
    gateway.begin(shard[0], of: shard[1], for: self)
  }

  func webSocket(_ connection: WebSocketConnection, closed close: WebSocketClose) {
    gateway.peers[ObjectIdentifier(self)] = nil
    if session?.peer === self { session?.peer = nil }
  }
}
