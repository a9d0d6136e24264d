// What a table holds about whom, how long it is kept and how it leaves: declared with the table.

package import SQL

/// What a table promises to the people in it. The sweeper, exports, erasure and the published data table are made from
/// it; nothing else has to be written for them.
///
///     Table("moderation_case", columns: …, key: …, data: TableData(
///       "Cases: what was done to whom, by whom and why",
///       people: [.subject("user_id", with: ["reason"]), .actor("moderator_id")],
///       kept: .withGuild(since: "created_at")))
///
/// A table without people needs two things only: `TableData("Reaction menus", kept: .withGuild)`.
package struct TableData: Sendable {
  /// What the rows are, for those whom it concerns: a phrase without a full stop.
  package let holds: String
  /// Every column that names a person.
  package let people: [PersonColumn]
  /// How long rows stay when nobody does anything about them.
  package let kept: Retention
  /// Columns sealed with the store's data key, whose content is opened for an export.
  package let sealed: [SealedColumn]
  /// Columns that are nobody's data but a credential, sealed or not: no export ever has them.
  package let secrets: [String]
  /// Why the rows of a guild stay when the guild is erased; nil, as nearly always, when they go. In tables of the
  /// platform only: a guild's own store is destroyed whole.
  package let keptAfterGuild: String?

  package init(
    _ holds: String, people: [PersonColumn] = [], kept: Retention, sealed: [SealedColumn] = [],
    secrets: [String] = [], keptAfterGuild: String? = nil
  ) {
    (self.holds, self.people, self.kept) = (holds, people, kept)
    (self.sealed, self.secrets, self.keptAfterGuild) = (sealed, secrets, keptAfterGuild)
  }
}

/// A column that must have a value for something to hold of its row.
package struct ColumnCondition: Sendable, Equatable {
  package let column: String
  package let value: SQLValue

  /// As in `.column("actor_kind", is: "user")`.
  package static func column(_ column: String, is value: some SQLConvertible) -> ColumnCondition {
    ColumnCondition(column: column, value: value.sqlValue)
  }
}

/// A column that names a person, and what happens to the row when that person asks to be erased.
package struct PersonColumn: Sendable {
  /// What the person is in the row.
  package enum Role: String, Sendable {
    /// The row is about them.
    case subject
    /// They did what the row tells of, to others or to the server.
    case actor
  }

  /// How a column has a user's id.
  package enum Form: Sendable, Equatable {
    /// As a `BIGINT`.
    case id
    /// As text, the digits after a fixed prefix; a column that has other texts as well is fine.
    case text(prefix: String)

    /// As text, the digits alone.
    package static let digits = Form.text(prefix: "")
  }

  /// What erasing the person does to the row.
  package enum Outcome: Sendable, Hashable {
    case deleteRow
    /// The row stays, about nobody: the id becomes 0 and the columns in `with` their fixed values.
    case anonymise
    /// The row stays as it is, for a reason that is told to the person: a phrase without a full stop.
    case keep(String)
  }

  /// The column with the user's id, what the user is in the row, and how the id is written.
  package let column: String
  package let role: Role
  package let form: Form
  /// What must hold for the column to name a person at all.
  package let when: ColumnCondition?
  /// The other columns that are this person's: text they wrote or that is about them, names, addresses.
  package let personal: [PersonalColumn]
  package let onErasure: Outcome

  /// The person the row is about. Erasing them deletes the row, unless told otherwise.
  package static func subject(
    _ column: String, as form: Form = .id, when: ColumnCondition? = nil, with personal: [PersonalColumn] = [],
    onErasure: Outcome = .deleteRow
  ) -> PersonColumn {
    PersonColumn(
      column: column, role: .subject, form: form, when: when, personal: personal, onErasure: onErasure)
  }

  /// A person who did what the row tells of. Erasing them leaves the row without them, unless told otherwise.
  package static func actor(
    _ column: String, as form: Form = .id, when: ColumnCondition? = nil, with personal: [PersonalColumn] = [],
    onErasure: Outcome = .anonymise
  ) -> PersonColumn {
    PersonColumn(
      column: column, role: .actor, form: form, when: when, personal: personal, onErasure: onErasure)
  }

  /// What the column has in the rows of a user, given by the bits of their id. 0 is nobody.
  package func value(of user: Int64) -> SQLValue {
    switch form {
    case .id: .integer(user)
    case .text(let prefix): .text("\(prefix)\(UInt64(bitPattern: user))")
    }
  }
}

