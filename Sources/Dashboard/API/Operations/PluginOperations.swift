// What a server has on, and switching it.

import DiscordCore
import HTTPServer
import HTTPTypes
import JSON
import PlatformAccess
import PlatformConfiguration
import PlatformDispatch
import PlatformPlugins
import PlatformSettings
import Resources

extension APIOperation {
  private static let pluginSchema = APISchema.named(
    "Plugin",
    .record([
      .init("id", .text()), .init("name", .text()), .init("description", .text()),
      .init("category", .text()), .init("is_on", .toggle), .init("is_always_on", .toggle),
      .init("revision", .integer(0...Int64.max)), .init("problems", .list(.text(), atMost: 1_000)),
    ]))

  static let pluginOperations: [APIOperation] = [
    APIOperation(
      "plugins.list", .get, "/plugins",
      answer: .json(.record([.init("items", .list(pluginSchema, atMost: 1_000))])),
      .guild(.viewer) { visit, _ in
        try visit.visit.json(["items": .array(visit.house.catalog.units.map { document($0, visit) })])
      }),
    APIOperation(
      "plugins.get", .get, "/plugins/{plugin}", answer: .json(pluginSchema),
      .guild(.viewer) { visit, input in try visit.visit.json(document(try unit(visit, input), visit)) }),
    APIOperation(
      "plugins.enable", .post, "/plugins/{plugin}/enable", answer: .nothing,
      .guild(.manager) { visit, input in try await set(true, visit, input) }),
    APIOperation(
      "plugins.disable", .post, "/plugins/{plugin}/disable", answer: .nothing,
      .guild(.manager) { visit, input in try await set(false, visit, input) }),
  ]

  /// The plugin that the address names.
  ///
  /// - Throws: `HTTPProblem` 404.
  static func unit(_ visit: GuildVisit, _ input: APIInput) throws -> PluginUnit {
    guard let unit = visit.house.catalog[input.path["plugin"] ?? ""] else { throw HTTPProblem.notFound }
    return unit
  }

  private static func document(_ unit: PluginUnit, _ visit: GuildVisit) -> JSONValue {
    let strings = visit.house.catalog.strings(of: unit.id, language: visit.strings.language)
    let problems = visit.configuration.problems[unit.id] ?? []
    return [
      "id": .string(unit.id), "name": .string(strings.sentence("plugin.name") ?? unit.id),
      "description": .string(strings.sentence("plugin.description") ?? ""),
      "category": .string(unit.category.rawValue),
      "is_on": .bool(unit.isAlwaysOn || visit.configuration.isEnabled(unit.id)),
      "is_always_on": .bool(unit.isAlwaysOn),
      "revision": .integer(visit.configuration.revision(of: unit.id)),
      "problems": .array(problems.prefix(1_000).map { .string($0.description) }),
    ]
  }

  private static func set(_ isOn: Bool, _ visit: GuildVisit, _ input: APIInput) async throws -> HTTPResponse {
    let unit = try unit(visit, input)
    guard !unit.isAlwaysOn else {
      throw APIRefusal(code: .conflict, message: visit.strings["api.error.alwaysOn"])
    }
    try await visit.house.configurations.setEnabled(isOn, plugin: unit.id, in: visit.tenant, by: visit.origin)
    try await visit.house.dispatcher.settle(visit.guild, only: unit.id)
    return .done
  }
}
