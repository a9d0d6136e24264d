// What an erasure did, table by table.

package import JSON
import Storage

/// What an erasure did. It counts what the call itself did: what was gone already is not in it.
package struct ErasureReport: Sendable, Equatable {
  /// What became of the rows of one table.
  package struct Rows: Sendable, Equatable {
    /// Rows that are gone.
    package var deleted = 0
    /// Rows that are about nobody now.
    package var anonymised = 0
    /// Rows that are still there, by the reason that the table states.
    package var kept: [String: Int] = [:]

    package init(deleted: Int = 0, anonymised: Int = 0, kept: [String: Int] = [:]) {
      (self.deleted, self.anonymised, self.kept) = (deleted, anonymised, kept)
    }
  }

  /// By table; a table that had no rows to speak of is not in it.
  package var tables: [String: Rows] = [:]
  /// Guilds whose stores were gone through.
  package var guilds = 0
  /// Whether a guild's store was destroyed, and with its key every copy of it.
  package var isStoreDestroyed = false

  mutating func add(deleted count: Int, of table: Table) {
    if count > 0 { tables[table.name, default: Rows()].deleted += count }
  }

  mutating func add(anonymised count: Int, of table: Table) {
    if count > 0 { tables[table.name, default: Rows()].anonymised += count }
  }

  mutating func add(kept count: Int, of table: Table, _ reason: String) {
    if count > 0 { tables[table.name, default: Rows()].kept[reason, default: 0] += count }
  }

  mutating func merge(_ other: ErasureReport) {
    for (name, rows) in other.tables {
      tables[name, default: Rows()].deleted += rows.deleted
      tables[name, default: Rows()].anonymised += rows.anonymised
      tables[name, default: Rows()].kept.merge(rows.kept, uniquingKeysWith: +)
    }
    guilds += other.guilds
    isStoreDestroyed = isStoreDestroyed || other.isStoreDestroyed
  }

  /// The report as it is stored and handed over; tables in alphabetical order.
  package var document: JSONValue {
    let tables = tables.sorted { $0.key < $1.key }.map { name, rows in
      JSONObject.Field(
        key: name,
        value: [
          "deleted": .integer(Int64(rows.deleted)), "anonymised": .integer(Int64(rows.anonymised)),
          "kept": .object(
            JSONObject(
              fields: rows.kept.sorted { $0.key < $1.key }.map { reason, count in
                JSONObject.Field(key: reason, value: .integer(Int64(count)))
              })),
        ])
    }
    return [
      "guilds": .integer(Int64(guilds)), "store_destroyed": .bool(isStoreDestroyed),
      "tables": .object(JSONObject(fields: tables)),
    ]
  }
}
