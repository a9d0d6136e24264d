// Emoji and stickers of guilds and applications.

package import DiscordCore
package import JSON

/// An emoji (https://discord.com/developers/docs/resources/emoji#emoji-object); a Unicode one has no id.
package struct Emoji: Equatable, Sendable {
  package var id: EmojiID?
  /// The emoji itself if it is a Unicode one; nil for a custom emoji that was deleted.
  package var name: String?
  /// Who may use it; everybody if empty.
  package var roles: [RoleID]
  /// Who made it; only with the permission to manage expressions.
  package var user: User?
  package var requiresColons: Bool
  package var isManaged: Bool
  package var isAnimated: Bool
  /// False while the guild has lost the boosts that paid for it.
  package var isAvailable: Bool

  /// As we name it to Discord.
  package var reference: EmojiReference { EmojiReference(id: id, name: name, isAnimated: isAnimated) }
}

private enum EmojiField: Int, JSONFieldName {
  case id, name, roles, user, requiresColons, isManaged, isAnimated, isAvailable
  static let keys = JSONKeys<EmojiField>(
    "id", "name", "roles", "user", "require_colons", "managed", "animated", "available")
}

extension Emoji: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(EmojiField.keys)
    id = fields.optional(.id)
    name = fields.optional(.name)
    roles = fields.list(.roles)
    user = fields.optional(.user)
    requiresColons = fields.value(.requiresColons, default: true)
    isManaged = fields.value(.isManaged, default: false)
    isAnimated = fields.value(.isAnimated, default: false)
    isAvailable = fields.value(.isAvailable, default: true)
  }
}

/// https://discord.com/developers/docs/resources/sticker#sticker-object-sticker-types
package struct StickerType: WireNumber {
  package let rawValue: Int
  package init(rawValue: Int) { self.rawValue = rawValue }
  package static let standard = StickerType(rawValue: 1)
  package static let guild = StickerType(rawValue: 2)
}

/// https://discord.com/developers/docs/resources/sticker#sticker-object-sticker-format-types
package struct StickerFormat: WireNumber {
  package let rawValue: Int
  package init(rawValue: Int) { self.rawValue = rawValue }
  package static let png = StickerFormat(rawValue: 1)
  package static let apng = StickerFormat(rawValue: 2)
  package static let lottie = StickerFormat(rawValue: 3)
  package static let gif = StickerFormat(rawValue: 4)
}

/// https://discord.com/developers/docs/resources/sticker#sticker-object
package struct Sticker: Equatable, Sendable {
  package var id: StickerID
  /// Only of standard stickers.
  package var packID: StickerPackID?
  package var name: String
  package var description: String?
  /// What it is found by; of a guild's sticker the name of a Unicode emoji.
  package var tags: String
  package var type: StickerType
  package var format: StickerFormat?
  package var isAvailable: Bool
  package var guildID: GuildID?
  package var user: User?
  package var sortValue: Int?
}

private enum StickerField: Int, JSONFieldName {
  case id, packID, name, description, tags, type, format, isAvailable, guildID, user, sortValue
  static let keys = JSONKeys<StickerField>(
    "id", "pack_id", "name", "description", "tags", "type", "format_type", "available", "guild_id", "user",
    "sort_value")
}

extension Sticker: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(StickerField.keys)
    id = try fields.value(.id)
    packID = fields.optional(.packID)
    name = fields.value(.name, default: "")
    description = fields.optional(.description)
    tags = fields.value(.tags, default: "")
    type = fields.value(.type, default: .guild)
    format = fields.optional(.format)
    isAvailable = fields.value(.isAvailable, default: true)
    guildID = fields.optional(.guildID)
    user = fields.optional(.user)
    sortValue = fields.optional(.sortValue)
  }
}

/// As much of a sticker as it takes to draw it.
package struct StickerItem: Equatable, Sendable {
  package var id: StickerID
  package var name: String
  package var format: StickerFormat?
}

private enum StickerItemField: Int, JSONFieldName {
  case id, name, format
  static let keys = JSONKeys<StickerItemField>(
    "id", "name", "format_type")
}

extension StickerItem: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(StickerItemField.keys)
    id = try fields.value(.id)
    name = fields.value(.name, default: "")
    format = fields.optional(.format)
  }
}

/// https://discord.com/developers/docs/resources/sticker#sticker-pack-object
package struct StickerPack: Equatable, Sendable {
  package var id: StickerPackID
  package var stickers: [Sticker]
  package var name: String
  package var skuID: SKUID?
  package var coverStickerID: StickerID?
  package var description: String?
  package var bannerAssetID: String?
}

private enum StickerPackField: Int, JSONFieldName {
  case id, stickers, name, skuID, coverStickerID, description, bannerAssetID
  static let keys = JSONKeys<StickerPackField>(
    "id", "stickers", "name", "sku_id", "cover_sticker_id", "description", "banner_asset_id")
}

extension StickerPack: WireDecodable {
  package init(from json: JSONView) throws(JSONError) {
    let fields = try json.fields(StickerPackField.keys)
    id = try fields.value(.id)
    stickers = fields.list(.stickers)
    name = fields.value(.name, default: "")
    skuID = fields.optional(.skuID)
    coverStickerID = fields.optional(.coverStickerID)
    description = fields.optional(.description)
    bannerAssetID = fields.optional(.bannerAssetID)
  }
}
