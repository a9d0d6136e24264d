// Moving everything from one engine to the other, with counts and checksums compared.

internal import SQL
package import Vault

/// What a copy moved.
package struct CopyReport: Sendable, Equatable {
  /// Guilds copied.
  package var guilds = 0
  /// Rows copied, by table.
  package var rows: [String: Int] = [:]
}

/// Copies an installation's data into another, empty one: from embedded files to a server, or back.
///
/// Keys go along in wrapped form, so both need the same master key file. The source must not be written to
/// meanwhile; nothing in it is changed.
package struct StorageCopy: Sendable {
  /// The key the target must be opened with (`Storage.open`, `platformKey`).
  package static func platformKey(of source: Storage) async throws -> WrappedKey? {
    try await source.keyring.load(.platform)
  }

  private let source: Storage
  private let target: Storage
  /// Rows fetched and written at once.
  private let batch = 500

  package init(from source: Storage, to target: Storage) {
    self.source = source
    self.target = target
  }

  /// Copies everything and compares both sides.
  ///
  /// - Parameter progress: told a sentence for each guild.
  /// - Returns: how many guilds and rows were copied.
  /// - Throws: `StorageError`: `.notEmpty` when the target holds rows of any table, `.mismatch` when a table's
  ///   count or checksum differs afterwards.
  package func run(_ progress: @Sendable (String) -> Void = { _ in }) async throws -> CopyReport {
    var report = CopyReport()
    let guilds = try await source.guilds()
    try await checkEmpty(target.platform, .platform)
    for tenant in try await target.guilds() { try await checkEmpty(target.guild(tenant), .guild) }
    try await copyKeys(guilds)
    try await copy(source.platform, target.platform, .platform, &report)
    progress("the platform's tables are copied")
    for (index, tenant) in guilds.enumerated() {
      try await copy(source.guild(tenant), target.guild(tenant), .guild, &report)
      report.guilds += 1
      progress("guild \(tenant) copied (\(index + 1) of \(guilds.count))")
    }
    return report
  }

  private func checkEmpty(_ store: some Store, _ scope: StoreScope) async throws {
    for table in target.schema.owners(scope).flatMap(\.tables) {
      // On files every row is the guild's; the condition is what uses the index.
      let condition = table.hasTenant ? "WHERE \(Table.tenantColumn) <> 0" : ""
      guard
        try await store.rows("SELECT 1 FROM \(unescaped: table.name) \(unescaped: condition) LIMIT 1").isEmpty
      else {
        throw StorageError(.notEmpty, "the target holds rows in '\(table.name)'; copy into an empty one")
      }
    }
  }

  /// What is sealed in a column opens under its own key only, so the keys move with the rows. The platform's was
  /// given to the target when it was opened.
  private func copyKeys(_ guilds: [Tenant]) async throws {
    for scope in [.platform] + guilds.map({ KeyScope.guild($0) }) {
      if let wrapped = try await source.keyring.load(scope) {
        try await target.keyring.adopt(wrapped, for: scope)
      }
    }
  }

  private func copy(_ from: some Store, _ to: some Store, _ scope: StoreScope, _ report: inout CopyReport)
    async throws
  {
    for table in source.schema.owners(scope).flatMap(\.tables) {
      let written = try await copy(table, from, to)
      let (copied, checksum) = try await digest(table, to)
      guard copied == written.count, checksum == written.checksum else {
        throw StorageError(
          .mismatch, "table '\(table.name)' has \(written.count) rows in the source and differs in the target"
        )
      }
      report.rows[table.name, default: 0] += copied
    }
  }

  /// Copies a table in the order of its key and returns the digest of what was read.
  private func copy(_ table: Table, _ from: some Store, _ to: some Store) async throws -> TableDigest {
    var digest = TableDigest()
    try await from.forEachBatch(of: table, batch: batch) { rows in
      digest.add(rows)
      try await to.batch(rows.map { insertion(of: $0, into: table) })
    }
    return digest
  }

  private func digest(_ table: Table, _ store: some Store) async throws -> (Int, UInt64) {
    var digest = TableDigest()
    try await store.forEachBatch(of: table, batch: batch) { digest.add($0) }
    return (digest.count, digest.checksum)
  }

  private func insertion(of values: [SQLValue], into table: Table) -> SQL {
    let names = table.columns.map(\.name).joined(separator: ", ")
    let places = (1...values.count).map { "$\($0)" }.joined(separator: ", ")
    return SQL(unescaped: "INSERT INTO \(table.name) (\(names)) VALUES (\(places))", parameters: values)
  }
}

/// A count and a checksum that do not depend on the order of rows, which collations may change.
struct TableDigest {
  private(set) var count = 0
  private(set) var checksum: UInt64 = 0

  mutating func add(_ rows: [[SQLValue]]) {
    for row in rows {
      var hash = BLAKE2b(digestSize: 16)
      for value in row { hash.update(Self.encode(value)) }
      checksum &+= hash.finalize().prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
      count += 1
    }
  }

  /// Kind, length and bytes, so that no two rows encode alike.
  private static func encode(_ value: SQLValue) -> [UInt8] {
    func framed(_ kind: UInt8, _ bytes: [UInt8]) -> [UInt8] { [kind] + uint32(bytes.count) + bytes }
    func word(_ value: UInt64) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
    switch value {
    case .null: return framed(0, [])
    case .integer(let number): return framed(1, word(UInt64(bitPattern: number)))
    case .double(let number): return framed(2, word(number.bitPattern))
    case .boolean(let flag): return framed(3, [flag ? 1 : 0])
    case .text(let text): return framed(4, Array(text.utf8))
    case .blob(let bytes): return framed(5, bytes)
    }
  }
}
