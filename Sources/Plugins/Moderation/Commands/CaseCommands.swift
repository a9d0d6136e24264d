// The commands about cases: showing, changing, deleting, listing, points, and where the mod log is.

import DiscordCore
import DiscordModels
import EventLoop
import PlatformCommands
import PlatformPlugins
import Resources

enum CaseCommands {
  /// How many cases a list shows at a time.
  static let pageSize = 15

  static let number = CommandParameter.integer("case", 1...1_000_000_000)
  static let what = CommandParameter.text("case", 1...32)
  static let reason = CommandParameter.rest("reason", 1...SanctionLimits.reasonLength)
  static let why = CommandParameter.rest("reason", 1...SanctionLimits.reasonLength).optional
  static let member = CommandParameter.user("member")
  static let aMember = CommandParameter.user("member").optional
  static let moderator = CommandParameter.user("moderator").optional.named
  static let kind = CommandParameter<CaseKind>.choice("kind").optional
  static let page = CommandParameter.integer("page", 1...10_000).or(1).named
  static let text = CommandParameter.rest("text", 1...100).optional
  static let channel = CommandParameter.channel("channel", 0, 5).optional

  static let show = CommandDeclaration(
    "case show", aliases: ["case"], permission: .moderateMembers, isEphemeral: true,
    options: [what.description])
  static let edit = CommandDeclaration(
    "case edit", aliases: ["reason"], permission: .moderateMembers, isEphemeral: true,
    options: [number.description, reason.description])
  static let delete = CommandDeclaration(
    "case delete", aliases: ["delcase"], permission: [.moderateMembers, .manageGuild], isEphemeral: true,
    options: [number.description, why.description])
  static let list = CommandDeclaration(
    "case list", aliases: ["cases"], permission: .moderateMembers, isEphemeral: true,
    options: [
      aMember.description, moderator.description, kind.description, page.description, text.description,
    ])
  static let history = CommandDeclaration(
    "history", aliases: ["modlogs", "infractions", "warnings"], permission: .moderateMembers,
    isEphemeral: true,
    options: [member.description, page.description])
  static let points = CommandDeclaration(
    "points", permission: .moderateMembers, isEphemeral: true, options: [member.description])
  static let modlog = CommandDeclaration(
    "modlog", permission: .manageGuild, isEphemeral: true, options: [channel.description])

  static func declare(_ plugin: inout PluginDeclaration<Moderation>) {
    plugin.command(show, runShow)
    plugin.command(edit, runEdit)
    plugin.command(delete, runDelete)
    plugin.command(list, runList)
    plugin.command(history, runHistory)
    plugin.command(points, runPoints)
    plugin.command(modlog, runModlog)
  }

  // MARK: Showing

  /// A number shows the case, a member their history.
  private static func runShow(_ call: CommandCall<Moderation>) async throws {
    let typed = call[what]
    let digits = typed.hasPrefix("#") ? typed.dropFirst() : typed[...]
    if let number = Int64(digits), digits.utf8.count < 15 {
      guard let record = try await CaseStore(call.context.store).find(number) else {
        throw Refusal("refusal.noCase", ["case": "\(number)"])
      }
      return try await show(record, call)
    }
    guard let user = MentionText.user(typed) else {
      throw Refusal("refusal.neitherCaseNorMember", ["typed": Markdown.escaped(typed)])
    }
    var filter = CaseFilter()
    filter.target = user
    try await showList(filter, page: 1, call)
  }

  private static func show(_ record: CaseRecord, _ call: CommandCall<Moderation>) async throws {
    let (cases, strings) = (CaseStore(call.context.store), call.strings)
    var embed = CaseView(call.context).embed(of: record)
    if let evidence = try await cases.evidence(of: record), !evidence.content.isEmpty {
      embed = embed.field(strings["case.evidence"], Markdown.escaped(evidence.content.limited(to: 300)))
    }
    if let child = try await cases.child(of: record.number) {
      embed = embed.field(strings["case.ledTo"], "\(child)", inline: true)
    }
    let revisions = try await cases.revisions(of: record.number).suffix(3).map { revision in
      "\(Mention.timestamp(revision.replacedAt, .relative)) \(Mention.user(revision.replacedBy)): "
        + revision.reason.limited(to: 200)
    }
    if !revisions.isEmpty {
      embed = embed.field(strings["case.revisions"], revisions.joined(separator: "\n"))
    }
    try await call.reply(MessageCreate().embed(embed).ephemeral())
  }

