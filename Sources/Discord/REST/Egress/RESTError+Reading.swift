// From refusals, answers and lost connections to errors.

internal import DiscordCore
internal import DiscordLimits
internal import HTTPClient
internal import HTTPTypes

extension RESTError {
  /// The error an answer stands for; nil for a success.
  init?(_ response: HTTPClient.Response, _ body: ErrorBody?, _ answer: EgressAnswer, to call: RESTCall) {
    let status = response.status.code
    let isNotReady = status == 202 && body?.code == .indexNotReady
    guard !(200..<300).contains(status) || isNotReady else { return nil }
    self.init(
      .refused, kind: .bug, route: call.route, status: status, discordCode: body?.code,
      fieldErrors: body?.fields ?? [])
    if status == 429 {
      code = .rateLimited
    } else if status >= 500 {
      code = .unavailable
      detail = "status \(status)"
    } else if status == 401, case .bot = call.authorization {
      code = .tokenRejected
    }
    let wait = answer.limitRefusal?.retryAfter ?? body?.retryAfter
    kind = Self.kind(status: status, body?.code, retryAfter: wait, isBotCall: code == .tokenRejected)
    if kind == .missingPermission { missingPermissions = call.permissions }
  }

  /// What a caller can do, by Discord's code where it says more than the status.
  private static func kind(
    status: Int, _ code: DiscordErrorCode?, retryAfter: Duration?, isBotCall: Bool
  ) -> Kind {
    switch code {
    case .missingAccess, .missingPermissions, .unauthorized, .verificationTooHigh, .notAuthor, .invalidRole:
      if status != 401 { return .missingPermission }
    case .cannotMessageUser, .cannotMessageUserNow, .reactionBlocked: return .unreachable
    case .messageBlockedByAutoModeration, .titleBlockedByAutoModeration, .messageBlockedByHarmfulLinks,
      .explicitContent, .disallowedWords:
      return .userMistake
    case .alreadyAcknowledged, .alreadyCrossposted, .threadExists: return .alreadyDone
    case .cloudflareBlocked, .twoFactorRequired, .verifyAccount: return .operatorAction
    case .invalidWebhookToken: return .gone
    case .indexNotReady: return .retry(after: retryAfter ?? .seconds(5))
    case .slowmode, .channelWriteLimit, .guildWriteLimit, .announcementRateLimit, .oldMessageEdits:
      return .retry(after: retryAfter ?? .seconds(60))
    case .resourceOverloaded, .temporarilyDisabled: return .unavailable
    case .invalidJSON: return .bug
    default: break
    }
    return switch status {
    case 401: isBotCall ? .operatorAction : .gone
    case 403: .missingPermission
    case 404, 410: .gone
    case 400, 409, 413, 422: .userMistake
    case 429: .retry(after: retryAfter ?? .seconds(1))
    case 500...: .unavailable
    default: .bug
    }
  }

  /// The error of a call that was not allowed to leave.
  init(_ refusal: EgressRefusal, of call: RESTCall) {
    let route = call.route
    switch refusal {
    case .waitedTooLong: self.init(.waitedTooLong, kind: .retry(after: .seconds(5)), route: route)
    case .noRoom(let after):
      self.init(.rateLimited, kind: .retry(after: after), route: route, detail: call.hiddenLimit?.sentence)
    case .queueFull: self.init(.queueFull, kind: .retry(after: .seconds(30)), route: route)
    case .displaced:
      self.init(
        .queueFull, kind: .retry(after: .seconds(30)), route: route,
        detail: "it was the oldest of those that matter least")
    case .tokenRejected: self.init(.tokenRejected, kind: .operatorAction, route: route)
    case .budgetSpent(let after): self.init(.budgetSpent, kind: .retry(after: after), route: route)
    case .webhookGone: self.init(.webhookGone, kind: .gone, route: route)
    }
  }

  /// The error of a call that got no answer.
  init(_ error: HTTPError, of call: RESTCall) {
    switch error.code {
    case .cancelled: self.init(.cancelled, kind: .cancelled, route: call.route)
    case .closed: self.init(.closed, kind: .cancelled, route: call.route)
    case .invalidRequest, .bodyFailed:
      self.init(.invalidCall, kind: .bug, route: call.route, detail: error.description)
    case .tooLarge, .protocolViolation:
      self.init(.unexpectedAnswer, kind: .unavailable, route: call.route, detail: error.description)
    default: self.init(.unavailable, kind: .unavailable, route: call.route, detail: error.description)
    }
  }
}

extension HiddenLimit {
  /// The limit in words.
  fileprivate var sentence: String? {
    switch self {
    case .channelRename: "Discord lets a channel's name or topic be changed twice in ten minutes"
    case .crosspost: "Discord lets a channel publish ten messages an hour"
    case .roleCreate: "Discord lets a server make 250 roles in two days"
    default: nil
    }
  }
}

extension HTTPError {
  /// Whether the request surely never left.
  var isBeforeSending: Bool {
    [.resolve, .connect, .tls, .connectTimeout, .refusedAddress, .invalidRequest, .overloaded, .closed]
      .contains(code)
  }
}
