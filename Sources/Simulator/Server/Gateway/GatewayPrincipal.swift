// Who a session belongs to, and what the application behind it may hear.

internal import DiscordCore
internal import JSON

/// Who a session belongs to: a bot of an application, or a person.
struct GatewayPrincipal: Sendable, Hashable {
  var user: UserID
  /// Nil for a person.
  var application: ApplicationID?

  var isBot: Bool { application != nil }
}

/// What was found for op 8.
struct GatewayMembers: Sendable {
  var members: [JSONValue] = []
  /// In the order of `members`; empty when none were asked for.
  var presences: [JSONValue] = []
  var notFound: [UserID] = []
}
