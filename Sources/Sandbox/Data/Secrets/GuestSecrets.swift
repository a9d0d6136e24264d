// `secrets.*`, and what dashboard and network may do about secrets (plugin-host contract, sections 10.2 and 16).

package import DiscordCore
package import EventLoop
package import JSON
package import SandboxContract
package import Storage
package import Vault

/// The bounds of secrets.
enum SecretLimits {
  static let nameLength = 64
  static let valueLength = 4_096
  /// Of one plugin, in each server and of its developer.
  static let count = 100
}

/// A secret as it may be shown: everything but its value.
package struct SecretEntry: Hashable, Sendable {
  /// What the plugin calls it, and when its value or host was set last.
  package let name: String
  package let changedAt: Timestamp
  /// False for a developer's name that is bound to a host and has no value of the developer's: each server gives its own.
  package let hasValue: Bool
  /// The host whose requests it may go with, and its sub-domains'; nil when it is not bound. The developer binds names.
  package var boundTo: String?
}

/// The secrets of plugins. A server's value goes before the developer's. A name that the developer bound to a host is for
/// header injection: `secrets.get` answers null for it, whoever set the value.
package struct GuestSecrets: GuestMethods {
  private let secrets: SecretStore
  private let mask: SecretMask
  private let time: any TimeSource

  /// The mask learns of every value that is set or handed out.
  package init(storage: Storage, mask: SecretMask, time: any TimeSource) {
    (secrets, self.mask, self.time) = (SecretStore(storage: storage), mask, time)
  }

  package let names = ["secrets.get", "secrets.set", "secrets.del"]

  package func answer(_ call: GuestCall) async throws -> JSONValue {
    guard let text = call.params["key"]?.string else { throw RPCError.invalid("key must be a string") }
    let name = try Self.name(text)
    switch call.method {
    case "secrets.get":
      let value = try await readable(
        name, of: call.plugin, by: call.installation.release.developer, in: call.guild)
      return ["value": value.map { .string($0.exposedText) } ?? .null]
    case "secrets.set":
      let value = try call.text("value", 1...SecretLimits.valueLength)
      try await set(Secret(utf8: value), for: name, of: call.plugin, in: call.guild)
      return ["ok": true]
    case "secrets.del":
      try await secrets.delete(name, of: call.plugin, in: call.guild)
      return ["ok": true]
    default: throw RPCError(.unknownMethod, "unknown method: \(call.method)")
    }
  }

  /// What the plugin itself may read.
  private func readable(
    _ name: String, of plugin: String, by developer: String, in guild: GuildID
  ) async throws -> Secret? {
    let developer = try await secrets.developer(name, of: developer)
    guard developer?.boundTo == nil else { return nil }
    if let own = try await secrets.value(name, of: plugin, in: guild) {
      mask.learn(own, of: plugin, in: guild)
      return own
    }
    guard let value = developer?.value else { return nil }
    mask.learn(value, of: plugin, in: nil)
    return value
  }

  package func erase(_ plugin: String, in guild: GuildID) async throws {
    try await secrets.erase(plugin, in: guild)
  }

  // MARK: For the network

  /// The value that goes with a request to a host, which the plugin does not get to see.
  ///
  /// - Throws: `RPCError`: `.validation` when there is no such secret, `.capabilityDenied` when it is not bound to the host.
  ///   Neither says more than the name. Check the value for line breaks before it becomes a header.
  package func value(
    of name: String, plugin: String, by developer: String? = nil, guild: GuildID, boundTo host: String
  ) async throws -> Secret {
    let name = try Self.name(name)
    let developer = try await secrets.developer(name, of: developer ?? plugin)
    guard let domain = developer?.boundTo, Self.covers(domain, host) else {
      throw RPCError(
        .capabilityDenied,
        "secret \(name) is not bound to this host; its developer binds it, and the manifest cannot")
    }
    if let own = try await secrets.value(name, of: plugin, in: guild) {
      mask.learn(own, of: plugin, in: guild)
      return own
    }
    guard let value = developer?.value else { throw RPCError.invalid("secret \(name) is not set") }
    mask.learn(value, of: plugin, in: nil)
    return value
  }

  /// Whether a host is the domain or beneath it.
  private static func covers(_ domain: String, _ host: String) -> Bool {
    guard let host = HostName(host)?.text else { return false }
    return host == domain || host.hasSuffix(".\(domain)")
  }

  // MARK: Of a server

  /// Names of a server's own values, sorted.
  package func list(of plugin: String, in guild: GuildID) async throws -> [SecretEntry] {
    try await secrets.list(of: plugin, in: guild)
  }

  /// Sets a server's own value, of 1 to 4,096 characters.
  ///
  /// - Throws: `RPCError` for a name or a value that cannot be, or beyond 100 names.
  package func set(_ value: Secret, for name: String, of plugin: String, in guild: GuildID) async throws {
    let name = try Self.name(name)
    try Self.check(value)
    // Before it is stored: a plugin that is quick to log it is not quicker than the mask.
    mask.learn(value, of: plugin, in: guild)
    guard try await secrets.set(value, name, of: plugin, in: guild, at: time.now) else { throw Self.tooMany }
  }

  /// Deletes a server's own value. It stays masked for as long as the process remembers it.
  package func delete(_ name: String, of plugin: String, in guild: GuildID) async throws {
    try await secrets.delete(name, of: plugin, in: guild)
  }

  // MARK: Of the developer

  /// Names of the developer's values, sorted.
  package func defaults(of plugin: String) async throws -> [SecretEntry] {
    try await secrets.developerList(of: plugin)
  }

  /// Sets the developer's value for all servers; nil deletes it, and leaves what the name is bound to.
  ///
  /// - Throws: as `set(_:for:of:in:)`.
  package func setDefault(_ value: Secret?, for name: String, of plugin: String) async throws {
    let name = try Self.name(name)
    if let value {
      try Self.check(value)
      mask.learn(value, of: plugin, in: nil)
    }
    guard try await secrets.setDeveloper(.value(value), name, of: plugin, at: time.now) else {
      throw Self.tooMany
    }
  }

  /// Binds a name to a host and its sub-domains; nil unbinds it, and plugins may read it again.
  ///
  /// - Throws: `RPCError` for what is no bare host name.
  package func bindDefault(_ name: String, of plugin: String, to host: String?) async throws {
    let name = try Self.name(name)
    let bare = try host.map { text throws(RPCError) in try Self.host(text) }
    guard try await secrets.setDeveloper(.host(bare), name, of: plugin, at: time.now) else {
      throw Self.tooMany
    }
  }

  /// Deletes everything of the developer's: the plugin was removed.
  package func eraseDefaults(of plugin: String) async throws {
    try await secrets.eraseDeveloper(plugin)
  }

  // MARK: Checks

  /// Whether a name, a value and a host can be a secret's: asked before any of them is kept.
  ///
  /// - Throws: `RPCError` that says what is wrong.
  package func check(_ name: String, _ value: Secret?, boundTo host: String?) throws(RPCError) {
    _ = try Self.name(name)
    if let value { try Self.check(value) }
    if let host { _ = try Self.host(host) }
  }

  private static let tooMany = RPCError(
    .quotaExceeded, "quota exceeded: at most \(SecretLimits.count) secrets of a plugin")

  private static func name(_ text: String) throws(RPCError) -> String {
    let isPlain = text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"):
        true
      default: false
      }
    }
    guard isPlain, (1...SecretLimits.nameLength).contains(text.utf8.count) else {
      throw .invalid("key must have 1 to \(SecretLimits.nameLength) characters of A-Z a-z 0-9 _ . -")
    }
    return text
  }

  private static func host(_ text: String) throws(RPCError) -> String {
    guard let host = HostName(text) else { throw .invalid("the host must be a bare host name") }
    return host.text
  }

  private static func check(_ value: Secret) throws(RPCError) {
    guard value.count <= 4 * SecretLimits.valueLength,
      (1...SecretLimits.valueLength).contains(value.exposedText.unicodeScalars.count)
    else { throw .invalid("value must have 1 to \(SecretLimits.valueLength) characters") }
  }
}
