// Commands, however they were given: who may, what was given, and what comes of it.

import Resources
import Telemetry
import Bus
import DiscordBot
import DiscordCore
import DiscordModels
import EventLoop
import JSON
import PlatformCommands
import PlatformPlugins
import Storage

extension Dispatcher {
  // MARK: In messages

  /// Whether a message is meant for the bot: by the prefix or a mention in front, or with `help` behind a command.
  func isAddressed(_ content: String, prefix: String, bot: UserID) -> Bool {
    content.hasPrefix(prefix) || content.hasPrefix("<@\(bot)>") || content.hasPrefix("<@!\(bot)>")
  }

  /// Handles the command in a message, if there is one.
  func handleCommand(in event: GuildEvent, _ plan: GuildPlan) async {
    guard let bot = bots.bot(serving: event.guild), let typed = typedCommand(in: event, plan, bot) else {
      return
    }
    let (message, member) = (typed.message, typed.member)
    guard let command = catalog.command(typed.command),
      let core = core(
        of: command.plugin, in: event.guild, plan: plan, cause: event.key, event: event, bot: bot)
    else { return }
    let parent = core.bot.settled(message.channelID)
    let permissions = core.bot.permissions(
      of: message.author.id, roles: member.roles, timedOutUntil: member.communicationDisabledUntil,
      in: message.channelID)
    let person = Person(
      user: message.author.id, name: member.nick ?? message.author.displayName, roles: member.roles,
      permissions: permissions ?? [])
    let responder = MessageResponder(core, channel: message.channelID, message: message.id)
    await carryOut(
      command, core, plan, person: person, channel: message.channelID, parent: parent,
      source: .message(message.id), responder: responder, words: .typed(typed.rest))
  }

  /// A command as it stands in a message.
  private struct TypedCommand {
    let message: Message
    let member: GuildMember
    let command: String
    let rest: Substring
  }

  /// The command in a message of a person; nil when there is none. Not inlined: see `CommandInput`.
  @inline(never)
  private func typedCommand(in event: GuildEvent, _ plan: GuildPlan, _ bot: Bot) -> TypedCommand? {
    // A message that cannot be read holds no command.
    guard let message = try? event.decode(as: Message.self), !message.author.isBot, message.webhookID == nil,
      let text = CommandPrefix.strip(
        message.content, prefix: plan.core.prefix, mentions: ["<@\(bot.id)>", "<@!\(bot.id)>"]),
      let member = message.member, let found = HelpRequest.find(text, in: plan.commands)
    else { return nil }
    return TypedCommand(message: message, member: member, command: found.command.name, rest: found.rest)
  }

  // MARK: By slash

  func handleSlash(_ received: ReceivedInteraction, _ invocation: CommandInvocation) async {
    guard let arrival = await arrival(received) else { return }
    let path = invocation.path
    let name = path.names.joined(separator: " ")
    guard let command = catalog.command(name), arrival.plan.commandNames.contains(command.declaration.name),
      let core = core(
        of: command.plugin, in: arrival.guild, plan: arrival.plan, cause: "i\(received.interaction.id)",
        subject: WhySubject(member: arrival.person.user, channel: arrival.channel), bot: received.bot)
    else {
      return await tell(received, "command.refused.gone", ["command": name], in: arrival.plan.core.language)
    }
    let options = path.options.map(\.argument)
    await carryOut(
      command, core, arrival.plan, person: arrival.person, channel: arrival.channel,
      parent: core.bot.settled(arrival.channel), source: .slash,
      responder: InteractionResponder(interaction: received), words: .slash(options))
  }

  // MARK: Both

