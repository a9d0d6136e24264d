// The gateway's place in the HTTP server.

internal import EventLoop
internal import Compression
internal import HTTPServer
internal import HTTPTypes
internal import WebSocket

extension Router {
  /// `/gateway`, and `/` for clients that leave out the path.
  mutating func addGateway(_ door: SimulatorDoor) {
    for (path, name) in [("/gateway", "gateway"), ("/", "gateway.root")] {
      get(path, name: name) { request in
        let simulator = try door.enter()
        guard request["Upgrade"] != nil else {
          // A person with a browser wants the page.
          if simulator.hasPlayground, request["Accept"]?.contains("text/html") == true {
            return .redirect(to: "/playground")
          }
          return HTTPResponse(
            text: "Guildhall's simulator: a Discord on this machine. Its API is at \(simulator.apiBase).\n")
        }
        let query = try request.query
        var options = WebSocketOptions()
        switch query["compress"] {
        case "zlib-stream": options.outgoingCompression = .zlib
        case "zstd-stream": options.outgoingCompression = .zstd
        default: break
        }
        // Larger ones are a 4002, which the conversation says.
        options.maximumMessageSize = 16 << 20
        options.writeBound = 64 << 20
        let (version, encoding) = (query["v"], query["encoding"])
        return .webSocket(for: request, options: options, on: simulator.loop) { connection in
          await simulator.attach(connection, version: version, encoding: encoding)
          _ = await connection.closed()
        }
      }
    }
  }
}

extension Simulator {
  func attach(_ connection: WebSocketConnection, version: String?, encoding: String?) {
    loop.checkIsolated()
    hub.gateway.attach(connection, version: version, encoding: encoding)
  }
}
