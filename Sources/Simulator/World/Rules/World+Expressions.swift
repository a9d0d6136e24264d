// Emojis, stickers and sounds of a guild.

package import DiscordCore
package import JSON

extension World {
  private static let emojiLimit = 50
  private static let stickerLimit = 5
  private static let soundLimit = 8

  /// Making needs CREATE_GUILD_EXPRESSIONS; changing others' needs MANAGE_GUILD_EXPRESSIONS, one's own either.
  private func requireExpressionRights(_ creator: UserID?, by caller: UserID, in guild: Guild)
    throws(RESTFailure)
  {
    let held = permissions(of: caller, in: guild)
    let isOwn = creator == caller && held.contains(.createGuildExpressions)
    guard isOwn || held.contains(.manageGuildExpressions) else { throw .missingPermissions }
  }

  // MARK: Emojis

  /// Makes an emoji.
  ///
  /// - Throws: 30008 at 50 emojis, 50013, 50035, 50045 for more than 256 KiB.
  package func createEmoji(in id: GuildID, by caller: UserID, body: JSONValue?, reason: String?)
    throws(RESTFailure) -> Emoji
  {
    let guild = try guild(id, for: caller, needing: .createGuildExpressions)
    var reader = try BodyReader(body)
    reader.require("name", "image")
    let name = emojiName(&reader)
    let image = reader.picture("image").value
    let roles = reader.ids("roles", upTo: 250, Entity.Role.self).value ?? []
    try reader.finish()
    guard image.map({ $0.bytes.count <= 256 * 1_024 }) ?? true else {
      throw RESTFailure(
        status: 400, code: 50045, message: "File uploaded exceeds the maximum size")
    }
    let isAnimated = image?.contentType == "image/gif"
    guard guild.emojis.values.count(where: { $0.animated == isAnimated }) < Self.emojiLimit else {
      throw .maximumReached(isAnimated ? 30018 : 30008, "emojis", Self.emojiLimit)
    }
    var emoji = Emoji(id: newID(), name: name.value ?? "")
    (emoji.roles, emoji.creator, emoji.animated, emoji.image) = (roles, caller, isAnimated, image)
    guild.emojis[emoji.id] = emoji
    publishEmojis(of: guild)
    var changes = Changes()
    changes.note("name", from: nil, to: emoji.name)
    record(
      .emojiCreate, in: guild, by: caller, target: emoji.id.description, changes: changes, reason: reason)
    return emoji
  }

  private func emojiName(_ reader: inout BodyReader) -> Given<String> {
    let name = reader.text("name", 2...32)
    if let text = name.value, !text.utf8.allSatisfy({ $0 == 95 || $0 &- 48 < 10 || ($0 | 32) &- 97 < 26 }) {
      reader.fail("name", "STRING_TYPE_REGEX", "String value did not match validation regex.")
    }
    return name
  }

  /// Changes an emoji.
  ///
  /// - Throws: 10014, 50013, 50035.
  package func modifyEmoji(
    _ emojiID: EmojiID, in id: GuildID, by caller: UserID, body: JSONValue?, reason: String?
  ) throws(RESTFailure) -> Emoji {
    let guild = try guild(id, for: caller)
    guard var emoji = guild.emojis[emojiID] else { throw .unknown(.emoji) }
    try requireExpressionRights(emoji.creator, by: caller, in: guild)
    var reader = try BodyReader(body)
    let name = emojiName(&reader)
    let roles = reader.ids("roles", upTo: 250, Entity.Role.self)
    try reader.finish()
    var changes = Changes()
    changes.set("name", name, &emoji.name)
    changes.set("roles", roles, &emoji.roles)
    guard !changes.isEmpty else { return emoji }
    guild.emojis[emojiID] = emoji
    publishEmojis(of: guild)
    record(.emojiUpdate, in: guild, by: caller, target: emojiID.description, changes: changes, reason: reason)
    return emoji
  }