/// A column with somebody's personal data, and what it has once they are erased: "[erased]", nothing, 0 or false, by
/// the column's kind, unless `erasedTo` says another.
package struct PersonalColumn: Sendable, ExpressibleByStringLiteral {
  package let column: String
  private let replacement: SQLValue?

  package init(_ column: String, erasedTo replacement: some SQLConvertible) {
    self.column = column
    self.replacement = replacement.sqlValue
  }

  package init(stringLiteral column: String) {
    self.column = column
    replacement = nil
  }

  /// What the column has in the row of an erased person.
  package func erased(_ kind: Table.Kind) -> SQLValue {
    if let replacement { return replacement }
    return switch kind {
    case .text: .text("[erased]")
    case .blob: .blob([])
    case .integer: .integer(0)
    case .double: .double(0)
    case .boolean: .boolean(false)
    }
  }
}

/// A column sealed under `SealContext(tenant:table:column:row:)` with its store's data key; the tenant is the guild's id,
/// or `platform`.
package struct SealedColumn: Sendable, ExpressibleByStringLiteral {
  package let column: String
  /// The column whose value, as text, is the `row` of the context; nil when it was sealed without one.
  package let row: String?

  package init(_ column: String, row: String? = nil) {
    (self.column, self.row) = (column, row)
  }

  package init(stringLiteral column: String) { self.init(column) }

  /// The tenant in the contexts of what the platform's store seals.
  package static let platformTenant = "platform"
}

/// How long rows are kept.
package struct Retention: Sendable {
  /// The age at which a row goes; nil when no age alone makes it go.
  package let limit: Duration?
  /// The column, UTC milliseconds, that a row's age is counted from; nil when rows have none.
  package let since: String?
  /// Only rows with this grow old.
  package let when: ColumnCondition?
  /// The shortest time a guild's owner may set instead; nil when it is not theirs to set.
  package let shortest: Duration?
  /// Whether the guild's end is what ends it.
  package let isGuilds: Bool
  /// In words, as the end of "it is kept …".
  package let words: String

  private init(
    limit: Duration? = nil, since: String? = nil, when: ColumnCondition? = nil, shortest: Int? = nil,
    isGuilds: Bool = false, words: String
  ) {
    (self.limit, self.since, self.when, self.words) = (limit, since, when, words)
    self.isGuilds = isGuilds
    self.shortest = shortest.map(Self.days)
  }

  /// As long as the guild is.
  package static let withGuild = Retention(isGuilds: true, words: "until the server's data is erased")

  /// As long as the guild is. With `since`, an owner may set an age, of at least `downToDays`, at which rows go earlier.
  package static func withGuild(since: String, downToDays: Int = 1) -> Retention {
    Retention(since: since, shortest: downToDays, isGuilds: true, words: withGuild.words)
  }

  /// Until something happens that the owner of the table takes care of: `.until("the grant is revoked")`.
  package static func until(_ event: String) -> Retention {
    Retention(words: "until \(event)")
  }

  /// As `until(_:)`, where an owner may set an age, of at least `downToDays`, at which rows go earlier.
  package static func until(_ event: String, since: String, downToDays: Int = 1) -> Retention {
    Retention(since: since, shortest: downToDays, words: "until \(event)")
  }

  /// That many days; `downToDays` is the fewest that an owner may set instead, nil when it is not theirs to set.
  package static func days(_ count: Int, since: String, downToDays: Int? = nil) -> Retention {
    Retention(limit: days(count), since: since, shortest: downToDays, words: "for " + counted(count, "day"))
  }

  /// That many days for rows of which `when` holds; `words` say what becomes of the others, and of these.
  package static func days(
    _ count: Int, since: String, when: ColumnCondition, words: String
  ) -> Retention {
    Retention(limit: days(count), since: since, when: when, words: words)
  }

  /// That many months of 365.25 / 12 days, rounded up to whole days; `downToDays` as in `days`.
  package static func months(_ count: Int, since: String, downToDays: Int? = nil) -> Retention {
    Retention(
      limit: days((count * 1461 + 47) / 48), since: since, shortest: downToDays,
      words: "for " + (count % 12 == 0 ? counted(count / 12, "year") : counted(count, "month")))
  }

  /// A span that is not counted in days: `.minutes(10, since: "asked_at")`.
  package static func minutes(_ count: Int, since: String) -> Retention {
    Retention(limit: .seconds(60 * count), since: since, words: "for " + counted(count, "minute"))
  }

  private static func days(_ count: Int) -> Duration { .seconds(86_400 * count) }

  private static func counted(_ count: Int, _ unit: String) -> String {
    count == 1 ? "1 \(unit)" : "\(count) \(unit)s"
  }

  /// The age at which a row goes where the owner set `wish`; nil when no age makes it go. A wish for longer changes
  /// nothing, and neither does one for a table whose retention is not the owner's to set.
  package func limit(wished wish: Duration?) -> Duration? {
    guard let wish, let shortest else { return limit }
    let wished = max(wish, shortest)
    return limit.map { min($0, wished) } ?? wished
  }
}
