// The commands that act on members.

import DiscordCore
import EventLoop
import PlatformCommands
import PlatformPlugins

/// Actions on members, as commands: up to twenty members at once, each with a case of its own, and one answer.
enum ActionCommands {
  static let members = CommandParameter.users("members", atMost: 20)
  static let reason = CommandParameter.rest("reason", 1...SanctionLimits.reasonLength).optional
  static let text = CommandParameter.rest("text", 1...1_000)
  static let length = CommandParameter.duration("duration", .seconds(60)...SanctionLimits.longestTimeout)
  static let span = CommandParameter.duration("duration", .seconds(60) ... .seconds(3650 * 86_400)).optional
  /// Given by name after a prefix: the words behind a ban are its reason.
  static let delete =
    CommandParameter.duration("delete", .zero...SanctionLimits.longestDeletion).optional.named
  static let role = CommandParameter.role("role")

  static let warn = declaration("warn", .moderateMembers, [members.description, reason.description])
  static let note = declaration("note", .moderateMembers, [members.description, text.description])
  static let timeout = declaration(
    "timeout", aliases: ["mute"], .moderateMembers,
    [members.description, length.description, reason.description])
  static let untimeout = declaration(
    "untimeout", aliases: ["unmute"], .moderateMembers, [members.description, reason.description])
  static let kick = declaration("kick", .kickMembers, [members.description, reason.description])
  static let ban = declaration(
    "ban", aliases: ["tempban"], .banMembers,
    [members.description, span.description, delete.description, reason.description])
  static let unban = declaration("unban", .banMembers, [members.description, reason.description])
  static let softban = declaration(
    "softban", .banMembers, [members.description, delete.description, reason.description])
  static let quarantine = declaration(
    "quarantine", .manageRoles, [members.description, span.description, reason.description])
  static let release = declaration(
    "release", aliases: ["unquarantine"], .manageRoles, [members.description, reason.description])
  static let temporaryRole = declaration(
    "temp-role", aliases: ["temprole"], .manageRoles,
    [members.description, role.description, span.description, reason.description])

  private static func declaration(
    _ name: String, aliases: [String] = [], _ permission: Permissions,
    _ options: [CommandParameterDescription]
  ) -> CommandDeclaration {
    CommandDeclaration(name, aliases: aliases, permission: permission, isEphemeral: true, options: options)
  }

  static func declare(_ plugin: inout PluginDeclaration<Moderation>) {
    plugin.command(warn) { try await act(.warn, $0, because: $0[reason]) }
    plugin.command(note) { try await act(.note, $0, because: $0[text]) }
    plugin.command(timeout) { call in
      try await act(.timeout, call, because: call[reason]) { $0.duration = call[length] }
    }
    plugin.command(untimeout) { try await act(.untimeout, $0, because: $0[reason]) }
    plugin.command(kick) { try await act(.kick, $0, because: $0[reason]) }
    plugin.command(ban) { call in
      try await act(.ban, call, because: call[reason]) { order in
        order.duration = call[span]
        order.deletesMessagesOfSeconds = seconds(call[delete] ?? call.settings.banDeletes)
      }
    }
    plugin.command(unban) { try await act(.unban, $0, because: $0[reason]) }
    plugin.command(softban) { call in
      try await act(.softban, call, because: call[reason]) { order in
        order.deletesMessagesOfSeconds = seconds(call[delete] ?? call.settings.banDeletes)
      }
    }
    plugin.command(quarantine) { call in
      try await act(.quarantine, call, because: call[reason]) { $0.duration = call[span] }
    }
    plugin.command(release) { try await act(.release, $0, because: $0[reason]) }
    plugin.command(temporaryRole) { call in
      try await act(.role, call, because: call[reason]) { order in
        order.role = call[role]
        order.duration = call[span]
      }
    }
  }

  private static func seconds(_ duration: Duration) -> Int { Int(duration.wholeSeconds) }

  /// Acts on one after the other and answers with what came of all.
  private static func act(
    _ kind: CaseKind, _ call: CommandCall<Moderation>, because reason: String?,
    _ change: (inout SanctionOrder) -> Void = { _ in }
  ) async throws {
    let sanctioner = Sanctioner(call.context)
    var summary = ActionSummary(kind)
    for user in call[members] {
      var order = SanctionOrder(kind, of: user, by: .person(call.person), because: reason ?? "")
      change(&order)
      let outcome = try await sanctioner.carryOut(order, as: call.context.effects.key("\(user)"))
      // One refusal alone is an answer like any other command's.
      if case .refused(let refusal) = outcome, call[members].count == 1 { throw refusal }
      let isUntold: Bool
      if case .done(let number, _) = outcome {
        isUntold = try await CaseStore(call.context.store).find(number)?.notice == .closed
      } else {
        isUntold = false
      }
      summary.add(user, outcome, isUntold: isUntold)
    }
    try await call.reply(summary.message(call.context))
  }
}
