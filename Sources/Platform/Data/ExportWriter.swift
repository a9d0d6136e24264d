// Writes the rows of an export.

import EventLoop
import JSON
import SQL
import Storage
import Vault

/// What opens the sealed columns of one store.
struct Sealing {
  let key: DataKey
  let tenant: String
}

/// Writes the tables of one export, one after the other.
struct ExportWriter {
  private(set) var summary = ExportSummary()
  private let user: Int64?
  private let batch: Int
  private var isFirstTable = true

  /// `user` is whose rows they are; nil when all are wanted.
  init(user: Int64?, batch: Int) {
    (self.user, self.batch) = (user, batch)
  }

  /// The text up to where the first table begins.
  func beginning(guild: Tenant?, at now: Timestamp) throws -> [UInt8] {
    var json = JSONWriter()
    json.object { json in
      json.field("format", "guildhall.export")
      json.field("version", 1)
      if let user { json.field("user", "\(UInt64(bitPattern: user))") }
      if let guild { json.field("guild", "\(guild)") }
      json.field("exported_at", now.iso8601)
      json.array("tables") { _ in }
    }
    return Array(try json.finish().dropLast(2))
  }

  /// Writes the selected rows of a table as one object; nothing when there are none.
  mutating func write(
    _ rows: RowSelection, of store: some Store, _ sealing: Sealing, _ receiver: DataExport.Receiver
  ) async throws {
    var rows = rows
    if let user {
      guard !rows.table.data.people.isEmpty else { return }
      rows = rows.naming(user, as: rows.table.data.people)
    }
    let form = RowForm(table: rows.table, user: user, sealing: sealing)
    var count = 0
    try await store.forEachBatch(of: rows.table, batch: batch, where: rows.condition) { values in
      var bytes = count == 0 ? try tableBeginning(rows) : []
      for row in values {
        if count > 0 { bytes.append(UInt8(ascii: ",")) }
        bytes += try form.write(row, &summary.unreadable)
        count += 1
      }
      try await receiver(bytes)
    }
    guard count > 0 else { return }
    summary.rows[rows.table.name, default: 0] += count
    try await receiver(Array("]}".utf8))
  }

  private mutating func tableBeginning(_ rows: RowSelection) throws -> [UInt8] {
    var json = JSONWriter()
    json.object { json in
      json.field("table", rows.table.name)
      if let guild = rows.guild { json.field("guild", "\(guild)") }
      json.field("holds", rows.table.data.holds)
      json.field("kept", rows.table.data.kept.words)
      json.array("rows") { _ in }
    }
    defer { isFirstTable = false }
    return (isFirstTable ? [] : Array(",".utf8)) + (try json.finish().dropLast(2))
  }
}

/// How the rows of one table are written.
private struct RowForm {
  private struct Column {
    let name: String
    let index: Int
    let isID: Bool
    let isPerson: Bool
    let isSecret: Bool
    let sealed: SealedColumn?
  }

  private let table: Table
  private let user: Int64?
  private let sealing: Sealing
  private let columns: [Column]
  private let places: [String: Int]

  init(table: Table, user: Int64?, sealing: Sealing) {
    (self.table, self.user, self.sealing) = (table, user, sealing)
    places = Dictionary(
      table.columns.enumerated().map { ($0.element.name, $0.offset) }, uniquingKeysWith: { first, _ in first }
    )
    let people = Set(table.data.people.map(\.column))
    columns = table.columns.enumerated().map { index, column in
      Column(
        name: column.name, index: index,
        isID: column.name == "id" || column.name.hasSuffix("_id"), isPerson: people.contains(column.name),
        isSecret: table.data.secrets.contains(column.name),
        sealed: table.data.sealed.first { $0.column == column.name })
    }
  }

  func write(_ row: [SQLValue], _ unreadable: inout Int) throws -> [UInt8] {
    let hidden = othersColumns(row)
    // A row is as large as it is: it was read whole.
    var json = JSONWriter(maximumSize: .max / 2)
    json.beginObject()
    for column in columns where !column.isSecret && !hidden.contains(column.name) {
      json.key(column.name)
      switch row[column.index] {
      case .null: json.null()
      case .integer(let number) where column.isPerson: json.string("\(UInt64(bitPattern: number))")
      case .integer(let number) where column.isID: json.string("\(number)")
      case .integer(let number): json.integer(number)
      case .double(let number) where number.isFinite: json.double(number)
      case .double: json.null()
      case .boolean(let flag): json.bool(flag)
      case .text(let text): json.string(text)
      case .blob(let bytes):
        guard let sealed = column.sealed else {
          json.string(Base64URL.encode(bytes))
          continue
        }
        if let text = open(bytes, sealed, row) {
          json.string(text)
        } else {
          // What was erased is empty, and not something that went wrong.
          if !bytes.isEmpty { unreadable += 1 }
          json.null()
        }
      }
    }
    json.endObject()
    return try json.finish()
  }

  /// The columns that are other people's in a row of the person's. What is the person's as well is not among them.
  private func othersColumns(_ row: [SQLValue]) -> Set<String> {
    guard let user else { return [] }
    var theirs: Set<String> = []
    var others: Set<String> = []
    for person in table.data.people where person.when.map({ value($0.column, row) == $0.value }) ?? true {
      let columns = [person.column] + person.personal.map(\.column)
      if value(person.column, row) == person.value(of: user) {
        theirs.formUnion(columns)
      } else if person.isNamed(by: value(person.column, row)) {
        others.formUnion(columns)
      }
    }
    return others.subtracting(theirs)
  }

  private func value(_ column: String, _ row: [SQLValue]) -> SQLValue? { places[column].map { row[$0] } }

  /// The sealed text, or its bytes in base64url when they are no text; nil when it does not open.
  private func open(_ bytes: [UInt8], _ sealed: SealedColumn, _ row: [SQLValue]) -> String? {
    let name: String? =
      switch sealed.row.flatMap({ value($0, row) }) {
      case .integer(let number): String(number)
      case .text(let text): text
      default: nil
      }
    let context = SealContext(
      tenant: sealing.tenant, table: table.name, column: sealed.column, row: name)
    // Why it does not open (another key, damage) makes no difference to whom it is exported for; it is
    // counted.
    guard let opened = try? sealing.key.open(bytes, context: context) else { return nil }
    return String(validating: opened, as: UTF8.self) ?? Base64URL.encode(opened)
  }
}

extension PersonColumn {
  /// Whether a value names anybody; a column of texts may hold other things too.
  fileprivate func isNamed(by value: SQLValue?) -> Bool {
    guard case .text(let prefix) = form else { return true }
    guard case .text(let text)? = value, text.hasPrefix(prefix) else { return false }
    return UInt64(text.dropFirst(prefix.count)) != nil
  }
}
