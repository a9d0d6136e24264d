// Third-party plugins: their zips, what they may, and how they do.

import PlatformAudit
import Assembly
import DiscordCore
import EventLoop
import JSON
import PlatformText
import Sandbox
import SandboxContract
import SandboxData
import Storage
import Vault

extension Administrator {
  /// Who acts, as the sandbox puts it on record.
  private var actor: GuestActor { GuestActor(.operator) }

  /// The sandbox, which a house that is not run has not read yet.
  private func sandbox() async throws -> Sandbox {
    if !isRunning { try await house.sandbox.load() }
    return house.sandbox
  }

  /// A third-party plugin that a server has; nil when there is none of that name.
  func guest(_ name: String, in guild: GuildID) async throws -> GuestInstallation? {
    guard let found = try await sandbox().stored(name, in: guild), found.removedAt == nil else { return nil }
    return found.installation
  }

  private func present(_ name: String, in guild: GuildID) async throws -> GuestInstallation {
    _ = try await known(guild)
    guard let guest = try await guest(name, in: guild) else { throw noGuest(name, in: guild) }
    return guest
  }

  private func noGuest(_ name: String, in guild: GuildID) -> AdminFailure {
    .refused("the server has no third-party plugin called '\(name)'; guildhall plugins \(guild) lists them")
  }

  // MARK: Lists

  /// What the operator offers to every server.
  func offers() async throws -> (JSONValue, AdminTable) {
    let offers = try await sandbox().offers()
    let rows = offers.map { offer in
      let manifest = offer.artifact.release.manifest
      return [manifest.id, manifest.version, manifest.author, "\(offer.servers)", manifest.description]
    }
    let json = offers.map { offer -> JSONValue in
      let manifest = offer.artifact.release.manifest
      return [
        "plugin": .string(manifest.id), "version": .string(manifest.version),
        "author": .string(manifest.author), "digest": .string(offer.artifact.release.digest),
        "servers": .integer(Int64(offer.servers)),
      ]
    }
    return (
      .array(json),
      AdminTable(
        ["third-party plugin", "version", "author", "servers", "what it does"], rows,
        empty: "no third-party plugins are offered; guildhall plugin install FILE.zip offers one")
    )
  }

  /// What a server has of them.
  func guests(of guild: GuildID) async throws -> ([JSONValue], AdminTable) {
    let sandbox = try await sandbox()
    var (rows, json): ([[String]], [JSONValue]) = ([], [])
    for stored in sandbox.stored(in: guild) where stored.removedAt == nil {
      let installation = stored.installation
      let state = try await sandbox.state(of: installation)
      rows.append([
        installation.plugin, installation.release.version, state.phase.rawValue,
        state.memory.map { "\($0 >> 20) MiB" } ?? "", "\(state.errorsToday)",
        installation.release.manifest.description,
      ])
      json.append([
        "plugin": .string(installation.plugin), "third_party": true, "enabled": .bool(installation.isEnabled),
        "version": .string(installation.release.version), "state": .string(state.phase.rawValue),
        "memory": state.memory.map { .integer(Int64($0)) } ?? .null,
        "errors_today": .integer(Int64(state.errorsToday)), "grants": installation.grants.document,
      ])
    }
    return (
      json,
      AdminTable(
        ["third-party plugin", "version", "state", "memory", "errors today", "what it does"], rows,
        empty: "no third-party plugins")
    )
  }

  // MARK: Changes

  /// Checks a zip and keeps it; with a server, shows what it asks for there, and lets it in if that is confirmed.
  func install(_ zip: [UInt8], in guild: GuildID?, _ options: AdminOptions) async throws -> AdminReport {
    if let guild { _ = try await known(guild) }
    let sandbox = try await sandbox()
    let origin: GuestOrigin = guild.map { .guild($0) } ?? .installation
    let artifact = try await sandbox.stage(zip, origin: origin, by: actor)
    let manifest = artifact.release.manifest
    let before = guild.flatMap { sandbox.stored(manifest.id, in: $0)?.installation.grants }
    let grants = try (before ?? .suggested(manifest)).changed(by: options.grants, of: manifest)
    let isIn = guild != nil && options.isConfirmed
    if let guild, isIn { try await sandbox.install(artifact, in: guild, grants, by: actor) }
    var report = review(manifest, grants, warnings: artifact.warnings, isIn: isIn)
    report.blocks.append(
      .sentence(
        guild == nil
          ? "\(manifest.id) is offered to every server: their owners find it among the third-party plugins."
          : isIn
            ? "\(manifest.id) \(manifest.version) is in."
            : "Nothing is installed yet. Say the same with --yes to let it in like this."))
    return report
  }

