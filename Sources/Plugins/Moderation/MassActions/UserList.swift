// Lists of users as people paste them: ids and mentions, in any order and with anything between them.

import DiscordCore
import JSON

/// Users read from a text, each once, in the order in which they stand there.
struct UserList: Hashable, Sendable {
  /// As many are taken at once.
  static let limit = 10_000

  private(set) var users: [UserID] = []
  /// Digits that are no id: too short, too long, from the future.
  private(set) var rejected = 0
  /// Whether there were more than `limit`.
  private(set) var isCut = false

  /// Reads every run of digits that is as long as ids are. Words, commas, names and columns of a table are passed over.
  init(_ text: some StringProtocol) {
    var seen: Set<UInt64> = []
    var (value, length, isValid) = (UInt64(0), 0, true)
    // One more byte, so that the last number ends.
    for byte in Array(text.utf8) + [UInt8(ascii: " ")] {
      if (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
        let (product, overflow) = value.multipliedReportingOverflow(by: 10)
        let (sum, carry) = product.addingReportingOverflow(UInt64(byte - UInt8(ascii: "0")))
        isValid = isValid && !overflow && !carry
        (value, length) = (sum, length + 1)
        continue
      }
      if length > 0 { take(value, length, isValid, &seen) }
      (value, length, isValid) = (0, 0, true)
    }
  }

  private mutating func take(_ value: UInt64, _ length: Int, _ isValid: Bool, _ seen: inout Set<UInt64>) {
    guard length >= 6 else { return }
    guard isValid, (15...20).contains(length), value >> 22 > 0 else {
      rejected += 1
      return
    }
    guard seen.insert(value).inserted else { return }
    guard users.count < Self.limit else {
      isCut = true
      return
    }
    users.append(UserID(value))
  }

  /// What stands behind the last user of a text: the reason, as one types it after a command.
  static func remark(after text: String) -> String {
    var last = text.startIndex
    var index = text.startIndex
    while let start = text[index...].firstIndex(where: isDigit) {
      let end = text[start...].firstIndex { !isDigit($0) } ?? text.endIndex
      if (15...20).contains(text[start..<end].utf8.count) { last = end }
      index = end
    }
    let rest = text[last...].drop { $0 == ">" || $0 == "," || $0 == ":" || $0.isWhitespace }
    return String(rest.prefix(400))
  }

  private static func isDigit(_ character: Character) -> Bool { ("0"..."9").contains(character) }

  /// The users in parts of that size, in the order of their ids: what one call bans lies close together then.
  func batches(of size: Int) -> [[String]] {
    let sorted = users.sorted()
    return stride(from: 0, to: sorted.count, by: size).map { start in
      sorted[start..<min(start + size, sorted.count)].map(\.description)
    }
  }
}

/// A ban list as a file.
struct BanFile: Hashable, Sendable {
  /// One ban of it.
  struct Entry: Hashable, Sendable {
    var user: UserID
    var reason: String?
  }

  /// The form this version writes.
  static let version: Int64 = 1

  var guild: GuildID
  var entries: [Entry]

  var json: JSONValue {
    [
      "version": .integer(Self.version), "guild": .id(guild),
      "bans": .array(
        entries.map { entry in
          var fields = [JSONObject.Field(key: "user", value: .id(entry.user))]
          if let reason = entry.reason { fields.append(.init(key: "reason", value: .string(reason))) }
          return .object(JSONObject(fields: fields))
        }),
    ]
  }

  /// Reads what `json` wrote, a plain list of ids or objects with an `id`, a `user` or a `user_id`, or any other text with
  /// ids in it: nobody's export is refused for its form.
  static func users(_ bytes: [UInt8]) -> UserList {
    // What is no JSON is a list as people write them.
    guard let json = try? JSONValue(parsing: bytes) else {
      return UserList(String(decoding: bytes, as: UTF8.self))
    }
    let list = json.array ?? json["bans"]?.array ?? json["users"]?.array ?? []
    let ids = list.compactMap { entry -> UInt64? in
      if let id = entry.snowflake { return id }
      for key in ["user", "user_id", "id"] {
        if let id = entry[key]?.snowflake ?? entry[key]?["id"]?.snowflake { return id }
      }
      return nil
    }
    return UserList(ids.map(String.init).joined(separator: "\n"))
  }
}
