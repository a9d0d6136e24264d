// One process at a time runs plugins from a folder.

import CSystem
import Glibc

/// The lock of a folder whose containers, sockets and engine are one process's. Falls with the process.
package final class FolderLock: Sendable {
  private let descriptor: CInt

  /// Takes it, and makes the folder if it is missing.
  ///
  /// - Throws: `EngineError` with `.startFailed` while another process has it, `.fileSystem`.
  package init(_ folder: String) async throws {
    try await LocalFiles.makeFolder(folder)
    descriptor = try await LocalFiles.blocking {
      let descriptor = open("\(folder)/lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
      guard descriptor >= 0 else {
        throw EngineError(.fileSystem, reason: "the lock of its folder cannot be opened")
      }
      // A child that is being started has a copy of every descriptor until it becomes its program.
      for attempt in 1...20 {
        if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return descriptor }
        if attempt < 20 { usleep(25_000) }
      }
      close(descriptor)
      // Two would each remove the other's containers.
      throw EngineError(
        .startFailed,
        reason: "another process runs plugins from its folder: give each its own GUILDHALL_SANDBOX_DATA",
        detail: folder)
    }
  }

  deinit { close(descriptor) }
}
