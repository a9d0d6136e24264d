// Which roles somebody shall have and shall not have.

import DiscordCore

/// A wish about roles: for each that it names, whether it shall be there. A later wish about a role replaces an earlier.
struct RoleChange: Hashable, Sendable {
  private(set) var wanted: [RoleID: Bool] = [:]

  init() {}

  init(give: some Sequence<RoleID> = [], take: some Sequence<RoleID> = []) {
    for role in take { wanted[role] = false }
    for role in give { wanted[role] = true }
  }

  init(wanted: [RoleID: Bool]) { self.wanted = wanted }

  var isEmpty: Bool { wanted.isEmpty }
  /// In the order of their ids.
  var given: [RoleID] { wanted.filter(\.value).keys.sorted() }
  var taken: [RoleID] { wanted.filter { !$0.value }.keys.sorted() }

  /// This wish, replaced by a later one where that says something.
  func then(_ later: RoleChange) -> RoleChange {
    RoleChange(wanted: wanted.merging(later.wanted) { _, later in later })
  }

  /// The roles of whoever has `roles` once the wish is fulfilled.
  func applied(to roles: some Sequence<RoleID>) -> Set<RoleID> {
    var result = Set(roles)
    for (role, isWanted) in wanted {
      if isWanted { result.insert(role) } else { result.remove(role) }
    }
    return result
  }

  /// What of the wish is left to do for whoever has `roles`.
  func missing(from roles: some Sequence<RoleID>) -> RoleChange {
    let roles = Set(roles)
    return RoleChange(wanted: wanted.filter { roles.contains($0.key) != $0.value })
  }
}
