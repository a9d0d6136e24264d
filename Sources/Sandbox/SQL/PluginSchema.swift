// The names of one plugin's place in one server: its schema and its login.

package import DiscordCore
import Vault

/// A plugin in a server, as the database knows it.
package struct PluginSchema: Sendable, Hashable, CustomStringConvertible {
  package let plugin: String
  package let guild: GuildID

  package init(plugin: String, guild: GuildID) { (self.plugin, self.guild) = (plugin, guild) }

  /// `plugin_<id>_<server>`: at most 61 bytes of `a`–`z`, `0`–`9` and `_`, different for each pair. An id that is not of
  /// that form is replaced by its hash.
  package var name: String {
    let isPlain = !plugin.isEmpty && plugin.utf8.count <= 32 && plugin.utf8.allSatisfy(Self.isPlain)
    let id = isPlain ? plugin : "x" + Hex.encode(BLAKE2b.hash(Array(plugin.utf8), digestSize: 16))
    return "plugin_\(id)_\(guild.rawValue)"
  }

  /// The login. It tells nothing of whom it is for, since names of logins show in more places.
  func role(_ secret: Secret) -> String {
    "guildhall_p_"
      + Hex.encode(Array(HMACSHA256.code(for: Array("role \(name)".utf8), key: secret).prefix(12)))
  }

  /// The login's password; nobody stores it.
  func password(_ secret: Secret) -> String {
    Hex.encode(HMACSHA256.code(for: Array("password \(name)".utf8), key: secret))
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
    default: false
    }
  }

  package var description: String { name }
}
