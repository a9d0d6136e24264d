// What plugins ask of whoever gives roles: to give one for a while.

package import DiscordCore
package import EventLoop

/// Gives roles that go by themselves.
package protocol TemporaryRoleGiving: Sendable {
  /// Gives a role until an instant; given again, the later end counts. Survives restarts; ends early when somebody takes
  /// the role away.
  ///
  /// - Returns: why it cannot be given; nil when it was.
  /// - Throws: `RESTError`, what the store throws.
  func give(_ role: RoleID, to user: UserID, until end: Timestamp, because reason: String) async throws
    -> Refusal?
  /// Takes a role back before its time. Returns whether it was a temporary one.
  func end(_ role: RoleID, of user: UserID, because reason: String) async throws -> Bool
}

extension Capability<any TemporaryRoleGiving> {
  /// Provided by roles.
  package static let temporaryRoles = Capability<any TemporaryRoleGiving>("temporaryRoles")
}
