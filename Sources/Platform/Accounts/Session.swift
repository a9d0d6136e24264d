// A browser that is signed in.

package import DiscordCore
package import EventLoop
import Vault

/// A session as its owner sees it in the list of their sessions.
package struct SessionEntry: Hashable, Sendable {
  /// Public: it tells sessions apart, and opens nothing.
  package let id: String
  package let user: UserID
  /// When the person signed in; a rotation does not change it.
  package let createdAt: Timestamp
  /// Up to five minutes before it was really used last.
  package var lastSeenAt: Timestamp
  /// From where it was begun; nil when that is not known.
  package let address: String?
  /// The browser and system it was begun with, as `Firefox · Linux`; empty when they are not known.
  package let agent: String
}

/// A session whose cookie was presented.
package struct Session: Sendable {
  /// What the list shows.
  package let entry: SessionEntry
  /// What every form of this session carries.
  package let csrfToken: String
  let rights: SeenRights
  let parts: SessionTokens.Parts
  /// The id of the session that took its place when its owner's rights changed.
  let successor: String?

  /// Public: it tells sessions apart, and opens nothing.
  package var id: String { entry.id }
  /// Who is signed in.
  package var user: UserID { entry.user }

  /// Whether a form came from a page of this session, in time that does not depend on it.
  package func accepts(csrf token: String) -> Bool { ConstantTime.equal(csrfToken, token) }
}

extension Session: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { "session \(id)" }
  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: ["entry": entry]) }
}
