// Which server has which plugin, in memory: asked for at every event and every call.

import Bus
import DiscordCore
import PlatformTenancy
import SandboxContract
import Storage
import Synchronization
import Telemetry

/// The installations of all servers, as stored; kept current by notices of whoever changes one.
final class Installations: Sendable {
  private struct State {
    /// In the order in which they came in.
    var byGuild: [GuildID: [StoredInstallation]] = [:]
    /// Those that are being erased: their rows may still be there, and nobody has anything any more.
    var leaving: Set<GuildID> = []
  }

  private static let topic = "sandbox.installations"
  private let store: InstallationStore
  private let bus: any Bus
  private let state = Mutex(State())
  private let heard: @Sendable (GuildID) -> Void
  private let log = Log(room: "sandbox")

  /// `heard` is told of each guild whose installations changed, here or elsewhere, after they were read anew.
  init(_ store: InstallationStore, bus: any Bus, heard: @escaping @Sendable (GuildID) -> Void) {
    (self.store, self.bus, self.heard) = (store, bus, heard)
  }

  /// Reads all of them.
  ///
  /// - Throws: what the store throws.
  func load() async throws {
    let all = try await store.installations()
    state.withLock { state in
      state.byGuild = Dictionary(grouping: all, by: \.installation.guild)
        .filter { !state.leaving.contains($0.key) }
    }
  }

  /// Follows the changes of other processes until cancelled.
  ///
  /// - Throws: `BusError`.
  func run() async throws {
    for await notice in try await bus.subscribe(to: [Self.topic], buffer: 256) {
      do {
        switch notice {
        case .notice(_, let payload):
          guard let id = Int64(String(decoding: payload, as: UTF8.self)) else { continue }
          try await reload(Tenant(id).guild)
        default: try await load()
        }
      } catch {
        log.error("installations cannot be read", ["error": .string("\(error)")])
      }
    }
  }

  /// Reads a guild's anew after a change, and has the others do so.
  ///
  /// - Throws: what the store throws; a notice that cannot be sent is logged.
  func changed(_ guild: GuildID) async throws {
    try await reload(guild)
    do {
      try await bus.publish(Array(Tenant(guild).description.utf8), to: Self.topic)
    } catch {
      log.error("a change could not be announced", ["error": .string("\(error)")])
    }
  }

  private func reload(_ guild: GuildID) async throws {
    let own = try await store.installations(of: guild)
    state.withLock { state in
      guard !state.leaving.contains(guild) else { return }
      state.byGuild[guild] = own.isEmpty ? nil : own
    }
    heard(guild)
  }

  /// From now on a guild has nothing, whatever is still stored: it is being erased.
  ///
  /// - Returns: what it had.
  /// - Throws: what the store throws.
  func leave(_ guild: GuildID) async throws -> [StoredInstallation] {
    let own = try await store.installations(of: guild)
    state.withLock { state in
      state.leaving.insert(guild)
      state.byGuild[guild] = nil
    }
    heard(guild)
    return own
  }

  /// A guild was erased, and may come back as a new one.
  ///
  /// - Throws: what the store throws.
  func left(_ guild: GuildID) async throws {
    state.withLock { _ = $0.leaving.remove(guild) }
    try await changed(guild)
  }

  /// A guild's, those that were taken out within the month too.
  func all(in guild: GuildID) -> [StoredInstallation] { state.withLock { $0.byGuild[guild] ?? [] } }

  /// Those that are on.
  func enabled(in guild: GuildID) -> [GuestInstallation] {
    all(in: guild).filter(\.isOn).map(\.installation)
  }

  /// The one that is on; nil when it is not there or off.
  func enabled(_ plugin: String, in guild: GuildID) -> GuestInstallation? {
    state.withLock { state in
      state.byGuild[guild]?.first { $0.isOn && $0.installation.plugin == plugin }?.installation
    }
  }

  /// Whether a guild has a plugin, on or off, or had it within the month.
  func has(_ plugin: String, in guild: GuildID) -> Bool {
    state.withLock { $0.byGuild[guild]?.contains { $0.installation.plugin == plugin } ?? false }
  }

  /// Where a release is on, the smallest id first.
  func guilds(with release: GuestRelease) -> [GuildID] {
    enabled.filter { $0.release == release }.map(\.guild).sorted()
  }

  /// Every one that is on.
  var enabled: [GuestInstallation] {
    state.withLock { $0.byGuild.values.flatMap { $0 } }.filter(\.isOn).map(\.installation)
  }

  /// Every one, removed or not: for whoever asks how much is used.
  var stored: [StoredInstallation] { state.withLock { $0.byGuild.values.flatMap { $0 } } }
}

extension StoredInstallation {
  /// Whether it gets events.
  var isOn: Bool { removedAt == nil && installation.isEnabled }
}
