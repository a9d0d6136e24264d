// Who may add a host to what a plugin may reach, and which host (plugin-host contract, section 15.1).

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

/// `http.allow_host`, `ws.allow_host` and what takes a host back.
struct HostConsent: Sendable {
  let hosts: HostAllowList
  let lookup: HostLookup
  let time: any TimeSource
  /// Hosts that need not be public.
  let exceptions: Set<String>

  /// Adds a host or takes it back: only for who may manage the server, at this moment.
  ///
  /// - Throws: `RPCError`, what the store throws.
  func change(_ call: GuestCall, _ kind: HostAllowList.Kind, isAddition: Bool) async throws -> JSONValue {
    let user = try manager(call)
    let target = try Self.target(try call.text("host", 1...253))
    let host: String
    if isAddition {
      try await guardPublic(target)
      host = try await hosts.add(
        target.hostText, kind, of: call.plugin, in: call.guild, by: user, at: call.now)
    } else {
      host = try await hosts.remove(target.hostText, kind, of: call.plugin, in: call.guild)
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

  /// Of an address of either kind, a host with a port, or a host.
  private static func target(_ text: String) throws(RPCError) -> HTTPTarget {
    do throws(HTTPError) {
      return try HTTPTarget(
        parsing: text.contains("://") ? text : "http://\(text)/", schemes: .webSocket)
    } catch {
      throw RPCError.invalid("host must be a public host name or address")
    }
  }

  /// A name that leads elsewhere than to the public internet is refused where somebody reads why, and not at the first
  /// request. One that leads nowhere at the moment may do so later; each connection is checked again.
  private func guardPublic(_ target: HTTPTarget) async throws(RPCError) {
    let policy = OutboundPolicy.publicOnly(exceptions: exceptions)
    do throws(HTTPError) {
      guard try policy.requiresPublicAddress(for: target) else { return }
    } catch {
      throw RPCError.invalid("host must be a public host name or address")
    }
    guard case .name(let name) = target.host, let range = await lookup.refusal(of: name, time) else { return }
    throw RPCError.invalid(
      "\(name) leads to an address that is not public (\(range)); only hosts on the public internet can be allowed"
    )
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
