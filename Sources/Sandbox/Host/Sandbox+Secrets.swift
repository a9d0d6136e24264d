// Secrets of plugins: those that a server sets, and those of the developer, who binds names to hosts (plugin-host contract,
// sections 10.2 and 16).

package import DiscordCore
import JSON
package import SandboxContract
package import SandboxData
import Telemetry
package import Vault

extension Sandbox {
  // MARK: Of a server

  /// The secrets that a server set for a plugin, each with the host it is bound to.
  ///
  /// - Throws: what the store throws.
  package func secrets(of installation: GuestInstallation) async throws -> [SecretEntry] {
    let own = try await data.secrets.list(of: installation.plugin, in: installation.guild)
    let bound = try await data.secrets.defaults(of: installation.release.developer)
    return own.map { entry in
      var entry = entry
      entry.boundTo = bound.first { $0.name == entry.name }?.boundTo
      return entry
    }
  }

  /// Sets a secret, or with nil forgets it. A server that brought the plugin itself is its developer too, and binds the name
  /// to a host or, with nil, to none.
  ///
  /// - Returns: false for a name, value or host that cannot be; then nothing has changed.
  /// - Throws: what the store throws.
  @discardableResult
  package func setSecret(
    _ value: Secret?, name: String, boundTo host: String? = nil, of installation: GuestInstallation,
    by actor: GuestActor
  ) async throws -> Bool {
    let (plugin, guild, release) = (installation.plugin, installation.guild, installation.release)
    do {
      try data.secrets.check(name, value, boundTo: host)
      // Bound before it is set: the plugin never sees the value of a bound name.
      if isDeveloper(guild, of: release) {
        try await data.secrets.bindDefault(name, of: release.developer, to: value == nil ? nil : host)
      }
      if let value {
        try await data.secrets.set(value, for: name, of: plugin, in: guild)
      } else {
        try await data.secrets.delete(name, of: plugin, in: guild)
      }
    } catch is RPCError {
      return false
    }
    try await record(
      value == nil ? "plugin.secret.remove" : "plugin.secret.set", plugin, before: nil,
      after: ["name": .string(name), "host": host.map { .string($0) } ?? .null], in: guild, by: actor)
    return true
  }

  /// Whether the server brought the plugin itself.
  package func isDeveloper(_ guild: GuildID, of release: GuestRelease) -> Bool {
    release.origin == .guild(guild)
  }

  // MARK: Of the developer

  /// The developer's secrets of a plugin that the operator offers.
  ///
  /// - Throws: what the store throws.
  package func offeredSecrets(of plugin: String) async throws -> [SecretEntry] {
    try await data.secrets.defaults(of: plugin)
  }

  /// Sets a secret of a plugin that the operator offers, for all servers, and binds it to a host or, with nil, to none.
  /// A server's own value goes before it.
  ///
  /// - Throws: `RPCError` for a name, value or host that cannot be, and then nothing has changed; what the store throws.
  package func setOfferedSecret(
    _ value: Secret, name: String, boundTo host: String?, of plugin: String, by actor: GuestActor
  ) async throws {
    try data.secrets.check(name, value, boundTo: host)
    try await data.secrets.bindDefault(name, of: plugin, to: host)
    try await data.secrets.setDefault(value, for: name, of: plugin)
    try await recordForOperators(
      "plugin.secret.set", plugin, after: .string(host.map { "\(name) → \($0)" } ?? name), by: actor)
  }

  /// Forgets a secret of a plugin that the operator offers, and what it was bound to.
  ///
  /// - Returns: whether there was one.
  /// - Throws: `RPCError` for a name that cannot be; what the store throws.
  package func forgetOfferedSecret(_ name: String, of plugin: String, by actor: GuestActor) async throws
    -> Bool
  {
    let isKnown = try await offeredSecrets(of: plugin).contains { $0.name == name }
    try await data.secrets.setDefault(nil, for: name, of: plugin)
    try await data.secrets.bindDefault(name, of: plugin, to: nil)
    if isKnown {
      try await recordForOperators("plugin.secret.remove", plugin, after: .string(name), by: actor)
    }
    return isKnown
  }
}
