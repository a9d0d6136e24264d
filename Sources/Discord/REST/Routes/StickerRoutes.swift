// Routes of https://discord.com/developers/docs/resources/sticker.

package import DiscordCore
package import DiscordModels
import HTTPTypes
package import JSON

extension Endpoint where Response == Sticker {
  /// A sticker of any guild, or of Discord's own.
  package static func getSticker(_ sticker: StickerID) -> Endpoint {
    Endpoint(.get, "/stickers/{sticker.id}", sticker)
  }

  /// With whoever made it, if the bot may manage expressions.
  package static func getGuildSticker(_ sticker: StickerID, of guild: GuildID) -> Endpoint {
    Endpoint(.get, "/guilds/{guild.id}/stickers/{sticker.id}", guild, sticker)
  }

  /// Makes a sticker of at most 512 KiB: PNG, APNG, GIF, or Lottie where the guild may. `tags` is the name of a
  /// Unicode emoji.
  package static func createGuildSticker(
    named name: String, description: String = "", tags: String, _ file: OutgoingFile, in guild: GuildID,
    reason: String? = nil
  ) -> Endpoint {
    Endpoint(.post, "/guilds/{guild.id}/stickers", guild)
      .form([("name", name), ("description", description), ("tags", tags)], file: file, named: "file")
      .needing(.createGuildExpressions).because(reason)
  }

  /// Changes what is said of a sticker; the picture stays.
  package static func modifyGuildSticker(
    _ sticker: StickerID, of guild: GuildID, name: String? = nil, description: Patch<String> = .keep,
    tags: String? = nil, reason: String? = nil
  ) -> Endpoint {
    Endpoint(.patch, "/guilds/{guild.id}/stickers/{sticker.id}", guild, sticker)
      .json { json in
        json.object { json in
          json.optional("name", name)
          json.patch("description", description)
          json.optional("tags", tags)
        }
      }
      .needing(.manageGuildExpressions).because(reason).repeatable()
  }
}

extension Endpoint where Response == [Sticker] {
  /// All stickers of a guild, those out of use included.
  package static func listGuildStickers(of guild: GuildID) -> Endpoint {
    Endpoint(.get, "/guilds/{guild.id}/stickers", guild)
  }
}

extension Endpoint where Response == Empty {
  /// Deletes a sticker for good.
  package static func deleteGuildSticker(
    _ sticker: StickerID, of guild: GuildID, reason: String? = nil
  ) -> Endpoint {
    Endpoint(.delete, "/guilds/{guild.id}/stickers/{sticker.id}", guild, sticker)
      .needing(.manageGuildExpressions).because(reason)
  }
}

extension Endpoint where Response == StickerPackList {
  /// The packs that everybody has.
  package static func listStickerPacks() -> Endpoint { Endpoint(.get, "/sticker-packs") }
}

extension Endpoint where Response == StickerPack {
  /// One of Discord's own packs with its stickers.
  package static func getStickerPack(_ pack: Snowflake<Entity.StickerPack>) -> Endpoint {
    Endpoint(.get, "/sticker-packs/{pack.id}", pack)
  }
}

/// Discord's own packs.
package struct StickerPackList: WireDecodable {
  package var packs: [StickerPack]

  package init(from json: JSONView) throws(JSONError) { packs = json.list("sticker_packs") }
}
