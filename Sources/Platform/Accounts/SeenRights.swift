// What somebody might do in each place when a session of theirs was last there.

package import DiscordCore
package import PlatformAccess

/// Where somebody has rights on the dashboard.
package enum RightsPlace: Hashable, Sendable {
  case guild(GuildID)
  /// The operator's desk.
  case desk

  /// As it is stored.
  fileprivate var text: String {
    switch self {
    case .guild(let guild): "\(guild)"
    case .desk: "desk"
    }
  }
}

/// Roles by place, the latest last. Beyond `limit` places the earliest are forgotten, which costs a new cookie when
/// their owner comes back to them.
package struct SeenRights: Hashable, Sendable {
  /// How many places are kept.
  package static let limit = 64

  private var entries: [(place: String, role: AccessRole)] = []

  /// Nowhere so far.
  package init() {}

  /// What `text` wrote; what is none of ours is passed over.
  package init(text: String) {
    entries = text.split(separator: " ").compactMap { entry in
      let parts = entry.split(separator: "=", maxSplits: 1)
      guard parts.count == 2, let role = AccessRole(name: parts[1]) else { return nil }
      return (String(parts[0]), role)
    }
  }

  /// As it is stored.
  package var text: String { entries.map { "\($0.place)=\($0.role.name)" }.joined(separator: " ") }

  /// The role in a place; nil for none.
  package subscript(place: RightsPlace) -> AccessRole? {
    get { entries.first { $0.place == place.text }?.role }
    set {
      entries.removeAll { $0.place == place.text }
      guard let newValue else { return }
      entries.append((place.text, newValue))
      if entries.count > Self.limit { entries.removeFirst() }
    }
  }

  package static func == (left: Self, right: Self) -> Bool { left.text == right.text }
  package func hash(into hasher: inout Hasher) { hasher.combine(text) }
}
