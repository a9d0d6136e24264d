// The operators' log, on both engines.

import DiscordCore
import EventLoop
import JSON
import PlatformAudit
import Storage
import StorageTestKit
import Testing

@Suite(.timeLimit(.minutes(2))) struct OperatorAuditTests {
  @Test(arguments: Engine.allCases)
  func `entries come back newest first and whole, and are found`(_ engine: Engine) async throws {
    try await withInstallation(engine) { installation in
      try await installation.run(schema: Schema(platform: [OperatorAuditSchema.platform])) { storage in
        let log = OperatorAudit(storage.platform)
        var entry = AuditEntry(
          at: Timestamp(milliseconds: 5), actor: .user(UserID(.max)), action: "bot.stop", target: "42",
          address: "203.0.113.7", before: "running", after: ["wanted": "stopped"])
        try await log.append(entry)
        try await log.append(
          AuditEntry(at: Timestamp(milliseconds: 6), actor: .operator, action: "legal.publish"))
        let entries = try await log.entries()
        #expect(entries.map(\.number) == [2, 1])
        entry.number = 1
        #expect(entries.last == entry)
        var filter = AuditFilter()
        filter.action = "bot."
        #expect(try await log.entries(filter).map(\.number) == [1])
        filter = AuditFilter()
        filter.before = 2
        #expect(try await log.entries(filter).map(\.number) == [1])
      }
    }
  }
}
