// Plugins as folders: unpacked from the store when a worker needs them.

import EventLoop
import FoundationEssentials
import SandboxArtifacts
import SandboxContract
import SandboxEngine
import Storage
import Synchronization
import Threads

/// The unpacked plugins of this machine, by the digest of their zip.
final class GuestFolders: Sendable {
  private let folder: String
  /// The data folder, where the folder lies in it: it is opened for passing through.
  private let folderToOpen: String?
  private let store: InstallationStore
  private let rules: ArtifactRules
  /// Unpacking and reading wait for a disk.
  private let threads = WorkerThreads(limit: 2, maximumWaiting: 256)
  /// Artifacts that were read lately, for their dashboards' files; at most 16.
  private let read = Mutex<[(digest: String, artifact: Artifact)]>([])

  init(_ settings: SandboxSettings, _ store: InstallationStore, _ rules: ArtifactRules) {
    (folder, folderToOpen) = (settings.folder, settings.folderToOpen)
    (self.store, self.rules) = (store, rules)
  }

  /// Where a release lies; unpacked on the way if need be.
  ///
  /// - Throws: `GuestProblem.artifactGone`, `ArtifactError`, what the store throws.
  func plugin(_ release: GuestRelease) async throws -> String {
    let path = "\(folder)/plugins/\(release.digest)"
    if try await threads.run({ FileManager.default.fileExists(atPath: "\(path)/__main__.py") }) {
      return path
    }
    try await write(try await artifact(release), to: path, in: "plugins")
    return path
  }

  /// Has an artifact in a folder of its own for as long as `body` takes.
  ///
  /// - Throws: `ArtifactError`, and what `body` throws.
  func withUnpacked<Value: Sendable>(
    _ artifact: Artifact, _ body: (String) async throws -> Value
  ) async throws -> Value {
    let path = "\(folder)/staging/\(artifact.digest)-\(UUID().uuidString)"
    try await write(artifact, to: path, in: "staging")
    let outcome: Result<Value, any Error>
    do { outcome = .success(try await body(path)) } catch { outcome = .failure(error) }
    // In a task of its own: whoever waited for `body` may be cancelled, and the folder must go all the same.
    try await Task { try await threads.run { try FileManager.default.removeItem(atPath: path) } }.value
    return try outcome.get()
  }

  private func write(_ artifact: Artifact, to path: String, in part: String) async throws {
    let (root, parent, above) = (folder, "\(folder)/\(part)", folderToOpen)
    try await threads.run {
      // The account that runs the plugins' database has to get through; what lies beside it is closed file by file.
      try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
      // Also where the engine was first, and made the folder for itself.
      for folder in [root] + (above.map { [$0] } ?? []) {
        try FileManager.default.setAttributes([.posixPermissions: 0o711], ofItemAtPath: folder)
      }
      try FileManager.default.createDirectory(
        atPath: parent, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
      try artifact.write(to: path)
    }
  }

  /// Where the packages of a release lie, nil for one without; installed on the way if need be. Call it after `plugin`, which
  /// makes the folder above.
  ///
  /// - Throws: `EngineError`.
  func requirements(
    _ release: GuestRelease, by installer: RequirementsInstaller
  ) async throws -> String? {
    guard !release.manifest.requirements.isEmpty else { return nil }
    let parent = "\(folder)/requirements"
    try await threads.run {
      try FileManager.default.createDirectory(
        atPath: parent, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
    }
    return try await installer.prepare(
      RequirementsList(release.manifest.requirements), in: requirementsPath(release))
  }

  private func requirementsPath(_ release: GuestRelease) -> String {
    "\(folder)/requirements/\(release.digest)"
  }

  /// Whether the packages of a release are there.
  func hasRequirements(_ release: GuestRelease) async throws -> Bool {
    let path = requirementsPath(release)
    return try await threads.run { FileManager.default.fileExists(atPath: path) }
  }

  /// Removes the unpacked plugins and the packages of all releases but some, and what a crash left half done. What changed
  /// within the hour stays: somebody may be unpacking it. What goes too early is unpacked and installed again for its next
  /// process.
  ///
  /// - Parameter digests: of releases to keep: of all that are installed, since their processes have these folders mounted.
  /// - Throws: `EngineError` for the first that could not be removed; the others are gone all the same.
  func prune(keeping digests: Set<String>) async throws {
    var failure: EngineError?
    let parts: [(String, Set<String>)] = [("plugins", digests), ("requirements", digests), ("staging", [])]
    for (part, kept) in parts {
      do {
        try await FolderSweep.prune("\(folder)/\(part)", keeping: kept, age: .seconds(3_600))
      } catch let error as EngineError { failure = failure ?? error }
    }
    if let failure { throw failure }
  }

  /// The zip, read.
  ///
  /// - Throws: as `plugin`.
  func artifact(_ release: GuestRelease) async throws -> Artifact {
    if let known = read.withLock({ $0.first { $0.digest == release.digest }?.artifact }) { return known }
    guard let zip = try await store.zip(release) else { throw GuestProblem(.artifactGone) }
    let artifact = try await understand(zip)
    read.withLock { read in
      read.removeAll { $0.digest == release.digest }
      read.append((release.digest, artifact))
      if read.count > 16 { read.removeFirst() }
    }
    return artifact
  }

  /// Reads a zip on a thread of its own.
  ///
  /// - Throws: `ArtifactError`.
  func understand(_ zip: [UInt8]) async throws -> Artifact {
    let rules = rules
    return try await threads.run { try Artifact(zip: zip, rules: rules) }
  }
}
