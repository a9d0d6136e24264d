// Keeps a rotation and the making of data keys apart, across processes.

internal import Glibc
internal import Threads

/// A lock on the master key file, held until this value goes away; the kernel releases it when the process dies.
///
/// Whoever stores a freshly wrapped key holds it shared; whoever changes the file holds it exclusively. So when a
/// rotation counts the keys that are left under the old master key, none can be on its way.
struct MasterKeyLock: ~Copyable {
  enum Mode {
    case shared, exclusive
  }

  /// Where the key file is written, which waits for the disk.
  static let writers = WorkerThreads(limit: 1, maximumWaiting: 256)

  private let descriptor: CInt

  /// Nil when the lock is taken and `waiting` is false. Waiting blocks the thread.
  init?(for file: MasterKeyFile, _ mode: Mode, waiting: Bool) throws(VaultError) {
    // A file of its own, since the key file itself is replaced by renaming.
    descriptor = open(file.path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw file.failure("open of the lock") }
    let operation = (mode == .shared ? LOCK_SH : LOCK_EX) | (waiting ? 0 : LOCK_NB)
    while flock(descriptor, operation) != 0 {
      if errno == EINTR { continue }
      if errno == EWOULDBLOCK { return nil }
      throw file.failure("flock")
    }
  }

  /// Tries every few milliseconds, for about five seconds.
  ///
  /// - Throws: `VaultError` with code `.busy`, `CancellationError`.
  static func acquire(for file: MasterKeyFile, _ mode: Mode) async throws -> MasterKeyLock {
    for _ in 0..<500 {
      if let lock = try MasterKeyLock(for: file, mode, waiting: false) { return lock }
      try await Task.sleep(for: .milliseconds(10))
    }
    throw VaultError(.busy, "another process is changing the master keys in \(file.path)")
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }
}
