// Letting plugins in, changing what they may, and taking them out: for the dashboard and the command line alike.

import SandboxData
import SandboxWorkers
package import DiscordCore
import EventLoop
import JSON
package import PlatformAudit
import PlatformTenancy
package import SandboxContract
import Storage
import Telemetry

/// Who does it, for the audit log.
package struct GuestActor: Sendable, Hashable {
  package let actor: AuditEntry.Actor
  /// The address, for the dashboard.
  package let address: String?

  package init(_ actor: AuditEntry.Actor, address: String? = nil) {
    (self.actor, self.address) = (actor, address)
  }

  /// The person; nil for the operator's command line.
  package var user: UserID? { if case .user(let user) = actor { user } else { nil } }
}

extension Sandbox {
  /// Third-party plugins that a server may have.
  package static let maximumPerGuild = 50
  /// How long a plugin's data is held after it was taken out (contract, section 17).
  package static let heldFor: Duration = .seconds(30 * 86_400)

  /// Zips that a server's owner may choose from: those uploaded for it, and the operator's.
  ///
  /// - Throws: what the store throws.
  package func artifacts(for guild: GuildID) async throws -> [StoredArtifact] {
    try await store.artifacts(of: .guild(guild)) + store.artifacts(of: .installation)
  }

  /// The zips that the operator offers to every server, the newest first, and how many servers have each.
  ///
  /// - Throws: what the store throws.
  package func offers() async throws -> [(artifact: StoredArtifact, servers: Int)] {
    let present = installations.stored.filter { $0.removedAt == nil }.map(\.installation.release)
    return try await store.artifacts(of: .installation).map { artifact in
      (artifact, present.count { $0 == artifact.release })
    }
  }

  /// Offers a plugin no longer. Servers that have a version keep it; nobody else can choose it any more.
  ///
  /// - Returns: how many versions were withdrawn.
  /// - Throws: what the store throws.
  package func withdraw(_ plugin: String, by actor: GuestActor) async throws -> Int {
    let count = try await store.withdraw(plugin)
    guard count > 0 else { return 0 }
    try await recordForOperators("plugin.withdraw", plugin, by: actor)
    try await dropUnused()
    return count
  }

  /// Zips that nobody has any more go, and with the last of an operator's plugin its secrets.
  private func dropUnused() async throws {
    for plugin in try await store.dropUnused(at: time.now) { try await data.erase(plugin) }
  }

  /// Whether the operator brought a plugin, be it offered still or only what servers have of it.
  ///
  /// - Throws: what the store throws.
  package func isOperators(_ plugin: String) async throws -> Bool { try await store.isOperators(plugin) }

  /// A zip of those; the server's own comes first where both have it.
  ///
  /// - Throws: what the store throws.
  package func artifact(_ digest: String, for guild: GuildID) async throws -> StoredArtifact? {
    if let own = try await store.artifact(digest, of: .guild(guild)) { return own }
    return try await store.artifact(digest, of: .installation)
  }

  /// What a server has, in the order in which it came; what was taken out within the month comes with it.
  package func stored(in guild: GuildID) -> [StoredInstallation] { installations.all(in: guild) }

  /// One of those.
  package func stored(_ plugin: String, in guild: GuildID) -> StoredInstallation? {
    installations.all(in: guild).first { $0.installation.plugin == plugin }
  }

  /// Puts a plugin into a server, or another version in its place. A plugin that was taken out less than 30 days ago finds
  /// its data again.
  ///
  /// - Throws: `GuestProblem`; what the store throws.
  package func install(
    _ artifact: StoredArtifact, in guild: GuildID, _ grants: GuestGrants, by actor: GuestActor
  ) async throws {
    let release = artifact.release
    let before = stored(release.plugin, in: guild)
    guard !reservedIDs.contains(release.plugin) else { throw GuestProblem(.reservedID, [release.plugin]) }
    let others = stored(in: guild).filter { $0.removedAt == nil && $0.installation.plugin != release.plugin }
    guard others.count < Self.maximumPerGuild else { throw GuestProblem(.tooMany) }
    // Packages are fetched while somebody waits for it, not when the first event does.
    try await prepare(release)
    let isBack = before?.removedAt != nil
    // What people let another's plugin of the same name reach, they let that one reach.
    if let before, before.installation.release.origin != release.origin {
      try await data.hosts.erase(release.plugin, in: guild)
    }
    let installation = GuestInstallation(
      guild: guild, release: release, grants: grants.limited(to: release.manifest), isEnabled: true,
      installedAt: before?.installation.installedAt ?? time.now)
    try await store.put(installation, by: actor.user)
    try await record(
      "plugin.install", release.plugin, before: before.flatMap { $0.removedAt == nil ? $0.document : nil },
      after: installation.document, in: guild, by: actor)
    try await installations.changed(guild)
    // What another version, or somebody else's plugin of the same name, keeps open is not this one's.
    if let before, before.installation.release != release {
      await sockets.withdrew(release.plugin, from: guild)
    }
    if before == nil || isBack {
      await workers.lifecycle(.install, installation)
    } else if let old = before?.installation.release, old != release {
      await workers.update(plugin: release.plugin, in: guild)
      if !isUsed(old) { await workers.replace(old) }
    }
    await workers.lifecycle(.enable, installation)
    await settle(guild)
  }

