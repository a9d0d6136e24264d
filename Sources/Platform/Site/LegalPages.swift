// Terms, privacy, imprint, subprocessors: what the operator published, in versions.

package import DiscordCore
package import EventLoop
package import PlatformText
package import Resources
import SQL
package import Storage

/// A legal page.
package enum LegalPageKind: String, Hashable, Sendable, CaseIterable {
  case terms, privacy, imprint, subprocessors

  /// What the page is called (`site.legal.<kind>.title`).
  package var title: Sentence { Sentence("site.legal.\(rawValue).title") }
}

/// A version of a legal page, without its text.
package struct LegalPageVersion: Hashable, Sendable {
  /// From 1; 0 for the draft that comes with the program.
  package let version: Int64
  /// Nil for the draft.
  package let publishedAt: Timestamp?
  /// Nil for the draft, for who used the command line, and for somebody whose data was erased.
  package let publishedBy: UserID?

  /// Whether nobody has published it: it says so itself, and is not to be taken for the operator's word.
  package var isDraft: Bool { version == 0 }
}

/// A legal page in one version.
package struct LegalPage: Hashable, Sendable {
  package let kind: LegalPageKind
  package let version: LegalPageVersion
  /// The text.
  package let markdown: String
}

/// Why a text was not published.
package enum LegalPageRefusal: Error, Hashable, Sendable {
  /// There is nothing in it.
  case empty
  /// It has more than `LegalPages.limit` bytes.
  case tooLong
  /// It is still the draft that comes with the program, which is to be adapted first.
  case isDraft
}

/// The legal pages. Every published version is kept. Calls throw what `Store` throws.
package struct LegalPages: Sendable {
  /// The longest text, in bytes.
  package static let limit = 200_000

  private let store: PlatformStore
  /// The room's, which have the drafts; the first stands in for languages that there are none in.
  private let catalogs: [StringCatalog]

  /// Declare `SiteSchema.platform` in the store's schema.
  ///
  /// - Parameters:
  ///   - store: where what is published is kept.
  ///   - catalog: the room's in English.
  ///   - translations: the room's in other languages, for drafts in those.
  package init(store: PlatformStore, catalog: StringCatalog, translations: [StringCatalog] = []) {
    (self.store, catalogs) = (store, [catalog] + translations)
  }

  /// The room's catalog.
  ///
  /// - Throws: `ResourceError` when the file is missing or damaged.
  package static func catalog(language: String = "en") throws(ResourceError) -> StringCatalog {
    try ResourceFolder(of: "PlatformSite").catalog(language: language)
  }

  /// What the operator starts from: short and honest about what the program does, with gaps for what it cannot know.
  ///
  /// - Parameters:
  ///   - kind: which page.
  ///   - language: the reader's; English, where there is no draft in it.
  /// - Returns: a page without a version.
  package func draft(_ kind: LegalPageKind, language: String = "en") -> LegalPage {
    LegalPage(
      kind: kind, version: LegalPageVersion(version: 0, publishedAt: nil, publishedBy: nil),
      markdown: draftText(kind, in: catalogs.first { $0.language == language } ?? catalogs[0]))
  }

  private func draftText(_ kind: LegalPageKind, in catalog: StringCatalog) -> String {
    catalog[dynamic: "site.legal.\(kind.rawValue).draft"]
  }

  /// The version that holds now, in the language that it was written in; the draft in the reader's language when none
  /// was published.
  package func current(_ kind: LegalPageKind, language: String = "en") async throws -> LegalPage {
    try await store.rows(
      """
      SELECT version, published_at, published_by, markdown FROM site_legal WHERE kind = \(kind.rawValue)
      ORDER BY version DESC LIMIT 1
      """
    ).first.map { try Self.page(kind, $0) } ?? draft(kind, language: language)
  }

  /// One published version; nil when there is none of that number.
  package func page(_ kind: LegalPageKind, version: Int64) async throws -> LegalPage? {
    try await store.rows(
      """
      SELECT version, published_at, published_by, markdown FROM site_legal
      WHERE kind = \(kind.rawValue) AND version = \(version)
      """
    ).first.map { try Self.page(kind, $0) }
  }

  /// The published versions, the newest first; at most `limit`, which is 1 to 500.
  package func history(_ kind: LegalPageKind, limit: Int = 100) async throws -> [LegalPageVersion] {
    try await store.rows(
      """
      SELECT version, published_at, published_by FROM site_legal WHERE kind = \(kind.rawValue)
      ORDER BY version DESC LIMIT \(min(max(limit, 1), 500))
      """
    ).map(Self.version)
  }

  /// Publishes a text as the next version. The text that holds already makes no new one.
  ///
  /// - Parameters:
  ///   - kind: which page.
  ///   - markdown: the whole text.
  ///   - actor: who did it; nil on the command line.
  ///   - now: the present.
  /// - Returns: the page as it is published now.
  /// - Throws: `LegalPageRefusal`.
  @discardableResult
  package func publish(_ kind: LegalPageKind, markdown: String, by actor: UserID?, at now: Timestamp)
    async throws -> LegalPage
  {
    guard markdown.contains(where: { !$0.isWhitespace }) else { throw LegalPageRefusal.empty }
    guard markdown.utf8.count <= Self.limit else { throw LegalPageRefusal.tooLong }
    guard !catalogs.contains(where: { markdown == draftText(kind, in: $0) }) else {
      throw LegalPageRefusal.isDraft
    }
    return try await store.writeNumbered { session in
      let newest = try await session.rows(
        """
        SELECT version, published_at, published_by, markdown FROM site_legal WHERE kind = \(kind.rawValue)
        ORDER BY version DESC LIMIT 1
        """
      ).first.map { try Self.page(kind, $0) }
      if let newest, newest.markdown == markdown { return newest }
      let version = LegalPageVersion(
        version: (newest?.version.version ?? 0) + 1, publishedAt: now, publishedBy: actor)
      try await session.execute(
        """
        INSERT INTO site_legal (kind, version, markdown, published_at, published_by)
        VALUES (\(kind.rawValue), \(version.version), \(markdown), \(now.milliseconds), \(actor?.column))
        """)
      return LegalPage(kind: kind, version: version, markdown: markdown)
    }
  }

  private static func version(_ row: SQLRow) throws -> LegalPageVersion {
    LegalPageVersion(
      version: try row.get(0), publishedAt: Timestamp(milliseconds: try row.get(1)),
      publishedBy: try UserID(person: row.get(2)))
  }

  private static func page(_ kind: LegalPageKind, _ row: SQLRow) throws -> LegalPage {
    LegalPage(kind: kind, version: try version(row), markdown: try row.get(3))
  }
}

extension Snowflake {
  /// As a `BIGINT`, which has a sign.
  var column: Int64 { Int64(bitPattern: rawValue) }

  /// Nil for nobody: never known, or erased, which leaves 0.
  init?(person column: Int64?) {
    guard let column, column != 0 else { return nil }
    self.init(UInt64(bitPattern: column))
  }
}
