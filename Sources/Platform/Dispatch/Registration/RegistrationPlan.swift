// What a guild's slash commands and menus shall be at Discord: planned as a whole, checked one by one.

import DiscordCore
package import DiscordModels
import PlatformCommands
import PlatformConfiguration
import PlatformPlugins
import Storage

/// Something that could not be registered, and why; everything else is.
package struct RegistrationProblem: Hashable, Sendable {
  /// The command's first word, or the menu entry's name.
  package let command: String
  /// A sentence for the owner.
  package let reason: String
}

/// The definitions of a guild's commands. A command that Discord would refuse is left out and named: it never takes the
/// rest down.
package struct RegistrationPlan: Hashable, Sendable {
  package var definitions: [ApplicationCommandDefinition] = []
  package var problems: [RegistrationProblem] = []

  package init() {}

  /// The plan of a guild that has every plugin on and changed nothing: what tests and documents look at.
  package init(ofAll catalog: PluginCatalog) {
    let everything = GuildConfiguration(
      allOf: catalog.units.map(\.id), guild: Tenant(0), registry: catalog.configurationRegistry)
    self.init(GuildPlan(everything, catalog), catalog)
  }

  init(_ plan: GuildPlan, _ catalog: PluginCatalog) {
    let wording = CommandWording(catalog: catalog, language: plan.preferences.language)
    var roots: [String: [PluginCommand]] = [:]
    var order: [String] = []
    for unit in catalog.units where GuildPlan.isOn(unit, plan.configuration) {
      for command in unit.commands where plan.core.rule(for: command.declaration.name)?.isOn ?? true {
        let root = command.declaration.path[0]
        if roots[root] == nil { order.append(root) }
        roots[root, default: []].append(command)
      }
    }
    for root in order {
      add(Self.definition(root, roots[root] ?? [], plan, wording), limit: CommandLimits.chatInput)
    }
    for command in plan.guests.commands where plan.core.rule(for: command.definition.name)?.isOn ?? true {
      var definition = command.definition
      definition.defaultMemberPermissions = plan.core.permission(
        for: definition.name, declared: definition.defaultMemberPermissions)
      add(definition, limit: CommandLimits.chatInput)
    }
    problems += plan.guests.problems.compactMap { problem in
      guard problem.count == 2 else { return nil }
      return RegistrationProblem(command: problem[0], reason: problem[1])
    }
    for menu in catalog.allMenus {
      guard let unit = catalog[menu.plugin], GuildPlan.isOn(unit, plan.configuration),
        plan.core.rule(for: menu.name)?.isOn ?? true
      else { continue }
      let title = wording(menu.plugin, "menu.\(menu.name)", limit: CommandLimits.name)
      var definition: ApplicationCommandDefinition =
        menu.kind == .message ? .message(title.text) : .user(title.text)
      definition.nameLocalizations = title.others
      definition.defaultMemberPermissions = plan.core.permission(for: menu.name, declared: menu.permission)
      add(definition, limit: CommandLimits.message)
    }
  }

  private mutating func add(_ definition: ApplicationCommandDefinition, limit: Int) {
    do {
      try definition.validate()
    } catch {
      problems.append(RegistrationProblem(command: definition.name, reason: "\(error)"))
      return
    }
    guard definitions.count(where: { $0.kind == definition.kind }) < limit else {
      problems.append(
        RegistrationProblem(
          command: definition.name, reason: "Discord takes \(limit) of this kind in a server"))
      return
    }
    definitions.append(definition)
  }

  // MARK: From declarations

  private static func definition(
    _ root: String, _ commands: [PluginCommand], _ plan: GuildPlan, _ wording: CommandWording
  ) -> ApplicationCommandDefinition {
    func options(_ command: PluginCommand) -> [CommandOption] {
      command.declaration.options.map { option in
        let about = wording(command.plugin, "command.\(command.declaration.name).\(option.name)")
        return option.definition(about.text).localized(descriptions: about.others)
      }
    }
    var definition: ApplicationCommandDefinition
    if commands.count == 1, commands[0].declaration.path.count == 1 {
      let about = wording(commands[0].plugin, "command.\(root)")
      definition = .chatInput(root, about.text, options(commands[0])).localized(descriptions: about.others)
    } else {
      let about = wording.word(root, in: commands, fallback: root)
      definition = .chatInput(root, about.text).localized(descriptions: about.others)
      for command in commands {
        let declaration = command.declaration
        let about = wording(command.plugin, "command.\(declaration.name)")
        var leaf = CommandOption(.subcommand, declaration.path[declaration.path.count - 1], about.text)
          .localized(descriptions: about.others)
        leaf.options = options(command)
        guard declaration.path.count == 3 else {
          definition.options.append(leaf)
          continue
        }
        let group = declaration.path[1]
        if let index = definition.options.firstIndex(where: {
          $0.name == group && $0.kind == .subcommandGroup
        }) {
          definition.options[index].options.append(leaf)
        } else {
          let about = wording.word("\(root) \(group)", in: [command], fallback: group)
          var option = CommandOption(.subcommandGroup, group, about.text)
            .localized(descriptions: about.others)
          option.options = [leaf]
          definition.options.append(option)
        }
      }
    }
    // The first word is shown to everybody who may use one of its commands.
    let needed: [Permissions?] = commands.map { command in
      plan.core.permission(for: command.declaration.name, declared: command.declaration.permission)
    }
    var common: Permissions? = needed.first ?? nil
    for permissions in needed.dropFirst() {
      let shared = permissions.flatMap { common?.intersection($0) } ?? []
      common = shared.isEmpty ? nil : shared
    }
    definition.defaultMemberPermissions = common
    return definition
  }
}