  /// Changes what a plugin may; from its next call on.
  ///
  /// - Throws: `GuestProblem`; what the store throws.
  package func change(
    _ plugin: String, in guild: GuildID, to grants: GuestGrants, by actor: GuestActor
  ) async throws {
    var installation = try present(plugin, in: guild)
    let before = installation.document
    let old = installation.grants
    installation.grants = grants.limited(to: installation.release.manifest)
    try await store.put(installation, by: stored(plugin, in: guild)?.installedBy)
    try await record(
      "plugin.grants", plugin, before: before, after: installation.document, in: guild, by: actor)
    try await installations.changed(guild)
    let lost = old.capabilities.subtracting(installation.grants.capabilities)
    let keepsDomains = Set(old.domains).isSubset(of: installation.grants.domains)
    if !keepsDomains || !lost.isDisjoint(with: [.webSocket, .http, .secrets]) {
      await sockets.withdrew(plugin, from: guild)
    }
  }

  /// Switches a plugin on or off.
  ///
  /// - Throws: `GuestProblem`; what the store throws.
  package func setEnabled(
    _ isOn: Bool, plugin: String, in guild: GuildID, by actor: GuestActor
  ) async throws {
    var installation = try present(plugin, in: guild)
    guard installation.isEnabled != isOn else { return }
    if !isOn {
      await workers.lifecycle(.disable, installation)
      // While the plugin can still be told that they are closed.
      await sockets.withdrew(plugin, from: guild)
    }
    let before = installation.document
    installation.isEnabled = isOn
    try await store.put(installation, by: stored(plugin, in: guild)?.installedBy)
    try await record(
      isOn ? "plugin.enable" : "plugin.disable", plugin, before: before, after: installation.document,
      in: guild, by: actor)
    try await installations.changed(guild)
    if isOn { await workers.lifecycle(.enable, installation) } else { await stop(plugin, in: guild) }
    await settle(guild)
  }

  /// Takes a plugin out. Its data is held for 30 days, should it come back.
  ///
  /// - Throws: `GuestProblem`; what the store throws.
  package func uninstall(_ plugin: String, from guild: GuildID, by actor: GuestActor) async throws {
    let installation = try present(plugin, in: guild)
    await workers.lifecycle(.uninstall, installation)
    await sockets.withdrew(plugin, from: guild)
    _ = try await store.remove(plugin, from: guild, at: time.now)
    try await record(
      "plugin.uninstall", plugin, before: installation.document, after: nil, in: guild, by: actor)
    try await installations.changed(guild)
    await stop(plugin, in: guild)
    try await data.uninstalled(plugin, from: guild)
    if isDeveloper(guild, of: installation.release) {
      try await data.secrets.eraseDefaults(of: installation.release.developer)
    }
    if !isUsed(installation.release) { await workers.replace(installation.release) }
    await settle(guild)
  }

  /// The data of plugins that were taken out more than 30 days ago goes, and zips that nobody has any more.
  ///
  /// - Throws: what the stores throw; what was not done is done the next time.
  package func sweep() async throws {
    let limit = Timestamp(
      milliseconds: time.now.milliseconds - Self.heldFor.components.seconds * 1_000)
    var failure: (any Error)?
    for (guild, plugin) in try await store.removed(before: limit) {
      // One that cannot go must not keep the others.
      do {
        for group in methods { try await group.erase(plugin, in: guild) }
        try await data.erase(plugin, in: guild)
        try await store.forget(plugin, of: guild)
        try await installations.changed(guild)
        log.info("a plugin's data is gone", ["plugin": .string(plugin), "guild": .string("\(guild)")])
      } catch { failure = error }
    }
    try await dropUnused()
    try await folders.prune(keeping: try await store.digests())
    if let failure { throw failure }
  }

  // MARK: Parts

  private func present(_ plugin: String, in guild: GuildID) throws(GuestProblem) -> GuestInstallation {
    guard let found = stored(plugin, in: guild), found.removedAt == nil else {
      throw GuestProblem(.notInstalled, [plugin])
    }
    return found.installation
  }

  /// What runs in the plugin's name in the server ends.
  private func stop(_ plugin: String, in guild: GuildID) async {
    await workers.retire(plugin: plugin, in: guild)
    for group in methods { await group.withdrew(plugin, from: guild) }
  }

  private func isUsed(_ release: GuestRelease) -> Bool {
    installations.enabled.contains { $0.release == release }
  }

  /// Puts on record what concerns every server.
  func recordForOperators(
    _ action: String, _ plugin: String, after: JSONValue = .null, by actor: GuestActor
  ) async throws {
    try await OperatorAudit(storage.platform).append(
      AuditEntry(
        at: time.now, actor: actor.actor, action: action, target: plugin, address: actor.address,
        before: .null, after: after))
  }

  func record(
    _ action: String, _ plugin: String, before: JSONValue?, after: JSONValue?, in guild: GuildID,
    by actor: GuestActor
  ) async throws {
    try await AuditLog(storage.guild(Tenant(guild))).append(
      AuditEntry(
        at: time.now, actor: actor.actor, action: action, target: plugin, address: actor.address,
        before: before ?? .null, after: after ?? .null))
  }
}

extension GuestInstallation {
  /// For the audit log.
  fileprivate var document: JSONValue {
    ["version": .string(release.version), "on": .bool(isEnabled), "grants": grants.document]
  }
}

extension StoredInstallation {
  fileprivate var document: JSONValue { installation.document }
}

extension GuestGrants {
  /// What is given before anybody chose: what can do no harm.
  package static func suggested(_ manifest: GuestManifest) -> GuestGrants {
    GuestGrants(
      capabilities: Set(manifest.capabilities.filter { $0.tier == .safe }), domains: manifest.domains,
      privacy: .metadata)
  }

  /// What was asked for, and no more: nobody can grant what the manifest does not name.
  fileprivate func limited(to manifest: GuestManifest) -> GuestGrants {
    var limited = self
    limited.capabilities.formIntersection(manifest.capabilities)
    limited.domains = domains.filter { manifest.domains.contains($0) }
    if !limited.capabilities.contains(.messageContent) { limited.privacy = .metadata }
    return limited
  }
}
