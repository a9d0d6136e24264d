// Data rights: what is held handed over, and erased.

import Sandbox
import Telemetry
import Assembly
import DiscordCore
import EventLoop
import JSON
import PlatformData
import PlatformTenancy
import Storage

extension Administrator {
  /// The export is the answer, as it is read; the report tells what was in it.
  func exportData(_ subject: AdminDataSubject, _ output: AdminOutput) async throws -> AdminReport {
    let export = DataExport(house.storage, time: house.time)
    let receive: DataExport.Receiver = { try await output.write(String(decoding: $0, as: UTF8.self)) }
    let summary: ExportSummary
    switch subject {
    case .guild(let guild):
      let tenant = try await known(guild)
      try await record("data.export", in: tenant, target: "")
      summary = try await export.guild(tenant, to: receive)
    case .person(let user, let guild?):
      let tenant = try await onRecord("data.export", of: user, in: guild)
      summary = try await export.person(user, in: tenant, to: receive)
    case .person(let user, nil):
      // No server's audit is the place for it, and the log names no people.
      log.notice("the operator exports what is held about a person everywhere")
      summary = try await export.person(user, to: receive)
    }
    let tables = summary.rows.sorted { $0.key < $1.key }
    var report = AdminReport(
      [
        "rows": .object(
          JSONObject(fields: tables.map { JSONObject.Field(key: $0.key, value: .integer(Int64($0.value))) })),
        "unreadable": .integer(Int64(summary.unreadable)),
      ],
      .sentence(
        "\(tables.reduce(0) { $0 + $1.value }) rows of \(tables.count) tables"
          + (summary.unreadable > 0 ? "; \(summary.unreadable) values could not be opened" : "")))
    report.isAside = true
    return report
  }

  func eraseData(_ subject: AdminDataSubject, _ output: AdminOutput) async throws -> AdminReport {
    let erasure = Erasure(house.storage, time: house.time)
    let report: ErasureReport
    switch subject {
    case .guild(let guild):
      let tenant = try await erasable(guild)
      try await output.note("erasing the server \(guild); if this ends early, the next start finishes it")
      let house = house
      report =
        isRunning
        ? try await house.erase(tenant)
        : try await house.sandbox.withDatabase { try await house.erase(tenant) }
      log.notice("the operator erased a server", ["guild": .string("\(guild)")])
    case .person(let user, let guild?):
      // First, so that it is on record even if the process dies in the middle, and finishes it at its next start.
      let tenant = try await onRecord("data.erase", of: user, in: guild)
      try await output.note("erasing the person from \(guild)")
      report = try await erasure.person(user, in: tenant)
    case .person(let user, nil):
      let guilds = try await house.storage.guilds().count
      try await output.note(
        "erasing the person; servers to go through: \(guilds); if this ends early, the next start finishes it"
      )
      report = try await erasure.person(user)
      log.notice("the operator erased a person everywhere")
    }
    return Self.told(report)
  }

  /// Puts on a server's record what is about to be done with a member's data.
  private func onRecord(_ action: String, of user: UserID, in guild: GuildID) async throws -> Tenant {
    let tenant = try await known(guild)
    try await record(action, in: tenant, target: "\(user)")
    return tenant
  }

  /// A guild with anything to erase, be it but a row of the directory.
  private func erasable(_ guild: GuildID) async throws -> Tenant {
    let tenant = Tenant(guild)
    let hasStore = try await house.storage.hasGuild(tenant)
    let isListed = try await house.directory.get(tenant) != nil
    guard hasStore || isListed else {
      throw AdminFailure.refused("no server \(guild) is known here; guildhall guilds lists them")
    }
    return tenant
  }

  private static func told(_ report: ErasureReport) -> AdminReport {
    let tables = report.tables.sorted { $0.key < $1.key }
    let rows = tables.map { name, rows in
      [
        name, "\(rows.deleted)", "\(rows.anonymised)",
        rows.kept.sorted { $0.key < $1.key }.map { "\($0.value): \($0.key)" }.joined(separator: "; "),
      ]
    }
    let what =
      report.isStoreDestroyed
      ? "the server's store and its key are destroyed: no copy of it can be read any more"
      : "servers gone through: \(report.guilds)"
    return AdminReport(
      report.document,
      .sentence(what),
      .table(
        AdminTable(["table", "deleted", "made anonymous", "kept, and why"], rows, empty: "no rows were left"))
    )
  }
}
