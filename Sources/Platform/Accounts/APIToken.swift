// A personal token for the JSON API.

package import DiscordCore
package import EventLoop
package import PlatformAccess
package import Storage

/// A token as its owner and the guild's see it. Its text is shown once, and stored nowhere.
package struct APIToken: Hashable, Sendable {
  /// Public: it tells tokens apart, and opens nothing.
  package let id: String
  /// Whose it is, and the one guild that it opens.
  package let user: UserID
  package let guild: Tenant
  /// What its owner calls it.
  package let name: String
  /// What it may do at most; what its owner may do by now is asked anew at every use.
  package let access: AccessRole
  package let createdAt: Timestamp
  /// Nil for one that does not end by itself.
  package let expiresAt: Timestamp?
  /// Up to five minutes before it was really used last; nil when it never was.
  package var lastUsedAt: Timestamp?

  /// Whether it still opens anything.
  package func isValid(at now: Timestamp) -> Bool { expiresAt.map { now < $0 } ?? true }
}

/// Why a token was not made.
package enum APITokenRefusal: Error, Hashable, Sendable {
  /// The person has as many as they may; they have to revoke one.
  case tooMany
  /// The name is empty, has more than 64 characters, or more than one line.
  case badName
  /// It would have ended already.
  case expired
}