  func grant(_ name: String, in guild: GuildID, _ change: AdminGrants) async throws -> AdminReport {
    let installation = try await present(name, in: guild)
    let manifest = installation.release.manifest
    let grants = try installation.grants.changed(by: change, of: manifest)
    if grants != installation.grants {
      try await sandbox().change(manifest.id, in: guild, to: grants, by: actor)
    }
    return review(manifest, grants, warnings: [], isIn: true)
  }

  func setGuest(_ installation: GuestInstallation, in guild: GuildID, to isEnabled: Bool) async throws
    -> AdminReport
  {
    try await sandbox().setEnabled(isEnabled, plugin: installation.plugin, in: guild, by: actor)
    let wasThere = installation.isEnabled == isEnabled
    return AdminReport(
      [
        "plugin": .string(installation.plugin), "enabled": .bool(isEnabled), "changed": .bool(!wasThere),
      ],
      .sentence("\(installation.plugin) \(wasThere ? "was" : "is") \(isEnabled ? "on" : "off") in \(guild)"))
  }

  func uninstall(_ name: String, from guild: GuildID) async throws -> AdminReport {
    let installation = try await present(name, in: guild)
    try await sandbox().uninstall(installation.plugin, from: guild, by: actor)
    return AdminReport(
      ["plugin": .string(installation.plugin), "installed": false],
      .sentence(
        "\(installation.plugin) is out of \(guild); its data is held for 30 days, should it come back"))
  }

  /// Takes an offer back. Servers that have the plugin keep it.
  func withdraw(_ name: String) async throws -> AdminReport {
    let count = try await sandbox().withdraw(name, by: actor)
    guard count > 0 else {
      throw AdminFailure.refused("no '\(name)' is offered; guildhall plugins lists what is")
    }
    return AdminReport(
      ["plugin": .string(name), "withdrawn": .integer(Int64(count))],
      .sentence("\(name) is not offered any more"))
  }

  // MARK: The developer's secrets

  /// - Throws: `AdminFailure` for a plugin that is not offered, nor was to a server that has it still.
  private func offered(_ plugin: String) async throws -> Sandbox {
    let sandbox = try await sandbox()
    guard try await sandbox.isOperators(plugin) else {
      throw AdminFailure.refused("no '\(plugin)' is offered to every server; guildhall plugins lists what is")
    }
    return sandbox
  }

  func pluginSecrets(of plugin: String) async throws -> AdminReport {
    let secrets = try await offered(plugin).offeredSecrets(of: plugin)
    let json = secrets.map { secret -> JSONValue in
      [
        "name": .string(secret.name), "changed_at": .string(secret.changedAt.iso8601),
        "has_value": .bool(secret.hasValue), "host": .text(secret.boundTo),
      ]
    }
    let rows = secrets.map { [$0.name, $0.boundTo ?? "the plugin reads it", $0.changedAt.description] }
    return AdminReport(
      .array(json),
      .table(AdminTable(["secret", "goes to", "changed"], rows, empty: "no secrets that all servers share")))
  }

  func setSecret(_ value: Secret, name: String, of plugin: String, boundTo host: String?) async throws
    -> AdminReport
  {
    let sandbox = try await offered(plugin)
    do {
      try await sandbox.setOfferedSecret(value, name: name, boundTo: host, of: plugin, by: actor)
    } catch let error as RPCError {
      throw AdminFailure.refused(error.message)
    }
    return AdminReport(
      ["plugin": .string(plugin), "name": .string(name), "host": .text(host)],
      .sentence(
        host.map { "\(name) goes with \(plugin)'s requests to \($0), and it never sees the value" }
          ?? "\(plugin) can read \(name)"))
  }

  func forgetSecret(_ name: String, of plugin: String) async throws -> AdminReport {
    let sandbox = try await offered(plugin)
    let isKnown: Bool
    do {
      isKnown = try await sandbox.forgetOfferedSecret(name, of: plugin, by: actor)
    } catch let error as RPCError {
      throw AdminFailure.refused(error.message)
    }
    guard isKnown else {
      throw AdminFailure.refused("\(plugin) has no secret \(name) that all servers share")
    }
    return AdminReport(
      ["plugin": .string(plugin), "name": .string(name)],
      .sentence("\(name) of \(plugin) is forgotten"))
  }

  // MARK: The limit

  func pluginLimit(of plugin: String) async throws -> AdminReport {
    limitReport(try await offered(plugin).data.limits.stored(of: plugin), of: plugin, isChange: false)
  }

  /// Changes how many web requests a plugin may make; nil puts it back to what every plugin may.
  func setLimit(_ perMinute: Int?, of plugin: String) async throws -> AdminReport {
    let limits = try await offered(plugin).data.limits
    let before = try await limits.stored(of: plugin)
    guard before != perMinute else { return limitReport(before, of: plugin, isChange: false) }
    try await limits.set(perMinute, of: plugin)
    func value(_ limit: Int?) -> JSONValue { .integer(Int64(limit ?? RequestLimits.standard)) }
    try await OperatorAudit(house.storage.platform).append(
      AuditEntry(
        at: house.time.now, actor: .operator, action: "plugin.limit", target: plugin, before: value(before),
        after: value(perMinute)))
    return limitReport(perMinute, of: plugin, isChange: true)
  }

