// What a plugin is told when Discord, or a rule of the house, says no.

import DiscordCore
import DiscordREST
import PlatformPlugins
import SandboxContract

/// What does not exist, or belongs to another server: a plugin cannot tell the two apart.
enum UnknownThing: String {
  case channel = "Channel"
  case member = "Member"
  case role = "Role"
  case webhook = "Webhook"
}

extension RPCError {
  /// As Discord says it of something that does not exist.
  static func unknown(_ thing: UnknownThing) -> RPCError { discord(404, "Unknown \(thing.rawValue)") }

  /// An error of Discord's, or one that reads like it: the SDK takes the status out of the text.
  static func discord(_ status: Int, _ words: String, retryAfter: Double? = nil) -> RPCError {
    RPCError(.discordAPI, "Discord API error \(status): \(words)", retryAfter: retryAfter)
  }

  /// What a safety rule of the house forbids.
  static func forbidden(_ why: String) -> RPCError { discord(403, "Missing Permissions (\(why))") }

  /// No bot serves the server.
  static let offline = discord(503, "the bot is offline")

  /// What the bot lacks.
  static func lacking(_ permission: Permissions) -> RPCError {
    let name = permission.names.first?.lowercased() ?? "unknown"
    return RPCError(.botMissingPermission, "the bot lacks \(name) permission", permission: name)
  }

  /// Whether it is about something that is not there or out of reach.
  var isMiss: Bool {
    code == .discordAPI && ["401", "403", "404"].contains { message.hasPrefix("Discord API error \($0):") }
  }

  /// A call to Discord that failed.
  init(_ error: RESTError) {
    switch error.code {
    case .tokenRejected, .closed, .cancelled: self = .offline
    case .invalidCall: self = .invalid(error.detail ?? "Discord does not take this")
    default:
      let seconds = error.retryAfter.map { max(0.1, Double($0 / .milliseconds(1)) / 1_000) }
      let status = error.status ?? (seconds == nil ? 503 : 429)
      self = .discord(status, Self.words(of: error), retryAfter: seconds)
    }
  }

  /// Discord's own words for what plugins may look for, else ours.
  private static func words(of error: RESTError) -> String {
    switch error.discordCode {
    case .unknownChannel: "Unknown Channel"
    case .unknownMember: "Unknown Member"
    case .unknownMessage: "Unknown Message"
    case .unknownOverwrite: "Unknown Overwrite"
    case .unknownRole: "Unknown Role"
    case .unknownUser: "Unknown User"
    case .unknownEmoji: "Unknown Emoji"
    case .unknownWebhook: "Unknown Webhook"
    case .unknownBan: "Unknown Ban"
    case .missingAccess: "Missing Access"
    case .missingPermissions: "Missing Permissions"
    case .notAuthor: "Cannot edit a message authored by another user"
    default: error.description
    }
  }

  /// What stands in the way of an action on a member.
  init(_ refusal: Refusal, of action: MemberAction) {
    switch refusal.key {
    case "refusal.botPermission": self = .lacking(action.permission)
    case "refusal.noRole": self = .unknown(.role)
    case "refusal.notMember": self = .unknown(.member)
    case "refusal.guildUnknown": self = .discord(503, "the bot does not know the server yet")
    case "refusal.bot": self = .forbidden("the bot does not act on itself")
    case "refusal.owner": self = .forbidden("nobody acts on the server's owner")
    case "refusal.administrator": self = .forbidden("administrators cannot be timed out")
    case "refusal.aboveBot": self = .forbidden("the member's highest role is not below the bot's")
    case "refusal.managedRole": self = .forbidden("the role is managed by Discord or an integration")
    case "refusal.roleAboveBot": self = .forbidden("the role is not below the bot's highest")
    default: self = .forbidden("the server does not allow it")
    }
  }
}
