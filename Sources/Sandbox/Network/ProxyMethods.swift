// proxy.request: the only way by which a plugin reaches the web (plugin-host contract, sections 10.8 and 15.1).

package import EventLoop
import HTTPClient
import HTTPTypes
package import JSON
package import SandboxContract
package import SandboxData
import Synchronization
import Vault

/// Makes calls for plugins: to hosts that were allowed, at public addresses, within bounds.
package final class ProxyMethods: GuestMethods {
  private static let methods: Set<String> = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]
  private static let bodyLimit = 256 << 10
  private static let answerLimit = 1 << 20
  private static let redirectLimit = 3
  private static let timeLimit = Duration.seconds(10)
  /// Calls at a time of a plugin in a server: the SDK's threads, and more where the operator lets it make so many that these
  /// could not. And of a plugin everywhere, out of the client's 64: nobody takes all that there are.
  private static func concurrent(_ perMinute: Int) -> (inServer: Int, everywhere: Int) {
    let inServer = max(4, perMinute / 60)
    return (inServer, min(4 * inServer, 32))
  }
  /// What a plugin may not set: whose the connection is, and what frames the message.
  private static let reserved: Set<String> = [
    "authorization", "cookie", "host", "connection", "transfer-encoding", "content-length", "te", "trailer",
    "upgrade", "expect", "keep-alive", "http2-settings",
  ]

  private let client: HTTPClient
  private let secrets: GuestSecrets
  private let rules: HostRules
  private let consent: HostConsent
  private let limits: RequestLimits
  private let time: any TimeSource
  private let exceptions: Set<String>
  private let buckets = Mutex(BoundedTable<TokenBucket>(bound: 20_000))
  private let running = Mutex<[String: Int]>([:])

  /// - Parameters:
  ///   - loop: where calls run.
  ///   - secrets: what may be sent for a plugin that does not see it.
  ///   - hosts: what was added to the manifest's domains.
  ///   - limits: calls a minute of a plugin in one server.
  ///   - time: clocks.
  ///   - exceptions: hosts that need not be public: tests' own.
  ///   - pins: fixed answers instead of DNS, as `HTTPClient.Configuration` takes them: tests' own.
  ///   - lookup: finds out where a host leads that is to be added.
  /// - Throws: `HTTPError`.
  package init(
    loop: EventLoop, secrets: GuestSecrets, hosts: HostAllowList, limits: RequestLimits,
    time: any TimeSource, exceptions: Set<String> = [], pins: [String] = [], lookup: HostLookup = .system
  ) throws {
    var configuration = HTTPClient.Configuration()
    configuration.outbound = .publicOnly(exceptions: exceptions)
    configuration.pinnedAddresses = pins
    configuration.maximumConcurrentCalls = 64
    configuration.maximumWaitingCalls = 512
    configuration.maximumIdleConnections = 32
    client = try HTTPClient(loop: loop, configuration: configuration)
    (self.secrets, self.limits, self.time, self.exceptions) = (secrets, limits, time, exceptions)
    rules = HostRules(hosts: hosts)
    consent = HostConsent(hosts: hosts, lookup: lookup, time: time, exceptions: exceptions)
  }

  package let names = ["proxy.request", "http.allow_host", "http.revoke_host"]

  /// Ends its connections.
  package func close() { client.shutdown() }

  package func answer(_ call: GuestCall) async throws -> JSONValue {
    switch call.method {
    case "http.allow_host":
      return try await consent.change(call, .http, isAddition: true)
    case "http.revoke_host":
      return try await consent.change(call, .http, isAddition: false)
    default: return try await request(call)
    }
  }

  // MARK: A call

  private func request(_ call: GuestCall) async throws -> JSONValue {
    let wanted = try wanted(call)
    let developer = call.installation.release.developer
    let rate = await limits.perMinute(of: developer)
    let key = "\(call.plugin)/\(call.guild)"
    let bounds = Self.concurrent(rate)
    // By whose code it is: a server's own zip does not use up what all servers share of a plugin with its id.
    let places = [(key, bounds.inServer), (developer, bounds.everywhere)]
    guard enter(places) else {
      throw RPCError(
        .rateLimited, "at most \(bounds.inServer) requests at a time, retry in 1s", retryAfter: 1)
    }
    defer { leave(places.map(\.0)) }
    try take(key, rate)
    do {
      return try await follow(wanted, call)
    } catch let error as HTTPError {
      // Nothing of the address but what the plugin gave, and never a header.
      throw RPCError(.upstream, "the request failed: \(error.code)")
    }
  }

  private func take(_ key: String, _ rate: Int) throws(RPCError) {
    let now = time.uptime
    let wait = buckets.withLock { buckets in
      buckets.with(key, make: { TokenBucket(perMinute: rate, at: now) }) { $0.take(perMinute: rate, at: now) }
    }
    guard let wait else { return }
    throw RPCError(.quotaExceeded, "quota exceeded: \(rate) requests a minute", retryAfter: wait)
  }

  private func enter(_ places: [(key: String, limit: Int)]) -> Bool {
    running.withLock { running in
      guard places.allSatisfy({ running[$0.key, default: 0] < $0.limit }) else { return false }
      for place in places { running[place.key, default: 0] += 1 }
      return true
    }
  }

  private func leave(_ keys: [String]) {
    running.withLock { running in
      for key in keys {
        running[key, default: 1] -= 1
        if running[key] == 0 { running[key] = nil }
      }
    }
  }

  /// What a plugin asked for, checked.
  fileprivate struct Wanted {
    var method: HTTPMethod
    var target: HTTPTarget
    var fields: HTTPFields
    var body: [UInt8]
    var secret: (name: String, scheme: String)?
  }

  private func wanted(_ call: GuestCall) throws(RPCError) -> Wanted {
    let method = try call.text("method", 1...10).uppercased()
    guard Self.methods.contains(method) else {
      throw .invalid("method must be one of \(Self.methods.sorted().joined(separator: ", "))")
    }
    let target: HTTPTarget
    let url = try call.text("url", 1...8_192)
    do throws(HTTPError) { target = try HTTPTarget(parsing: url) } catch {
      throw .invalid("url must be an absolute http or https address")
    }
    let body = Array((try call.optionalText("body", 0...Self.bodyLimit) ?? "").utf8)
    guard body.isEmpty || (method != "GET" && method != "HEAD") else {
      throw .invalid("a \(method) has no body")
    }
    guard body.count <= Self.bodyLimit else { throw .invalid("body must have at most 256 KiB") }
    return Wanted(
      method: HTTPMethod(method), target: target, fields: try fields(call.params["headers"]), body: body,
      secret: try secret(call))
  }

  private func fields(_ value: JSONValue?) throws(RPCError) -> HTTPFields {
    guard let value, !value.isNull else { return HTTPFields() }
    guard let object = value.object, object.fields.count <= 50 else {
      throw .invalid("headers must be an object of at most 50 texts")
    }
    var fields = HTTPFields()
    for field in object.fields {
      guard let text = field.value.string, text.utf8.count <= 8_192,
        text.utf8.allSatisfy({ $0 >= 32 && $0 != 127 || $0 == 9 }), !field.key.isEmpty,
        field.key.utf8.allSatisfy(Self.isTokenByte)
      else { throw .invalid("a header has a name or value that cannot be sent") }
      let name = field.key.lowercased()
      guard !Self.reserved.contains(name), !name.hasPrefix("proxy-") else { continue }
      fields[field.key] = text
    }
    return fields
  }

  /// RFC 9110 section 5.6.2.
  private static func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
  }

  private func secret(_ call: GuestCall) throws(RPCError) -> (name: String, scheme: String)? {
    if let name = try call.optionalText("secret_auth", 1...64) { return (name, "bearer") }
    guard let auth = call.params["auth"], !auth.isNull else { return nil }
    guard let name = auth["secret"]?.string, let scheme = auth["scheme"]?.string,
      ["bearer", "basic", "token"].contains(scheme)
    else { throw .invalid("auth must have a scheme (bearer, basic or token) and the name of a secret") }
    return (name, scheme)
  }

  // MARK: The web

  /// Makes the call and follows redirects by the same rules.
  private func follow(_ wanted: Wanted, _ call: GuestCall) async throws -> JSONValue {
    var (current, redirects) = (wanted, 0)
    let end = time.uptime + Self.timeLimit
    while true {
      guard try await rules.allow(current.target, .http, call.installation) else {
        throw RPCError(.capabilityDenied, "this server does not allow the host \(current.target.hostText)")
      }
      var request = HTTPClient.Request(
        current.target.url, method: current.method, fields: current.fields,
        body: current.body.isEmpty ? .none : .bytes(current.body))
      if let secret = current.secret {
        request.fields["Authorization"] = try await authorization(secret, current.target, call)
      }
      let left = end - time.uptime
      guard left > .zero else { throw RPCError(.upstream, "the request took too long") }
      request.timeouts = .init(connect: min(left, .seconds(5)), firstByte: left, total: left)
      request.responseLimit = 64 << 20
      let answer = try await client.stream(request) { response in
        try await Self.read(response)
      }
      guard let next = try answer.redirect(from: current), redirects < Self.redirectLimit else {
        return answer.json
      }
      redirects += 1
      // Elsewhere, nothing goes along that was meant for here.
      if !next.target.isSameOrigin(as: current.target) {
        current.secret = nil
        current.fields["Cookie"] = nil
      }
      (current.target, current.method, current.body) = (
        next.target, next.method, next.keepsBody ? current.body : []
      )
    }
  }

  private func authorization(
    _ secret: (name: String, scheme: String), _ target: HTTPTarget, _ call: GuestCall
  ) async throws -> String {
    guard call.grants.capabilities.contains(.secrets) else {
      throw RPCError(.capabilityDenied, "a secret is sent only with the capability storage:secrets")
    }
    try SecretHeader.guardTransport(target, exceptions)
    let value = try await secrets.value(
      of: secret.name, plugin: call.plugin, by: call.installation.release.developer, guild: call.guild,
      boundTo: target.hostText)
    return try SecretHeader.value(of: value, scheme: secret.scheme, named: secret.name)
  }

  /// Reads as much of the body, decompressed, as a plugin gets.
  private static func read(_ response: HTTPClient.StreamedResponse) async throws -> ProxyAnswer {
    var body: [UInt8] = []
    var isTruncated = false
    do throws(HTTPError) {
      for try await piece in response.body {
        let room = answerLimit - body.count
        body += piece.prefix(room)
        if piece.count > room {
          isTruncated = true
          break
        }
      }
    } catch {
      guard error.code == .tooLarge else { throw error }
      isTruncated = true
    }
    return ProxyAnswer(
      status: response.status, fields: response.fields, body: body, isTruncated: isTruncated)
  }

  /// Where a redirect leads.
  struct Redirect {
    let target: HTTPTarget
    let method: HTTPMethod
    let keepsBody: Bool
  }

  /// What came back.
  struct ProxyAnswer: Sendable {
    let status: HTTPStatus
    let fields: HTTPFields
    let body: [UInt8]
    let isTruncated: Bool

    /// nil for an answer that leads nowhere.
    ///
    /// - Throws: `RPCError` for an address that is none.
    fileprivate func redirect(from wanted: Wanted) throws(RPCError) -> Redirect? {
      guard [301, 302, 303, 307, 308].contains(status.code), let location = fields["Location"] else {
        return nil
      }
      do throws(HTTPError) {
        let target = try wanted.target.resolving(location)
        // A connection that was private stays private.
        guard target.isSecure || !wanted.target.isSecure else { return nil }
        let becomesGet = status.code == 303 || (status.code < 303 && wanted.method == .post)
        return Redirect(
          target: target, method: becomesGet && wanted.method != .head ? .get : wanted.method,
          keepsBody: !becomesGet)
      } catch {
        throw RPCError(.upstream, "the answer leads to an address that cannot be used")
      }
    }

    fileprivate var json: JSONValue {
      var headers = JSONObject()
      for field in fields.fields.prefix(100) {
        let name = field.name.lowercased()
        guard name != "content-encoding", name != "content-length", name != "transfer-encoding" else {
          continue
        }
        let before = headers[name]?.string
        headers[name] = .string(before.map { "\($0), \(field.value)" } ?? field.value)
      }
      var result = JSONObject()
      result["ok"] = .bool((200..<300).contains(status.code))
      result["status"] = .integer(Int64(status.code))
      result["headers"] = .object(headers)
      let type = (fields["Content-Type"] ?? "text/plain").lowercased()
      let isText =
        type.hasPrefix("text/")
        || ["json", "xml", "javascript", "urlencoded", "yaml"].contains { type.contains($0) }
      result["body_bytes"] = .string(
        isText || body.isEmpty ? String(decoding: body, as: UTF8.self) : Base64Text.encode(body))
      if !isText, !body.isEmpty { result["encoding"] = "base64" }
      result["truncated"] = .bool(isTruncated)
      return .object(result)
    }
  }
}
