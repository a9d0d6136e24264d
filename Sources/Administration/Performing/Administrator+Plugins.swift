// Servers, plugins and settings.

import PlatformCommands
import EventLoop
import Resources
import Assembly
import DiscordCore
import JSON
import PlatformConfiguration
import PlatformDispatch
import PlatformPlugins
import PlatformSettings
import PlatformTenancy
import Storage

extension Administrator {
  // MARK: Servers

  func guilds() async throws -> AdminReport {
    var records: [GuildRecord] = []
    var filter = GuildFilter()
    filter.limit = 200
    while true {
      let page = try await house.directory.list(filter)
      records += page
      guard page.count == filter.limit, let last = page.last else { break }
      filter.after = last.guild
    }
    let rows = records.map { record in
      [
        "\(record.guild.guild)", record.life.phase.rawValue, "\(record.memberCount)",
        record.bots.map(\.description).joined(separator: " "), record.name,
      ]
    }
    let json = records.map { record -> JSONValue in
      [
        "guild": .id(record.guild.guild), "name": .string(record.name),
        "phase": .string(record.life.phase.rawValue), "owner": .text(record.owner?.description),
        "members": .integer(Int64(record.memberCount)), "bots": .array(record.bots.map { .id($0) }),
        "joined_at": .string(record.life.joinedAt.iso8601), "seen_at": .string(record.seenAt.iso8601),
        "erased_by": .text(record.life.erasure?.due.iso8601),
      ]
    }
    return AdminReport(
      .array(json),
      .table(AdminTable(["guild", "phase", "members", "bots", "name"], rows, empty: "no servers yet")))
  }

  // MARK: Plugins

  /// All there are, and where each command's code is.
  func plugins() async throws -> AdminReport {
    let (offers, offered) = try await offers()
    let units = house.catalog.units
    let rows = units.map { [$0.id, $0.category.rawValue, state($0, $0.isOnByDefault), about($0)] }
    let commands = units.flatMap(\.commands).sorted { $0.declaration.name < $1.declaration.name }
    let places = commands.map { command in
      let parts = command.declaration.source.split(separator: "/", maxSplits: 1)
      return [
        command.declaration.name, command.plugin, String(parts.first ?? ""), String(parts.last ?? ""),
      ]
    }
    let json: JSONValue = [
      "plugins": .array(
        units.map { unit in
          [
            "plugin": .string(unit.id), "category": .string(unit.category.rawValue),
            "always_on": .bool(unit.isAlwaysOn),
            "on_by_default": .bool(unit.isOnByDefault || unit.isAlwaysOn),
            "description": .string(about(unit)),
          ]
        }),
      "commands": .array(
        places.map { place in
          [
            "command": .string(place[0]), "plugin": .string(place[1]), "room": .string(place[2]),
            "file": .string(place[3]),
          ]
        }),
      "third_party": offers,
    ]
    return AdminReport(
      json,
      .table(AdminTable(["plugin", "category", "new servers", "what it does"], rows, empty: "no plugins")),
      .table(AdminTable(["command", "plugin", "room", "file"], places, empty: "no commands")),
      .table(offered))
  }

  /// What a server has on.
  func plugins(of guild: GuildID) async throws -> AdminReport {
    let configuration = try await house.configurations.current(try await known(guild))
    let units = house.catalog.units
    let rows = units.map { unit in
      [
        unit.id, state(unit, configuration.isEnabled(unit.id)), "\(configuration.revision(of: unit.id))",
        configuration.problems[unit.id].map { "\($0.count) settings do not fit" } ?? "", about(unit),
      ]
    }
    let json = units.map { unit -> JSONValue in
      [
        "plugin": .string(unit.id), "enabled": .bool(unit.isAlwaysOn || configuration.isEnabled(unit.id)),
        "always_on": .bool(unit.isAlwaysOn), "revision": .integer(configuration.revision(of: unit.id)),
        "problems": .array((configuration.problems[unit.id] ?? []).map { .string($0.description) }),
      ]
    }
    let (guests, present) = try await guests(of: guild)
    return AdminReport(
      .array(json + guests),
      .table(
        AdminTable(["plugin", "state", "revision", "problems", "what it does"], rows, empty: "no plugins")),
      .table(present))
  }

  func setPlugin(_ name: String, in guild: GuildID, to isEnabled: Bool) async throws -> AdminReport {
    let tenant = try await known(guild)
    if house.catalog[name.lowercased()] == nil, let guest = try await guest(name, in: guild) {
      return try await setGuest(guest, in: guild, to: isEnabled)
    }
    let unit = try unit(name)
    guard !unit.isAlwaysOn else { throw AdminFailure.refused("\(unit.id) is always on") }
    let was = try await house.configurations.current(tenant).isEnabled(unit.id)
    try await house.configurations.setEnabled(isEnabled, plugin: unit.id, in: tenant, by: origin)
    await settle(tenant, only: unit.id)
    let state = isEnabled ? "on" : "off"
    return AdminReport(
      ["plugin": .string(unit.id), "enabled": .bool(isEnabled), "changed": .bool(was != isEnabled)],
      .sentence("\(unit.id) \(was == isEnabled ? "was" : "is") \(state) in \(guild)"))
  }

