// What varies in length about a member: roles, names, avatars, as bytes.

internal import DiscordCore
internal import JSON

/// Writes and reads the records of a `MemberTable`.
///
/// Role ids of eight bytes each, then the five texts in the order of `Text`. A text longer than 255 bytes cannot be
/// one of Discord's and is left out. Hashes of images, which are 32 hexadecimal digits, take 17 bytes.
enum MemberRecord {
  /// The texts of a record, by their place in `MemberRow.textCounts`.
  enum Text: Int {
    case userName, globalName, nick, avatar, guildAvatar
  }

  // MARK: Writing

  static func append(_ role: RoleID, to record: inout [UInt8]) {
    var word = role.rawValue
    for _ in 0..<8 {
      record.append(UInt8(truncatingIfNeeded: word))
      word &>>= 8
    }
  }

  /// Appends a text, and says in the row how long it is.
  static func append(_ text: JSONText?, as place: Text, to record: inout [UInt8], of row: inout MemberRow) {
    guard let text, text.count <= 255 else { return }
    record.append(contentsOf: text)
    row.textCounts[place.rawValue] = UInt8(text.count)
  }

  /// Appends the hash of an image.
  static func append(image: JSONText?, as place: Text, to record: inout [UInt8], of row: inout MemberRow) {
    guard let image, image.count <= 254 else { return }
    let start = record.count
    let isAnimated = image.count == 34 && image[0] == UInt8(ascii: "a") && image[1] == UInt8(ascii: "_")
    if image.count == 32 || isAnimated {
      record.append(isAnimated ? 2 : 1)
      if appendHexadecimal(image, from: isAnimated ? 2 : 0, to: &record) {
        row.textCounts[place.rawValue] = 17
        return
      }
      record.removeSubrange(start...)
    }
    record.append(0)
    record.append(contentsOf: image)
    row.textCounts[place.rawValue] = UInt8(image.count + 1)
  }

  private static func appendHexadecimal(_ text: JSONText, from start: Int, to record: inout [UInt8]) -> Bool {
    var position = start
    while position < text.count {
      guard let high = digit(text[position]), let low = digit(text[position + 1]) else { return false }
      record.append(high << 4 | low)
      position += 2
    }
    return true
  }

  /// Lower case only, so that reading gives back what was written.
  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    default: nil
    }
  }

  // MARK: Reading

  /// The role at a place of a record.
  static func role(_ place: Int, in record: ArraySlice<UInt8>) -> RoleID {
    let start = record.startIndex + 8 * place
    var word: UInt64 = 0
    for offset in (0..<8).reversed() { word = word &<< 8 | UInt64(record[start + offset]) }
    return RoleID(word)
  }

  static func roles(of row: MemberRow, in record: ArraySlice<UInt8>) -> [RoleID] {
    (0..<Int(row.roleCount)).map { role($0, in: record) }
  }

  /// The text at its place; nil if there is none.
  static func text(_ place: Text, of row: MemberRow, in record: ArraySlice<UInt8>) -> String? {
    let bytes = bytes(place, of: row, in: record)
    return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
  }

  /// The hash of an image; nil if there is none.
  static func image(_ place: Text, of row: MemberRow, in record: ArraySlice<UInt8>) -> String? {
    let bytes = bytes(place, of: row, in: record)
    guard let kind = bytes.first else { return nil }
    let payload = bytes.dropFirst()
    guard kind != 0 else { return String(decoding: payload, as: UTF8.self) }
    let digits = Array("0123456789abcdef".utf8)
    var text = kind == 2 ? "a_" : ""
    text.reserveCapacity(34)
    for byte in payload {
      text.unicodeScalars.append(Unicode.Scalar(digits[Int(byte >> 4)]))
      text.unicodeScalars.append(Unicode.Scalar(digits[Int(byte & 15)]))
    }
    return text
  }

  private static func bytes(_ place: Text, of row: MemberRow, in record: ArraySlice<UInt8>) -> ArraySlice<
    UInt8
  > {
    var start = record.startIndex + Int(row.roleCount) * 8
    for index in 0..<place.rawValue { start += Int(row.textCounts[index]) }
    return record[start..<start + Int(row.textCounts[place.rawValue])]
  }
}
