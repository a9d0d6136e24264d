// Keeps the values of secrets out of what people read about plugins.

package import DiscordCore
import SandboxContract
package import Storage
import Synchronization
package import Vault

/// Replaces values of known secrets in texts by `***`.
///
/// Known is what the stores have of the plugin in that server and of its developer, and what the process handed out or saw
/// set since it started: also values that were replaced meanwhile, which a plugin may still have. Of a secret in several
/// lines, each line counts. One worker serves many servers, so values of others are looked for as well, from 16 bytes on:
/// shorter ones could be words, and would blot out another server's log.
///
/// Found is what stands there byte by byte, from 8 bytes on. What a plugin encodes, splits over lines or reverses is not
/// found: this guards against accidents, and is no wall against the plugin, which has the value.
///
/// Values are not kept: see `Fingerprints`. Of all plugins together at most `limit` are known; beyond it the plugin that was
/// asked about least recently is forgotten, and read from the stores anew.
package final class SecretMask: Sendable {
  private struct Plugin {
    /// By server; nil is the developer's.
    var scopes: [GuildID?: KnownTexts] = [:]
    var loaded: Set<GuildID?> = []
    /// Those of all servers that are long enough to be no words, and those of all servers.
    var long = KnownTexts()
    var every = KnownTexts()
    var lastUse: UInt64 = 0

    var count: Int { every.count }
  }

  private struct State {
    var plugins: [String: Plugin] = [:]
    var uses: UInt64 = 0
    var count = 0
  }

  /// What is looked for in the logs of every server.
  private static let long = 16
  /// Of one secret, those that count.
  private static let lines = 100
  private static let stars = Array("***".utf8)

  private let secrets: SecretStore
  private let limit: Int
  private let fingerprints = Fingerprints()
  private let state = Mutex(State())

  package init(storage: Storage, limit: Int = 100_000) {
    (secrets, self.limit) = (SecretStore(storage: storage), limit)
  }

  /// Takes a value in: of a server, or with nil of the developer.
  package func learn(_ value: Secret, of plugin: String, in guild: GuildID?) {
    let bytes = value.withBytes { span in
      var bytes: [UInt8] = []
      bytes.reserveCapacity(span.count)
      for index in span.indices { bytes.append(span[index]) }
      return bytes
    }
    learn(bytes, of: plugin, in: guild)
  }

  private func learn(_ bytes: [UInt8], of plugin: String, in guild: GuildID?) {
    let parts = bytes.split { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }.prefix(Self.lines)
    let texts = parts.count > 1 ? [bytes] + parts.map(Array.init) : [bytes]
    let known = texts.filter { KnownTexts.shortest <= $0.count && $0.count <= Fingerprints.longest }.map {
      text in
      let prefixes = fingerprints.prefixes(of: text)
      return (
        head: fingerprints.head(text, 0), length: text.count,
        fingerprint: fingerprints.stretch(0, text.count, prefixes)
      )
    }
    state.withLock { state in
      for one in known {
        var entry = state.plugins[plugin] ?? Plugin()
        // Taken out while it is changed, so that nothing is copied.
        state.plugins[plugin] = nil
        _ = entry.scopes[guild, default: KnownTexts()].insert(
          head: one.head, length: one.length, fingerprint: one.fingerprint)
        if entry.every.insert(head: one.head, length: one.length, fingerprint: one.fingerprint) {
          state.count += 1
        }
        if one.length >= Self.long {
          _ = entry.long.insert(head: one.head, length: one.length, fingerprint: one.fingerprint)
        }
        state.plugins[plugin] = entry
      }
      touch(plugin, &state)
    }
  }

  /// What is looked for in one server's texts, as it was known at an instant: forgetting does not reach it.
  package struct Snapshot: Sendable {
    fileprivate let known: [KnownTexts]
    fileprivate let fingerprints: Fingerprints

    /// The text with every known value replaced. With `isCut`, the text goes on in truth, and what may be the beginning of
    /// a value at its end is replaced, too.
    package func masked(_ text: String, isCut: Bool = false) -> String {
      guard !known.isEmpty, text.utf8.count >= KnownTexts.shortest else { return text }
      let bytes = Array(text.utf8)
      var prefixes: [UInt64] = []
      var ranges: [Range<Int>] = []
      for texts in known { ranges += texts.ranges(in: bytes, isCut: isCut, fingerprints, &prefixes) }
      guard !ranges.isEmpty else { return text }
      return SecretMask.replace(ranges.sorted { $0.lowerBound < $1.lowerBound }, in: bytes)
    }
  }

  /// Everything that is known of a plugin in a server, or with nil outside of any. Reads what the stores have, if that was
  /// not done since the plugin was last forgotten.
  ///
  /// - Throws: what the stores throw; `RPCError` with `.internalFault` when others make it forget faster than it reads.
  package func snapshot(of plugin: String, in guild: GuildID?) async throws -> Snapshot {
    for _ in 0..<5 {
      let missing = state.withLock { state in
        touch(plugin, &state)
        return unread(plugin, guild, state)
      }
      for scope in missing {
        let values =
          if let scope { try await secrets.values(of: plugin, in: scope) } else {
            try await secrets.developerValues(of: plugin)
          }
        note(values, of: plugin, in: scope)
      }
      // Others may have made it forget while it read.
      let known = state.withLock { state in
        unread(plugin, guild, state).isEmpty ? texts(plugin, guild, state) : nil
      }
      if let known { return Snapshot(known: known, fingerprints: fingerprints) }
    }
    throw RPCError(.internalFault, "values to be masked do not fit")
  }

  private func unread(_ plugin: String, _ guild: GuildID?, _ state: State) -> [GuildID?] {
    let loaded = state.plugins[plugin]?.loaded ?? []
    return (guild == nil ? [nil] : [nil, guild]).filter { !loaded.contains($0) }
  }

  private func texts(_ plugin: String, _ guild: GuildID?, _ state: State) -> [KnownTexts] {
    guard let entry = state.plugins[plugin], entry.count > 0 else { return [] }
    guard let guild else { return [entry.every] }
    return [entry.scopes[nil], entry.scopes[guild], entry.long].compactMap(\.self).filter { $0.count > 0 }
  }

  private func note(_ values: [Secret], of plugin: String, in guild: GuildID?) {
    for value in values { learn(value, of: plugin, in: guild) }
    state.withLock { state in
      // Forgetting costs no more than to read again.
      if state.plugins[plugin]?.loaded.count ?? 0 > limit { state.plugins[plugin]?.loaded = [] }
      state.plugins[plugin, default: Plugin()].loaded.insert(guild)
      touch(plugin, &state)
    }
  }

  private func touch(_ plugin: String, _ state: inout State) {
    state.uses += 1
    state.plugins[plugin]?.lastUse = state.uses
    while state.count > limit, state.plugins.count > 0 {
      guard let oldest = state.plugins.min(by: { $0.value.lastUse < $1.value.lastUse }) else { return }
      state.count -= oldest.value.count
      state.plugins[oldest.key] = nil
    }
  }

  /// The text without what is known at this moment, which may be nothing yet: for texts that must not wait. Others take a
  /// `snapshot`.
  package func masked(_ text: String, of plugin: String, in guild: GuildID?) -> String {
    let known = state.withLock { texts(plugin, guild, $0) }
    return Snapshot(known: known, fingerprints: fingerprints).masked(text)
  }

  /// Replaces ranges, which may overlap and are sorted by where they begin.
  fileprivate static func replace(_ ranges: [Range<Int>], in bytes: [UInt8]) -> String {
    var result: [UInt8] = []
    var position = 0
    var hasStars = false
    for range in ranges {
      if range.lowerBound > position || !hasStars {
        result += bytes[position..<range.lowerBound]
        result += stars
        hasStars = true
      }
      position = max(position, range.upperBound)
    }
    result += bytes[position...]
    return String(decoding: result, as: UTF8.self)
  }
}
