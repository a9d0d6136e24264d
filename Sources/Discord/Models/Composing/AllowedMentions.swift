// Who is notified by a message: nobody, unless asked for.

package import DiscordCore
package import JSON

/// Which mentions of a message notify (https://discord.com/developers/docs/resources/message#allowed-mentions-object).
///
/// Always written, so that a message without it cannot notify by accident.
package struct AllowedMentions: Hashable, Sendable {
  /// Whether `@everyone` and `@here` notify; Discord asks for the permission too.
  package var everyone: Bool
  package var users: Subjects<UserID>
  package var roles: Subjects<RoleID>
  /// Whether the author of the message that is replied to is notified.
  package var repliedUser: Bool

  /// Which of those that are mentioned.
  package enum Subjects<ID: Hashable & Sendable>: Hashable, Sendable {
    case all
    /// At most 100; `[]` is nobody.
    case only([ID])
  }

  package init(
    everyone: Bool = false, users: Subjects<UserID> = .only([]), roles: Subjects<RoleID> = .only([]),
    repliedUser: Bool = false
  ) {
    (self.everyone, self.users, self.roles, self.repliedUser) = (everyone, users, roles, repliedUser)
  }

  /// Nobody.
  package static let none = AllowedMentions()
  /// The author of the message that is replied to.
  package static let reply = AllowedMentions(repliedUser: true)
  /// Every user that is mentioned, and nobody else.
  package static let users = AllowedMentions(users: .all)
  /// These users, if they are mentioned.
  package static func only(_ users: UserID...) -> AllowedMentions { AllowedMentions(users: .only(users)) }
  /// These roles, if they are mentioned.
  package static func only(roles: RoleID...) -> AllowedMentions { AllowedMentions(roles: .only(roles)) }
}

extension AllowedMentions: Validatable {
  package func validate() throws(CompositionError) {
    if case .only(let ids) = users {
      try Check.count(ids.count, "users", 0...100)
      try Check.distinct(ids, "users")
    }
    if case .only(let ids) = roles {
      try Check.count(ids.count, "roles", 0...100)
      try Check.distinct(ids, "roles")
    }
  }
}

extension AllowedMentions: WireEncodable {
  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.array("parse") { json in
        if everyone { json.string("everyone") }
        if users == .all { json.string("users") }
        if roles == .all { json.string("roles") }
      }
      if case .only(let ids) = users, !ids.isEmpty {
        json.array("users") { json in for id in ids { json.id(id) } }
      }
      if case .only(let ids) = roles, !ids.isEmpty {
        json.array("roles") { json in for id in ids { json.id(id) } }
      }
      if repliedUser { json.field("replied_user", true) }
    }
  }
}
