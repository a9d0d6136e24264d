// Who may do what in a server: grants to people and roles, and what comes from Discord's permissions.

import DiscordBot
import DiscordCore
import HTML
import HTTPServer
import HTTPTypes
import PlatformAccess
import PlatformAudit
import PlatformConfiguration
import PlatformDispatch
import PlatformPlugins
import PlatformTenancy
import Resources
import Storage

/// The access page, and what owners change there.
enum AccessPages {
  static func addRoutes(to routes: inout DashboardRoutes) {
    routes.guild(.viewer, .get, "/access", name: "guild.access") { visit in
      try await AccessPage(visit).show()
    }
    routes.guild(.owner, .post, "/access/grant", name: "guild.access.grant") { visit in
      try await give(visit)
    }
    routes.guild(.owner, .post, "/access/revoke", name: "guild.access.revoke") { visit in
      try await take(visit)
    }
  }

  private static func page(_ visit: GuildVisit) -> SafeURL { .guild(visit.guild, "access") }

  // MARK: Giving

  private static func give(_ visit: GuildVisit) async throws -> HTTPResponse {
    guard let access = visit.visit.field("access").flatMap({ AccessRole(name: $0) }) else {
      return try visit.visit.refused("access.noRole", next: page(visit))
    }
    let subject: AccessGrant.Subject
    switch AccessSearch(visit).subject {
    case .found(let found): subject = found
    case .nothing: return try visit.visit.refused("access.noSubject", next: page(visit))
    case .several(let people):
      return try await AccessPage(visit).show(choosing: people, access)
    }
    if case .role(let role) = subject {
      // Everyone's role would open the dashboard to whoever joins; a bot's own role belongs to no person.
      guard role.rawValue != visit.guild.rawValue, let known = visit.bot.role(role), !known.isManaged else {
        return try visit.visit.refused("access.badRole", next: page(visit))
      }
    }
    if let refusal = try await lockout(visit, changing: subject, to: access) { return refusal }
    switch try await AccessDesk(visit.store).give(AccessGrant(subject, access), by: visit.origin) {
    case .tooMany:
      return try visit.visit.refused(
        "access.tooMany", ["limit": "\(AccessStore.limit)"], next: page(visit))
    case .given:
      return try visit.visit.done(
        "access.given.\(access.name)", ["subject": name(of: subject, visit)], next: page(visit))
    }
  }

  // MARK: Taking

  private static func take(_ visit: GuildVisit) async throws -> HTTPResponse {
    guard let subject = visit.visit.field("subject").flatMap({ AccessGrant.Subject(name: $0) }) else {
      throw HTTPProblem.badRequest(visit.strings["flash.access.noSubject"])
    }
    if let refusal = try await lockout(visit, changing: subject, to: nil) { return refusal }
    guard try await AccessDesk(visit.store).take(subject, by: visit.origin) != nil else {
      return try visit.visit.refused(
        "access.noGrant", ["subject": name(of: subject, visit)], next: page(visit))
    }
    return try visit.visit.done(
      "access.taken", ["subject": name(of: subject, visit)], next: page(visit))
  }

  /// Whoever would lose the role of an owner by their own change has to say that they mean it.
  ///
  /// - Returns: the refusal; nil when nothing is lost, or it was said.
  private static func lockout(
    _ visit: GuildVisit, changing subject: AccessGrant.Subject, to access: AccessRole?
  ) async throws -> HTTPResponse? {
    guard visit.visit.field("sure") == nil, let info = visit.bot.info,
      let member = try await visit.bot.member(visit.user)
    else { return nil }
    let before = try await AccessStore(visit.store).grants()
    var after = before.filter { $0.subject != subject }
    if let access { after.append(AccessGrant(subject, access)) }
    let person = AccessSubject(
      user: visit.user, roles: member.roles, isGuildOwner: info.owner == visit.user,
      permissions: visit.bot.permissions(of: visit.user, roles: member.roles) ?? [])
    guard AccessRole.of(person, grants: before) == .owner, AccessRole.of(person, grants: after) != .owner
    else { return nil }
    if visit.wantsJSON { return try visit.visit.refused("access.lockout", next: page(visit)) }
    return try await AccessPage(visit).show(confirming: (subject, access))
  }

  /// What a person or role is called.
  static func name(of subject: AccessGrant.Subject, _ visit: GuildVisit) -> String {
    switch subject {
    case .user(let user): visit.visit.name(of: user, in: visit.guild)
    case .role(let role): visit.bot.role(role)?.name ?? "\(role)"
    }
  }
}

/// Finds whom a form means: a role, a person by id or mention, or by name among the members that the bot has seen.
struct AccessSearch {
  /// What was found.
  enum Outcome {
    case found(AccessGrant.Subject)
    case nothing
    /// Members with names like it.
    case several([CachedMember])
  }

  /// People offered when a name is not clear.
  private static let offered = 12
  private let visit: GuildVisit

  init(_ visit: GuildVisit) { self.visit = visit }

  var subject: Outcome {
    if let text = visit.visit.field("subject"), let subject = AccessGrant.Subject(name: text) {
      return .found(subject)
    }
    if let text = visit.visit.field("role"), let role = RoleID(text) { return .found(.role(role)) }
    guard let text = visit.visit.field("person") else { return .nothing }
    if let user = UserID(text.filter { !"<@!>".contains($0) }), user.rawValue > 0 {
      return .found(.user(user))
    }
    let wanted = (text.hasPrefix("@") ? String(text.dropFirst()) : text).lowercased()
    let people = visit.bot.seenMembers.filter { !$0.isBot }
    let exact = people.filter { $0.names.contains { $0.lowercased() == wanted } }
    if exact.count == 1 { return .found(.user(exact[0].user)) }
    let near =
      exact.isEmpty ? people.filter { $0.names.contains { $0.lowercased().contains(wanted) } } : exact
    if near.isEmpty { return .nothing }
    return .several(Array(near.sorted { $0.user < $1.user }.prefix(Self.offered)))
  }
}

extension CachedMember {
  /// All that people may know them by.
  fileprivate var names: [String] { [nick, globalName, userName].compactMap(\.self) }
}
