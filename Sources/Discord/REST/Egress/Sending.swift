// From calls to HTTP requests, and to what the machine wants to know of them.

internal import DiscordCore
internal import DiscordLimits
internal import EventLoop
internal import HTTPClient
internal import HTTPTypes
internal import Vault

extension EgressRequest {
  init(_ call: RESTCall, deadline: Duration, goesFirst: Bool) {
    let carriesToken = if case .bot = call.authorization { true } else { false }
    self.init(
      route: call.route, major: call.major, hiddenLimit: call.hiddenLimit, priority: call.priority,
      guild: call.guild, isGloballyLimited: call.isGloballyLimited, carriesToken: carriesToken,
      deadline: deadline, goesFirst: goesFirst)
  }
}

extension RESTCall {
  /// The call as it is counted at that instant: Discord has a limit of its own for edits of messages older than an hour
  /// (code 30046), and another bucket for deletes of those older than two weeks.
  func counted(at now: Timestamp) -> RESTCall {
    guard let age = message.map({ now - $0.createdAt }) else { return self }
    var call = self
    if method == .patch, age > .seconds(3_600) {
      call.hiddenLimit = .oldMessageEdit
    } else if method == .delete, age > .seconds(14 * 86_400) {
      call.route = RouteKey(method: route.method, template: route.template, variant: "old")
    }
    return call
  }
}

extension RouteKey {
  /// Whether the route is about one message of a channel.
  var isOfOneMessage: Bool {
    self == RouteKey(method: method, template: "/channels/{channel.id}/messages/{message.id}")
  }
}

extension RESTClient.Configuration {
  /// The HTTP request of a call.
  func request(_ call: RESTCall, token: Secret?, total: Duration) -> HTTPClient.Request {
    var url = base + call.path
    if !call.query.isEmpty { url += "?" + call.query }
    var request = HTTPClient.Request(url, method: call.method)
    request.fields.append("User-Agent", userAgent)
    if let value = call.authorization.field(bot: token) { request.fields.append("Authorization", value) }
    if let reason = call.reason { request.fields.append("X-Audit-Log-Reason", reason) }
    switch call.body {
    case .none: break
    case .json(let bytes):
      request.fields.append("Content-Type", "application/json")
      request.body = .bytes(bytes)
    case .urlEncoded(let text):
      request.fields.append("Content-Type", "application/x-www-form-urlencoded")
      request.body = .text(text)
    case .multipart(let form): request.body = .multipart(form)
    }
    request.timeouts = HTTPClient.Timeouts(
      connect: min(.seconds(10), total), firstByte: min(.seconds(30), total), total: total)
    request.responseLimit = responseLimit
    return request
  }
}

extension RESTCall.Authorization {
  /// The value of the `Authorization` field.
  fileprivate func field(bot: Secret?) -> String? {
    switch self {
    case .none: nil
    case .bot: bot.map { "Bot " + $0.text }
    case .bearer(let token): "Bearer " + token.secret.text
    case .basic(let token): "Basic " + token.secret.withBytes { Base64.encode($0) }
    }
  }
}

extension Secret {
  /// A copy for the one request that needs it.
  fileprivate var text: String {
    withBytes { bytes in
      String(unsafeUninitializedCapacity: bytes.count) { buffer in
        for index in bytes.indices { buffer[index] = bytes[index] }
        return bytes.count
      }
    }
  }
}
