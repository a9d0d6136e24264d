// Which hosts a plugin may reach in a server, and who may add one (plugin-host contract, section 15).

import PlatformPlugins
import DiscordBot
import DiscordCore
import DiscordModels
import EventLoop
import HTTPClient
import JSON
import PlatformAccess
import SandboxContract
import SandboxData

/// The allow-list of a call.
struct HostRules: Sendable {
  let hosts: HostAllowList

  /// Whether a call may go to a host: a granted domain or what lies below it, or exactly what was added. For sockets, the
  /// exact host in either case.
  ///
  /// - Throws: what the store throws.
  func allow(_ target: HTTPTarget, _ kind: HostAllowList.Kind, _ call: GuestCall) async throws -> Bool {
    let host = target.hostText
    let isGranted = call.grants.domains.contains { domain in
      host == domain || (kind == .http && host.hasSuffix(".\(domain)"))
    }
    if isGranted { return true }
    return try await hosts.allows(host, kind, of: call.plugin, in: call.guild)
  }

  /// `http.allow_host` and its like: only for who may manage the server, at this moment.
  ///
  /// - Throws: `RPCError`, what the store throws.
  func change(_ call: GuestCall, _ kind: HostAllowList.Kind, isAddition: Bool, exceptions: Set<String>)
    async throws
    -> JSONValue
  {
    let user = try manager(call)
    let given = try call.text("host", 1...253)
    let host: String
    if isAddition {
      host = try await hosts.add(
        try Self.bare(given, exceptions), kind, of: call.plugin, in: call.guild, by: user, at: call.now)
    } else {
      host = try await hosts.remove(try Self.bare(given, nil), kind, of: call.plugin, in: call.guild)
    }
    return ["ok": true, "host": .string(host)]
  }

  private func manager(_ call: GuestCall) throws(RPCError) -> UserID {
    switch call.cause {
    case .interaction(let received, let permissions, let user):
      let isOwner = call.bot?.info?.owner == user
      let may = isOwner || permissions.contains(.manageGuild) || permissions.contains(.administrator)
      if may, received.interaction.isSlashCommand { return user }
    case .dashboard(_, let viewer, let role) where role >= .manager: return viewer
    default: break
    }
    throw RPCError(
      .capabilityDenied,
      "only a command or a page used by somebody who manages the server can change allowed hosts")
  }

  /// The host of an address, a host with a port, or a host; with `exceptions`, only one that may be public.
  private static func bare(_ text: String, _ exceptions: Set<String>?) throws(RPCError) -> String {
    let url = text.contains("://") ? text : "http://\(text)/"
    do throws(HTTPError) {
      let target = try HTTPTarget(parsing: url)
      if let exceptions {
        _ = try OutboundPolicy.publicOnly(exceptions: exceptions).requiresPublicAddress(for: target)
      }
      return target.hostText
    } catch {
      throw RPCError.invalid("host must be a public host name or address")
    }
  }
}

extension Interaction {
  fileprivate var isSlashCommand: Bool {
    switch data {
    case .command(let invocation): invocation.type == .chatInput
    default: false
    }
  }
}
