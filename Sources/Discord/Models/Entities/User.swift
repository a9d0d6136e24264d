// Users, and what they wear.

package import DiscordCore
package import JSON

/// https://discord.com/developers/docs/resources/user#user-object-user-flags
package struct UserFlags: WireFlags {
  package let rawValue: UInt64
  package init(rawValue: UInt64) { self.rawValue = rawValue }
  package static let staff = UserFlags(bit: 0)
  package static let partner = UserFlags(bit: 1)
  package static let hypesquad = UserFlags(bit: 2)
  package static let bugHunterLevel1 = UserFlags(bit: 3)
  package static let hypesquadBravery = UserFlags(bit: 6)
  package static let hypesquadBrilliance = UserFlags(bit: 7)
  package static let hypesquadBalance = UserFlags(bit: 8)
  package static let premiumEarlySupporter = UserFlags(bit: 9)
  /// An account that stands for a team.
  package static let teamPseudoUser = UserFlags(bit: 10)
  package static let bugHunterLevel2 = UserFlags(bit: 14)
  package static let verifiedBot = UserFlags(bit: 16)
  package static let verifiedDeveloper = UserFlags(bit: 17)
  package static let certifiedModerator = UserFlags(bit: 18)
  /// A bot that answers over HTTP only and is shown as online.
  package static let botHTTPInteractions = UserFlags(bit: 19)
  /// Discord holds the account for a spammer's.
  package static let spammer = UserFlags(bit: 20)
  package static let activeDeveloper = UserFlags(bit: 22)
}

/// A user (https://discord.com/developers/docs/resources/user#user-object).
package struct User: Equatable, Sendable {
  package var id: UserID
  package var username: String
  /// `"0"` for everybody but bots and accounts that never chose a name.
  package var discriminator: String
  /// The name a person chose to be shown under.
  package var globalName: String?
  /// Hash of the picture; begins with `a_` if it moves.
  package var avatar: String?
  package var isBot: Bool
  /// Whether it is Discord itself that speaks.
  package var isSystem: Bool
  package var publicFlags: UserFlags
  package var banner: String?
  /// Colour of the banner, as 0xRRGGBB.
  package var accentColor: Int?
  package var avatarDecoration: AvatarDecoration?
  package var nameplate: Nameplate?
  package var primaryGuild: UserPrimaryGuild?

  /// The name to show: the one that was chosen, else the account's.
  package var displayName: String { globalName ?? username }
}

private enum UserField: Int, JSONFieldName {
  case id, username, discriminator, globalName, avatar, isBot, isSystem, publicFlags, banner, accentColor,
    avatarDecoration, nameplate, primaryGuild
  static let keys = JSONKeys<UserField>(
    "id", "username", "discriminator", "global_name", "avatar", "bot", "system", "public_flags", "banner",
    "accent_color", "avatar_decoration_data", "collectibles", "primary_guild")
}

extension User: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(UserField.keys)
    id = try fields.value(.id)
    username = fields.value(.username, default: "")
    discriminator = fields.value(.discriminator, default: "0")
    globalName = fields.optional(.globalName)
    avatar = fields.optional(.avatar)
    isBot = fields.value(.isBot, default: false)
    isSystem = fields.value(.isSystem, default: false)
    publicFlags = fields.value(.publicFlags, default: [])
    banner = fields.optional(.banner)
    accentColor = fields.optional(.accentColor)
    avatarDecoration = fields.optional(.avatarDecoration)
    nameplate = fields[.nameplate]?.object("nameplate")
    primaryGuild = fields.optional(.primaryGuild)
  }
}

/// What is drawn around an avatar.
package struct AvatarDecoration: Equatable, Sendable {
  /// Hash of the picture.
  package var asset: String
  package var skuID: SKUID?
}

private enum AvatarDecorationField: Int, JSONFieldName {
  case asset, skuID
  static let keys = JSONKeys<AvatarDecorationField>(
    "asset", "sku_id")
}

extension AvatarDecoration: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(AvatarDecorationField.keys)
    asset = try fields.value(.asset)
    skuID = fields.optional(.skuID)
  }
}

