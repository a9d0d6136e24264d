// Which hosts a plugin may reach in a server (plugin-host contract, section 15).

import HTTPClient
import SandboxContract
import SandboxData

/// The allow-list of an installation.
struct HostRules: Sendable {
  let hosts: HostAllowList

  /// Whether an installation may reach a host: a granted domain or what lies below it, or exactly what was added. For
  /// sockets, the exact host in either case.
  ///
  /// - Throws: what the store throws.
  func allow(
    _ target: HTTPTarget, _ kind: HostAllowList.Kind, _ installation: GuestInstallation
  ) async throws -> Bool {
    let host = target.hostText
    let isGranted = installation.grants.domains.contains { domain in
      host == domain || (kind == .http && host.hasSuffix(".\(domain)"))
    }
    if isGranted { return true }
    return try await hosts.allows(host, kind, of: installation.plugin, in: installation.guild)
  }
}
