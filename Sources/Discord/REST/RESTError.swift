// Why a call to Discord failed, in terms of what its caller can do.

package import DiscordCore
package import DiscordLimits

/// A call that did not succeed.
///
/// `description` is one sentence for people and safe to log: which call, what is wrong with which field, which
/// permission is probably missing, what to do. It has no content, no token and no id.
package struct RESTError: Error, Sendable, CustomStringConvertible {
  /// What happened.
  package struct Code: Hashable, Sendable, CustomStringConvertible {
    private let name: StaticString
    private init(_ name: StaticString) { self.name = name }
    package var description: String { "\(name)" }

    package static func == (left: Self, right: Self) -> Bool { left.description == right.description }
    package func hash(into hasher: inout Hasher) { hasher.combine(description) }

    /// Discord answered with an error of its own; `discordCode` and `status` say which.
    package static let refused = Code("Discord refused the call")
    /// Discord's limit was hit, or would be hit, and waiting was not worth it.
    package static let rateLimited = Code("the rate limit leaves no room")
    /// The deadline passed while the call waited for its turn; it was not sent.
    package static let waitedTooLong = Code("the call waited too long for its turn")
    /// The queue of calls is full, of the bot or of the guild; the call was not sent.
    package static let queueFull = Code("too many calls are waiting")
    /// Discord does not know the bot's token. Every call fails until a new one is set.
    package static let tokenRejected = Code("Discord does not accept the bot's token")
    /// So many calls from this address were refused that only containment goes on, to escape Discord's ban.
    package static let budgetSpent = Code("too many refused calls from this address")
    /// The webhook was deleted, or the interaction has run out.
    package static let webhookGone = Code("the webhook is gone")
    /// Discord, or the way to it, failed; also after repeating.
    package static let unavailable = Code("Discord cannot be reached or fails")
    /// An answer that is not what Discord documents.
    package static let unexpectedAnswer = Code("Discord's answer cannot be read")
    /// The call cannot be sent as it is.
    package static let invalidCall = Code("the call is not valid")
    /// The calling task was cancelled.
    package static let cancelled = Code("cancelled")
    /// The client was shut down.
    package static let closed = Code("the client was shut down")
  }

  /// What the caller can do about it.
  package enum Kind: Hashable, Sendable {
    /// Worth trying again after this long.
    case retry(after: Duration)
    /// The input was wrong: show the description to whoever gave it.
    case userMistake
    /// The bot lacks a permission, or stands too low.
    case missingPermission
    /// The person does not let the bot: closed direct messages, or a block.
    case unreachable
    /// What the call was about does not exist any more: forget it.
    case gone
    /// It is the case already, or done already: nothing is left to do.
    case alreadyDone
    /// Discord is down; later attempts may succeed, nobody knows when.
    case unavailable
    /// The operator has to act: token, intents, address.
    case operatorAction
    /// A mistake of ours.
    case bug
    /// Nobody waits for it any more.
    case cancelled
  }

  /// A field that Discord found wrong.
  package struct FieldError: Hashable, Sendable {
    /// As `embeds[0].title`; empty for the body as a whole.
    package let path: String
    /// Discord's name for the mistake, such as `BASE_TYPE_MAX_LENGTH`.
    package let code: String
    /// Discord's sentence. May quote what was sent: not for logs.
    package let message: String

    package init(path: String, code: String, message: String) {
      (self.path, self.code, self.message) = (path, code, message)
    }
  }

  /// What happened, and what can be done about it.
  package var code: Code
  package var kind: Kind
  /// The call's route.
  package var route: RouteKey
  /// Discord's HTTP status; nil when there was no answer.
  package var status: Int?
  /// The `code` of Discord's answer; nil when it had none.
  package var discordCode: DiscordErrorCode?
  /// What was wrong with which field.
  package var fieldErrors: [FieldError] = []
  /// The permissions the call needs, when the lack of one is the probable cause.
  package var missingPermissions: Permissions = []
  /// More words, safe to log.
  package var detail: String?

  package init(
    _ code: Code, kind: Kind, route: RouteKey, status: Int? = nil, discordCode: DiscordErrorCode? = nil,
    fieldErrors: [FieldError] = [], missingPermissions: Permissions = [], detail: String? = nil
  ) {
    (self.code, self.kind, self.route, self.status) = (code, kind, route, status)
    (self.discordCode, self.fieldErrors) = (discordCode, fieldErrors)
    (self.missingPermissions, self.detail) = (missingPermissions, detail)
  }

  /// Whether what the call was about does not exist any more.
  package var isGone: Bool { kind == .gone }

  /// How long to wait before another attempt is worth it; nil when none is.
  package var retryAfter: Duration? { if case .retry(let after) = kind { after } else { nil } }
}
