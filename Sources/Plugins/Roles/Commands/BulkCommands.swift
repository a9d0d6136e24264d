// `role all`, `role bots`, `role humans`, `role in`: one role for many members.

import SQL
import PlatformAudit
import DiscordBot
import DiscordCore
import DiscordModels
import EventLoop
import JSON
import PlatformCommands
import PlatformPlugins

enum BulkCommands {
  private static let verb = CommandParameter<BulkJob.Verb>.choice("action")
  private static let role = CommandParameter.role("role")
  private static let within = CommandParameter.role("members")
  private static let confirm = CommandParameter.toggle("confirm").or(false)
  private static let number = CommandParameter.integer("job", 1...1_000_000_000)

  private static func declaration(
    _ word: String, _ options: [CommandParameterDescription] = []
  ) -> CommandDeclaration {
    CommandDeclaration(
      "role \(word)", permission: .manageRoles, isEphemeral: true,
      options: options + [verb.description, role.description, confirm.description])
  }

  static let all = declaration("all")
  static let bots = declaration("bots")
  static let humans = declaration("humans")
  static let inside = declaration("in", [within.description])
  static let cancel = CommandDeclaration(
    "role cancel", permission: .manageRoles, isEphemeral: true, options: [number.description])

  static func declare(_ plugin: inout PluginDeclaration<Roles>) {
    plugin.command(all) { call in try await start(.all, within: nil, call) }
    plugin.command(bots) { call in try await start(.bots, within: nil, call) }
    plugin.command(humans) { call in try await start(.humans, within: nil, call) }
    plugin.command(inside) { call in try await start(.role, within: call[within], call) }
    plugin.command(cancel) { call in
      try await BulkRun.cancel(Int64(call[number]), by: call.person.user, call.context)
      try await call.reply("bulk.cancelled", ["job": "\(call[number])"])
    }
  }

  private static func start(
    _ who: BulkJob.Who, within: RoleID?, _ call: CommandCall<Roles>
  ) async throws {
    let (context, person) = (call.context, call.person)
    let (verb, role) = (call[verb], call[role])
    if let within, context.bot.role(within) == nil { throw Refusal("refusal.noRole", ["role": "\(within)"]) }
    try GiveCommands.checkLimits([role], person, context)
    if let refusal = try await context.bot.refusal(
      of: .roles([role]), on: person.user, by: person, roles: person.roles)
    {
      throw refusal
    }
    let powers = (context.bot.role(role)?.permissions ?? []).intersection(MenuCheck.powerful)
    if verb == .give, !powers.isEmpty, !call[confirm] {
      throw Refusal(
        "bulk.powerful", ["role": "\(Mention.role(role))", "powers": powers.names.joined(separator: ", ")])
    }
    let wanted = BulkJob(
      verb, role, to: who, within: within, by: person.user, at: context.clock,
      expected: context.bot.info?.memberCount ?? 0, in: call.channel)
    let (rows, cause) = (context.rows, context.effects.key("bulk"))
    let after: JSONValue = [
      "verb": .string(verb.rawValue), "who": .string(who.rawValue), "role": .id(role),
      "within": within.map { .id($0) } ?? .null,
    ]
    let begun = try await context.effects.once("bulk") { session -> BulkJob? in
      guard let job = try await rows.begin(wanted, cause: cause, session) else { return nil }
      try await session.execute(
        context.audited("bulk.start", by: person.user, target: "\(job.number)", after: after))
      return job
    }
    // Handled before, the job is found by its cause.
    let known = if let begun { begun } else { try await rows.job(begunBy: cause) }
    guard var job = known else { throw Refusal("bulk.busy") }
    try await context.timers.set(BulkRun.timer, key: "\(job.number)", at: context.clock + .seconds(1))
    context.why(.acted, "bulkStarted", ["job": "\(job.number)"])
    if job.message == nil {
      // Progress is shown in the channel: an answer to a command can be changed for a quarter of an hour only.
      job.message = try await context.effects.send(
        BulkRun.message(job, context), to: call.channel, as: "progress")?.id
      _ = try await context.rows.advance(job)
    }
    try await call.reply("bulk.started", ["job": "\(job.number)"])
  }
}
