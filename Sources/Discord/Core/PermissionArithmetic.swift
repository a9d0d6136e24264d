// Which permissions a member has: the rules of roles, overwrites, timeouts and threads, as pure functions.

/// A permission overwrite of a channel (https://discord.com/developers/docs/resources/channel#overwrite-object).
package struct PermissionOverwrite: Hashable, Sendable {
  /// Whom it is about.
  package enum Target: Hashable, Sendable {
    case role(RoleID)
    case member(UserID)
  }

  /// Whom it is about, what it allows, and what it denies; an allow wins over a deny of the same overwrite.
  package var target: Target
  package var allow: Permissions
  package var deny: Permissions

  package init(_ target: Target, allow: Permissions = [], deny: Permissions = []) {
    (self.target, self.allow, self.deny) = (target, allow, deny)
  }
}

/// Where the permissions are to be used: channels leave out what cannot be done in them.
package enum PermissionScene: Hashable, Sendable, CaseIterable {
  /// A text, announcement, forum or media channel, or a category.
  case text
  /// A thread: its parent's overwrites count, and `SEND_MESSAGES_IN_THREADS` decides over sending.
  case thread
  /// A voice or stage channel: without `CONNECT` nothing can be done in it.
  case voice
}

/// What one needs to know of a member to compute permissions.
package struct PermissionSubject: Hashable, Sendable {
  package var user: UserID
  package var isOwner: Bool
  /// The roles besides @everyone, which is always counted.
  package var roles: [RoleID]
  /// Whether `communication_disabled_until` lies in the future.
  package var isTimedOut: Bool

  package init(user: UserID, isOwner: Bool = false, roles: [RoleID] = [], isTimedOut: Bool = false) {
    (self.user, self.isOwner, self.roles, self.isTimedOut) = (user, isOwner, roles, isTimedOut)
  }
}

extension Permissions {
  /// What a member who is timed out keeps (https://discord.com/developers/docs/topics/permissions).
  package static let duringTimeout: Permissions = [.viewChannel, .readMessageHistory]

  /// What is lost in a channel together with `SEND_MESSAGES`.
  package static let needingSendMessages: Permissions = [
    .mentionEveryone, .sendTTSMessages, .attachFiles, .embedLinks,
  ]

  /// What has a meaning in voice and stage channels only.
  package static let voiceOnly: Permissions = [
    .prioritySpeaker, .stream, .connect, .speak, .muteMembers, .deafenMembers, .moveMembers, .useVAD,
    .useEmbeddedActivities, .useSoundboard, .useExternalSounds, .setVoiceChannelStatus,
  ]

  /// What is decided for the guild as a whole: overwrites of a channel do not take it away with the channel.
  package static let guildWide: Permissions = [
    .kickMembers, .banMembers, .administrator, .manageGuild, .viewAuditLog, .viewGuildInsights,
    .changeNickname, .manageNicknames, .manageGuildExpressions, .createGuildExpressions,
    .viewCreatorMonetizationAnalytics, .moderateMembers, .createEvents, .manageEvents,
  ]

  /// The permissions a member has in the guild, outside of any channel
  /// (https://discord.com/developers/docs/topics/permissions#permission-hierarchy).
  ///
  /// `permissionsOf` says what a role grants; a role that is not known (nil) grants nothing.
  package static func ofMember(
    _ subject: PermissionSubject, in guild: GuildID, permissionsOf: (RoleID) -> Permissions?
  ) -> Permissions {
    let granted = granted(subject, in: guild, permissionsOf: permissionsOf)
    let isLimited = subject.isTimedOut && !granted.contains(.administrator)
    return isLimited ? granted.intersection(.duringTimeout) : granted
  }

  /// The permissions a member has in a channel; for a thread, give the overwrites of its parent.
  ///
  /// The order of Discord's documentation: owner and administrators have all; then @everyone's overwrite, those of the
  /// roles together (an allow wins over another role's deny), the member's own; then what a missing permission takes
  /// along; then the timeout.
  package static func ofMember(
    _ subject: PermissionSubject, in guild: GuildID, overwrites: some Sequence<PermissionOverwrite>,
    scene: PermissionScene, permissionsOf: (RoleID) -> Permissions?
  ) -> Permissions {
    let base = granted(subject, in: guild, permissionsOf: permissionsOf)
    if base.contains(.administrator) { return base.afterImplicitDenials(in: scene) }
    var everyone = PermissionOverwrite(.role(guild.everyoneRole))
    var roles = PermissionOverwrite(.role(guild.everyoneRole))
    var member = PermissionOverwrite(.member(subject.user))
    for overwrite in overwrites {
      switch overwrite.target {
      case .role(guild.everyoneRole): everyone = overwrite
      case .role(let role) where subject.roles.contains(role):
        roles.allow.formUnion(overwrite.allow)
        roles.deny.formUnion(overwrite.deny)
      case .member(subject.user): member = overwrite
      default: continue
      }
    }
    var result = base
    for overwrite in [everyone, roles, member] {
      result.subtract(overwrite.deny)
      result.formUnion(overwrite.allow)
    }
    result = result.afterImplicitDenials(in: scene)
    return subject.isTimedOut ? result.intersection(.duringTimeout) : result
  }

  /// Owner and administrators have every permission; others the union of their roles'.
  private static func granted(
    _ subject: PermissionSubject, in guild: GuildID, permissionsOf: (RoleID) -> Permissions?
  ) -> Permissions {
    if subject.isOwner { return .all }
    var granted = permissionsOf(guild.everyoneRole) ?? []
    for role in subject.roles { granted.formUnion(permissionsOf(role) ?? []) }
    return granted.contains(.administrator) ? .all.union(granted) : granted
  }

  /// What is left when the permissions that a missing one takes along are gone
  /// (https://discord.com/developers/docs/topics/permissions#implicit-permissions).
  package func afterImplicitDenials(in scene: PermissionScene) -> Permissions {
    guard contains(.viewChannel) else { return intersection(.guildWide) }
    var result = self
    let sending: Permissions = scene == .thread ? .sendMessagesInThreads : .sendMessages
    if !contains(sending) { result.subtract(.needingSendMessages) }
    switch scene {
    case .text:
      result.subtract(.voiceOnly)
    case .thread:
      break
    case .voice:
      if !contains(.connect) { result.subtract(Self.voiceOnly.union([.manageChannels, .manageRoles])) }
    }
    return result
  }
}
