// ws.*: connections that the broker keeps (plugin-host contract, section 10.9).

package import DiscordCore
package import EventLoop
import HTTPClient
package import JSON
package import SandboxContract
package import SandboxData
import Vault
import WebSocket

/// Answers the five methods.
package struct WebSocketMethods: GuestMethods {
  private let broker: SocketBroker
  private let secrets: GuestSecrets
  private let consent: HostConsent
  private let time: any TimeSource
  private let exceptions: Set<String>

  /// As `ProxyMethods` and `SocketBroker`.
  package init(
    broker: SocketBroker, secrets: GuestSecrets, hosts: HostAllowList, time: any TimeSource,
    exceptions: Set<String> = [], lookup: HostLookup = .system
  ) {
    (self.broker, self.secrets, self.time, self.exceptions) = (broker, secrets, time, exceptions)
    consent = HostConsent(hosts: hosts, lookup: lookup, time: time, exceptions: exceptions)
  }

  package let names = ["ws.ensure", "ws.send", "ws.close", "ws.allow_host", "ws.revoke_host"]

  package func answer(_ call: GuestCall) async throws -> JSONValue {
    switch call.method {
    case "ws.allow_host":
      return try await consent.change(call, .ws, isAddition: true)
    case "ws.revoke_host":
      let answer = try await consent.change(call, .ws, isAddition: false)
      if let host = answer["host"]?.string { broker.end(host: host, of: call.plugin, in: call.guild) }
      return answer
    case "ws.ensure": return try await ensure(call)
    case "ws.send": return try await send(call)
    default:
      broker.end(try key(call))
      return ["ok": true]
    }
  }

  package func withdrew(_ plugin: String, from guild: GuildID) async {
    await broker.end(plugin: plugin, guild: guild)
  }

  private func key(_ call: GuestCall) throws(RPCError) -> SocketKey {
    let name = try call.text("name", 1...64)
    guard
      name.utf8.allSatisfy({
        $0 < 128
          && ($0 >= 48 && $0 <= 58 || $0 >= 65 && $0 <= 90 || $0 >= 97 && $0 <= 122
            || "_.-".utf8.contains($0))
      })
    else { throw .invalid("name must have letters, digits and _ : . - only") }
    return SocketKey(
      plugin: call.plugin, developer: call.installation.release.developer, guild: call.guild, name: name)
  }

  private func ensure(_ call: GuestCall) async throws -> JSONValue {
    let key = try key(call)
    let url = try call.text("url", 1...8_192)
    let target: HTTPTarget
    do throws(HTTPError) { target = try HTTPTarget(parsing: url, schemes: .webSocket) } catch {
      throw RPCError.invalid("url must be an absolute wss or ws address")
    }
    // The target takes http for ws, and a fragment is for nobody but browsers.
    let scheme = url.prefix { $0 != ":" }.lowercased()
    guard ["ws", "wss"].contains(scheme), !url.contains("#") else {
      throw RPCError.invalid("url must be an absolute wss or ws address without a fragment")
    }
    let auth = try auth(call, target)
    let wish = SocketWish(
      url: url, target: target, auth: auth, fields: fields(auth, for: call, at: target),
      subscribe: try subscribe(call))
    let socket = try await broker.ensure(key, wish)
    return [
      "conn_id": .string(socket.id), "name": .string(key.name), "state": .string(socket.phase.rawValue),
    ]
  }

  private func auth(_ call: GuestCall, _ target: HTTPTarget) throws(RPCError) -> SocketAuth? {
    guard let auth = call.params["auth"], !auth.isNull else { return nil }
    guard let name = auth["secret"]?.string, let scheme = auth["scheme"]?.string else {
      throw RPCError.invalid("auth must have a scheme and the name of a secret")
    }
    try SecretHeader.guardTransport(target, exceptions)
    return SocketAuth(secret: name, scheme: scheme)
  }

  /// What goes along with each handshake: the secret as it is then.
  private func fields(_ auth: SocketAuth?, for call: GuestCall, at target: HTTPTarget)
    -> @Sendable () async throws -> [(String, String)]
  {
    guard let auth else { return { [] } }
    let (secrets, host) = (secrets, target.hostText)
    let (plugin, developer, guild) = (call.plugin, call.installation.release.developer, call.guild)
    return {
      let value = try await secrets.value(
        of: auth.secret, plugin: plugin, by: developer, guild: guild, boundTo: host)
      return [
        ("Authorization", try SecretHeader.value(of: value, scheme: auth.scheme, named: auth.secret))
      ]
    }
  }

  private func subscribe(_ call: GuestCall) throws -> [String] {
    guard let value = call.params["subscribe"], !value.isNull else { return [] }
    guard let frames = value.array, frames.count <= 20 else {
      throw RPCError.invalid("subscribe must be a list of at most 20 frames")
    }
    return try frames.map { frame in
      let text = try frame.string ?? String(decoding: frame.encoded(), as: UTF8.self)
      guard text.utf8.count <= 64 << 10 else { throw RPCError.invalid("a frame of subscribe is too long") }
      return text
    }
  }

  private func send(_ call: GuestCall) async throws -> JSONValue {
    guard let socket = broker.socket(try key(call)) else {
      throw RPCError(.notFound, "there is no such socket")
    }
    let text = try call.optionalText("text", 0...(256 << 10))
    let bytes = try call.optionalText("data_b64", 0...(350 << 10)).map { text throws(RPCError) in
      guard let bytes = Base64Text.decode(text) else { throw RPCError.invalid("data_b64 must be base64") }
      return bytes
    }
    guard (text == nil) != (bytes == nil) else { throw RPCError.invalid("either text or data_b64 is needed") }
    guard (text?.utf8.count ?? bytes?.count ?? 0) <= 256 << 10 else {
      throw RPCError.invalid("a frame has at most 256 KiB")
    }
    let connection = try await broker.sending(socket, at: time.uptime)
    do {
      if let text { try await connection.send(text: text) }
      if let bytes { try await connection.send(binary: bytes) }
    } catch {
      throw RPCError(.upstream, "the socket does not take the frame")
    }
    return ["ok": true]
  }
}

/// A secret as the value of `Authorization`.
enum SecretHeader {
  /// A secret does not travel where anybody on the way can read it.
  static func guardTransport(_ target: HTTPTarget, _ exceptions: Set<String>) throws(RPCError) {
    guard target.isSecure || exceptions.contains(target.hostText) else {
      throw .invalid("a secret is sent over https or wss only")
    }
  }

  static func value(of secret: Secret, scheme: String, named name: String) throws(RPCError) -> String {
    let value = secret.exposedText
    guard value.utf8.allSatisfy({ $0 >= 32 && $0 != 127 }) else {
      throw .invalid("the secret \(name) cannot be sent as a header")
    }
    return switch scheme {
    case "basic": "Basic \(Base64Text.encode(Array(value.utf8)))"
    case "token": "Token \(value)"
    case "bearer": "Bearer \(value)"
    default: throw .invalid("scheme must be bearer, basic or token")
    }
  }
}
