// Incidents and planned maintenance, on both engines.

import DiscordCore
import EventLoop
import PlatformSite
import SQL
import Storage
import StorageTestKit
import Testing

private let ada = UserID(7)

private func withBook(
  _ engine: Engine, _ body: @Sendable (IncidentBook, Storage, ManualTime) async throws -> Void
) async throws {
  try await withInstallation(engine) { installation in
    try await installation.run(schema: Schema(platform: [SiteSchema.platform])) { storage in
      try await body(StatusBoard(store: storage.platform).incidents, storage, ManualTime())
    }
  }
}

@Suite(.timeLimit(.minutes(2))) struct IncidentTests {
  @Test(arguments: Engine.allCases)
  func `an incident is told from the first word to the last`(_ engine: Engine) async throws {
    try await withBook(engine) { book, storage, time async throws in
      let start = time.now
      let number = try await book.open(
        IncidentDraft("Slow answers", text: "We look.", impact: .major, components: [.discord, .web]),
        by: ada, at: start)
      var incident = try #require(try await book.incident(number))
      #expect((incident.title, incident.impact, incident.status) == ("Slow answers", .major, .investigating))
      #expect(incident.components == [.web, .discord])
      #expect((incident.openedAt, incident.openedBy, incident.maintenance) == (start, ada, nil))
      #expect(!incident.isResolved)
      time.advance(by: .seconds(60))
      try await book.update(
        number, text: "Found.", status: .identified, impact: .minor, by: nil, at: time.now)
      #expect(try await book.unresolved().map(\.impact) == [.minor])
      time.advance(by: .seconds(60))
      try await book.resolve(number, text: "Over.", by: ada, at: time.now)
      incident = try #require(try await book.incident(number))
      #expect((incident.status, incident.impact, incident.resolvedAt) == (.resolved, .minor, time.now))
      #expect(incident.updates.map(\.text) == ["Over.", "Found.", "We look."])
      #expect(incident.updates.map(\.status) == [.resolved, .identified, .investigating])
      #expect(incident.updates.map(\.writtenBy) == [ada, nil, ada])
      #expect(incident.updates.map(\.writtenAt) == [time.now, start + .seconds(60), start])
      #expect(try await book.unresolved() == [])
      await #expect(throws: IncidentRefusal.resolved) {
        try await book.update(number, text: "x", status: .monitoring, by: nil, at: time.now)
      }
      // Somebody whose data was erased is nobody.
      try await storage.platform.execute("UPDATE site_incident SET opened_by = \(0)")
      #expect(try await book.incident(number)?.openedBy == nil)
    }
  }

  @Test(arguments: Engine.allCases)
  func `maintenance is planned before it begins`(_ engine: Engine) async throws {
    try await withBook(engine) { book, _, time async throws in
      let window = MaintenanceWindow(starts: time.now + .seconds(60), ends: time.now + .seconds(120))
      let number = try await book.open(
        IncidentDraft("Move", text: "New disks.", impact: .none, maintenance: window), by: nil, at: time.now)
      let incident = try #require(try await book.incident(number))
      #expect((incident.maintenance, incident.status, incident.components) == (window, .scheduled, []))
      await #expect(throws: IncidentRefusal.badWindow) {
        try await book.open(
          IncidentDraft(
            "Move", text: "x", maintenance: .init(starts: window.ends, ends: window.starts)), by: nil,
          at: time.now)
      }
    }
  }

  @Test(arguments: Engine.allCases)
  func `lists are the newest first, and bounded`(_ engine: Engine) async throws {
    try await withBook(engine) { book, storage, time async throws in
      for title in ["a", "b", "c"] {
        try await book.open(IncidentDraft(title, text: title), by: nil, at: time.now)
      }
      #expect(try await book.list().map(\.title) == ["c", "b", "a"])
      #expect(try await book.list(limit: 2).map(\.title) == ["c", "b"])
      #expect(try await book.list(limit: -1).map(\.title) == ["c"])
      // Five hundred later, the first are gone, with what was written of them.
      for table in ["site_incident SET number = number", "site_incident_update SET incident = incident"] {
        try await storage.platform.execute("UPDATE \(unescaped: table) + 498")
      }
      try await book.open(IncidentDraft("d", text: "d"), by: nil, at: time.now)
      #expect(try await book.list().map(\.title) == ["d", "c", "b", "a"])
      for number in 503...504 {
        #expect(try await book.open(IncidentDraft("e", text: "e"), by: nil, at: time.now) == number)
      }
      try await storage.platform.execute(
        "UPDATE site_incident SET number = number - 500 WHERE number < \(501)")
      try await storage.platform.execute(
        "UPDATE site_incident_update SET incident = incident - 500 WHERE incident < \(501)")
      try await book.open(IncidentDraft("f", text: "f"), by: nil, at: time.now)
      #expect(try await book.list().map(\.title) == ["f", "e", "e", "d", "c"])
      let count = try await storage.platform.rows("SELECT COUNT(*) FROM site_incident_update").first?.get(
        0, as: Int.self)
      #expect(count == 5)
    }
  }

  @Test(arguments: Engine.allCases)
  func `what does not fit is refused`(_ engine: Engine) async throws {
    try await withBook(engine) { book, storage, time async throws in
      for title in ["", " ", "a\nb", String(repeating: "x", count: 201)] {
        await #expect(throws: IncidentRefusal.badTitle) {
          try await book.open(IncidentDraft(title, text: "x"), by: nil, at: time.now)
        }
      }
      for text in ["", " \n", String(repeating: "x", count: 10_001)] {
        await #expect(throws: IncidentRefusal.badText) {
          try await book.open(IncidentDraft("t", text: text), by: nil, at: time.now)
        }
      }
      await #expect(throws: IncidentRefusal.unknown) {
        try await book.resolve(1, text: "x", by: nil, at: time.now)
      }
      #expect(try await book.list() == [])
      let number = try await book.open(IncidentDraft("t", text: "1"), by: nil, at: time.now)
      for count in 2..<IncidentBook.updateLimit {
        try await book.update(number, text: "\(count)", status: .monitoring, by: nil, at: time.now)
      }
      await #expect(throws: IncidentRefusal.tooManyUpdates) {
        try await book.update(number, text: "x", status: .monitoring, by: nil, at: time.now)
      }
      // It can be ended all the same.
      try await book.resolve(number, text: "end", by: nil, at: time.now)
      #expect(try await book.incident(number)?.updates.count == IncidentBook.updateLimit)
    }
  }
}
