// Embeds and files of a plugin's message.

import DiscordModels
import EventLoop
import JSON
import SandboxContract
import Vault

extension GuestMessages {
  /// Files of one message, and bytes of all of them.
  static let maximumFiles = 3
  static let maximumFileBytes = 8 << 20

  func embeds(_ fields: GuestFields) throws(RPCError) -> [Embed]? {
    guard let given = try fields.objects("embeds", atMost: Embed.maximumCount) else { return nil }
    var embeds: [Embed] = []
    for fields in given { embeds.append(try embed(fields)) }
    return embeds
  }

  private func embed(_ fields: GuestFields) throws(RPCError) -> Embed {
    var embed = Embed(
      title: try fields.text("title"), description: try fields.text("description"),
      url: try link(fields, "url"),
      color: try fields.integer("color"), timestamp: try timestamp(fields))
    for field in try fields.objects("fields", atMost: 25) ?? [] {
      embed.fields.append(
        Embed.Field(
          try field.requiredText("name"), try field.requiredText("value"),
          inline: try field.flag("inline") ?? false))
    }
    if let author = try fields.fields("author") {
      embed.author = Embed.Author(
        try author.requiredText("name"), url: try link(author, "url"), iconURL: try link(author, "icon_url"))
    }
    if let footer = try fields.fields("footer") {
      embed.footer = Embed.Footer(try footer.requiredText("text"), iconURL: try link(footer, "icon_url"))
    }
    embed.image = try picture(fields, "image")
    embed.thumbnail = try picture(fields, "thumbnail")
    return embed
  }

  /// An address; an empty one is none, as Discord has it. Schemes are checked with the whole message.
  private func link(_ fields: GuestFields, _ name: String) throws(RPCError) -> String? {
    let text = try fields.text(name)
    return text == "" ? nil : text
  }

  private func picture(_ fields: GuestFields, _ name: String) throws(RPCError) -> Embed.Media? {
    guard let picture = try fields.fields(name), let url = try link(picture, "url") else { return nil }
    return Embed.Media(url)
  }

  private func timestamp(_ fields: GuestFields) throws(RPCError) -> Timestamp? {
    guard let text = try fields.text("timestamp"), !text.isEmpty else { return nil }
    guard let timestamp = Timestamp(iso8601: text) else {
      throw .invalid("\(fields.place("timestamp")) must be a time as ISO 8601 writes it")
    }
    return timestamp
  }

  func files(_ fields: GuestFields) throws(RPCError) -> [OutgoingFile] {
    var (files, room) = ([OutgoingFile](), Self.maximumFileBytes)
    for given in try fields.objects("files", atMost: Self.maximumFiles) ?? [] {
      let text = try given.requiredText("data_b64")
      // Counted before it is decoded: three bytes for four characters.
      guard text.utf8.count / 4 * 3 <= room + 3 else { throw .invalid("files are larger than 8 MB together") }
      guard let bytes = Self.decoded(text) else {
        throw .invalid("\(given.place("data_b64")) must be base64")
      }
      room -= bytes.count
      guard room >= 0 else { throw .invalid("files are larger than 8 MB together") }
      files.append(OutgoingFile(try given.requiredText("filename"), bytes))
    }
    return files
  }

  /// The bytes of base64 with or without padding.
  private static func decoded(_ text: String) -> [UInt8]? {
    var digits: [UInt8] = []
    digits.reserveCapacity(text.utf8.count)
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "+"): digits.append(UInt8(ascii: "-"))
      case UInt8(ascii: "/"): digits.append(UInt8(ascii: "_"))
      // The other alphabet's digits are no digits of this one.
      case UInt8(ascii: "-"), UInt8(ascii: "_"): return nil
      default: digits.append(byte)
      }
    }
    let padding = digits.suffix(2).reversed().prefix { $0 == UInt8(ascii: "=") }.count
    guard padding == 0 || digits.count % 4 == 0 else { return nil }
    digits.removeLast(padding)
    return Base64URL.decode(String(decoding: digits, as: UTF8.self))
  }
}
