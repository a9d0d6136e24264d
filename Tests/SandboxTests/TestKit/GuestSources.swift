// Plugins that a test writes, as folders.

import Foundation
package import SandboxContract
import TestKit

/// The folders of plugins, which a worker in a container may read as well.
package final class GuestSources: Sendable {
  private let folder: TemporaryDirectory
  private let plugins: Set<String>

  /// `sources`: what `__main__.py` says, by plugin.
  package init(_ sources: [String: String]) throws {
    folder = try TemporaryDirectory()
    plugins = Set(sources.keys)
    try open(folder.path)
    for (plugin, source) in sources {
      let path = folder.file(plugin)
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      try open(path)
      try source.write(toFile: "\(path)/__main__.py", atomically: false, encoding: .utf8)
    }
  }

  private func open(_ path: String) throws {
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
  }

  /// Where a release lies.
  ///
  /// - Throws: `TestKitError` for a plugin that the test did not write.
  package func folder(of release: GuestRelease) throws -> String {
    guard plugins.contains(release.plugin) else { throw TestKitError("no such plugin: \(release.plugin)") }
    return folder.file(release.plugin)
  }
}
