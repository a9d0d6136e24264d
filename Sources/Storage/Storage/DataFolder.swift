// The data folder: what lies where, and file calls that are durable or throw. Everything here blocks.

internal import CSystem
internal import Vault
internal import Glibc

/// The folder under which an embedded installation keeps everything.
///
///     data/
///       master.key        the vault's root (unless GUILDHALL_MASTER_KEY_FILE says otherwise)
///       keyring/          wrapped data keys, one a file; not part of any backup
///       platform.db       what belongs to no guild
///       guilds/42/42.db   a guild, by the last two digits of its id
///       snapshots/        taken at start-up, ten of each file
///       lock              held by the process that serves
package struct DataFolder: Sendable {
  /// The folder itself.
  package let path: String

  package init(_ path: String) {
    self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
  }

  var keys: String { "\(path)/keyring" }
  var platform: String { "\(path)/platform.db" }
  var guilds: String { "\(path)/guilds" }
  var snapshots: String { "\(path)/snapshots" }
  var lock: String { "\(path)/lock" }
  /// Where the vault's root is unless told otherwise.
  package var masterKey: String { "\(path)/master.key" }

  func keyFile(_ name: String) -> String { "\(keys)/\(name).key" }

  /// Folders by the last two digits keep each of them small.
  func guild(_ tenant: Tenant) -> String {
    let digits = String(tenant.id.magnitude % 100)
    return "\(guilds)/\(digits.count == 1 ? "0" + digits : digits)/\(tenant.id).db"
  }

  /// Makes what is missing, for the owner alone.
  ///
  /// - Throws: `StorageError` with `.badFolder`.
  func prepare() throws(StorageError) {
    try prepareRoot()
    for folder in [keys, guilds, snapshots] { try makeFolder(folder) }
    for number in 0..<100 { try makeFolder("\(guilds)/\(number < 10 ? "0" : "")\(number)") }
  }

  /// Makes the folder itself, for the owner alone, and nothing in it.
  ///
  /// - Throws: `StorageError` with `.badFolder`.
  package func prepareRoot() throws(StorageError) {
    var parent = ""
    for part in path.split(separator: "/") {
      parent += (parent.isEmpty && !path.hasPrefix("/") ? "" : "/") + part
      try makeFolder(parent)
    }
  }

  /// Whether the keyring holds a key: then there is data that only the right master key opens.
  package var hasKeys: Bool { exists(keyFile(KeyScope.platform.name)) }

  func makeFolder(_ path: String) throws(StorageError) {
    guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw Self.failure("create the folder", path) }
  }

  /// Whether there is something at the path.
  func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// The content of a small file; nil when there is none.
  func read(_ path: String) throws(StorageError) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw Self.failure("open", path)
    }
    defer { close(descriptor) }
    var content: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      guard count >= 0 else { throw Self.failure("read", path) }
      if count == 0 { return content }
      content += buffer[..<count]
    }
  }

  /// Writes a small file so that it is there whole, or not at all, and stays.
  ///
  /// - Returns: false when it may not replace the one that is there.
  @discardableResult
  func write(_ bytes: [UInt8], to path: String, replacing: Bool) throws(StorageError) -> Bool {
    let partial = "\(path).\(getpid()).\(UInt32.random(in: .min ... .max)).partial"
    let descriptor = open(partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw Self.failure("create", partial) }
    defer {
      close(descriptor)
      unlink(partial)
    }
    var written = 0
    while written < bytes.count {
      let count = bytes[written...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 else { throw Self.failure("write", partial) }
      written += count
    }
    guard fsync(descriptor) == 0 else { throw Self.failure("sync", partial) }
    if replacing {
      guard rename(partial, path) == 0 else { throw Self.failure("rename", path) }
    } else if link(partial, path) != 0 {
      if errno == EEXIST { return false }
      throw Self.failure("create", path)
    }
    try syncFolder(of: path)
    return true
  }

  /// Moves a file, durably, over whatever is there.
  func move(_ path: String, to target: String) throws(StorageError) {
    guard rename(path, target) == 0 else { throw Self.failure("rename", path) }
    try syncFolder(of: target)
  }

  /// Removes a file or a folder with everything in it; a missing one is fine.
  func remove(_ path: String) throws(StorageError) {
    guard exists(path) else { return }
    guard csystem_remove_tree(path) == 0 else { throw Self.failure("remove", path) }
    try syncFolder(of: path)
  }

  /// The names in a folder, in order; none when it is missing.
  func names(in folder: String) throws(StorageError) -> [String] {
    guard let stream = opendir(folder) else {
      if errno == ENOENT { return [] }
      throw Self.failure("list", folder)
    }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// The guilds that have a file.
  func guildFiles() throws(StorageError) -> [Tenant] {
    var tenants: [Tenant] = []
    for group in try names(in: guilds) {
      for name in try names(in: "\(guilds)/\(group)") where name.hasSuffix(".db") {
        if let id = Int64(name.dropLast(3)) { tenants.append(Tenant(id)) }
      }
    }
    return tenants
  }

  private func syncFolder(of path: String) throws(StorageError) {
    let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    let descriptor = open(folder.isEmpty ? "/" : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Self.failure("open", folder) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw Self.failure("sync", folder) }
  }

  static func failure(_ what: String, _ path: String) -> StorageError {
    let code = errno
    return StorageError(.badFolder, "cannot \(what) \(path): \(String(cString: strerror(code)))")
  }
}

/// The lock of a data folder: one process at a time serves from it, or restores into it. Falls with the process.
package final class DataFolderLock: Sendable {
  private let descriptor: CInt

  /// Blocks for up to half a second.
  ///
  /// - Throws: `StorageError` with `.inUse` when another process has it.
  package init(_ folder: DataFolder) throws(StorageError) {
    descriptor = open(folder.lock, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw DataFolder.failure("open", folder.lock) }
    // A child that is being started holds a copy of every descriptor until it becomes its program: look again
    // before believing that somebody else is at work.
    for attempt in 1...20 {
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return }
      guard errno == EWOULDBLOCK else { throw DataFolder.failure("lock", folder.lock) }
      if attempt < 20 { usleep(25_000) }
    }
    // `deinit` closes the descriptor.
    throw StorageError(.inUse, "another Guildhall works on \(folder.path); stop it first")
  }

  deinit { close(descriptor) }
}