  private func limitReport(_ limit: Int?, of plugin: String, isChange: Bool) -> AdminReport {
    let count = limit ?? RequestLimits.standard
    let others = limit == nil ? ", as every plugin may" : ""
    return AdminReport(
      [
        "plugin": .string(plugin), "per_minute": .integer(Int64(count)), "is_default": .bool(limit == nil),
        "changed": .bool(isChange),
      ],
      .sentence("\(plugin) may make \(count) web requests a minute in each server\(others)"))
  }

  // MARK: The log

  func pluginLog(_ name: String, in guild: GuildID?, _ options: AdminOptions) async throws -> AdminReport {
    if let guild {
      _ = try await known(guild)
      // Also of one that was taken out: its last words are what is asked for then.
      guard try await sandbox().stored(name, in: guild) != nil else { throw noGuest(name, in: guild) }
    }
    let lines = try await sandbox().log(of: name, in: guild, limit: options.limit)
    let json = lines.map { line -> JSONValue in
      [
        "at": .string(line.at.iso8601), "level": .string(line.level.rawValue),
        "source": .string(line.source.rawValue), "message": .string(line.message),
        "method": .text(line.method),
      ]
    }
    let rows = lines.map { line in
      [line.at.description, line.level.rawValue, line.source.rawValue, line.message]
    }
    return AdminReport(
      .array(json),
      .table(AdminTable(["time", "level", "from", "line"], rows, empty: "nothing is on record yet")))
  }

  // MARK: What a plugin asks for

  private func review(
    _ manifest: GuestManifest, _ grants: GuestGrants, warnings: [String], isIn: Bool
  ) -> AdminReport {
    let capabilities = manifest.capabilities.sorted { ($1.tier, $0.rawValue) < ($0.tier, $1.rawValue) }
    let rows = capabilities.map { capability in
      [
        grants.capabilities.contains(capability) ? "granted" : "-", capability.rawValue,
        capability.tier.title.text(in: guestSentences), capability.title.text(in: guestSentences),
        capability.help.text(in: guestSentences),
      ]
    }
    var report = AdminReport(
      [
        "plugin": .string(manifest.id), "version": .string(manifest.version),
        "asks_for": .array(capabilities.map { .string($0.rawValue) }),
        "domains": .array(manifest.domains.map { .string($0) }), "grants": grants.document,
        "warnings": .array(warnings.map { .string($0) }), "installed": .bool(isIn),
      ],
      .sentence("\(manifest.name) \(manifest.version) by \(manifest.author)"),
      .table(
        AdminTable(["", "capability", "risk", "what it is", "exactly"], rows, empty: "it asks for nothing")))
    if !manifest.domains.isEmpty {
      let domains = manifest.domains.map { [grants.domains.contains($0) ? "granted" : "-", $0] }
      report.blocks.append(.table(AdminTable(["", "web address"], domains, empty: "")))
    }
    if manifest.capabilities.contains(.messageContent) {
      report.blocks.append(
        .sentence(
          grants.seesContent
            ? "It may read what people write."
            : "It sees that people write, and not what (--privacy full changes that)."))
    }
    if !warnings.isEmpty {
      report.blocks.append(.table(AdminTable(["worth knowing"], warnings.map { [$0] }, empty: "")))
    }
    return report
  }
}

extension GuestGrants {
  /// The grants after a change.
  ///
  /// - Throws: `AdminFailure` for what the plugin does not ask for: it would have no effect, and look as if it had.
  fileprivate func changed(by change: AdminGrants, of manifest: GuestManifest) throws -> GuestGrants {
    let asked = Set(manifest.capabilities)
    for capability in change.allowed.sorted() where !asked.contains(capability) {
      throw AdminFailure.refused("\(manifest.id) does not ask for \(capability.rawValue)")
    }
    for domain in change.domains ?? [] where !manifest.domains.contains(domain) {
      throw AdminFailure.refused("\(manifest.id) does not ask for the address \(domain)")
    }
    var grants = self
    grants.capabilities.formUnion(change.allowsAll ? asked : change.allowed)
    grants.capabilities.subtract(change.denied)
    grants.domains = change.domains ?? domains
    grants.privacy = change.privacy ?? privacy
    if change.privacy != .full, !grants.capabilities.contains(.messageContent) { grants.privacy = .metadata }
    if grants.privacy == .full, !grants.capabilities.contains(.messageContent) {
      throw AdminFailure.refused(
        asked.contains(.messageContent)
          ? "--privacy full goes with --allow events:message_content"
          : "\(manifest.id) does not ask to read messages")
    }
    return grants
  }
}
