// Events that were given up: looked at, delivered once more, thrown away.

import EventLoop
package import DiscordCore
import JSON
import SandboxContract
package import SandboxData
import SandboxDiscord
import SandboxWorkers

extension Sandbox {
  /// Events that a plugin failed at too often in a server, the newest first.
  ///
  /// - Throws: what the store throws.
  package func deadLetters(of plugin: String, in guild: GuildID) async throws -> [StoredDeadLetter] {
    try await data.deadLetters.all(of: plugin, in: guild)
  }

  /// Delivers one of them once more, as a new event, to the version that the server has now and with what its privacy
  /// leaves now.
  ///
  /// - Returns: false when it is not there any more: somebody else was faster.
  /// - Throws: `GuestProblem`; what the store throws.
  package func redeliver(
    _ number: Int64, of plugin: String, in guild: GuildID, by actor: GuestActor
  ) async throws -> Bool {
    guard let installation = installations.enabled(plugin, in: guild) else {
      throw GuestProblem(.switchedOff, [plugin])
    }
    guard let letter = try await takeOut(number, "plugin.event.redeliver", plugin, guild, actor) else {
      return false
    }
    await workers.deliver(
      GuestDelivery(
        guild: guild, plugin: plugin, type: letter.type,
        payload: GuestPrivacyFilter.apply(letter.type, letter.payload, installation.grants),
        cause: .event(letter.type)))
    return true
  }

  /// Throws one of them away.
  ///
  /// - Returns: false when it is not there any more.
  /// - Throws: what the store throws.
  package func discard(
    _ number: Int64, of plugin: String, in guild: GuildID, by actor: GuestActor
  ) async throws -> Bool {
    try await takeOut(number, "plugin.event.discard", plugin, guild, actor) != nil
  }

  /// Takes one out and puts on record why; nil when it is not there any more.
  private func takeOut(
    _ number: Int64, _ action: String, _ plugin: String, _ guild: GuildID, _ actor: GuestActor
  ) async throws -> StoredDeadLetter? {
    guard let letter = try await data.deadLetters.take(number, of: plugin, in: guild) else { return nil }
    try await record(action, plugin, before: letter.document, after: nil, in: guild, by: actor)
    return letter
  }
}

extension StoredDeadLetter {
  /// For the audit log: what it was, not what it holds.
  fileprivate var document: JSONValue {
    ["event": .string(type), "given_up_at": .string(at.iso8601)]
  }
}
