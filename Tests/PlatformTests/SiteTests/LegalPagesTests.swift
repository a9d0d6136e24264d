// Legal pages, on both engines: a draft until somebody publishes, then versions of which none is lost.

import DiscordCore
import EventLoop
import PlatformSite
import PlatformText
import Resources
import SQL
import Storage
import StorageTestKit
import Testing

private let ada = UserID(7)

private func withPages(
  _ engine: Engine, _ body: @Sendable (LegalPages, Storage, ManualTime) async throws -> Void
) async throws {
  try await withInstallation(engine) { installation in
    try await installation.run(schema: Schema(platform: [SiteSchema.platform])) { storage in
      let pages = LegalPages(
        store: storage.platform, catalog: try LegalPages.catalog(),
        translations: [try LegalPages.catalog(language: "de"), try LegalPages.catalog(language: "es")])
      try await body(pages, storage, ManualTime())
    }
  }
}

@Suite(.timeLimit(.minutes(2))) struct LegalPagesTests {
  @Test(arguments: Engine.allCases)
  func `until something is published there is a draft that says so`(_ engine: Engine) async throws {
    try await withPages(engine) { pages, _, time async throws in
      for kind in LegalPageKind.allCases {
        let page = try await pages.current(kind)
        #expect(page.version.isDraft && page.version.publishedAt == nil)
        #expect(page == pages.draft(kind))
        #expect(page.markdown.hasPrefix("> **Draft.**") && page.markdown.contains("["))
        #expect(try await pages.history(kind) == [])
        await #expect(throws: LegalPageRefusal.isDraft) {
          try await pages.publish(kind, markdown: page.markdown, by: ada, at: time.now)
        }
      }
    }
  }

  @Test(arguments: Engine.allCases)
  func `the draft speaks the reader's language, and is a draft in each`(_ engine: Engine) async throws {
    try await withPages(engine) { pages, _, time async throws in
      for (language, opening) in [
        ("de", "> **Entwurf.**"), ("es", "> **Borrador.**"), ("fr", "> **Draft.**"),
      ] {
        let page = try await pages.current(.privacy, language: language)
        #expect(page.version.isDraft && page.markdown.hasPrefix(opening))
        await #expect(throws: LegalPageRefusal.isDraft) {
          try await pages.publish(.privacy, markdown: page.markdown, by: ada, at: time.now)
        }
      }
      // What was published is what it says, whoever reads.
      let published = try await pages.publish(.privacy, markdown: "# Ours", by: ada, at: time.now)
      #expect(try await pages.current(.privacy, language: "de") == published)
    }
  }

  @Test(arguments: Engine.allCases)
  func `every version is kept, each kind counts for itself`(_ engine: Engine) async throws {
    try await withPages(engine) { pages, storage, time async throws in
      let start = time.now
      let first = try await pages.publish(.terms, markdown: "# One\n", by: ada, at: start)
      #expect(
        (first.version.version, first.version.publishedAt, first.version.publishedBy) == (1, start, ada))
      time.advance(by: .seconds(60))
      // The same text once more is the same version.
      #expect(try await pages.publish(.terms, markdown: "# One\n", by: nil, at: time.now) == first)
      let second = try await pages.publish(.terms, markdown: "# Two\n", by: nil, at: time.now)
      #expect((second.version.version, second.version.publishedBy) == (2, nil))
      #expect(try await pages.publish(.privacy, markdown: "# P", by: ada, at: time.now).version.version == 1)
      #expect(try await pages.current(.terms) == second)
      #expect(try await pages.page(.terms, version: 1) == first)
      #expect(try await pages.page(.terms, version: 3) == nil)
      #expect(try await pages.history(.terms) == [second.version, first.version])
      #expect(try await pages.history(.terms, limit: 1) == [second.version])
      #expect(try await pages.current(.imprint).version.isDraft)
      // Somebody whose data was erased is nobody.
      try await storage.platform.execute("UPDATE site_legal SET published_by = \(0)")
      #expect(try await pages.page(.terms, version: 1)?.version.publishedBy == nil)
    }
  }

  @Test(arguments: Engine.allCases)
  func `two who publish at once make two versions`(_ engine: Engine) async throws {
    try await withPages(engine) { pages, _, time async throws in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<4 {
          group.addTask { try await pages.publish(.imprint, markdown: "\(number)", by: nil, at: time.now) }
        }
        try await group.waitForAll()
      }
      #expect(try await pages.history(.imprint).map(\.version) == [4, 3, 2, 1])
    }
  }

  @Test(arguments: Engine.allCases)
  func `nothing and too much are refused`(_ engine: Engine) async throws {
    try await withPages(engine) { pages, _, time async throws in
      await #expect(throws: LegalPageRefusal.empty) {
        try await pages.publish(.terms, markdown: " \n ", by: ada, at: time.now)
      }
      await #expect(throws: LegalPageRefusal.tooLong) {
        try await pages.publish(
          .terms, markdown: String(repeating: "x", count: LegalPages.limit + 1), by: ada, at: time.now)
      }
      #expect(try await pages.current(.terms).version.isDraft)
    }
  }

  @Test func `every sentence that the room speaks of is in its catalog`() throws {
    let catalog = try LegalPages.catalog()
    let sentences =
      LegalPageKind.allCases.map(\.title) + StatusComponent.allCases.map(\.title)
      + ComponentState.allCases.map(\.title) + IncidentImpact.allCases.map(\.title)
      + IncidentStatus.allCases.map(\.title)
    for sentence in sentences { #expect(catalog.sentence(sentence.key) != nil) }
    let drafts = LegalPageKind.allCases.map { "site.legal.\($0.rawValue).draft" }
    #expect(catalog.keys == Set(sentences.map(\.key) + drafts))
  }
}