/// What is drawn behind a name (https://discord.com/developers/docs/resources/user#nameplate).
package struct Nameplate: Equatable, Sendable {
  package var skuID: SKUID?
  /// Path of the picture.
  package var asset: String
  package var label: String
  package var palette: String?
}

private enum NameplateField: Int, JSONFieldName {
  case skuID, asset, label, palette
  static let keys = JSONKeys<NameplateField>(
    "sku_id", "asset", "label", "palette")
}

extension Nameplate: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(NameplateField.keys)
    skuID = fields.optional(.skuID)
    asset = try fields.value(.asset)
    label = fields.value(.label, default: "")
    palette = fields.optional(.palette)
  }
}

/// The guild whose tag a user wears (https://discord.com/developers/docs/resources/user#user-object-user-primary-guild).
package struct UserPrimaryGuild: Equatable, Sendable {
  package var identityGuildID: GuildID?
  /// Nil where Discord took the tag away.
  package var isIdentityEnabled: Bool?
  /// At most four characters.
  package var tag: String?
  /// Hash of the badge.
  package var badge: String?
}

private enum UserPrimaryGuildField: Int, JSONFieldName {
  case identityGuildID, isIdentityEnabled, tag, badge
  static let keys = JSONKeys<UserPrimaryGuildField>(
    "identity_guild_id", "identity_enabled", "tag", "badge")
}

extension UserPrimaryGuild: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(UserPrimaryGuildField.keys)
    identityGuildID = fields.optional(.identityGuildID)
    isIdentityEnabled = fields.optional(.isIdentityEnabled)
    tag = fields.optional(.tag)
    badge = fields.optional(.badge)
  }
}

/// The user whom a token belongs to: what it sees of itself besides the user's own fields.
package struct CurrentUser: Equatable, Sendable {
  package var user: User
  package var hasTwoFactor: Bool
  package var isVerified: Bool?
  package var locale: DiscordLocale?
  /// Only with the scope `email`.
  package var email: Credential?
}

extension CurrentUser: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    user = try User(from: json)
    hasTwoFactor = json["mfa_enabled"]?.bool ?? false
    isVerified = json["verified"]?.bool
    locale = json.object("locale")
    email = json.object("email")
  }
}

/// A language of Discord's (https://discord.com/developers/docs/reference#locales).
package struct DiscordLocale: WireWord {
  package let rawValue: String
  package init(rawValue: String) { self.rawValue = rawValue }
  package static let indonesian: DiscordLocale = "id"
  package static let danish: DiscordLocale = "da"
  package static let german: DiscordLocale = "de"
  package static let englishUK: DiscordLocale = "en-GB"
  package static let englishUS: DiscordLocale = "en-US"
  package static let spanish: DiscordLocale = "es-ES"
  package static let spanishLatinAmerica: DiscordLocale = "es-419"
  package static let french: DiscordLocale = "fr"
  package static let croatian: DiscordLocale = "hr"
  package static let italian: DiscordLocale = "it"
  package static let lithuanian: DiscordLocale = "lt"
  package static let hungarian: DiscordLocale = "hu"
  package static let dutch: DiscordLocale = "nl"
  package static let norwegian: DiscordLocale = "no"
  package static let polish: DiscordLocale = "pl"
  package static let portugueseBrazil: DiscordLocale = "pt-BR"
  package static let romanian: DiscordLocale = "ro"
  package static let finnish: DiscordLocale = "fi"
  package static let swedish: DiscordLocale = "sv-SE"
  package static let vietnamese: DiscordLocale = "vi"
  package static let turkish: DiscordLocale = "tr"
  package static let czech: DiscordLocale = "cs"
  package static let greek: DiscordLocale = "el"
  package static let bulgarian: DiscordLocale = "bg"
  package static let russian: DiscordLocale = "ru"
  package static let ukrainian: DiscordLocale = "uk"
  package static let hindi: DiscordLocale = "hi"
  package static let thai: DiscordLocale = "th"
  package static let chineseChina: DiscordLocale = "zh-CN"
  package static let japanese: DiscordLocale = "ja"
  package static let chineseTaiwan: DiscordLocale = "zh-TW"
  package static let korean: DiscordLocale = "ko"
}