  /// Deletes an emoji.
  ///
  /// - Throws: 10014, 50013.
  package func deleteEmoji(_ emojiID: EmojiID, in id: GuildID, by caller: UserID, reason: String?)
    throws(RESTFailure)
  {
    let guild = try guild(id, for: caller)
    guard let emoji = guild.emojis[emojiID] else { throw .unknown(.emoji) }
    try requireExpressionRights(emoji.creator, by: caller, in: guild)
    guild.emojis[emojiID] = nil
    publishEmojis(of: guild)
    var changes = Changes()
    changes.note("name", from: emoji.name, to: nil)
    record(.emojiDelete, in: guild, by: caller, target: emojiID.description, changes: changes, reason: reason)
  }

  private func publishEmojis(of guild: Guild) {
    let list = guild.emojis.values.sorted { $0.id < $1.id }.map { json($0) }
    publish(
      "GUILD_EMOJIS_UPDATE", ["guild_id": .id(guild.id), "emojis": .array(list)],
      to: .guild(guild.id, .guildExpressions))
  }

  // MARK: Stickers

  /// Makes a sticker from a form: name, description, tags and one file.
  ///
  /// - Throws: 30039 at 5 stickers, 50013, 50035, 50045 for more than 512 KiB.
  package func createSticker(
    in id: GuildID, by caller: UserID, body: JSONValue?, files: [UploadedPart], reason: String?
  ) throws(RESTFailure) -> Sticker {
    let guild = try guild(id, for: caller, needing: .createGuildExpressions)
    var reader = try BodyReader(body)
    reader.require("name", "tags")
    let name = reader.text("name", 2...30)
    let description = reader.text("description", 0...100)
    let tags = reader.text("tags", 1...200)
    if files.isEmpty { reader.fail("file", "BASE_TYPE_REQUIRED", "This field is required") }
    try reader.finish()
    guard let file = files.first, file.bytes.count <= 512 * 1_024 else {
      throw RESTFailure(status: 400, code: 50045, message: "File uploaded exceeds the maximum size")
    }
    guard guild.stickers.count < Self.stickerLimit else {
      throw .maximumReached(30039, "stickers", Self.stickerLimit)
    }
    var sticker = Sticker(id: newID(), name: name.value ?? "", tags: tags.value ?? "")
    sticker.description = description.value
    sticker.creator = caller
    let type = file.contentType ?? "image/png"
    sticker.format = type.contains("json") ? 3 : type == "image/gif" ? 4 : type == "image/apng" ? 2 : 1
    sticker.image = Picture(contentType: type, bytes: file.bytes)
    guild.stickers[sticker.id] = sticker
    publishStickers(of: guild)
    var changes = Changes()
    changes.note("name", from: nil, to: sticker.name)
    record(
      .stickerCreate, in: guild, by: caller, target: sticker.id.description, changes: changes, reason: reason)
    return sticker
  }

  /// Changes a sticker.
  ///
  /// - Throws: 10060, 50013, 50035.
  package func modifySticker(
    _ stickerID: StickerID, in id: GuildID, by caller: UserID, body: JSONValue?, reason: String?
  ) throws(RESTFailure) -> Sticker {
    let guild = try guild(id, for: caller)
    guard var sticker = guild.stickers[stickerID] else { throw .unknown(.sticker) }
    try requireExpressionRights(sticker.creator, by: caller, in: guild)
    var reader = try BodyReader(body)
    let name = reader.text("name", 2...30)
    let description = reader.text("description", 0...100)
    let tags = reader.text("tags", 1...200)
    try reader.finish()
    var changes = Changes()
    changes.set("name", name, &sticker.name)
    changes.set("description", description, &sticker.description)
    changes.set("tags", tags, &sticker.tags)
    guard !changes.isEmpty else { return sticker }
    guild.stickers[stickerID] = sticker
    publishStickers(of: guild)
    record(
      .stickerUpdate, in: guild, by: caller, target: stickerID.description, changes: changes, reason: reason)
    return sticker
  }

