// Effects that happen once, however often their cause is handled.

package import DiscordCore
package import DiscordLimits
package import DiscordModels
package import DiscordREST
import EventLoop
package import SQL
import PlatformTenancy
import Storage
import Vault

/// Does things under keys: of the cause (an event, a timer, an interaction) and a name that the handler gives. Handled a
/// second time, nothing changes.
///
/// What lies in the store is written in one transaction with its key. What happens at Discord is asked for, then written
/// down; a crash between the two repeats the call, so messages carry an enforced nonce made of the key, and everything
/// else is a call that changes nothing the second time.
package struct Effects: Sendable {
  private let core: ContextCore
  private let ledger: EffectLedger

  package init(_ core: ContextCore) {
    self.core = core
    ledger = EffectLedger(core.host.storage.guild(Tenant(core.guild)))
  }

  /// The key of an effect: for a unique column of the plugin's own.
  package func key(_ name: String) -> String { "\(core.causeKey)/\(core.plugin)/\(name)" }

  /// Whether it was done already.
  ///
  /// - Throws: what the store throws.
  package func isDone(_ name: String) async throws -> Bool { try await ledger.isDone(key(name)) }

  /// Writes rows once: `body` and its key are stored together or not at all.
  ///
  /// - Returns: nil when it was done before.
  /// - Throws: what the store and `body` throw.
  package func once<Value: Sendable>(
    _ name: String, _ body: @Sendable (any SQLSession) async throws -> Value
  ) async throws -> Value? {
    try await ledger.once(key(name), at: core.now, body)
  }

  /// Sends a message once.
  ///
  /// - Returns: the message; nil when it was sent before.
  /// - Throws: `RESTError`, `PluginMistake.foreignGuild`, what the store throws.
  @discardableResult
  package func send(
    _ message: MessageCreate, to channel: ChannelID, as name: String, priority: EgressPriority? = nil
  ) async throws -> Message? {
    var message = message
    message.nonce = Self.nonce(key(name))
    return try await perform(.createMessage(message, in: channel), as: name, priority: priority)
  }

  /// Sends a message once, and writes rows about it: `record` and the effect's key are stored together or not at all, so
  /// that what knows the message never lacks it.
  ///
  /// - Returns: the message; nil when it was sent, and recorded, before.
  /// - Throws: `RESTError`, `PluginMistake.foreignGuild`, what the store and `record` throw.
  @discardableResult
  package func send(
    _ message: MessageCreate, to channel: ChannelID, as name: String, priority: EgressPriority? = nil,
    recording record: @Sendable (any SQLSession, Message) async throws -> Void
  ) async throws -> Message? {
    if try await isDone(name) { return nil }
    var message = message
    message.nonce = Self.nonce(key(name))
    let sent = try await core.bot.send(.createMessage(message, in: channel), priority: priority)
    _ = try await once(name) { session in try await record(session, sent) }
    return sent
  }

  /// Sends a direct message once, if the person lets the bot.
  ///
  /// - Returns: whether it arrived, now or before; false for closed direct messages.
  /// - Throws: `RESTError`, what the store throws.
  package func sendDirect(
    _ message: MessageCreate, to user: UserID, as name: String, priority: EgressPriority? = nil
  ) async throws -> Bool {
    if try await isDone(name) { return true }
    var message = message
    message.nonce = Self.nonce(key(name))
    do {
      try await core.bot.sendDirect(message, to: user, priority: priority)
    } catch {
      guard error.kind == .unreachable || error.kind == .gone else { throw error }
      return false
    }
    try await ledger.mark(key(name), at: core.now)
    return true
  }

  /// Makes a call to Discord once. It must be one that changes nothing when it is repeated; what is done or gone already
  /// counts as done.
  ///
  /// - Returns: the answer; nil when it was done before.
  /// - Throws: `RESTError`, `PluginMistake.foreignGuild`, what the store throws.
  @discardableResult
  package func perform<Response>(
    _ endpoint: Endpoint<Response>, as name: String, priority: EgressPriority? = nil
  ) async throws -> Response? {
    if try await isDone(name) { return nil }
    let response: Response?
    do {
      response = try await core.bot.send(endpoint, priority: priority)
    } catch let error as RESTError where error.kind == .alreadyDone {
      response = nil
    }
    try await ledger.mark(key(name), at: core.now)
    return response
  }

  /// At most 25 characters, as Discord takes: 22 for the 16 bytes of a hash.
  private static func nonce(_ key: String) -> String {
    var hash = BLAKE2b(digestSize: 16)
    hash.update(Array(key.utf8))
    return Base64URL.encode(hash.finalize())
  }
}
