// What a button or a form carries until somebody uses it: signed, so that nobody else can make one.

package import Vault

/// Where a component's interaction goes, and what it carries: the `custom_id` of Discord, which is 100 characters long
/// at most (https://discord.com/developers/docs/components/reference#anatomy-of-a-component).
///
/// Written as `<plugin>:<route>:<state>.<tag>`. The tag is an HMAC-SHA256 under a key of the guild, cut to 96 bits: a
/// state made for one guild is refused in every other, and one that a person makes up is refused everywhere.
package struct ComponentState: Hashable, Sendable {
  /// Lower-case ids: who gets the interaction, and which of its routes.
  package let plugin: String
  package let route: String
  /// Whatever the plugin wants back; no secret, since everybody can read it.
  package let state: String

  /// - Precondition: `plugin` and `route` have no colon.
  package init(plugin: String, route: String, state: String = "") {
    precondition(!plugin.contains(":") && !route.contains(":"), "a colon ends the name")
    (self.plugin, self.route, self.state) = (plugin, route, state)
  }
}

/// Signs the states of one guild and reads them back.
package struct ComponentSigner: Sendable {
  /// Bytes of the tag: twelve, sixteen characters in base64url.
  private static let tagSize = 12
  /// Characters that are left for plugin, route and state together, their colons counted.
  package static let room = 100 - 1 - 16

  private let key: Secret

  /// For the guild whose data key that is.
  package init(_ key: DataKey) { self.key = key.derive("component") }

  /// The `custom_id`; nil when it would be longer than Discord takes.
  package func customID(_ state: ComponentState) -> String? {
    let text = "\(state.plugin):\(state.route):\(state.state)"
    guard text.unicodeScalars.count <= Self.room else { return nil }
    return "\(text).\(tag(text))"
  }

  /// What a `custom_id` carries; nil for one that this guild's key did not sign.
  package func read(_ customID: String) -> ComponentState? {
    guard let dot = customID.lastIndex(of: ".") else { return nil }
    let text = String(customID[..<dot])
    guard ConstantTime.equal(tag(text), String(customID[customID.index(after: dot)...])) else { return nil }
    let parts = text.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3 else { return nil }
    return ComponentState(plugin: String(parts[0]), route: String(parts[1]), state: String(parts[2]))
  }

  private func tag(_ text: String) -> String {
    Base64URL.encode(Array(HMACSHA256.code(for: Array(text.utf8), key: key).prefix(Self.tagSize)))
  }
}
