// What pages show of a third-party plugin, and what they ask it.

package import DiscordCore
import EventLoop
package import JSON
package import PlatformAccess
package import SandboxArtifacts
package import SandboxContract
import SandboxData
import SandboxWorkers
import Synchronization

/// How a plugin does in a server.
package struct GuestState: Sendable, Hashable {
  /// What its process is doing; the raw value names a sentence.
  package enum Phase: String, Sendable, CaseIterable {
    case idle, starting, running, failing, off
  }

  /// What its process is doing.
  package let phase: Phase
  /// Bytes, and of a core; nil while nothing runs.
  package let memory: Int?
  package let processor: Duration?
  /// How often a process of it ended by itself or was replaced.
  package let restarts: Int
  /// Lines of the kind error in the last day.
  package let errorsToday: Int
}

/// Who looks at a plugin's page.
package struct GuestViewer: Sendable, Hashable {
  package let user: UserID
  package let name: String
  package let role: AccessRole

  package init(user: UserID, name: String, role: AccessRole) {
    (self.user, self.name, self.role) = (user, name, role)
  }
}

/// Answers of plugins to widgets, for as long as the contract lets them be shown again (section 22.6). At most 1,000.
final class WidgetAnswers: Sendable {
  private struct Key: Hashable {
    let installation: String
    let method: String
    let params: JSONObject
    let viewer: GuestViewer
  }

  private static let lifetime = Duration.seconds(5)
  private let time: any TimeSource
  private let known = Mutex<[Key: (answer: JSONValue, at: Duration)]>([:])

  init(time: any TimeSource) { self.time = time }

  /// Something was changed through the plugin: what it answered before may be wrong.
  func forget(_ installation: GuestInstallation) {
    let name = "\(installation.guild)/\(installation.release.digest)"
    known.withLock { known in known = known.filter { $0.key.installation != name } }
  }

  func answer(
    _ installation: GuestInstallation, _ method: String, _ params: JSONObject, _ viewer: GuestViewer,
    ask: () async throws -> JSONValue
  ) async throws -> JSONValue {
    let key = Key(
      installation: "\(installation.guild)/\(installation.release.digest)", method: method, params: params,
      viewer: viewer)
    let now = time.uptime
    if let found = known.withLock({ $0[key] }), now - found.at < Self.lifetime { return found.answer }
    let answer = try await ask()
    known.withLock { known in
      if known.count >= 1_000 { known = known.filter { now - $0.value.at < Self.lifetime } }
      if known.count < 1_000 { known[key] = (answer, time.uptime) }
    }
    return answer
  }
}

extension Sandbox {
  /// How a plugin does.
  ///
  /// - Throws: what the store throws.
  package func state(of installation: GuestInstallation) async throws -> GuestState {
    let status = await workers.status(of: installation.release)
    let errors = try await data.logs.errors(in: installation.guild)[installation.plugin] ?? 0
    let phase: GuestState.Phase =
      if !installation.isEnabled {
        .off
      } else if let status {
        status.ready > 0 ? .running : status.starting > 0 ? .starting : status.waiting > 0 ? .failing : .idle
      } else {
        .idle
      }
    return GuestState(
      phase: phase, memory: status?.memory, processor: status?.processor, restarts: status?.restarts ?? 0,
      errorsToday: errors)
  }

  /// The newest lines of a plugin's log in a server, or with nil of no server: how its processes start and end.
  ///
  /// - Throws: what the store throws.
  package func log(
    of plugin: String, in guild: GuildID?, atLeast level: GuestLogLine.Level = .debug, limit: Int
  ) async throws -> [GuestLogLine] {
    let all = GuestLogLine.Level.allCases
    let levels = Set(all.drop { $0 != level })
    return try await data.logs.newest(limit, of: plugin, in: guild, levels: levels).map(\.line)
  }

  // MARK: The plugin's own pages

  /// The plugin's dashboard; nil for one without.
  package func dashboard(of release: GuestRelease) async -> GuestDashboard? {
    guard release.manifest.dashboard != nil else { return nil }
    // A zip that was taken can be read; one that is gone shows no pages.
    return try? await folders.artifact(release).dashboard
  }

  /// A file below `dashboard/` and its media type; nil for what is not there. The path is from the plugin's root, as the
  /// dashboard's reader gives it.
  package func dashboardFile(_ path: String, of release: GuestRelease) async -> (
    bytes: [UInt8], type: String
  )? {
    guard path.hasPrefix("dashboard/"), !path.contains(".."),
      let artifact = try? await folders.artifact(release),
      let bytes = artifact.content(of: path), let type = Self.mediaType(path)
    else { return nil }
    return (bytes, type)
  }

  private static func mediaType(_ path: String) -> String? {
    switch path.split(separator: ".").last {
    case "html": "text/html; charset=utf-8"
    case "css": "text/css; charset=utf-8"
    case "js": "text/javascript; charset=utf-8"
    case "json": "application/json"
    case "svg": "image/svg+xml"
    case "png": "image/png"
    case "jpg", "jpeg": "image/jpeg"
    case "webp": "image/webp"
    case "gif": "image/gif"
    case "woff2": "font/woff2"
    default: nil
    }
  }

  /// What a handler answers that only reads: the same answer for five seconds.
  ///
  /// - Throws: `RPCError`.
  package func read(
    _ method: String, params: JSONObject, _ installation: GuestInstallation, _ viewer: GuestViewer
  ) async throws -> JSONValue {
    try await answers.answer(installation, method, params, viewer) {
      try await ask(method, params: params, installation, viewer)
    }
  }

  /// What a handler answers that may write.
  ///
  /// - Throws: `RPCError`.
  package func call(
    _ method: String, params: JSONObject, _ installation: GuestInstallation, _ viewer: GuestViewer
  ) async throws -> JSONValue {
    defer { answers.forget(installation) }
    return try await ask(method, params: params, installation, viewer)
  }

  private func ask(
    _ method: String, params: JSONObject, _ installation: GuestInstallation, _ viewer: GuestViewer
  ) async throws -> JSONValue {
    try await workers.request(
      dashboard: GuestDashboard.bareName(method), params: params, viewer: viewer.user,
      viewerName: viewer.name,
      role: viewer.role, plugin: installation.plugin, guild: installation.guild)
  }
}