extension CoreSettings {
  /// What Discord shall ask of those who see a command; nil shows it to everybody, because a rule names people or roles,
  /// which is ours to check.
  func permission(for command: String, declared: Permissions?) -> Permissions? {
    guard let rule = rule(for: command) else { return declared }
    if !rule.allowedRoles.isEmpty || !rule.allowedUsers.isEmpty { return nil }
    guard let required = rule.requiredPermissions else { return declared }
    return required.isEmpty ? nil : required
  }
}

extension CommandParameterDescription {
  /// As Discord is told of it. What Discord has no kind for is text there and read by us.
  fileprivate func definition(_ about: String) -> DiscordModels.CommandOption {
    switch kind {
    case .text(let lengths), .rest(let lengths):
      var option = CommandOption.string(
        name, about, required: isRequired, autocomplete: hasAutocomplete)
      option.minimumLength = max(0, lengths.lowerBound)
      option.maximumLength = min(max(1, lengths.upperBound), 6_000)
      return option
    case .integer(let bounds):
      let limit = Int(CommandLimits.largestInteger)
      return .integer(
        name, about, required: isRequired,
        range: Int64(max(bounds.lowerBound, -limit))...Int64(min(bounds.upperBound, limit)),
        autocomplete: hasAutocomplete)
    case .number(let bounds):
      let limit = Double(CommandLimits.largestInteger)
      return .number(
        name, about, required: isRequired,
        range: max(bounds.lowerBound, -limit)...min(bounds.upperBound, limit),
        autocomplete: hasAutocomplete)
    case .toggle: return .boolean(name, about, required: isRequired)
    case .user: return .user(name, about, required: isRequired)
    case .role: return CommandOption(.role, name, about, required: isRequired)
    case .channel(let types):
      return .channel(name, about, required: isRequired, types: types.map { ChannelType(rawValue: $0) })
    case .users, .duration: return .string(name, about, required: isRequired, autocomplete: hasAutocomplete)
    case .choice(let words):
      guard words.count <= CommandChoice.maximumCount else {
        return .string(name, about, required: isRequired, autocomplete: hasAutocomplete)
      }
      return .string(name, about, required: isRequired, choices: words.map { CommandChoice($0) })
    }
  }
}
