// Routes of https://discord.com/developers/docs/resources/invite, and the invites of a channel.

package import DiscordCore
import DiscordLimits
package import DiscordModels
import HTTPTypes
package import EventLoop
package import JSON

extension Endpoint where Response == Invite {
  /// An invite by its code. Many of these in a short time get the bot locked out of the route for a day.
  package static func getInvite(
    _ code: String, withCounts: Bool = false, event: GuildScheduledEventID? = nil
  ) -> Endpoint {
    Endpoint(.get, "/invites/{invite.code}", code)
      .query("with_counts", withCounts ? true : nil).query("guild_scheduled_event_id", event)
  }

  /// Ends an invite; of the bot's own channels or with the permission for the guild.
  package static func deleteInvite(_ code: String, reason: String? = nil) -> Endpoint {
    Endpoint(.delete, "/invites/{invite.code}", code)
      .needing(.manageChannels).because(reason).at(.moderation)
  }

  /// Makes an invite. With roles, whoever comes by it gets them; with `onlyFor`, only those users can use it.
  package static func createInvite(
    to channel: ChannelID, _ invite: InviteCreate = InviteCreate(), onlyFor users: [UserID] = [],
    reason: String? = nil
  ) -> Endpoint {
    let endpoint = Endpoint(.post, "/channels/{channel.id}/invites", channel)
      .needing(invite.roles.isEmpty ? .createInstantInvite : [.createInstantInvite, .manageRoles])
      .because(reason)
    guard !users.isEmpty else { return endpoint.json(invite) }
    return endpoint.form(invite.formFields, file: .targetUsers(users), named: "target_users_file")
  }
}

extension Endpoint where Response == [Invite] {
  /// Invites to one channel with how often they were used.
  package static func getChannelInvites(_ channel: ChannelID) -> Endpoint {
    Endpoint(.get, "/channels/{channel.id}/invites", channel).needing(.manageChannels)
  }
}

extension Endpoint where Response == Empty {
  /// Replaces whom an invite is for. Discord works through the list afterwards; see `getInviteTargetUsersStatus`.
  package static func updateInviteTargetUsers(_ users: [UserID], of code: String) -> Endpoint {
    Endpoint(.put, "/invites/{invite.code}/target-users", code)
      .form([], file: .targetUsers(users), named: "target_users_file").needing(.manageGuild)
  }
}

extension Endpoint where Response == InviteTargetUsersStatus {
  /// How far Discord is with the list of whom an invite is for.
  package static func getInviteTargetUsersStatus(of code: String) -> Endpoint {
    Endpoint(.get, "/invites/{invite.code}/target-users/job-status", code).needing(.manageGuild)
  }
}

// MARK: Bodies and answers

/// A new invite.
package struct InviteCreate: WireEncodable, Hashable {
  /// Seconds, 0 for ever, at most 5,184,000 (60 days); a day unless said.
  package var maxAge: Int?
  /// 0 is no limit, at most 100.
  package var maxUses: Int?
  /// Whether members leave when they disconnect, unless they got a role.
  package var isTemporary: Bool?
  /// Makes a new one even if there is one like it.
  package var isUnique: Bool?
  /// Whose stream to show.
  package var targetUser: UserID?
  /// Which activity to start.
  package var targetApplication: ApplicationID?
  /// What newcomers get.
  package var roles: [RoleID]

  package init(
    maxAge: Int? = nil, maxUses: Int? = nil, isTemporary: Bool? = nil, isUnique: Bool? = nil,
    roles: [RoleID] = []
  ) {
    (self.maxAge, self.maxUses, self.roles) = (maxAge, maxUses, roles)
    (self.isTemporary, self.isUnique) = (isTemporary, isUnique)
  }

  /// What is shown first to whoever comes.
  package var targetType: InviteTargetType? {
    targetUser != nil ? .stream : targetApplication != nil ? .embeddedApplication : nil
  }

  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.optional("max_age", maxAge)
      json.optional("max_uses", maxUses)
      json.optional("temporary", isTemporary)
      json.optional("unique", isUnique)
      json.optional("target_type", targetType)
      json.optional("target_user_id", targetUser)
      json.optional("target_application_id", targetApplication)
      if !roles.isEmpty { json.ids("role_ids", roles) }
    }
  }

  /// The same beside a file.
  var formFields: [(name: String, value: String)] {
    let fields: [(String, (any CustomStringConvertible)?)] = [
      ("max_age", maxAge), ("max_uses", maxUses), ("temporary", isTemporary), ("unique", isUnique),
      ("target_type", targetType?.rawValue), ("target_user_id", targetUser),
      ("target_application_id", targetApplication),
      ("role_ids", roles.isEmpty ? nil : roles.map(\.description).joined(separator: ",")),
    ]
    return fields.compactMap { name, value in value.map { (name, $0.description) } }
  }
}

extension OutgoingFile {
  /// Whom an invite is for, as Discord wants it: a file with one column.
  static func targetUsers(_ users: [UserID]) -> OutgoingFile {
    let lines = ["user_id"] + users.map(\.description)
    return OutgoingFile(
      "target_users.csv", Array((lines.joined(separator: "\n") + "\n").utf8), contentType: "text/csv")
  }
}

/// How far Discord is with a list of users of an invite.
package struct InviteTargetUsersStatus: WireDecodable, Hashable {
  /// 0 not known, 1 waiting, 2 done, 3 failed.
  package let status: Int
  package let total: Int
  package let processed: Int
  package let completedAt: Timestamp?
  package let error: String?

  package init(from json: JSONView) throws(JSONError) {
    status = json["status"]?.int ?? 0
    total = json["total_users"]?.int ?? 0
    processed = json["processed_users"]?.int ?? 0
    completedAt = json["completed_at"]?.timestamp
    error = json["error_message"]?.string
  }
}
