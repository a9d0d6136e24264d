// A zip on its way in: read, measured, and put before the SDK's own validator.

import JSON
import DiscordCore
import EventLoop
import SandboxArtifacts
package import SandboxContract
import SandboxEngine
import Storage

extension Sandbox {
  /// Zips of a server that it may keep without having installed them.
  static let maximumUnused = 20

  /// Looks at a zip and keeps it if it is sound. Nothing of it is run. A zip for one server that the operator offers to every
  /// server is that offer.
  ///
  /// - Throws: `GuestProblem`; what the store throws.
  package func stage(
    _ zip: [UInt8], origin: GuestOrigin, by actor: GuestActor
  ) async throws -> StoredArtifact {
    let artifact: Artifact
    do { artifact = try await folders.understand(zip) } catch let error as ArtifactError {
      throw GuestProblem(.badArtifact, error.findings.filter { $0.severity == .error }.map(\.sentence))
    }
    guard !reservedIDs.contains(artifact.manifest.id) else {
      throw GuestProblem(.reservedID, [artifact.manifest.id])
    }
    let release = GuestRelease(manifest: artifact.manifest, digest: artifact.digest, origin: origin)
    if origin != .installation, let offered = try await store.artifact(release.digest, of: .installation) {
      return offered
    }
    if let known = try await store.artifact(release.digest, of: origin) {
      // Kept anew, so that it is not swept away as one that nobody wanted.
      try await store.keep(release, zip: zip, warnings: known.warnings, by: actor.user, at: time.now)
      return known
    }
    let findings = try await validate(artifact, release)
    let errors = findings.filter(\.isError).map(\.sentence)
    // Nobody can choose what the validator has not seen.
    guard errors.isEmpty else { throw GuestProblem(.refusedByValidator, errors) }
    var warnings = artifact.warnings.map(\.sentence)
    warnings += findings.map(\.sentence).filter { !warnings.contains($0) }
    try await store.keep(release, zip: zip, warnings: warnings, by: actor.user, at: time.now)
    switch origin {
    case .installation:
      try await recordForOperators("plugin.offer", release.plugin, after: .string(release.version), by: actor)
    case .guild(let guild): try await store.dropSurplus(of: guild, keeping: Self.maximumUnused)
    }
    return StoredArtifact(release: release, warnings: warnings, uploadedAt: time.now)
  }

  private func validate(_ artifact: Artifact, _ release: GuestRelease) async throws -> [PluginFinding] {
    guard settings.launcher == nil else { return [] }
    do {
      let engine = try await engine.engine()
      return try await folders.withUnpacked(artifact) { folder in
        try await engine.validation.findings(in: folder, id: release.plugin, version: release.version)
      }
    } catch let error as EngineError {
      throw GuestProblem(error)
    }
  }

  /// Unpacks a release and installs the packages it needs, unless that was done.
  ///
  /// - Throws: `GuestProblem`.
  func prepare(_ release: GuestRelease) async throws {
    _ = try await folders.plugin(release)
    guard !release.manifest.requirements.isEmpty, settings.launcher == nil,
      try await !folders.hasRequirements(release)
    else { return }
    do {
      _ = try await folders.requirements(release, by: engine.engine().installer)
    } catch let error as EngineError {
      throw GuestProblem(error)
    }
  }
}

extension GuestProblem {
  /// What a person is told of an engine's failure.
  fileprivate init(_ error: EngineError) {
    let kind: Kind =
      switch error.code {
      case .badRequirements: .requirements
      case .busy: .engineBusy
      default: .noEngine
      }
    self.init(kind, ["\(error)"])
  }
}

extension ArtifactFinding {
  /// With the file it is in.
  fileprivate var sentence: String { path.map { "\($0): \(message)" } ?? message }
}

extension PluginFinding {
  fileprivate var sentence: String {
    let place = [path, line.map(String.init)].compactMap(\.self).joined(separator: ":")
    return place.isEmpty ? message : "\(place): \(message)"
  }
}
