// Settings that name things of Discord: channels, roles, users and colours.

package import DiscordCore
import JSON

extension SettingsCodec where Value == ChannelID {
  /// A channel of one of these types (Discord's numbers); of any when none is given.
  package static func channel(_ types: Int...) -> SettingsCodec {
    reference(.channel(types: types))
  }
}

extension SettingsCodec where Value == RoleID {
  /// A role.
  package static let role = reference(.role)
}

extension SettingsCodec where Value == UserID {
  /// A user, member or not.
  package static let user = reference(.user)
}

extension SettingsCodec {
  fileprivate static func reference<Entity>(_ reference: SettingsReference) -> SettingsCodec
  where Value == Snowflake<Entity> {
    SettingsCodec(.reference(reference), encode: { .id($0) }) { json, path, problems in
      guard let id = json.snowflake else { return problems.wrongType(path, "an id") }
      return Snowflake(id)
    }
  }
}

/// A colour of an embed or a role: 24 bits of red, green and blue.
package struct SettingsColor: Hashable, Sendable {
  package let rgb: UInt32

  /// The upper eight bits are dropped.
  package init(_ rgb: UInt32) { self.rgb = rgb & 0xFF_FFFF }

  /// From `#rrggbb`; nil for anything else.
  package init?(_ text: some StringProtocol) {
    let digits = text.dropFirst()
    guard text.first == "#", digits.utf8.count == 6, digits.utf8.allSatisfy(\.isHexDigit),
      let rgb = UInt32(digits, radix: 16)
    else { return nil }
    self.rgb = rgb
  }

  /// `#rrggbb`.
  package var text: String {
    let digits = String(rgb, radix: 16)
    return "#" + String(repeating: "0", count: 6 - digits.count) + digits
  }
}

extension UInt8 {
  fileprivate var isHexDigit: Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self)
      || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(self | 0x20)
  }
}

extension SettingsCodec where Value == SettingsColor {
  /// A colour, `#rrggbb`.
  package static let color = SettingsCodec(.color, encode: { .string($0.text) }) { json, path, problems in
    if let color = json.string.flatMap(SettingsColor.init) { return color }
    return problems.wrongType(path, "a colour such as #ffaa00")
  }
}
