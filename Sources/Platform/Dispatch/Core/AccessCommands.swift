// Who may do what on the dashboard and with the core's commands.

import PlatformAudit
import EventLoop
import DiscordCore
import DiscordModels
import JSON
import PlatformAccess
import PlatformCommands
import PlatformConfiguration
import PlatformPlugins

/// `access list`, `access grant`, `access revoke`.
enum AccessCommands {
  /// What can be granted; owners are Discord's, or granted by the command line.
  enum Role: String, CaseIterable, Sendable { case viewer, manager, owner }

  static let level = CommandParameter<Role>.choice("level")
  static let user = CommandParameter<UserID>.user("user").optional
  static let role = CommandParameter<RoleID>.role("role").optional
  static let list = CommandDeclaration("access list", permission: .manageGuild, isEphemeral: true)
  static let grant = CommandDeclaration(
    "access grant", permission: .manageGuild, isEphemeral: true,
    options: [level.description, user.description, role.description])
  static let revoke = CommandDeclaration(
    "access revoke", permission: .manageGuild, isEphemeral: true,
    options: [user.description, role.description])

  @Sendable static func show(_ call: CommandCall<CorePlugin>) async throws {
    try await call.require(.manager)
    let grants = try await AccessStore(call.context.store).grants()
    guard !grants.isEmpty else { return _ = try await call.reply("core.access.none") }
    let lines = grants.prefix(60).map { grant in
      switch grant.subject {
      case .user(let user): "<@\(user)> \(grant.access.name)"
      case .role(let role): "<@&\(role)> \(grant.access.name)"
      }
    }
    try await call.reply(MessageCreate(String(lines.joined(separator: "\n").prefix(1_900))).ephemeral())
  }

  @Sendable static func give(_ call: CommandCall<CorePlugin>) async throws {
    try await call.require(.owner)
    let subject = try subject(of: call)
    guard let access = AccessRole(name: call[level].rawValue) else { throw Refusal("core.refused.noSubject") }
    let outcome = try await AccessDesk(call.context.store).give(
      AccessGrant(subject, access), by: origin(of: call))
    guard outcome != .tooMany else {
      throw Refusal("core.refused.tooManyGrants", ["limit": "\(AccessStore.limit)"])
    }
    try await call.reply("core.access.granted", ["subject": mention(subject), "level": access.name])
  }

  @Sendable static func take(_ call: CommandCall<CorePlugin>) async throws {
    try await call.require(.owner)
    let subject = try subject(of: call)
    guard try await AccessDesk(call.context.store).take(subject, by: origin(of: call)) != nil else {
      throw Refusal("core.refused.noGrant")
    }
    try await call.reply("core.access.revoked", ["subject": mention(subject)])
  }

  private static func subject(of call: CommandCall<CorePlugin>) throws -> AccessGrant.Subject {
    switch (call[user], call[role]) {
    case (let user?, nil): .user(user)
    case (nil, let role?): .role(role)
    default: throw Refusal("core.refused.oneSubject")
    }
  }

  private static func mention(_ subject: AccessGrant.Subject) -> String {
    switch subject {
    case .user(let user): "<@\(user)>"
    case .role(let role): "<@&\(role)>"
    }
  }

  private static func origin(of call: CommandCall<CorePlugin>) -> ChangeOrigin {
    ChangeOrigin(.user(call.person.user), at: call.context.core.host.time.now)
  }
}
