// What has to be known of an interaction to route and to answer it.

package import DiscordCore
package import DiscordModels
package import JSON

/// The parts of an interaction that decide over who handles it and how it is answered
/// (https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-object).
package struct InteractionHeader: Hashable, Sendable {
  /// What it is about.
  package enum Subject: Hashable, Sendable {
    /// Discord's check of an endpoint.
    case ping
    /// A command by its name: slash, user or message.
    case command(String, ApplicationCommandID?)
    /// A component by its `custom_id`.
    case component(String)
    /// What is being typed into an option of the command.
    case autocomplete(String)
    /// A form by its `custom_id`.
    case modal(String)
    /// A type that was not known when this was written.
    case other(Int)
  }

  package let id: InteractionID
  package let application: ApplicationID
  package let token: String
  package let subject: Subject
  /// Nil outside of guilds.
  package let guild: GuildID?
  package let channel: ChannelID?
  /// Who acts.
  package let user: UserID
  /// Such as `de`; empty if Discord did not say.
  package let locale: String
  /// Whether there is a message that an update can change.
  package let hasMessage: Bool
  /// Only the person, not the guild, has installed the app: follow-ups are limited, and others may not see them.
  package let isUserInstalledOnly: Bool
  /// Bytes of the largest file the answer may carry.
  package let attachmentSizeLimit: Int?

  var kind: InteractionMachine.Kind? {
    switch subject {
    case .command: .command
    case .component: .component
    case .autocomplete: .autocomplete
    case .modal: .modal(hasMessage: hasMessage)
    case .ping, .other: nil
    }
  }
}

private enum HeaderField: Int, JSONFieldName {
  case id, application, type, token, data, guild, channel, member, user, locale, message, owners, sizeLimit
  static let keys = JSONKeys<HeaderField>(
    "id", "application_id", "type", "token", "data", "guild_id", "channel_id", "member", "user", "locale",
    "message", "authorizing_integration_owners", "attachment_size_limit")
}

extension InteractionHeader: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(HeaderField.keys)
    id = try fields.require(.id).asID()
    application = try fields.require(.application).asID()
    token = fields[.token]?.string ?? ""
    subject = try Self.subject(type: try fields.require(.type).asInt(), data: fields[.data])
    guild = fields[.guild]?.id()
    channel = fields[.channel]?.id()
    // The ping of an endpoint comes from nobody.
    user = (fields[.member]?["user"] ?? fields[.user])?["id"]?.id() ?? UserID(0)
    locale = fields[.locale]?.string ?? ""
    hasMessage = fields[.message]?.object != nil
    // "0" is the guild's installation, "1" the user's.
    let owners = fields[.owners]
    isUserInstalledOnly = owners?["1"] != nil && owners?["0"] == nil
    attachmentSizeLimit = fields[.sizeLimit]?.int
  }

  private static func subject(type: Int, data: JSONView?) throws(JSONError) -> Subject {
    switch type {
    case 1: .ping
    case 2: .command(try name("name", data), data?["id"]?.id())
    case 3: .component(try name("custom_id", data))
    case 4: .autocomplete(try name("name", data))
    case 5: .modal(try name("custom_id", data))
    default: .other(type)
    }
  }

  private static func name(_ key: JSONKey, _ data: JSONView?) throws(JSONError) -> String {
    guard let data else { throw JSONError(.missingField, field: "data") }
    return try data.require(key).asString()
  }
}
