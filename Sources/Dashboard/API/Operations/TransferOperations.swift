// All settings of a server as one document: taken along, and brought in.

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
  private static let differenceSchema = APISchema.named(
    "SettingsDifference",
    .record([
      .init("is_applied", .toggle),
      .init(
        "plugins",
        .list(
          .record([
            .init("plugin", .text()), .init("was_on", .toggle), .init("is_on", .toggle),
            .init(
              "changes",
              .list(
                .record([.init("path", .text()), .init("before", .anything), .init("after", .anything)]),
                atMost: 10_000)),
          ]), atMost: 1_000)),
    ]))

  static let transferOperations: [APIOperation] = [
    APIOperation(
      "settings.export", .get, "/settings", query: [.init("plugin", .text(1...64))], answer: .json(.object),
      .guild(.viewer) { visit, input in
        do {
          return try visit.visit.json(
            try await TransferPages.transfer(visit).export(input.query["plugin"]?.string, of: visit.tenant))
        } catch is TransferProblem {
          throw HTTPProblem.notFound
        }
      }),
    APIOperation(
      "settings.import", .post, "/settings/import",
      body: .named(
        "SettingsImport",
        .record([.init("document", .object), .init("is_dry_run", .toggle, isRequired: false)])),
      answer: .json(differenceSchema), refusals: [.conflict],
      .guild(.manager) { visit, input in
        let plan: TransferPlan
        do {
          plan = try await TransferPages.transfer(visit).plan(
            input.body["document"] ?? .null, in: visit.tenant)
        } catch let problem as TransferProblem {
          throw APIRefusal(
            code: .invalid, message: visit.strings["api.error.settings"],
            details: [("/document", TransferPages.sentence(problem, visit))])
        }
        let isDryRun = input.body["is_dry_run"]?.bool ?? false
        if !isDryRun {
          for plugin in try await TransferPages.transfer(visit).apply(
            plan, in: visit.tenant, by: visit.origin)
          {
            await PluginPlace.settle(visit, only: plugin)
          }
        }
        return try visit.visit.json([
          "is_applied": .bool(!isDryRun),
          "plugins": .array(plan.parts.filter { !$0.isEmpty }.map(difference)),
        ])
      }),
  ]

  private static func difference(_ part: TransferPlan.Part) -> JSONValue {
    let changes = part.changes.map { change -> JSONValue in
      [
        "path": .string(change.path.description), "before": change.before ?? .null,
        "after": change.after ?? .null,
      ]
    }
    return [
      "plugin": .string(part.unit.id), "was_on": .bool(part.wasEnabled),
      "is_on": .bool(part.isEnabled ?? part.wasEnabled), "changes": .array(changes),
    ]
  }
}
