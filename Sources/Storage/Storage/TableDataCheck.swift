// Whether a table's declaration of its data fits the table: looked at once, at start-up.

internal import SQL

/// Checks the declarations of one table.
struct TableDataCheck {
  let table: Table
  let scope: StoreScope

  /// - Throws: `StorageError` with `.badSchema` and a sentence that names table and column.
  func run() throws(StorageError) {
    try require(!table.data.holds.isEmpty, "does not say what it holds")
    for name in table.key { _ = try kind(name, "its key") }
    for person in table.data.people { try check(person) }
    try checkRetention()
    for sealed in table.data.sealed {
      try require(
        try kind(sealed.column, "what is sealed") == .blob, "seals '\(sealed.column)', which is no blob")
      if let row = sealed.row { _ = try kind(row, "what is sealed") }
    }
    for secret in table.data.secrets { _ = try kind(secret, "its secrets") }
    if let reason = table.data.keptAfterGuild {
      try require(scope == .platform && table.hasTenant, "has no rows that could outlive their guild")
      try require(!reason.isEmpty, "keeps an erased guild's rows without a reason")
    }
    try checkUndeclared()
  }

  private func check(_ person: PersonColumn) throws(StorageError) {
    let wanted: Table.Kind = person.form == .id ? .integer : .text
    try require(
      try kind(person.column, "its people") == wanted,
      "has a user's id in '\(person.column)' in another form than declared")
    if let when = person.when { try check(when) }
    for personal in person.personal {
      let kind = try kind(personal.column, "what is personal")
      try require(kind.fits(personal.erased(kind)), "erases '\(personal.column)' to a value of another kind")
    }
    switch person.onErasure {
    case .deleteRow: break
    case .anonymise:
      for column in [person.column] + person.personal.map(\.column) {
        try require(
          !table.key.contains(column), "anonymises '\(column)', which is in its key: delete or keep the row")
      }
    case .keep(let reason):
      try require(!reason.isEmpty, "keeps '\(person.column)' of an erased person without a reason")
    }
  }

  private func checkRetention() throws(StorageError) {
    let kept = table.data.kept
    if let since = kept.since {
      try require(
        try kind(since, "its retention") == .integer, "counts its age from '\(since)', which is no time")
    }
    if let when = kept.when { try check(when) }
    try require((kept.limit ?? .seconds(1)) > .zero, "is kept for no time at all")
    if scope == .platform, !table.hasTenant {
      try require(!kept.isGuilds, "belongs to no guild, and so cannot be kept as long as one")
    }
  }

  private func check(_ condition: ColumnCondition) throws(StorageError) {
    try require(
      try kind(condition.column, "a condition").fits(condition.value),
      "compares '\(condition.column)' with a value of another kind")
  }

  /// A column that is called like a person's id and not declared as one was forgotten.
  private func checkUndeclared() throws(StorageError) {
    let declared = Set(table.data.people.map(\.column))
    for column in table.columns where column.kind == .integer && !declared.contains(column.name) {
      let isPerson =
        ["user", "member", "moderator", "author", "actor", "creator"].contains {
          column.name == $0 + "_id" || column.name.hasSuffix("_\($0)_id")
        } || column.name.hasSuffix("_by")
      try require(
        !isPerson, "names somebody in '\(column.name)', who is not among the people it declares")
    }
  }

  private func kind(_ column: String, _ place: String) throws(StorageError) -> Table.Kind {
    guard let found = table.columns.first(where: { $0.name == column }) else {
      throw StorageError(
        .badSchema, "table '\(table.name)' declares '\(column)' in \(place), but has no such column")
    }
    return found.kind
  }

  private func require(_ holds: Bool, _ complaint: String) throws(StorageError) {
    guard holds else { throw StorageError(.badSchema, "table '\(table.name)' \(complaint)") }
  }
}

extension Table.Kind {
  /// Whether a column of the kind can have the value.
  fileprivate func fits(_ value: SQLValue) -> Bool {
    switch (self, value) {
    case (_, .null), (.integer, .integer), (.double, .double), (.boolean, .boolean), (.text, .text),
      (.blob, .blob):
      true
    default: false
    }
  }
}
