// A plugin's files on the disk, where the container finds them.

import CSystem
import Glibc
import Vault

extension Artifact {
  /// Writes the files into a new folder: files 0644, folders 0755. The folder appears with everything in it or not at all;
  /// one that is there already is left as it is, since only a whole one ever gets the name.
  ///
  /// Blocks: call it on `Threads`. What a crash left half-written lies beside the folder under a name that ends in
  /// `.partial` and may be removed at any time.
  ///
  /// - Parameter folder: an absolute path whose parent exists.
  /// - Throws: `ArtifactError` with `.notWritten`.
  package func write(to folder: String) throws(ArtifactError) {
    guard folder.hasPrefix("/"), !folder.utf8.contains(0) else {
      throw Self.failure("the path is not absolute")
    }
    if access(folder, F_OK) == 0 { return }
    let partial = "\(folder).\(Hex.encode(SecureRandom.bytes(8))).partial"
    do throws(ArtifactError) {
      try Self.makeFolder(AT_FDCWD, partial)
      try fill(partial)
      if rename(partial, folder) != 0 {
        let code = csystem_errno()
        // Somebody else wrote the same version at the same time.
        guard code == ENOTEMPTY || code == EEXIST else { throw Self.failure("rename", code) }
        csystem_remove_tree(partial)
      }
    } catch {
      csystem_remove_tree(partial)
      throw error
    }
  }

  private func fill(_ partial: String) throws(ArtifactError) {
    let root = open(partial, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard root >= 0 else { throw Self.failure("open", csystem_errno()) }
    defer { close(root) }
    var made: Set<String> = []
    for file in files {
      // Paths were checked when the zip was read; the kernel is told once more not to follow anything.
      var parent = ""
      for name in file.path.split(separator: "/").dropLast() {
        parent += parent.isEmpty ? String(name) : "/" + name
        if made.insert(parent).inserted { try Self.makeFolder(root, parent) }
      }
      try Self.write(file, below: root)
    }
    guard fsync(root) == 0 else { throw Self.failure("fsync", csystem_errno()) }
  }

  private static func makeFolder(_ root: CInt, _ path: String) throws(ArtifactError) {
    guard mkdirat(root, path, 0o755) == 0, fchmodat(root, path, 0o755, 0) == 0 else {
      throw failure("mkdir", csystem_errno())
    }
  }

  private static func write(_ file: ArtifactFile, below root: CInt) throws(ArtifactError) {
    let descriptor = openat(root, file.path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw failure("open", csystem_errno()) }
    defer { close(descriptor) }
    var written = 0
    while written < file.bytes.count {
      let count = file.bytes.withUnsafeBytes { bytes in
        bytes.baseAddress.map { Glibc.write(descriptor, $0 + written, bytes.count - written) } ?? -1
      }
      if count < 0, csystem_errno() == EINTR { continue }
      guard count > 0 else { throw failure("write", csystem_errno()) }
      written += count
    }
    guard fchmod(descriptor, 0o644) == 0, fsync(descriptor) == 0 else {
      throw failure("fsync", csystem_errno())
    }
  }

  private static func failure(_ what: String, _ code: CInt = 0) -> ArtifactError {
    ArtifactError(
      .notWritten, "The plugin's files could not be written: \(what)" + (code == 0 ? "." : " (\(code))."))
  }
}
