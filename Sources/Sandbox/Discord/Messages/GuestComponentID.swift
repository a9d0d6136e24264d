// How a component that a third-party plugin made finds its way back to it.

import Vault

/// The `custom_id` of a plugin's button, select or form as Discord has it: `~`, six characters that stand for the plugin, a
/// colon, and the plugin's own id.
///
/// Built-in plugins sign theirs as `<plugin>:…`, which never begins with a tilde. A plugin that puts another's prefix into
/// its own id gets it back as its own text: the host's prefix always stands first.
///
///     GuestComponentID(plugin: "tickets", customID: "close:17").text   // "~kX3_9a:close:17"
package struct GuestComponentID: Hashable, Sendable {
  /// Six characters of base64url, made from the plugin's id.
  package let token: String
  /// What the plugin called it.
  package let customID: String

  /// Characters that are left to a plugin of the 100 that Discord takes.
  package static let maximumLength = 100 - prefixLength
  private static let prefixLength = 8

  /// For a component of the plugin.
  package init(plugin: String, customID: String) {
    (token, self.customID) = (Self.token(of: plugin), customID)
  }

  /// Reads what Discord sent; nil for an id that is no third-party plugin's.
  package init?(_ text: String) {
    let scalars = text.unicodeScalars
    guard scalars.count > Self.prefixLength, scalars.first == "~" else { return nil }
    let colon = scalars.index(scalars.startIndex, offsetBy: Self.prefixLength - 1)
    guard scalars[colon] == ":" else { return nil }
    token = String(scalars[scalars.index(after: scalars.startIndex)..<colon])
    customID = String(scalars[scalars.index(after: colon)...])
  }

  /// What stands in the component.
  package var text: String { "~\(token):\(customID)" }

  /// Whether it is a component of that plugin. Ask it of every plugin that is installed in the server.
  package func belongs(to plugin: String) -> Bool { token == Self.token(of: plugin) }

  /// What stands for a plugin in its components. 36 bits: two plugins share one by accident only once in 69 billion.
  package static func token(of plugin: String) -> String {
    String(Base64URL.encode(SHA256.hash(Array("guest component \(plugin)".utf8))).prefix(6))
  }
}
