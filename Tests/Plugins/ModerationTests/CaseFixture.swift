// What the tests of cases share: stores on both engines, and drafts.

import DiscordCore
import EventLoop
@testable import ModerationPlugin
import PlatformAudit
import PlatformPlugins
import Storage
import StorageTestKit

let staff = UserID(20)
let ada = UserID(100)
let ben = UserID(101)

/// The first instant of the tests.
let dayOne = Timestamp(milliseconds: 1_767_225_600_000)

func draft(
  _ kind: CaseKind, of user: UserID = ada, _ key: String, because reason: String = "",
  after span: Duration = .zero, change: (inout CaseDraft) -> Void = { _ in }
) -> CaseDraft {
  var draft = CaseDraft(
    kind, of: user, by: .person(staff), because: reason, effectKey: key, at: dayOne + span)
  change(&draft)
  return draft
}

/// The cases of two guilds of one installation.
func withCases(_ engine: Engine, _ body: @Sendable (CaseStore, CaseStore) async throws -> Void) async throws {
  try await withInstallation(engine) { installation in
    let schema = Schema(guild: [EffectSchema.owner, AuditSchema.owner, Migrations.owner])
    try await installation.run(schema: schema) { storage in
      try await body(CaseStore(storage.guild(Tenant(1))), CaseStore(storage.guild(Tenant(2))))
    }
  }
}
