// Commands as they are invoked: their options as a typed tree, and what the ids in them stand for.

package import DiscordCore
package import JSON

/// A command with what was given to it
/// (https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-object-application-command-data-structure).
package struct CommandInvocation: Equatable, Sendable {
  package var id: ApplicationCommandID
  package var name: String
  package var type: ApplicationCommandDefinition.Kind
  package var options: [InvokedOption]
  package var resolved: ResolvedEntities
  /// Where the command is registered, if not globally.
  package var guildID: GuildID?
  /// The user or message whose menu the command was in.
  package var target: UInt64?

  /// The name with subcommands, and the options of the innermost one.
  package var path: (names: [String], options: [InvokedOption]) {
    var names = [name]
    var options = options
    while let first = options.first, case .subcommand(let inner) = first.value {
      names.append(first.name)
      options = inner
    }
    return (names, options)
  }

  /// The option of that name in the innermost subcommand.
  package subscript(_ name: String) -> InvokedOption.Value? {
    path.options.first { $0.name == name }?.value
  }

  /// The option somebody is typing; in autocomplete.
  package var focused: InvokedOption? { path.options.first { $0.isFocused } }
}

private enum CommandInvocationField: Int, JSONFieldName {
  case id, name, type, options, resolved, guildID, target
  static let keys = JSONKeys<CommandInvocationField>(
    "id", "name", "type", "options", "resolved", "guild_id", "target_id")
}

extension CommandInvocation: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(CommandInvocationField.keys)
    id = try fields.value(.id)
    name = try fields.value(.name)
    type = fields.value(.type, default: .chatInput)
    options = fields.list(.options)
    resolved = fields.value(.resolved, default: ResolvedEntities())
    guildID = fields.optional(.guildID)
    target = fields[.target]?.snowflake
  }
}

extension ApplicationCommandDefinition.Kind: WireNumber {}

/// An option with its value, or a subcommand.
package struct InvokedOption: Equatable, Sendable {
  /// What an option was given, by its kind.
  package indirect enum Value: Equatable, Sendable {
    case string(String)
    case integer(Int64)
    case number(Double)
    case boolean(Bool)
    case user(UserID)
    case channel(ChannelID)
    case role(RoleID)
    /// A user or a role: `ResolvedEntities` says which.
    case mentionable(UInt64)
    case attachment(AttachmentID)
    /// A subcommand, or a group with the subcommand inside.
    case subcommand([InvokedOption])
    /// What somebody has typed so far where no text is due; in autocomplete.
    case unfinished(String)
    case unknown(JSONValue)
  }

  /// As it was registered.
  package var name: String
  package var kind: CommandOption.Kind
  package var value: Value
  /// Whether somebody is typing it.
  package var isFocused: Bool
}

private enum InvokedOptionField: Int, JSONFieldName {
  case name, type, value, options, focused
  static let keys = JSONKeys<InvokedOptionField>("name", "type", "value", "options", "focused")
}

extension InvokedOption: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(InvokedOptionField.keys)
    name = try fields.value(.name)
    kind = CommandOption.Kind(rawValue: try fields.value(.type))
    isFocused = fields.value(.focused, default: false)
    if kind == .subcommand || kind == .subcommandGroup {
      value = .subcommand(fields.list(.options))
    } else {
      value = Value(kind, try fields.require(.value))
    }
  }
}

extension InvokedOption.Value {
  fileprivate init(_ kind: CommandOption.Kind, _ json: JSONView) {
    let value: Self? =
      switch kind {
      case .string: json.string.map { .string($0) }
      case .integer: json.int64.map { .integer($0) }
      case .number: json.double.map { .number($0) }
      case .boolean: json.bool.map { .boolean($0) }
      case .user: json.id().map { .user($0) }
      case .channel: json.id().map { .channel($0) }
      case .role: json.id().map { .role($0) }
      case .mentionable: json.snowflake.map { .mentionable($0) }
      case .attachment: json.id().map { .attachment($0) }
      default: nil
      }
    self = value ?? json.string.map { .unfinished($0) } ?? .unknown(JSONValue(json))
  }
}

/// What the ids of an interaction stand for
/// (https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-object-resolved-data-structure).
package struct ResolvedEntities: Equatable, Sendable {
  package var users: [UserID: User]
  /// Without their users.
  package var members: [UserID: GuildMember]
  package var roles: [RoleID: Role]
  /// With the permissions of the user and of the application.
  package var channels: [ChannelID: Channel]
  package var messages: [MessageID: Message]
  package var attachments: [AttachmentID: Attachment]

  package init(
    users: [UserID: User] = [:], members: [UserID: GuildMember] = [:], roles: [RoleID: Role] = [:],
    channels: [ChannelID: Channel] = [:], messages: [MessageID: Message] = [:],
    attachments: [AttachmentID: Attachment] = [:]
  ) {
    (self.users, self.members, self.roles) = (users, members, roles)
    (self.channels, self.messages, self.attachments) = (channels, messages, attachments)
  }
}

private enum ResolvedEntitiesField: Int, JSONFieldName {
  case users, members, roles, channels, messages, attachments
  static let keys = JSONKeys<ResolvedEntitiesField>(
    "users", "members", "roles", "channels", "messages", "attachments")
}

extension ResolvedEntities: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(ResolvedEntitiesField.keys)
    users = fields.entries(.users)
    members = fields.entries(.members)
    roles = fields.entries(.roles)
    channels = fields.entries(.channels)
    messages = fields.entries(.messages)
    attachments = fields.entries(.attachments)
  }
}
