// Interactions as they are received.

package import DiscordCore
package import JSON

/// https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-object-interaction-type
package struct InteractionType: WireNumber {
  package let rawValue: Int
  package init(rawValue: Int) { self.rawValue = rawValue }
  package static let ping = InteractionType(rawValue: 1)
  package static let applicationCommand = InteractionType(rawValue: 2)
  package static let messageComponent = InteractionType(rawValue: 3)
  package static let applicationCommandAutocomplete = InteractionType(rawValue: 4)
  package static let modalSubmit = InteractionType(rawValue: 5)
}

/// Where an interaction took place.
package typealias InteractionContext = ApplicationCommandDefinition.Context

/// For whom an application is installed.
package typealias ApplicationIntegrationType = ApplicationCommandDefinition.IntegrationType

extension ApplicationCommandDefinition.Context: WireNumber {}

extension ApplicationCommandDefinition.IntegrationType: WireNumber, WireKey {
  package init?(wireKey: JSONText) {
    guard let number = wireKey.decimal, let number = Int(exactly: number) else { return nil }
    self.init(rawValue: number)
  }
}

/// Through whose installation of the application an interaction came.
package struct IntegrationOwners: Equatable, Sendable {
  /// Nil where the application is not installed in the guild. The id 0 means the guild installation, used in the
  /// direct messages with the bot.
  package var guildID: GuildID?
  /// Nil where the user has not installed the application.
  package var userID: UserID?

  package init(guildID: GuildID? = nil, userID: UserID? = nil) {
    (self.guildID, self.userID) = (guildID, userID)
  }
}

extension IntegrationOwners: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    guard json.object != nil else { throw json.mismatch() }
    self.init(guildID: json.object("0"), userID: json.object("1"))
  }
}

/// What was done, by kind.
package enum InteractionData: Equatable, Sendable {
  /// Discord's check of an endpoint.
  case ping
  case command(CommandInvocation)
  /// Suggestions are asked for; one of the options is focused.
  case autocomplete(CommandInvocation)
  case component(ComponentInvocation)
  case modal(ModalSubmission)
  /// A kind that is not known, or data that cannot be read.
  case unknown(JSONValue)
}

/// Something a person did with the application
/// (https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-object).
package struct Interaction: Equatable, Sendable {
  package var id: InteractionID
  package var applicationID: ApplicationID
  package var type: InteractionType
  package var data: InteractionData
  package var guild: InteractionGuild?
  package var guildID: GuildID?
  package var channel: Channel?
  package var channelID: ChannelID?
  /// In guilds, with permissions; outside of them `user`.
  package var member: GuildMember?
  package var directUser: User?
  /// Good for 15 minutes, for answers and follow-ups.
  package var token: Credential
  /// Of a component: the message it is in. Of a form that a component opened: the same.
  package var message: Message?
  /// Of the application, in the channel.
  package var applicationPermissions: Permissions
  /// The user's language, and the guild's.
  package var locale: DiscordLocale?
  package var guildLocale: DiscordLocale?
  package var entitlements: [Entitlement]
  package var owners: IntegrationOwners
  package var context: InteractionContext?
  /// Bytes of one file of an answer.
  package var attachmentSizeLimit: Int

  /// Who did it; nil for a ping.
  package var user: User? { member?.user ?? directUser }
}

private enum InteractionField: Int, JSONFieldName {
  case id, applicationID, type, data, guild, guildID, channel, channelID, member, directUser, token,
    message, applicationPermissions, locale, guildLocale, entitlements, owners, context, attachmentSizeLimit
  static let keys = JSONKeys<InteractionField>(
    "id", "application_id", "type", "data", "guild", "guild_id", "channel", "channel_id", "member", "user",
    "token", "message", "app_permissions", "locale", "guild_locale", "entitlements",
    "authorizing_integration_owners", "context", "attachment_size_limit")
}

extension Interaction: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(InteractionField.keys)
    id = try fields.value(.id)
    applicationID = try fields.value(.applicationID)
    type = try fields.value(.type)
    data = InteractionData(type: type, fields[.data])
    guild = fields.optional(.guild)
    guildID = fields.optional(.guildID)
    channel = fields.optional(.channel)
    channelID = fields.optional(.channelID)
    member = fields.optional(.member)
    directUser = fields.optional(.directUser)
    token = try fields.value(.token)
    message = fields.optional(.message)
    applicationPermissions = fields.value(.applicationPermissions, default: [])
    locale = fields.optional(.locale)
    guildLocale = fields.optional(.guildLocale)
    entitlements = fields.list(.entitlements)
    owners = fields.value(.owners, default: IntegrationOwners())
    context = fields.optional(.context)
    attachmentSizeLimit = fields.value(.attachmentSizeLimit, default: 10_485_760)
  }
}

extension InteractionData {
  fileprivate init(type: InteractionType, _ json: JSONView?) {
    switch type {
    case .ping: self = .ping
    case .applicationCommand: self = Self.read(json) { .command($0) }
    case .applicationCommandAutocomplete: self = Self.read(json) { .autocomplete($0) }
    case .messageComponent: self = Self.read(json) { .component($0) }
    case .modalSubmit: self = Self.read(json) { .modal($0) }
    default: self = .unknown(json.map { JSONValue($0) } ?? .null)
    }
  }

  private static func read<Data: WireDecodable>(
    _ json: JSONView?, _ make: (Data) -> InteractionData
  ) -> InteractionData {
    json?.decoded(as: Data.self).map(make) ?? .unknown(json.map { JSONValue($0) } ?? .null)
  }
}
