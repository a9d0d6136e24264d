// The master key file on disk: read with suspicion, replaced atomically.

internal import Glibc

/// The file that holds the master keys.
struct MasterKeyFile: Sendable {
  let path: String

  /// Tells whether the file is still the one that was read.
  struct Stamp: Sendable, Equatable {
    private let device: UInt64
    private let inode: UInt64
    private let seconds: Int
    private let nanoseconds: Int

    fileprivate init(_ status: stat) {
      device = UInt64(status.st_dev)
      inode = UInt64(status.st_ino)
      seconds = status.st_mtim.tv_sec
      nanoseconds = status.st_mtim.tv_nsec
    }
  }

  /// The stamp of the file that is there now, or nil when there is none.
  func currentStamp() throws(VaultError) -> Stamp? {
    var status = stat()
    guard lstat(path, &status) == 0 else {
      if errno == ENOENT { return nil }
      throw failure("lstat")
    }
    return Stamp(status)
  }

  /// The keys, or nil when there is no file.
  ///
  /// - Throws: `.keyFileUnsafe`, `.keyFileDamaged` or `.io`.
  func read() throws(VaultError) -> (MasterKeyRing, Stamp)? {
    // Not following links, and not waiting for a writer should it be a pipe.
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      if errno == ELOOP { throw unsafe("is a symbolic link; name the file itself") }
      throw failure("open")
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failure("fstat") }
    try check(status)
    guard status.st_size <= MasterKeyText.maximumSize else {
      throw VaultError(.keyFileDamaged, "\(path) has \(status.st_size) bytes, which no master key file has")
    }
    let text = try Secret(count: Int(status.st_size)) { memory throws(VaultError) in
      guard Self.transfer(UnsafeMutableRawBufferPointer(memory), { Glibc.read(descriptor, $0, $1) }) else {
        throw failure("read")
      }
    }
    return (try MasterKeyText.read(text, path: path), Stamp(status))
  }

  private func check(_ status: stat) throws(VaultError) {
    guard status.st_mode & S_IFMT == S_IFREG else { throw unsafe("is not a regular file") }
    let permissions = status.st_mode & 0o7777
    guard permissions & 0o077 == 0 else {
      throw unsafe(
        "has mode 0\(String(permissions, radix: 8)), open to others than its owner; chmod 600 it, and consider "
          + "whether the keys must be rotated")
    }
  }

  /// Puts the keys in place of what is there: written beside it, flushed, renamed, and the folder flushed. After a
  /// crash at any point the old file or the new one is there, whole. Hold the exclusive lock.
  ///
  /// - Throws: `.io`; whether the old or the new file is there must then be found by reading.
  func write(_ ring: MasterKeyRing) throws(VaultError) -> Stamp {
    let draft = path + ".new"
    // What a crash left there. It cannot be in use, since we hold the lock.
    guard unlink(draft) == 0 || errno == ENOENT else { throw failure("unlink") }
    let descriptor = Glibc.open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw failure("open") }
    defer { close(descriptor) }
    do throws(VaultError) {
      // The umask may have taken from 0600, never added to it.
      guard fchmod(descriptor, 0o600) == 0 else { throw failure("fchmod") }
      try MasterKeyText.write(ring).withUnsafeBytes { text throws(VaultError) in
        let text = UnsafeMutableRawBufferPointer(mutating: UnsafeRawBufferPointer(text))
        guard Self.transfer(text, { Glibc.write(descriptor, $0, $1) }) else { throw failure("write") }
      }
      guard fsync(descriptor) == 0 else { throw failure("fsync") }
      guard rename(draft, path) == 0 else { throw failure("rename") }
    } catch {
      unlink(draft)
      throw error
    }
    try flushFolder()
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failure("fstat") }
    return Stamp(status)
  }

  private func flushFolder() throws(VaultError) {
    let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    let descriptor = Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("open of the folder") }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw failure("fsync of the folder") }
  }

  /// Reads or writes the whole buffer; false with `errno` set (or zero at an early end) when that fails.
  private static func transfer(
    _ buffer: UnsafeMutableRawBufferPointer, _ call: (UnsafeMutableRawPointer, Int) -> Int
  ) -> Bool {
    guard let start = buffer.baseAddress else { return true }
    var done = 0
    while done < buffer.count {
      errno = 0
      let count = call(start + done, buffer.count - done)
      if count > 0 {
        done += count
      } else if errno != EINTR {
        return false
      }
    }
    return true
  }

  func failure(_ call: String) -> VaultError {
    let number = errno
    return VaultError(
      .io, "\(call) of \(path) failed: \(String(cString: strerror(number))) (errno \(number))")
  }

  private func unsafe(_ what: String) -> VaultError {
    VaultError(.keyFileUnsafe, "the master key file \(path) \(what)")
  }
}
