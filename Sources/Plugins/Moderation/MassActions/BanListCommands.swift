// The list of bans: out as a file, in from one, and whom `unbanall` leaves banned.

import DiscordCore
import DiscordLimits
import DiscordModels
import DiscordREST
import EventLoop
import JSON
import PlatformAudit
import PlatformCommands
import PlatformPlugins
import Resources

enum BanListCommands {
  /// Bans of one file; the rest comes with `after`.
  static let exportSize = 20_000

  static let after = CommandParameter<UserID>.user("after").optional
  static let message = CommandParameter<String>.text("message", 1...120).optional
  static let reason = CommandParameter.rest("reason", 1...400).optional
  static let users = CommandParameter<[UserID]>.users("users", atMost: 50)

  static let export = CommandDeclaration(
    "bans export", permission: .banMembers, isEphemeral: true, options: [after.description])
  static let importing = CommandDeclaration(
    "bans import", permission: [.banMembers, .manageGuild],
    options: [message.description, reason.description])
  static let protect = CommandDeclaration(
    "bans protect", permission: [.banMembers, .manageGuild], options: [users.description])
  static let unprotect = CommandDeclaration(
    "bans unprotect", permission: [.banMembers, .manageGuild], options: [users.description])

  static func declare(_ plugin: inout PluginDeclaration<Moderation>) {
    plugin.command(export, runExport)
    plugin.command(importing, runImport)
    plugin.command(protect) { call in
      try await changeProtected(call) { known, named in
        known + named.filter { !known.contains($0) }
      }
    }
    plugin.command(unprotect) { call in
      try await changeProtected(call) { known, named in known.filter { !named.contains($0) } }
    }
  }

  private static func runExport(_ call: CommandCall<Moderation>) async throws {
    let context = call.context
    try MassCommands.refuse(call, .banMembers)
    var entries: [BanFile.Entry] = []
    var cursor = call[after]
    var isWhole = false
    let began = context.core.host.time.uptime
    // What a call of a command may take bounds it as well as the size does.
    while entries.count < exportSize, context.core.host.time.uptime - began < .seconds(6) {
      let page = try await context.bot.send(
        .getBans(in: context.guild, cursor.map { .after($0) } ?? .first, limit: 1_000), priority: .interaction
      )
      entries += page.map { BanFile.Entry(user: $0.user.id, reason: $0.reason) }
      cursor = page.map(\.user.id).max() ?? cursor
      isWhole = page.count < 1_000
      if isWhole { break }
    }
    guard !entries.isEmpty else { throw Refusal("bans.none") }
    let bytes = try BanFile(guild: context.guild, entries: entries).json.encoded()
    let file = OutgoingFile("bans-\(context.guild).json", bytes, contentType: "application/json")
    let last = cursor.map { "\($0)" } ?? ""
    try await call.reply(
      MessageCreate(
        context.strings(
          dynamic: isWhole ? "bans.exported" : "bans.exportedPart",
          ["count": "\(entries.count)", "last": last])
      ).file(file).ephemeral())
    try await context.auditOnce(
      "bans.export", by: .user(call.person.user), after: ["count": .integer(Int64(entries.count))])
  }

  private static func runImport(_ call: CommandCall<Moderation>) async throws {
    try MassCommands.refuse(call, [.banMembers, .manageGuild])
    guard let file = try await MassCommands.attached(call, call[message]) else {
      throw Refusal("mass.noFile")
    }
    let list = BanFile.users(file)
    guard !list.isCut else { throw Refusal("mass.tooMany", ["limit": "\(UserList.limit)"]) }
    guard !list.users.isEmpty else { throw Refusal("mass.nobody") }
    let plan = MassPlan(
      reason: call[reason] ?? call.strings["bans.importReason"], count: list.users.count)
    try await MassCommands.begin(
      .massban, plan, list.batches(of: MassPlan.banSize), call, alwaysAsks: true)
  }

  private static func changeProtected(
    _ call: CommandCall<Moderation>,
    _ change: @escaping @Sendable (_ known: [UserID], _ named: [UserID]) -> [UserID]
  ) async throws {
    let named = call[users]
    try await call.context.change(by: call.person.user) { settings in
      settings.unbanAllProtected = change(settings.unbanAllProtected, named)
    }
    try await call.reply(
      "bans.protected", ["users": named.map { "<@\($0)>" }.joined(separator: " ")])
  }
}
