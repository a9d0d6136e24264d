// Application commands as they are registered.

package import DiscordCore
package import JSON

/// A slash command or an entry of a context menu
/// (https://discord.com/developers/docs/interactions/application-commands).
///
///     ApplicationCommandDefinition.chatInput("ban", "Ban somebody", [
///       .user("who", "Whom to ban", required: true),
///       .string("reason", "For the audit log", length: 1...400),
///     ]).needing(.banMembers).inGuildsOnly()
package struct ApplicationCommandDefinition: Hashable, Sendable {
  /// Where a command shows up.
  package struct Kind: RawRepresentable, Hashable, Sendable {
    package let rawValue: Int
    package init(rawValue: Int) { self.rawValue = rawValue }
    /// Typed with a slash.
    package static let chatInput = Kind(rawValue: 1)
    /// In the menu of a user.
    package static let user = Kind(rawValue: 2)
    /// In the menu of a message.
    package static let message = Kind(rawValue: 3)
    /// The button that starts an activity.
    package static let primaryEntryPoint = Kind(rawValue: 4)
  }

  /// Where a command can be used.
  package struct Context: RawRepresentable, Hashable, Sendable {
    package let rawValue: Int
    package init(rawValue: Int) { self.rawValue = rawValue }
    package static let guild = Context(rawValue: 0)
    /// Direct messages with the bot.
    package static let botDM = Context(rawValue: 1)
    /// Direct and group messages between people.
    package static let privateChannel = Context(rawValue: 2)
  }

  /// For whom an application is installed.
  package struct IntegrationType: RawRepresentable, Hashable, Sendable {
    package let rawValue: Int
    package init(rawValue: Int) { self.rawValue = rawValue }
    package static let guildInstall = IntegrationType(rawValue: 0)
    package static let userInstall = IntegrationType(rawValue: 1)
  }

  package var kind: Kind
  /// Small letters, digits, `-`, `_` and `'` where it is typed; up to 32 characters.
  package var name: String
  /// By locale.
  package var nameLocalizations: [String: String] = [:]
  /// Empty for entries of context menus.
  package var description: String
  package var descriptionLocalizations: [String: String] = [:]
  package var options: [CommandOption] = []
  /// Who may use it until a guild decides otherwise: nil everyone, `[]` administrators only.
  package var defaultMemberPermissions: Permissions?
  /// Nil is Discord's default: everywhere. Global commands only.
  package var contexts: [Context]?
  /// Nil is what the application is set up for. Global commands only.
  package var integrationTypes: [IntegrationType]?
  /// In age-restricted channels only.
  package var isNSFW = false
  /// Of an entry point: 1 tells the bot, 2 lets Discord start the activity.
  package var handler: Int?
  package var unknownFields = UnknownFields()

  package init(_ kind: Kind, _ name: String, _ description: String = "") {
    (self.kind, self.name, self.description) = (kind, name, description)
  }
}

// MARK: Building

extension ApplicationCommandDefinition {
  /// A slash command.
  package static func chatInput(
    _ name: String, _ description: String, _ options: [CommandOption] = []
  ) -> ApplicationCommandDefinition {
    var definition = ApplicationCommandDefinition(.chatInput, name, description)
    definition.options = options
    return definition
  }

  /// An entry in the menu of users.
  package static func user(_ name: String) -> ApplicationCommandDefinition {
    ApplicationCommandDefinition(.user, name)
  }

  /// An entry in the menu of messages.
  package static func message(_ name: String) -> ApplicationCommandDefinition {
    ApplicationCommandDefinition(.message, name)
  }

  /// Only for members with these permissions, until a guild decides otherwise.
  package func needing(_ permissions: Permissions) -> ApplicationCommandDefinition {
    with { $0.defaultMemberPermissions = permissions }
  }

  /// Not in direct messages.
  package func inGuildsOnly() -> ApplicationCommandDefinition { with { $0.contexts = [.guild] } }

  /// With names and descriptions for other languages, by locale.
  package func localized(
    names: [String: String] = [:], descriptions: [String: String] = [:]
  ) -> ApplicationCommandDefinition {
    with {
      $0.nameLocalizations.merge(names) { $1 }
      $0.descriptionLocalizations.merge(descriptions) { $1 }
    }
  }

  private func with(_ change: (inout Self) -> Void) -> Self {
    var copy = self
    change(&copy)
    return copy
  }
}

// MARK: Wire

extension ApplicationCommandDefinition: WireDecodable, WireEncodable {
  /// What Discord adds to a registered command; not part of what is registered.
  static let registration: [JSONKey] = ["id", "application_id", "guild_id", "version", "dm_permission"]
  private static let known: [JSONKey] =
    registration + [
      "type", "name", "name_localizations", "description", "description_localizations", "options",
      "default_member_permissions", "contexts", "integration_types", "nsfw", "handler",
      // Translations for the locale that asked; derived from the others.
      "name_localized", "description_localized",
    ]

  package init(from json: JSONView) throws(JSONError) {
    self.init(
      Kind(rawValue: json["type"]?.int ?? 1), try json.require("name").asString(),
      json["description"]?.string ?? "")
    nameLocalizations = json.localizations("name_localizations")
    descriptionLocalizations = json.localizations("description_localizations")
    options = json.list("options")
    defaultMemberPermissions = json["default_member_permissions"]?.permissions
    contexts = json["contexts"]?.array?.compactMap { $0.int.map { Context(rawValue: $0) } }
    integrationTypes = json["integration_types"]?.array?
      .compactMap { $0.int.map { IntegrationType(rawValue: $0) } }
    isNSFW = json["nsfw"]?.bool ?? false
    handler = json["handler"]?.int
    unknownFields = UnknownFields(in: json, besides: Self.known)
  }

  package func write(to json: inout JSONWriter) {
    json.object { json in writeFields(to: &json) }
  }

  /// Writes the fields into the object that is open; changes of a registered command have no type.
  package func writeFields(to json: inout JSONWriter, withType: Bool = true) {
    if withType { json.field("type", kind.rawValue) }
    json.field("name", name)
    json.localizations("name_localizations", nameLocalizations)
    if kind == .chatInput || !description.isEmpty { json.field("description", description) }
    json.localizations("description_localizations", descriptionLocalizations)
    if !options.isEmpty { json.elements("options", options) }
    if let defaultMemberPermissions {
      // Read as a string, and taken as a number: so says Discord's own description of its API.
      json.field("default_member_permissions", defaultMemberPermissions.rawValue)
    } else {
      json.fieldNull("default_member_permissions")
    }
    if let contexts {
      json.array("contexts") { json in for context in contexts { json.integer(context.rawValue) } }
    }
    if let integrationTypes {
      json.array("integration_types") { json in for type in integrationTypes { json.integer(type.rawValue) } }
    }
    if isNSFW { json.field("nsfw", true) }
    json.optional("handler", handler)
    unknownFields.write(to: &json)
  }
}
