// Incidents and planned maintenance, as the operator writes of them: every SQL statement about them.

package import DiscordCore
package import EventLoop
import SQL
package import Storage

/// What the operator published of incidents and maintenance. The newest 500 are kept. Calls throw what `Store` throws, and
/// `IncidentRefusal`.
package struct IncidentBook: Sendable {
  /// How many incidents are kept.
  static let limit = 500
  /// How many updates an incident may have.
  package static let updateLimit = 100
  private static let columns =
    "number, title, impact, status, components, opened_at, resolved_at, starts_at, ends_at, opened_by"

  private let store: PlatformStore

  /// Declare `SiteSchema.platform` in the store's schema.
  package init(store: PlatformStore) { self.store = store }

  // MARK: Writing

  /// Publishes an incident or a planned maintenance.
  ///
  /// - Parameters:
  ///   - draft: what it says.
  ///   - actor: who writes; nil on the command line.
  ///   - now: the present.
  /// - Returns: its number.
  /// - Throws: `.badTitle`, `.badText`, `.badWindow`.
  @discardableResult
  package func open(_ draft: IncidentDraft, by actor: UserID?, at now: Timestamp) async throws -> Int64 {
    try Self.check(draft)
    let status = draft.status ?? (draft.maintenance == nil ? .investigating : .scheduled)
    let components = StatusComponent.allCases.filter(draft.components.contains).map(\.rawValue)
    return try await store.writeNumbered { session in
      let head = try await session.rows("SELECT COALESCE(MAX(number), 0) + 1 FROM site_incident")
      let number: Int64 = try head.first?.get(0) ?? 1
      try await session.execute(
        """
        INSERT INTO site_incident (\(unescaped: Self.columns))
        VALUES (\(number), \(draft.title), \(draft.impact.rawValue), \(status.rawValue),
          \(components.joined(separator: " ")), \(now.milliseconds),
          \(status == .resolved ? now.milliseconds : nil), \(draft.maintenance?.starts.milliseconds),
          \(draft.maintenance?.ends.milliseconds), \(actor?.column))
        """)
      try await session.execute(Self.insertion(number, 1, status, draft.text, by: actor, at: now))
      for table in ["site_incident_update WHERE incident", "site_incident WHERE number"] {
        try await session.execute("DELETE FROM \(unescaped: table) <= \(number - Int64(Self.limit))")
      }
      return number
    }
  }

  /// Tells more of an incident. With the status `resolved`, it is over.
  ///
  /// - Parameters:
  ///   - number: which one.
  ///   - text: Markdown, 1 to 10,000 characters.
  ///   - status: how far it has come.
  ///   - impact: how much it hurts by now; nil for as before.
  ///   - actor: who writes; nil on the command line.
  ///   - now: the present.
  /// - Throws: `.unknown`, `.resolved`, `.badText`, `.tooManyUpdates`.
  package func update(
    _ number: Int64, text: String, status: IncidentStatus, impact: IncidentImpact? = nil, by actor: UserID?,
    at now: Timestamp
  ) async throws {
    try Self.check(text: text)
    try await store.writeNumbered { session in
      let row = try await session.rows("SELECT status FROM site_incident WHERE number = \(number)").first
      guard let row else { throw IncidentRefusal.unknown }
      guard try row.get(0, as: String.self) != IncidentStatus.resolved.rawValue else {
        throw IncidentRefusal.resolved
      }
      let head = try await session.rows(
        "SELECT COALESCE(MAX(number), 0) + 1 FROM site_incident_update WHERE incident = \(number)")
      let next: Int64 = try head.first?.get(0) ?? 1
      // The last one is left for the end.
      guard next < Self.updateLimit || (next == Self.updateLimit && status == .resolved) else {
        throw IncidentRefusal.tooManyUpdates
      }
      try await session.execute(Self.insertion(number, next, status, text, by: actor, at: now))
      try await session.execute(
        """
        UPDATE site_incident SET status = \(status.rawValue),
          resolved_at = \(status == .resolved ? now.milliseconds : nil) WHERE number = \(number)
        """)
      if let impact {
        try await session.execute(
          "UPDATE site_incident SET impact = \(impact.rawValue) WHERE number = \(number)")
      }
    }
  }

  /// Ends an incident or a maintenance.
  ///
  /// - Parameters:
  ///   - number: which one.
  ///   - text: Markdown, 1 to 10,000 characters.
  ///   - actor: who writes; nil on the command line.
  ///   - now: the present.
  /// - Throws: as `update` does.
  package func resolve(_ number: Int64, text: String, by actor: UserID?, at now: Timestamp) async throws {
    try await update(number, text: text, status: .resolved, by: actor, at: now)
  }

  // MARK: Reading

  /// The newest first: at most `limit`, which is 1 to 100.
  package func list(limit: Int = 20) async throws -> [Incident] {
    try await incidents(
      "SELECT \(unescaped: Self.columns) FROM site_incident ORDER BY number DESC LIMIT \(Self.page(limit))")
  }

  /// Those that go on or are to come, the newest first: at most 100.
  package func unresolved() async throws -> [Incident] {
    try await incidents(
      """
      SELECT \(unescaped: Self.columns) FROM site_incident WHERE status <> \(IncidentStatus.resolved.rawValue)
      ORDER BY number DESC LIMIT \(Self.page(100))
      """)
  }

  /// One of them; nil when none has that number.
  package func incident(_ number: Int64) async throws -> Incident? {
    try await incidents("SELECT \(unescaped: Self.columns) FROM site_incident WHERE number = \(number)").first
  }

  private static func page(_ limit: Int) -> Int { min(max(limit, 1), 100) }

  private func incidents(_ statement: SQL) async throws -> [Incident] {
    try await store.read { session in
      var result: [Incident] = []
      for row in try await session.rows(statement) {
        let updates = try await session.rows(
          """
          SELECT number, status, markdown, written_at, written_by FROM site_incident_update
          WHERE incident = \(try row.get(0, as: Int64.self)) ORDER BY number DESC
          """
        ).map(Self.update)
        result.append(try Self.incident(row, updates))
      }
      return result
    }
  }

  // MARK: Rows

  private static func check(_ draft: IncidentDraft) throws {
    let isOneLine = !draft.title.contains(where: \.isNewline)
    guard draft.title.contains(where: { !$0.isWhitespace }), draft.title.count <= 200,
      draft.title.utf8.count <= 2_000, isOneLine
    else { throw IncidentRefusal.badTitle }
    try check(text: draft.text)
    if let window = draft.maintenance, window.ends <= window.starts { throw IncidentRefusal.badWindow }
  }

  private static func check(text: String) throws {
    guard text.contains(where: { !$0.isWhitespace }), text.utf8.count <= 40_000, text.count <= 10_000 else {
      throw IncidentRefusal.badText
    }
  }

  private static func insertion(
    _ incident: Int64, _ number: Int64, _ status: IncidentStatus, _ text: String, by actor: UserID?,
    at now: Timestamp
  ) -> SQL {
    """
    INSERT INTO site_incident_update (incident, number, status, markdown, written_at, written_by)
    VALUES (\(incident), \(number), \(status.rawValue), \(text), \(now.milliseconds), \(actor?.column))
    """
  }

  private static func update(_ row: SQLRow) throws -> IncidentUpdate {
    IncidentUpdate(
      number: try row.get(0), status: try word(row.get(1)), text: try row.get(2),
      writtenAt: Timestamp(milliseconds: try row.get(3)), writtenBy: try UserID(person: row.get(4)))
  }

  private static func incident(_ row: SQLRow, _ updates: [IncidentUpdate]) throws -> Incident {
    func time(_ index: Int) throws -> Timestamp? {
      try row.get(index, as: Int64?.self).map { Timestamp(milliseconds: $0) }
    }
    let (starts, ends) = (try time(7), try time(8))
    let components: String = try row.get(4)
    return Incident(
      number: try row.get(0), title: try row.get(1), impact: try word(row.get(2)),
      status: try word(row.get(3)),
      components: Set(components.split(separator: " ").compactMap { StatusComponent(rawValue: String($0)) }),
      maintenance: starts.flatMap { starts in ends.map { MaintenanceWindow(starts: starts, ends: $0) } },
      openedAt: Timestamp(milliseconds: try row.get(5)), resolvedAt: try time(6),
      openedBy: try UserID(person: row.get(9)), updates: updates)
  }

  private static func word<Word: RawRepresentable<String>>(_ text: String) throws -> Word {
    guard let word = Word(rawValue: text) else {
      throw SQLError(.typeMismatch, message: "a word about an incident that is not known here")
    }
    return word
  }
}
