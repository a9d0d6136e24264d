// A plugin's zip, read and understood.

import JSON
package import SandboxContract
import Vault

/// One version of a third-party plugin: its files, what its manifest says, and what is to be said about it.
package struct Artifact: Sendable {
  /// SHA-256 of the zip, in hex.
  package let digest: String
  /// Sorted by path; what packing leaves out is not among them.
  package let files: [ArtifactFile]
  package let manifest: GuestManifest
  /// nil for a plugin without a dashboard.
  package let dashboard: GuestDashboard?
  /// What the author should know and what does not keep the plugin out; at most 100 or so.
  package let warnings: [ArtifactFinding]

  /// Reads a zip. Pure; takes up to 50 MB of memory and some hundred milliseconds for the largest: call it where blocking
  /// is allowed.
  ///
  /// - Throws: `ArtifactError` with everything that is wrong, as far as reading came.
  package init(zip: [UInt8], rules: ArtifactRules = ArtifactRules()) throws(ArtifactError) {
    let archive = try Archive(zip: zip, limits: rules.limits)
    var reader = ManifestReader(files: archive.files, rules: rules)
    let understood = reader.read()
    guard let understood, !reader.findings.hasErrors else {
      throw ArtifactError(findings: reader.findings.findings + archive.warnings)
    }
    digest = Hex.encode(SHA256.hash(zip))
    files = archive.files
    manifest = understood
    dashboard = reader.dashboard
    warnings = archive.warnings + reader.findings.findings
  }

  /// The release that pools of workers run.
  package var release: GuestRelease { GuestRelease(manifest: manifest, digest: digest) }

  /// The content of a file, such as one below `dashboard/`; nil when the plugin does not bring it.
  package func content(of path: String) -> [UInt8]? {
    var (low, high) = (0, files.count)
    while low < high {
      let middle = (low + high) / 2
      if files[middle].path < path { low = middle + 1 } else { high = middle }
    }
    return low < files.count && files[low].path == path ? files[low].bytes : nil
  }
}
