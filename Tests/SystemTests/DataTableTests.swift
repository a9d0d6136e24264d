// The published page, and whether it leaves a table out. `GUILDHALL_UPDATE_GOLDENS=1` writes the page anew.

import Assembly
import DiscordCore
import Glibc
import PlatformData
import PlatformTenancy
import SQL
import Storage
import StorageTestKit
import Testing

/// Everything the program stores.
private let published = Schema.installation()

@Suite(.timeLimit(.minutes(2))) struct DataTableTests {
  @Test func `the published page is what the declarations say`() throws {
    let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    let path = "/\(root)/Docs/data.md"
    let page = DataTable.markdown(published)
    if getenv("GUILDHALL_UPDATE_GOLDENS") != nil {
      let file = try #require(fopen(path, "w"))
      fputs(page, file)
      fclose(file)
    }
    let file = try #require(fopen(path, "r"))
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    bytes.removeLast(bytes.count - fread(&bytes, 1, bytes.count, file))
    #expect(String(decoding: bytes, as: UTF8.self) == page, "run the test with GUILDHALL_UPDATE_GOLDENS=1")
  }

  @Test(arguments: Engine.allCases)
  func `every table and column that exists is declared`(_ engine: Engine) async throws {
    try await withInstallation(engine) { installation in
      try await installation.run(schema: published) { storage in
        let store = storage.guild(Tenant(GuildID(1_111)))
        _ = try await store.key()
        for (scope, rows) in [
          (StoreScope.platform, try await columns(storage.platform, engine)),
          (.guild, try await columns(store, engine)),
        ] {
          var declared = published.tables(scope)
          if engine == .server {
            declared = published.tables(.platform) + published.tables(.guild) + Storage.ownTables
          }
          let wanted = Set(declared.flatMap { table in table.columns.map { "\(table.name).\($0.name)" } })
          #expect(rows == wanted)
        }
      }
    }
  }

  /// The columns of all tables but the one that the migrator keeps for itself.
  private func columns(_ store: some Store, _ engine: Engine) async throws -> Set<String> {
    let names: SQL =
      switch engine {
      case .embedded: "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'schema_migration'"
      case .server:
        """
        SELECT relname::text FROM pg_class
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'schema_migration'
        """
      }
    let guildTables = Set(published.tables(.guild).map(\.name))
    var columns: Set<String> = []
    for row in try await store.rows(names) {
      let table: String = try row.get(0)
      // Not even the server lets the program read its own keyring as a tenant: the declaration is taken at its word.
      if let own = Storage.ownTables.first(where: { $0.name == table }) {
        columns.formUnion(own.columns.map { "\(table).\($0.name)" })
        continue
      }
      // One row, whatever the table has.
      let condition = guildTables.contains(table) ? "t.guild_id > 0" : "TRUE"
      let one = try await store.rows(
        "SELECT t.* FROM (SELECT 1 AS one) o LEFT JOIN \(unescaped: table) t ON \(unescaped: condition) LIMIT 1"
      )
      columns.formUnion((one.first?.columns ?? []).map { "\(table).\($0)" })
    }
    return columns
  }
}