  @inline(never)
  private func carryOut(
    _ command: PluginCommand, _ core: ContextCore, _ plan: GuildPlan, person: Person, channel: ChannelID,
    parent: ChannelID, source: CommandSource, responder: any Responder,
    words: CommandInput
  ) async {
    let declaration = command.declaration
    let rule = plan.core.rule(for: declaration.name)
    let answer = CommandAnswer(self, core, responder)
    if let refusal = CommandPolicy.refusal(
      of: declaration, rule: rule, person: person, channel: channel, parent: parent)
    {
      file(.notAllowed, refusal.key, refusal.parameters, core)
      return await answer.refuse(refusal)
    }
    let arguments: CommandArguments
    switch words.arguments(of: declaration) {
    case .success(let read): arguments = read
    case .failure(let error):
      return await answer.explain(error, declaration, prefix: plan.core.prefix)
    }
    guard let unit = catalog[command.plugin] else { return }
    do {
      if let stranger = try await foreignThing(in: arguments, core) { return await answer.refuse(stranger) }
      if let refusal = try await coolDown(declaration, rule, core, person) {
        file(.coolDown, refusal.key, refusal.parameters, core)
        return await answer.refuse(refusal)
      }
    } catch {
      return await answer.fail(error)
    }
    let invocation = CommandInvocationContext(
      core: core, declaration: declaration, arguments: arguments, person: person, channel: channel,
      source: source, responder: responder)
    await attend(unit, core, answer) { try await command.handler(invocation) }
  }

  /// Runs a call that a person waits for: what it refuses, they are told; what fails, they are told as well.
  func attend(
    _ unit: PluginUnit, _ core: ContextCore, _ answer: CommandAnswer,
    _ body: @escaping @Sendable () async throws -> Void
  ) async {
    guard breakers.admits(unit.id, in: core.guild, at: time.uptime) else {
      file(.breakerOpen, "dispatch.breakerOpen", [:], core)
      return await answer.refuse(Refusal("command.refused.breakerOpen"))
    }
    do {
      // A command may take longer than an event: a person sees that it goes on.
      try await calls.run(within: max(unit.deadline, .seconds(120)), body)
      breakers.succeeded(unit.id, in: core.guild)
    } catch let refusal as Refusal {
      breakers.succeeded(unit.id, in: core.guild)
      file(.refused, refusal.key, refusal.parameters, core)
      await answer.refuse(refusal)
    } catch {
      await report(unit, core, error)
      await answer.fail(error)
    }
  }

  /// What of the arguments belongs to another guild, if anything: ids that were typed may be anybody's.
  private func foreignThing(in arguments: CommandArguments, _ core: ContextCore) async throws -> Refusal? {
    for channel in arguments.channels {
      guard try await core.bot.owns(channel) else {
        return Refusal("command.refused.foreignChannel", ["channel": "\(channel)"])
      }
    }
    for role in arguments.roles where core.bot.role(role) == nil {
      return Refusal("command.refused.foreignRole", ["role": "\(role)"])
    }
    return nil
  }

  private func coolDown(
    _ declaration: CommandDeclaration, _ rule: CommandRule?, _ core: ContextCore, _ person: Person
  ) async throws -> Refusal? {
    let pause = rule?.coolDown ?? declaration.coolDown
    guard pause > .zero, !person.permissions.contains(.administrator) else { return nil }
    // A lease is just that: nobody gets it until it is over, in any process.
    let lease = try await bus.acquireLease(
      "cooldown/\(core.guild)/\(declaration.name)/\(person.user)", for: pause)
    if lease != nil { return nil }
    return Refusal("command.refused.coolDown", ["pause": "\(pause.components.seconds)"])
  }

  // MARK: Suggestions

  func suggest(_ received: ReceivedInteraction, _ invocation: CommandInvocation) async {
    guard let arrival = await arrival(received), let focused = invocation.focused else { return }
    let name = invocation.path.names.joined(separator: " ")
    guard let command = catalog.command(name), let unit = catalog[command.plugin],
      let suggest = unit.autocompletions["\(command.declaration.name) \(focused.name)"],
      let core = core(
        of: unit.id, in: arrival.guild, plan: arrival.plan, cause: "i\(received.interaction.id)",
        bot: received.bot)
    else { return }
    do {
      try await calls.run(within: .seconds(3)) {
        let choices = try await suggest(core, focused.value.typedText)
        try await received.suggest(Array(choices.prefix(CommandChoice.maximumCount)))
      }
    } catch {
      log.debug("no suggestions", ["plugin": .string(unit.id), "error": .string("\(type(of: error))")])
    }
  }
}

