// Settings of plugins: read, replaced, changed field by field, and put back.

import DiscordCore
import HTTPServer
import HTTPTypes
import JSON
import PlatformAccess
import PlatformConfiguration
import PlatformDispatch
import PlatformPlugins
import PlatformSettings

extension APIOperation {
  private static let settingsSchema = APISchema.named(
    "Settings",
    .record([
      .init("plugin", .text()), .init("revision", .integer(0...Int64.max)), .init("settings", .object),
    ]))

  private static let revisionSchema = APISchema.named(
    "Revision",
    .record([
      .init("revision", .integer(1...Int64.max)), .init("at", .instant), .init("actor", .text()),
      .init("is_on", .toggle), .init("settings", .object),
    ]))

  static let settingsOperations: [APIOperation] = [
    APIOperation(
      "settings.get", .get, "/plugins/{plugin}/settings", answer: .json(settingsSchema),
      .guild(.viewer) { visit, input in try await current(visit, input) }),
    APIOperation(
      "settings.replace", .put, "/plugins/{plugin}/settings",
      body: .named(
        "SettingsReplacement",
        .record([
          .init("settings", .object), .init("revision", .integer(0...Int64.max), isRequired: false),
        ])),
      answer: .json(settingsSchema), refusals: [.conflict],
      .guild(.manager) { visit, input in
        let unit = try unit(visit, input)
        try await visit.house.configurations.replace(
          input.body["settings"] ?? .null, plugin: unit.id, in: visit.tenant, by: visit.origin,
          expecting: input.body["revision"]?.int64)
        return try await settled(unit, visit, input)
      }),
    APIOperation(
      "settings.change", .patch, "/plugins/{plugin}/settings",
      body: .named(
        "SettingsChange",
        .record([.init("path", .text(1...256)), .init("value", .text(0...8_000))])),
      answer: .json(settingsSchema),
      .guild(.manager) { visit, input in
        let unit = try unit(visit, input)
        try await visit.house.configurations.set(
          input.body["path"]?.string ?? "", typed: input.body["value"]?.string ?? "", plugin: unit.id,
          in: visit.tenant, by: visit.origin)
        return try await settled(unit, visit, input)
      }),
    APIOperation(
      "settings.schema", .get, "/plugins/{plugin}/schema", answer: .json(.object),
      .guild(.viewer) { visit, input in
        let unit = try unit(visit, input)
        guard let settings = visit.configuration.anySettings(of: unit.id) else { throw HTTPProblem.notFound }
        return try visit.visit.json(schema(of: settings, unit.id))
      }),
    APIOperation(
      "settings.history", .get, "/plugins/{plugin}/history", query: [.limit],
      answer: .json(.record([.init("items", .list(revisionSchema, atMost: 100))])),
      .guild(.viewer) { visit, input in
        let unit = try unit(visit, input)
        let history = try await visit.house.configurations.history(
          plugin: unit.id, in: visit.tenant, limit: input.limit)
        let items = history.map { entry -> JSONValue in
          [
            "revision": .integer(entry.revision), "at": entry.at.api, "actor": .string(entry.actor),
            "is_on": .bool(entry.isEnabled), "settings": entry.document,
          ]
        }
        return try visit.visit.json(["items": .array(items)])
      }),
    APIOperation(
      "settings.revert", .post, "/plugins/{plugin}/revert",
      body: .named("Reversion", .record([.init("revision", .integer(1...Int64.max))])),
      answer: .json(settingsSchema),
      .guild(.manager) { visit, input in
        let unit = try unit(visit, input)
        try await visit.house.configurations.revert(
          plugin: unit.id, to: input.body["revision"]?.int64 ?? 0, in: visit.tenant, by: visit.origin)
        return try await settled(unit, visit, input)
      }),
  ]

  private static func settled(_ unit: PluginUnit, _ visit: GuildVisit, _ input: APIInput) async throws
    -> HTTPResponse
  {
    try await visit.house.dispatcher.settle(visit.guild, only: unit.id)
    return try await current(visit, input)
  }

  /// As they are now, after a change of this call.
  private static func current(_ visit: GuildVisit, _ input: APIInput) async throws -> HTTPResponse {
    let unit = try unit(visit, input)
    let configuration = try await visit.house.configurations.current(visit.tenant)
    guard let settings = configuration.anySettings(of: unit.id) else { throw HTTPProblem.notFound }
    return try visit.visit.json([
      "plugin": .string(unit.id), "revision": .integer(configuration.revision(of: unit.id)),
      "settings": settings.document,
    ])
  }

  private static func schema<Settings: PluginSettings>(of settings: Settings, _ plugin: String) -> JSONValue {
    Settings.fields.jsonSchema(title: plugin)
  }
}
