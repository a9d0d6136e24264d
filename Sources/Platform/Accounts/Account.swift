// Somebody who signed in at least once: what Discord said of them, and what they prefer.

package import DiscordCore
package import DiscordModels
package import DiscordREST
package import EventLoop
package import Vault

/// What Discord says of somebody who signs in.
package struct AccountProfile: Hashable, Sendable {
  package var user: UserID
  package var username: String
  /// Discord's `global_name`; nil when they chose none.
  package var displayName: String?
  /// The hash of their avatar; nil for Discord's default.
  package var avatar: String?

  package init(user: UserID, username: String, displayName: String? = nil, avatar: String? = nil) {
    (self.user, self.username) = (user, username)
    (self.displayName, self.avatar) = (displayName, avatar)
  }

  /// What Discord answers with the scope `identify`.
  package init(_ current: CurrentUser) {
    self.init(
      user: current.user.id, username: current.user.username, displayName: current.user.globalName,
      avatar: current.user.avatar)
  }
}

/// What lets us ask Discord in somebody's name.
package struct AccountTokens: Sendable {
  package var access: Secret
  /// Nil when Discord gave none; the person signs in anew then.
  package var refresh: Secret?
  /// When `access` ends.
  package var expiresAt: Timestamp
  /// What was granted, which may be less than was asked for.
  package var scopes: [String]

  package init(access: Secret, refresh: Secret?, expiresAt: Timestamp, scopes: [String]) {
    (self.access, self.refresh) = (access, refresh)
    (self.expiresAt, self.scopes) = (expiresAt, scopes)
  }

  /// What Discord gave at that instant.
  package init(_ token: OAuth2Token, at now: Timestamp) {
    self.init(
      access: token.accessToken, refresh: token.refreshToken, expiresAt: now + token.expiresIn,
      scopes: token.scopes.map(\.rawValue))
  }
}

/// How somebody wants the dashboard to be.
package struct AccountPreferences: Hashable, Sendable {
  /// Which colours.
  package enum Theme: String, Hashable, Sendable, CaseIterable {
    /// As the browser says.
    case auto
    case light, dark
  }

  /// BCP 47, at most 64 bytes; nil to go by the browser.
  package var language: String?
  package var theme: Theme
  /// An IANA name, at most 64 bytes; nil to go by the browser.
  package var timeZone: String?
  package var isSidebarHidden: Bool

  package init(
    language: String? = nil, theme: Theme = .auto, timeZone: String? = nil, isSidebarHidden: Bool = false
  ) {
    (self.language, self.theme) = (language, theme)
    (self.timeZone, self.isSidebarHidden) = (timeZone, isSidebarHidden)
  }
}

/// Somebody's account.
package struct Account: Hashable, Sendable {
  package let profile: AccountProfile
  /// The first sign-in, and the last.
  package let firstSignInAt: Timestamp
  package let lastSignInAt: Timestamp
  package let preferences: AccountPreferences
  /// When they last took note that the legal pages changed; nil when they never did.
  package var policiesSeenAt: Timestamp?

  /// Who it is.
  package var user: UserID { profile.user }
  /// What to call them.
  package var name: String { profile.displayName ?? profile.username }
}