/// Who did what where, of an interaction in a guild.
struct InteractionArrival: Sendable {
  let guild: GuildID
  let channel: ChannelID
  let person: Person
  let plan: GuildPlan
}

extension Dispatcher {
  /// What an interaction brings; nil when it is none of ours to handle, of which the person was told.
  func arrival(_ received: ReceivedInteraction) async -> InteractionArrival? {
    let interaction = received.interaction
    guard let guild = interaction.guildID, let channel = interaction.channelID,
      let member = interaction.member,
      let user = interaction.user
    else {
      await tell(received, "command.refused.guildOnly")
      return nil
    }
    guard bots.serves(received.bot.id, in: guild, at: interaction.id.createdAt) else {
      await tell(received, "command.refused.otherBot")
      return nil
    }
    let person = Person(
      user: user.id, name: member.nick ?? user.displayName, roles: member.roles,
      permissions: member.permissions ?? [])
    do {
      return InteractionArrival(
        guild: guild, channel: channel, person: person, plan: try await plans.plan(guild))
    } catch {
      log.error(
        "a configuration cannot be read", ["guild": .string("\(guild)"), "error": .string("\(error)")])
      await tell(received, "command.failed")
      return nil
    }
  }

  /// Tells a person something of the core's own, for them only. That may fail: they see Discord's own words then.
  ///
  /// Where it is not known what the guild speaks, in their own language.
  func tell(
    _ received: ReceivedInteraction, _ key: String, _ parameters: [String: String] = [:],
    in language: GuildLanguage? = nil
  ) async {
    if case .autocomplete = received.interaction.data { return }
    let language = language ?? GuildLanguage(reading: received.interaction.locale)
    let strings = catalog.strings(of: CorePlugin.id, language: language.rawValue)
    do {
      try await received.reply(strings(dynamic: key, parameters), isEphemeral: true)
    } catch {
      log.debug("an answer was not taken", ["error": .string("\(error)")])
    }
  }
}

extension InvokedOption {
  /// As the readers of commands take it.
  fileprivate var argument: JSONValue {
    let value: JSONValue =
      switch value {
      case .string(let text), .unfinished(let text): .string(text)
      case .integer(let number): .integer(number)
      case .number(let number): .double(number)
      case .boolean(let isOn): .bool(isOn)
      case .user(let id): .string("\(id)")
      case .channel(let id): .string("\(id)")
      case .role(let id): .string("\(id)")
      case .mentionable(let id): .string("\(id)")
      case .attachment(let id): .string("\(id)")
      case .subcommand: .null
      case .unknown(let json): json
      }
    return ["name": .string(name), "value": value]
  }
}

extension InvokedOption.Value {
  /// What somebody has typed so far.
  fileprivate var typedText: String {
    switch self {
    case .string(let text), .unfinished(let text): text
    case .integer(let number): "\(number)"
    case .number(let number): "\(number)"
    default: ""
    }
  }
}

/// How the arguments of a command came.
private enum CommandInput {
  case typed(Substring)
  case slash([JSONValue])

  /// Not inlined, and no closure that throws: the optimizer of Swift 6.3 crashes where it splits an asynchronous function
  /// that a typed error passes through.
  @inline(never)
  func arguments(of declaration: CommandDeclaration) -> Result<CommandArguments, CommandProblem> {
    do throws(CommandProblem) {
      return switch self {
      case .typed(let text): .success(try declaration.arguments(typed: text))
      case .slash(let options): .success(try declaration.arguments(slash: options))
      }
    } catch {
      return .failure(error)
    }
  }
}
