// Access given and taken, on record: the same for commands, the command line and the dashboard.

import DiscordCore
import EventLoop
import JSON
package import PlatformAccess
import PlatformAudit
package import PlatformConfiguration
package import Storage

/// Changes the grants of a guild, and writes into its audit log who did it. Calls throw what `Store` throws.
package struct AccessDesk: Sendable {
  /// What came of giving access.
  package enum Outcome: Hashable, Sendable {
    /// With what the person or role had been given before; nil for nothing.
    case given(before: AccessRole?)
    /// There are as many grants as there may be.
    case tooMany
  }

  private let store: GuildStore
  private let access: AccessStore

  package init(_ store: GuildStore) { (self.store, access) = (store, AccessStore(store)) }

  /// Gives access, or changes what was given.
  package func give(_ grant: AccessGrant, by origin: ChangeOrigin) async throws -> Outcome {
    let before = try await access.grants().first { $0.subject == grant.subject }?.access
    guard before != grant.access else { return .given(before: before) }
    // 0 stands for nobody: an operator is no user of Discord.
    var actor = UserID(0)
    if case .user(let user) = origin.actor { actor = user }
    guard try await access.grant(grant, by: actor, at: origin.at) else { return .tooMany }
    try await record(
      "grant", grant.subject, by: origin, before: before.map { .string($0.name) } ?? .null,
      after: .string(grant.access.name))
    return .given(before: before)
  }

  /// Takes away what was given.
  ///
  /// - Returns: what it was; nil when nothing was given.
  package func take(_ subject: AccessGrant.Subject, by origin: ChangeOrigin) async throws -> AccessRole? {
    guard let before = try await access.grants().first(where: { $0.subject == subject })?.access,
      try await access.revoke(subject)
    else { return nil }
    try await record("revoke", subject, by: origin, before: .string(before.name))
    return before
  }

  private func record(
    _ verb: String, _ subject: AccessGrant.Subject, by origin: ChangeOrigin, before: JSONValue,
    after: JSONValue = .null
  ) async throws {
    try await AuditLog(store).append(
      AuditEntry(
        at: origin.at, actor: origin.actor, action: "\(CorePlugin.id).access.\(verb)", target: subject.name,
        address: origin.address, before: before, after: after))
  }
}

extension AccessGrant.Subject {
  /// `user:<id>` or `role:<id>`: in audit entries, documents and forms.
  package var name: String {
    switch self {
    case .user(let user): "user:\(user)"
    case .role(let role): "role:\(role)"
    }
  }

  /// Reads what `name` writes; nil for anything else.
  package init?(name: some StringProtocol) {
    let parts = name.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2 else { return nil }
    switch parts[0] {
    case "user":
      guard let user = UserID(String(parts[1])) else { return nil }
      self = .user(user)
    case "role":
      guard let role = RoleID(String(parts[1])) else { return nil }
      self = .role(role)
    default: return nil
    }
  }
}
