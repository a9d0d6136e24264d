// Roles of guilds.

package import DiscordCore
package import JSON

/// https://discord.com/developers/docs/topics/permissions#role-object-role-flags
package struct RoleFlags: WireFlags {
  package let rawValue: UInt64
  package init(rawValue: UInt64) { self.rawValue = rawValue }
  /// Members may choose it in the onboarding.
  package static let inPrompt = RoleFlags(bit: 0)
}

/// Colours of a role, as 0xRRGGBB (https://discord.com/developers/docs/topics/permissions#role-object-role-colors-object).
///
/// With a second one the name is a gradient; the third is for the holographic style, whose three values are fixed.
package struct RoleColors: Hashable, Sendable {
  package var primary: Int
  package var secondary: Int?
  package var tertiary: Int?

  package init(
    primary: Int = 0, secondary: Int? = nil, tertiary: Int? = nil
  ) {
    (self.primary, self.secondary, self.tertiary) = (primary, secondary, tertiary)
  }
}

private enum RoleColorsField: Int, JSONFieldName {
  case primary, secondary, tertiary
  static let keys = JSONKeys<RoleColorsField>(
    "primary_color", "secondary_color", "tertiary_color")
}

extension RoleColors: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(RoleColorsField.keys)
    primary = fields.value(.primary, default: 0)
    secondary = fields.optional(.secondary)
    tertiary = fields.optional(.tertiary)
  }
}

extension RoleColors: WireEncodable {
  package func write(to json: inout JSONWriter) {
    json.object { json in
      json.field("primary_color", primary)
      json.nullable("secondary_color", secondary)
      json.nullable("tertiary_color", tertiary)
    }
  }
}

extension RoleColors {
  /// The holographic style.
  package static let holographic = RoleColors(
    primary: 11_127_295, secondary: 16_759_788, tertiary: 16_761_760)
}

/// Whom a managed role belongs to (https://discord.com/developers/docs/topics/permissions#role-object-role-tags-structure).
///
/// What is a flag here is on the wire a field that is null when set.
package struct RoleTags: Equatable, Sendable {
  package var botID: UserID?
  package var integrationID: IntegrationID?
  package var subscriptionListingID: SKUID?
  package var isPremiumSubscriber: Bool
  package var isAvailableForPurchase: Bool
  package var hasGuildConnections: Bool
}

private enum RoleTagsField: Int, JSONFieldName {
  case botID, integrationID, subscriptionListingID, isPremiumSubscriber, isAvailableForPurchase,
    hasGuildConnections
  static let keys = JSONKeys<RoleTagsField>(
    "bot_id", "integration_id", "subscription_listing_id", "premium_subscriber", "available_for_purchase",
    "guild_connections")
}

extension RoleTags: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(RoleTagsField.keys)
    botID = fields.optional(.botID)
    integrationID = fields.optional(.integrationID)
    subscriptionListingID = fields.optional(.subscriptionListingID)
    isPremiumSubscriber = fields[.isPremiumSubscriber] != nil
    isAvailableForPurchase = fields[.isAvailableForPurchase] != nil
    hasGuildConnections = fields[.hasGuildConnections] != nil
  }
}

/// A role (https://discord.com/developers/docs/topics/permissions#role-object).
package struct Role: Equatable, Sendable {
  package var id: RoleID
  package var name: String
  package var colors: RoleColors
  /// Whether members with it are listed apart.
  package var isHoisted: Bool
  package var icon: String?
  package var unicodeEmoji: String?
  package var position: Int
  package var permissions: Permissions
  /// Whether an integration owns it, so that nobody else can give or take it.
  package var isManaged: Bool
  package var isMentionable: Bool
  package var tags: RoleTags?
  package var flags: RoleFlags

  /// Where the role stands among the guild's.
  package var rank: RoleRank { RoleRank(position: position, role: id) }
}

private enum RoleField: Int, JSONFieldName {
  case id, name, colors, isHoisted, icon, unicodeEmoji, position, permissions, isManaged, isMentionable,
    tags, flags
  static let keys = JSONKeys<RoleField>(
    "id", "name", "colors", "hoist", "icon", "unicode_emoji", "position", "permissions", "managed",
    "mentionable", "tags", "flags")
}

extension Role: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(RoleField.keys)
    id = try fields.value(.id)
    name = fields.value(.name, default: "")
    colors = fields.optional(.colors) ?? RoleColors(primary: json["color"]?.int ?? 0)
    isHoisted = fields.value(.isHoisted, default: false)
    icon = fields.optional(.icon)
    unicodeEmoji = fields.optional(.unicodeEmoji)
    position = fields.value(.position, default: 0)
    permissions = fields.value(.permissions, default: [])
    isManaged = fields.value(.isManaged, default: false)
    isMentionable = fields.value(.isMentionable, default: false)
    tags = fields.optional(.tags)
    flags = fields.value(.flags, default: [])
  }
}
