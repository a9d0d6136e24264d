// The few files of this machine that the room reads and writes, on threads that may block.

import CSystem
import Glibc
import Threads

enum LocalFiles {
  private static let threads = WorkerThreads(limit: 2, maximumWaiting: 256)

  /// Does something that blocks.
  static func blocking<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws
    -> Result
  {
    try await threads.run(work)
  }

  private static func failure(_ what: String, _ code: CInt = csystem_errno()) -> EngineError {
    EngineError(.fileSystem, reason: what, detail: "errno \(code)")
  }

  /// Makes a folder, and those above it. One that is there already stays as it is.
  static func makeFolder(_ path: String, mode: mode_t = 0o700) async throws {
    try await blocking {
      var made = path.hasPrefix("/") ? "" : "."
      for part in path.split(separator: "/") {
        made += "/\(part)"
        guard mkdir(made, mode) == 0 || csystem_errno() == EEXIST else {
          throw failure("a folder cannot be made")
        }
      }
    }
  }

  /// Replaces a file in one step.
  static func write(_ bytes: [UInt8], to path: String, mode: mode_t = 0o600) async throws {
    try await blocking {
      let temporary = "\(path).\(getpid())"
      let file = Glibc.open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
      guard file >= 0 else { throw failure("a file cannot be written") }
      let written = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      fchmod(file, mode)
      guard close(file) == 0, written == bytes.count, rename(temporary, path) == 0 else {
        throw failure("a file cannot be written")
      }
    }
  }

  /// A file's content, if it is not longer than `limit`.
  static func read(_ path: String, limit: Int) async throws -> [UInt8] {
    let file = try await ReadableFile.open(path)
    guard file.size <= limit else { throw EngineError(.fileSystem, reason: "a file is too long") }
    var bytes: [UInt8] = []
    while let chunk = try await file.chunk(at: bytes.count), bytes.count <= limit { bytes += chunk }
    return bytes
  }

  /// Bytes of all files below a folder; links are not followed.
  static func size(of folder: String) async throws -> Int {
    try await blocking {
      var total = 0
      var open = [folder]
      while let path = open.popLast() {
        for name in try names(in: path) {
          var status = stat()
          guard lstat("\(path)/\(name)", &status) == 0 else { continue }
          total += Int(status.st_size)
          if status.st_mode & S_IFMT == S_IFDIR { open.append("\(path)/\(name)") }
        }
      }
      return total
    }
  }

  private static func names(in folder: String) throws -> [String] {
    guard let directory = opendir(folder) else { throw failure("a folder cannot be read") }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  /// What lies in a folder, and how long ago each changed, to the second: its content, its name or its rights. Nothing for a
  /// folder that is not there.
  static func entries(of folder: String) async throws -> [(name: String, age: Duration)] {
    try await blocking {
      guard access(folder, F_OK) == 0 else { return [] }
      var now = timespec()
      clock_gettime(CLOCK_REALTIME, &now)
      var entries: [(name: String, age: Duration)] = []
      for name in try names(in: folder) {
        var status = stat()
        // Gone meanwhile.
        guard lstat("\(folder)/\(name)", &status) == 0 else { continue }
        entries.append((name, .seconds(now.tv_sec - status.st_ctim.tv_sec)))
      }
      return entries
    }
  }

  /// Removes a file or a folder with everything in it; what is not there is fine.
  static func remove(_ path: String) async throws {
    try await blocking {
      guard csystem_remove_tree(path) == 0 || csystem_errno() == ENOENT else {
        throw failure("a folder cannot be removed")
      }
    }
  }

  /// Makes a folder readable and writable for everybody, for a container's user.
  static func open(_ path: String) async throws {
    try await blocking { guard chmod(path, 0o777) == 0 else { throw failure("a folder cannot be opened") } }
  }

  /// Readable for everybody, writable for its owner.
  static func seal(_ path: String) async throws {
    try await blocking { guard chmod(path, 0o755) == 0 else { throw failure("a folder cannot be sealed") } }
  }

  /// Gives a folder another name on the same disk.
  ///
  /// - Returns: false where a folder with something in it has that name already; then nothing has changed.
  static func move(_ path: String, to target: String) async throws -> Bool {
    try await blocking {
      guard rename(path, target) != 0 else { return true }
      let code = csystem_errno()
      guard code == ENOTEMPTY || code == EEXIST else { throw failure("a folder cannot be moved", code) }
      return false
    }
  }

  static func exists(_ path: String) async throws -> Bool {
    try await blocking { access(path, F_OK) == 0 }
  }
}

/// A file that is read piece by piece.
final class ReadableFile: Sendable {
  let size: Int
  private let descriptor: CInt
  private static let chunkSize = 1 << 20

  private init(descriptor: CInt, size: Int) { (self.descriptor, self.size) = (descriptor, size) }
  deinit { close(descriptor) }

  static func open(_ path: String) async throws -> ReadableFile {
    try await LocalFiles.blocking {
      let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
      guard descriptor >= 0 else {
        throw EngineError(.fileSystem, reason: "a file cannot be read", detail: "errno \(csystem_errno())")
      }
      var status = stat()
      fstat(descriptor, &status)
      return ReadableFile(descriptor: descriptor, size: Int(status.st_size))
    }
  }

  /// What stands at an offset; nil at the end.
  func chunk(at offset: Int) async throws -> [UInt8]? {
    try await LocalFiles.blocking {
      var count = 0
      let bytes = [UInt8](unsafeUninitializedCapacity: Self.chunkSize) { buffer, initialized in
        count = pread(self.descriptor, buffer.baseAddress, Self.chunkSize, off_t(offset))
        initialized = max(0, count)
      }
      guard count >= 0 else { throw EngineError(.fileSystem, reason: "a file cannot be read") }
      return bytes.isEmpty ? nil : bytes
    }
  }
}