  /// Deletes a sticker.
  ///
  /// - Throws: 10060, 50013.
  package func deleteSticker(_ stickerID: StickerID, in id: GuildID, by caller: UserID, reason: String?)
    throws(RESTFailure)
  {
    let guild = try guild(id, for: caller)
    guard let sticker = guild.stickers[stickerID] else { throw .unknown(.sticker) }
    try requireExpressionRights(sticker.creator, by: caller, in: guild)
    guild.stickers[stickerID] = nil
    publishStickers(of: guild)
    var changes = Changes()
    changes.note("name", from: sticker.name, to: nil)
    record(
      .stickerDelete, in: guild, by: caller, target: stickerID.description, changes: changes, reason: reason)
  }

  private func publishStickers(of guild: Guild) {
    let list = guild.stickers.values.sorted { $0.id < $1.id }.map { json($0, guild) }
    publish(
      "GUILD_STICKERS_UPDATE", ["guild_id": .id(guild.id), "stickers": .array(list)],
      to: .guild(guild.id, .guildExpressions))
  }

  // MARK: Sounds

  /// Makes a sound of the soundboard.
  ///
  /// - Throws: 30045 at 8 sounds, 50013, 50035.
  package func createSound(in id: GuildID, by caller: UserID, body: JSONValue?, reason: String?)
    throws(RESTFailure) -> Sound
  {
    let guild = try guild(id, for: caller, needing: .createGuildExpressions)
    guard guild.sounds.count < Self.soundLimit else {
      throw .maximumReached(30045, "soundboard sounds", Self.soundLimit)
    }
    var reader = try BodyReader(body)
    reader.require("name", "sound")
    var sound = Sound(id: newID(), name: "")
    var changes = Changes()
    apply(&reader, to: &sound, &changes)
    try reader.finish()
    sound.creator = caller
    guild.sounds[sound.id] = sound
    publish(
      "GUILD_SOUNDBOARD_SOUND_CREATE", json(sound, guild), to: .guild(id, .guildExpressions))
    record(
      .soundCreate, in: guild, by: caller, target: sound.id.description, changes: changes, reason: reason)
    return sound
  }

  private func apply(_ reader: inout BodyReader, to sound: inout Sound, _ changes: inout Changes) {
    changes.set("name", reader.text("name", 2...32), &sound.name)
    if let volume = reader.raw("volume")?.double {
      if (0...1).contains(volume) {
        sound.volume = volume
      } else {
        reader.fail("volume", "NUMBER_TYPE_MAX", "float value should be less than or equal to 1.0.")
      }
    }
    changes.set("emoji_id", reader.id("emoji_id"), &sound.emojiID)
    changes.set("emoji_name", reader.text("emoji_name", 0...100), &sound.emojiName)
  }

  /// Changes a sound.
  ///
  /// - Throws: 10097, 50013, 50035.
  package func modifySound(
    _ soundID: SoundboardSoundID, in id: GuildID, by caller: UserID, body: JSONValue?, reason: String?
  ) throws(RESTFailure) -> Sound {
    let guild = try guild(id, for: caller)
    guard var sound = guild.sounds[soundID] else { throw .unknown(.sound) }
    try requireExpressionRights(sound.creator, by: caller, in: guild)
    var reader = try BodyReader(body)
    var changes = Changes()
    apply(&reader, to: &sound, &changes)
    try reader.finish()
    guild.sounds[soundID] = sound
    publish(
      "GUILD_SOUNDBOARD_SOUND_UPDATE", json(sound, guild), to: .guild(id, .guildExpressions))
    record(.soundUpdate, in: guild, by: caller, target: soundID.description, changes: changes, reason: reason)
    return sound
  }

  /// Deletes a sound.
  ///
  /// - Throws: 10097, 50013.
  package func deleteSound(_ soundID: SoundboardSoundID, in id: GuildID, by caller: UserID, reason: String?)
    throws(RESTFailure)
  {
    let guild = try guild(id, for: caller)
    guard let sound = guild.sounds[soundID] else { throw .unknown(.sound) }
    try requireExpressionRights(sound.creator, by: caller, in: guild)
    guild.sounds[soundID] = nil
    publish(
      "GUILD_SOUNDBOARD_SOUND_DELETE", ["guild_id": .id(id), "sound_id": .id(soundID)],
      to: .guild(id, .guildExpressions))
    record(.soundDelete, in: guild, by: caller, target: soundID.description, reason: reason)
  }
}
