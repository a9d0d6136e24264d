// The audit log, on both engines.

import DiscordCore
import EventLoop
import JSON
import PlatformAudit
import Storage
import StorageTestKit
import Testing

@Suite(.timeLimit(.minutes(2))) struct AuditTests {
  private static func entry(_ action: String, by user: UInt64 = 1, at milliseconds: Int64 = 0) -> AuditEntry {
    AuditEntry(at: Timestamp(milliseconds: milliseconds), actor: .user(UserID(user)), action: action)
  }

  private func withLog(_ engine: Engine, _ body: @Sendable (AuditLog, AuditLog) async throws -> Void)
    async throws
  {
    try await withInstallation(engine) { installation in
      try await installation.run(schema: Schema(guild: [AuditSchema.owner])) { storage in
        try await body(AuditLog(storage.guild(Tenant(1))), AuditLog(storage.guild(Tenant(2))))
      }
    }
  }

  @Test(arguments: Engine.allCases)
  func `entries come back newest first, whole, and stay in their guild`(_ engine: Engine) async throws {
    try await withLog(engine) { log, other async throws in
      var change = Self.entry("settings.change", by: .max)
      change.target = "welcome"
      change.address = "203.0.113.7"
      change.before = ["message": "Hi"]
      change.after = ["message": "Grüße 🎉"]
      try await log.append(change)
      try await log.append(AuditEntry(at: change.at, actor: .operator, action: "plugin.enable"))
      let entries = try await log.entries()
      #expect(entries.map(\.number) == [2, 1])
      #expect(entries[0].actor == .operator)
      change.number = 1
      #expect(entries[1] == change)
      #expect(try await other.entries().isEmpty)
    }
  }

  @Test(arguments: Engine.allCases)
  func `entries are found by actor, action, family and target, page by page`(_ engine: Engine) async throws {
    try await withLog(engine) { log, _ async throws in
      for number in 0..<6 {
        var entry = Self.entry(number % 2 == 0 ? "access.grant" : "access.revoke", by: UInt64(number % 3))
        entry.target = "\(number)"
        try await log.append(entry)
      }
      try await log.append(Self.entry("accessory.buy", by: 7))
      func targets(_ change: (inout AuditFilter) -> Void) async throws -> [String] {
        var filter = AuditFilter()
        change(&filter)
        return try await log.entries(filter).map(\.target)
      }
      #expect(try await targets { $0.actor = .user(UserID(2)) } == ["5", "2"])
      #expect(try await targets { $0.action = "access.grant" } == ["4", "2", "0"])
      #expect(try await targets { $0.action = "access." }.count == 6)
      #expect(try await targets { $0.target = "3" } == ["3"])
      #expect(try await targets { ($0.limit, $0.before) = (2, 5) } == ["3", "2"])
    }
  }

  @Test func `a number that is not finite is refused, not written`() {
    var entry = Self.entry("broken")
    entry.after = .double(.nan)
    #expect(throws: JSONError.self) { try AuditLog.insertion(entry, in: Tenant(1)) }
  }
}
