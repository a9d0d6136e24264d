// The slash commands of a server's third-party plugins, under names that do not collide.

package import DiscordModels
import JSON
package import SandboxContract

/// What the third-party plugins of one server register, and whose each name is (plugin-host contract, section 21).
///
///     let commands = GuestCommands(installations, reserved: builtIn, room: 100 - builtIn.count)
///     register(commands.definitions)
///     commands.owner(of: "raffle")     // the plugin, and its command as the manifest has it
package struct GuestCommands: Sendable {
  /// Whose command a registered name is.
  package struct Owner: Sendable, Hashable {
    package let plugin: String
    /// With the name that the plugin knows.
    package let command: GuestManifest.Command
  }

  /// A command that is not registered, with the reason in words for a server's administrators.
  package struct LeftOut: Sendable, Hashable {
    package let plugin: String
    package let name: String
    package let reason: String
  }

  /// What is registered, in the order of the installations.
  package private(set) var definitions: [ApplicationCommandDefinition] = []
  package private(set) var leftOut: [LeftOut] = []
  private var owners: [String: Owner] = [:]
  private let reserved: Set<String>
  private let room: Int

  /// - Parameters:
  ///   - installations: of one server, in the order they were installed; those that are switched off do not count.
  ///   - reserved: names that plugins do not get, in lower case: the built-in commands' and those of the contract.
  ///   - room: how many commands Discord has room for besides the others of the server.
  package init(
    _ installations: [GuestInstallation], reserved: Set<String>, room: Int = CommandLimits.chatInput
  ) {
    (self.reserved, self.room) = (reserved, room)
    for installation in installations where installation.isEnabled {
      var names: Set<String> = []
      for command in installation.release.manifest.commands {
        let name = command.name.lowercased()
        guard names.insert(name).inserted else {
          leave(installation.plugin, name, "the plugin has another command of this name")
          continue
        }
        add(command, name, of: installation.plugin)
      }
    }
  }

  /// Whose command a registered name is; nil for one that is none of theirs.
  package func owner(of name: String) -> Owner? { owners[name] }

  private mutating func add(_ command: GuestManifest.Command, _ name: String, of plugin: String) {
    let alias = "\(plugin)-\(name)"
    let isTaken = reserved.contains(name) || owners[name] != nil
    let registered = isTaken ? alias : name
    guard !isTaken || (!reserved.contains(alias) && owners[alias] == nil) else {
      return leave(plugin, name, "the name is taken, and so is \(alias)")
    }
    guard registered.unicodeScalars.count <= CommandLimits.name else {
      return leave(
        plugin, name, "the name is taken, and \(alias) is longer than \(CommandLimits.name) characters")
    }
    guard definitions.count < room else {
      return leave(plugin, name, "the server has as many commands as Discord takes")
    }
    do {
      definitions.append(try Self.definition(command, named: registered))
      owners[registered] = Owner(plugin: plugin, command: command)
    } catch let error as CompositionError {
      leave(plugin, name, "\(error)")
    } catch {
      leave(plugin, name, "the definition in the manifest cannot be read")
    }
  }

  private mutating func leave(_ plugin: String, _ name: String, _ reason: String) {
    leftOut.append(LeftOut(plugin: plugin, name: name, reason: reason))
  }

  // MARK: Reading

  /// The definition as Discord gets it: of the manifest's fields only those that are known and have a place in a server.
  private static func definition(
    _ command: GuestManifest.Command, named name: String
  ) throws -> ApplicationCommandDefinition {
    var raw = command.definition
    raw["name"] = .string(name)
    let read = try JSONParser(retainedSize: 0).parse(JSONValue.object(raw).encoded()) { json in
      try ApplicationCommandDefinition(from: json)
    }
    var definition = ApplicationCommandDefinition.chatInput(name, Self.described(read.description))
    definition.descriptionLocalizations = read.descriptionLocalizations
    definition.defaultMemberPermissions = read.defaultMemberPermissions
    definition.isNSFW = read.isNSFW
    definition.options = try options(read.options, raw["options"])
    // Other names in other languages would collide without anybody's having looked.
    definition.nameLocalizations = [:]
    try definition.validate()
    return definition
  }

  /// Options without what plugins cannot serve. One that could not be read would be missing without a word.
  private static func options(_ options: [CommandOption], _ raw: JSONValue?) throws -> [CommandOption] {
    let raws = raw?.array ?? []
    guard raws.count == options.count else {
      throw CompositionError(.malformed, "options", "has an option that cannot be read")
    }
    var clean: [CommandOption] = []
    for (var option, raw) in zip(options, raws) {
      guard (1...11).contains(option.kind.rawValue) else {
        throw CompositionError(
          .malformed, "type", "of an option is \(option.kind.rawValue); there are 1 to 11")
      }
      option.unknownFields = UnknownFields()
      option.description = described(option.description)
      option.isAutocompleted = false
      option.options = try Self.options(option.options, raw["options"])
      guard (raw["choices"]?.array?.count ?? 0) == option.choices.count else {
        throw CompositionError(.malformed, "choices", "has a choice that cannot be read")
      }
      clean.append(option)
    }
    return clean
  }

  private static func described(_ description: String) -> String {
    description.isEmpty ? "No description" : description
  }
}