  private static func runList(_ call: CommandCall<Moderation>) async throws {
    var filter = CaseFilter()
    filter.target = call[aMember]
    filter.moderator = call[moderator]
    filter.kind = call[kind]
    filter.text = call[text]
    try await showList(filter, page: call[page], call)
  }

  private static func runHistory(_ call: CommandCall<Moderation>) async throws {
    var filter = CaseFilter()
    filter.target = call[member]
    try await showList(filter, page: call[page], call)
  }

  private static func showList(_ filter: CaseFilter, page: Int, _ call: CommandCall<Moderation>) async throws
  {
    var filter = filter
    filter.limit = pageSize
    filter.offset = (page - 1) * pageSize
    let found = try await CaseStore(call.context.store).find(filter)
    guard !found.cases.isEmpty else {
      try await call.reply("list.none")
      return
    }
    let view = CaseView(call.context)
    let pages = (found.total + pageSize - 1) / pageSize
    let title =
      filter.target.map {
        call.strings("list.of", ["user": "\(Mention.user($0))", "count": "\(found.total)"])
      }
      ?? call.strings("list.all", ["count": "\(found.total)"])
    let embed = Embed(
      description: "\(title)\n\n" + found.cases.map(view.line).joined(separator: "\n"), color: 0x80848E
    ).footer(call.strings("list.page", ["page": "\(page)", "pages": "\(pages)"]))
    try await call.reply(MessageCreate().embed(embed).ephemeral())
  }

  private static func runPoints(_ call: CommandCall<Moderation>) async throws {
    let entries = try await CaseStore(call.context.store).entries(of: call[member])
    let total = call.settings.points.total(of: entries, at: call.context.now)
    try await call.reply(
      "points.are",
      [
        "user": "\(Mention.user(call[member]))", "points": CaseView.text(total),
        "warnings": "\(entries.count { $0.isWarning })",
      ])
  }

  // MARK: Changing

  private static func runEdit(_ call: CommandCall<Moderation>) async throws {
    let (context, number) = (call.context, Int64(call[number]))
    guard
      let change = try await CaseStore(context.store).changeReason(
        of: number, to: call[reason], by: call.person.user, at: context.now,
        effectKey: context.effects.key("edit"))
    else { throw Refusal("refusal.noCase", ["case": "\(number)"]) }
    try await ModLog(context).postChange(
      "log.edited", of: change.after, by: call.person.user, before: change.before)
    try await call.reply("case.edited", ["case": "\(number)"])
  }

  private static func runDelete(_ call: CommandCall<Moderation>) async throws {
    let (context, number) = (call.context, Int64(call[number]))
    guard
      let record = try await CaseStore(context.store).void(
        number, by: call.person.user, because: call[why] ?? "", at: context.now)
    else { throw Refusal("refusal.noCase", ["case": "\(number)"]) }
    try await ModLog(context).postChange("log.deleted", of: record, by: call.person.user)
    try await call.reply("case.deleted", ["case": "\(number)"])
  }

  private static func runModlog(_ call: CommandCall<Moderation>) async throws {
    guard let channel = call[channel] else {
      if let current = call.settings.logChannel {
        try await call.reply("modlog.is", ["channel": "\(Mention.channel(current))"])
      } else {
        try await call.reply("modlog.none")
      }
      return
    }
    guard try await call.context.bot.owns(channel) else {
      throw Refusal("refusal.foreignChannel", ["channel": "\(channel)"])
    }
    let own = call.context.bot.ownPermissions(in: channel) ?? []
    let needed: Permissions = [.viewChannel, .sendMessages, .embedLinks]
    let missing = needed.subtracting(own)
    guard own.contains(.administrator) || missing.isEmpty else {
      throw Refusal(
        "refusal.logPermission",
        ["channel": "\(Mention.channel(channel))", "permission": missing.names.joined(separator: ", ")])
    }
    try await call.context.change(by: call.person.user) { $0.logChannel = channel }
    try await call.reply("modlog.set", ["channel": "\(Mention.channel(channel))"])
  }
}
