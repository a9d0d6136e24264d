// Moderation cases.

import Assembly
import DiscordCore
import EventLoop
import JSON
import ModerationPlugin
import PlatformDispatch
import PlatformText
import Storage

extension Administrator {
  func cases(_ guild: GuildID, _ user: UserID?, _ options: AdminOptions) async throws -> AdminReport {
    let tenant = try await known(guild)
    guard house.catalog[Moderation.id] != nil else {
      throw AdminFailure.refused("there are no cases without the plugin \(Moderation.id)")
    }
    var filter = CaseFilter()
    (filter.target, filter.limit, filter.offset) = (user, options.limit, options.offset)
    let page = try await CaseStore(house.storage.guild(tenant)).find(filter)
    let rows = page.cases.map { record in
      [
        "\(record.number)", record.at.description, record.kind.rawValue, "\(record.target)",
        Self.name(record.source), record.duration.map { HumanDuration.format($0) } ?? "",
        record.void == nil ? "" : "deleted", record.reason,
      ]
    }
    let headings = ["number", "at", "kind", "member", "by", "lasts", "state", "reason"]
    var report = AdminReport(
      ["total": .integer(Int64(page.total)), "cases": .array(page.cases.map(Self.document))],
      .table(AdminTable(headings, rows, empty: "no cases")))
    if page.total > page.cases.count {
      report.blocks.append(.sentence("\(page.cases.count) of \(page.total); more with --offset"))
    }
    return report
  }

  private static func document(_ record: CaseRecord) -> JSONValue {
    [
      "number": .integer(record.number), "at": .string(record.at.iso8601),
      "kind": .string(record.kind.rawValue), "member": .id(record.target),
      "by": .string(name(record.source)), "reason": .string(record.reason),
      "expires_at": .text(record.expiresAt?.iso8601), "ended_at": .text(record.endedAt?.iso8601),
      "points": .double(record.points), "parent": record.parent.map { .integer($0) } ?? .null,
      "deleted_at": .text(record.void?.at.iso8601), "deleted_because": .text(record.void?.reason),
    ]
  }

  private static func name(_ source: CaseSource) -> String {
    switch source {
    case .person(let user): "user:\(user)"
    case .byHand(let user): "user:\(user) by hand"
    case .automatic(let plugin, let rule): rule.isEmpty ? plugin : "\(plugin):\(rule)"
    case .erased: "somebody erased"
    }
  }
}
