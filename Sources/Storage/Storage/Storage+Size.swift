// How much is stored: for whoever looks after the disk.

internal import Glibc
internal import SQL
internal import SQLite

extension Storage {
  /// Bytes of the data of the platform and of all guilds, with indexes and logs; snapshots and backups are not counted.
  ///
  /// With one file for each guild it takes as long as looking at each of them; ask now and then, not for each page.
  ///
  /// - Throws: what `Store` throws.
  package func size() async throws -> Int64 {
    switch backend {
    case .embedded(_, _, let files):
      let folder = files.folder
      return try await threads.blocking {
        Self.fileSize(folder.platform)
          + (0..<100).reduce(into: Int64(0)) { sum, number in
            sum += Self.folderSize("\(folder.guilds)/\(number < 10 ? "0" : "")\(number)")
          }
      }
    case .server:
      return try await platform.rows("SELECT pg_database_size(current_database())").first?.get(0) ?? 0
    }
  }

  /// Bytes of a guild's data, with indexes and logs; nil where guilds share their tables.
  ///
  /// - Throws: what `Store` throws.
  package func size(of guild: Tenant) async throws -> Int64? {
    guard case .embedded(_, _, let files) = backend else { return nil }
    let path = files.folder.guild(guild)
    return try await threads.blocking { Self.fileSize(path) }
  }

  /// A database's file with what belongs to it; 0 for what is not there.
  private static func fileSize(_ path: String) -> Int64 {
    ["", "-wal", "-shm"].reduce(into: Int64(0)) { sum, suffix in
      var status = stat()
      if stat(path + suffix, &status) == 0 { sum += Int64(status.st_size) }
    }
  }

  private static func folderSize(_ path: String) -> Int64 {
    guard let folder = opendir(path) else { return 0 }
    defer { closedir(folder) }
    var sum: Int64 = 0
    var status = stat()
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if !name.hasPrefix("."), stat("\(path)/\(name)", &status) == 0 { sum += Int64(status.st_size) }
    }
    return sum
  }
}