  private func state(_ unit: PluginUnit, _ isOn: Bool) -> String {
    unit.isAlwaysOn ? "always on" : isOn ? "on" : "off"
  }

  private func about(_ unit: PluginUnit) -> String {
    house.catalog.strings(of: unit.id, language: "en").sentence("plugin.description") ?? ""
  }

  private func unit(_ name: String) throws -> PluginUnit {
    guard let unit = house.catalog[name.lowercased()] else {
      throw AdminFailure.refused(sentence(.noSuchPlugin(name), plugin: nil))
    }
    return unit
  }

  // MARK: Settings

  func showSettings(of name: String?, in guild: GuildID) async throws -> AdminReport {
    let (units, configuration) = try await configured(name, in: guild)
    var report = AdminReport(.null)
    var documents: [JSONObject.Field] = []
    for unit in units {
      guard let document = configuration.anySettings(of: unit.id)?.document else { continue }
      documents.append(JSONObject.Field(key: unit.id, value: document))
      let strings = house.catalog.strings(of: unit.id, language: "en")
      let rows = try (document.object?.fields ?? []).map { field in
        [
          field.key, String(decoding: try field.value.encoded(), as: UTF8.self),
          strings.sentence("settings.\(field.key)") ?? "",
        ]
      }
      if name == nil { report.blocks.append(.sentence(unit.id)) }
      report.blocks.append(
        .table(AdminTable(["field", "value", "what it is"], rows, empty: "\(unit.id) has no settings")))
    }
    report.json = name == nil ? .object(JSONObject(fields: documents)) : documents.first?.value ?? .null
    return report
  }

  func set(_ field: String, to value: String, of name: String, in guild: GuildID) async throws -> AdminReport
  {
    let tenant = try await known(guild)
    let unit = try unit(name)
    let before = try await house.configurations.current(tenant).revision(of: unit.id)
    try await explaining(unit) {
      try await house.configurations.set(field, typed: value, plugin: unit.id, in: tenant, by: origin)
    }
    await settle(tenant, only: unit.id)
    return try await changed([unit.id], tenant, [unit.id: before])
  }

  private var transfer: SettingsTransfer { SettingsTransfer(house.catalog, house.configurations) }

  func exportSettings(of name: String?, in guild: GuildID) async throws -> AdminReport {
    let tenant = try await known(guild)
    let json = try await explaining { try await transfer.export(name, of: tenant) }
    return AdminReport(json, .sentence(String(decoding: try json.encoded(), as: UTF8.self)))
  }

  func importSettings(of name: String?, in guild: GuildID, _ document: JSONValue) async throws -> AdminReport
  {
    let tenant = try await known(guild)
    let plan = try await explaining { try await transfer.plan(document, only: name, in: tenant) }
    for plugin in try await transfer.apply(plan, in: tenant, by: origin) {
      await settle(tenant, only: plugin)
    }
    let revisions = Dictionary(plan.parts.map { ($0.unit.id, $0.revision) }) { first, _ in first }
    return try await changed(plan.parts.map(\.unit.id), tenant, revisions)
  }

  /// Tells in words what is wrong with a document.
  private func explaining<Value>(_ body: () async throws -> Value) async throws -> Value {
    do {
      return try await body()
    } catch let problem as TransferProblem {
      switch problem {
      case .notAnExport:
        throw AdminFailure.refused("this is no document of `settings export`: it does not say which plugin")
      case .nothingAbout(let name):
        throw AdminFailure.refused("the document says nothing about \(name)")
      case .twice(let name): throw AdminFailure.refused("the document says two things about \(name)")
      case .noSuchPlugin(let name): throw AdminFailure.refused(sentence(.noSuchPlugin(name), plugin: nil))
      case .invalid(let plugin, let problems):
        throw AdminFailure.refused(sentence(.invalid(problems), plugin: plugin))
      }
    }
  }

  private func changed(_ plugins: [String], _ tenant: Tenant, _ before: [String: Int64]) async throws
    -> AdminReport
  {
    let now = try await house.configurations.current(tenant)
    let changed = plugins.filter { now.revision(of: $0) != before[$0] }
    let rows = plugins.map { plugin -> JSONValue in
      [
        "plugin": .string(plugin), "changed": .bool(changed.contains(plugin)),
        "revision": .integer(now.revision(of: plugin)),
      ]
    }
    let sentence =
      changed.isEmpty
      ? "nothing changed: it was so already"
      : changed.map { "\($0) is at revision \(now.revision(of: $0))" }.joined(separator: "\n")
    return AdminReport(.array(rows), .sentence(sentence))
  }

  private func configured(_ name: String?, in guild: GuildID) async throws -> (
    [PluginUnit], GuildConfiguration
  ) {
    let units = try name.map { [try unit($0)] } ?? house.catalog.units
    return (units, try await house.configurations.current(try await known(guild)))
  }

  /// Tells what does not fit in the words of the plugin.
  private func explaining(_ unit: PluginUnit, _ body: () async throws -> Void) async throws {
    do {
      try await body()
    } catch let error as ConfigurationError {
      throw AdminFailure.refused(sentence(error, plugin: unit.id))
    }
  }
}
