// Where a client may connect to.

/// Which addresses a client may reach.
///
/// A client has one policy and its own connections: a guarded call can never ride on a connection that an
/// unguarded one opened.
package enum OutboundPolicy: Sendable, Equatable {
  /// Anywhere: for addresses that come from the operator's settings.
  case unrestricted
  /// Public internet addresses only: for every address a user, a guild or a plugin had a hand in. Checked on the
  /// URL before anything happens, and again on the very address that libcurl connects to, so neither DNS nor a
  /// redirect can lead elsewhere.
  ///
  /// - Parameters:
  ///   - ports: which ports may be used; nil allows all.
  ///   - exceptions: exact hosts that are allowed whatever they resolve to, `host` or `host:port` as
  ///     `HTTPTarget.hostText` spells them: the operator's own services, and tests.
  case publicOnly(ports: Set<UInt16>? = nil, exceptions: Set<String> = [])

  /// Whether the address of a connection to this target must be public; false means that any will do.
  ///
  /// - Throws: `HTTPError` with `.refusedAddress` when the target is out of the question before it is resolved.
  func requiresPublicAddress(for target: HTTPTarget) throws(HTTPError) -> Bool {
    guard case .publicOnly(let ports, let exceptions) = self else { return false }
    if exceptions.contains(target.hostText) || exceptions.contains(target.hostAndPort) { return false }
    if let ports, !ports.contains(target.port) {
      throw HTTPError(.refusedAddress, reason: "the port is not allowed", host: target.hostAndPort)
    }
    switch target.host {
    case .ipv4(let bytes), .ipv6(let bytes):
      if case .refused(let range) = PublicAddress.classify(bytes) {
        throw HTTPError(.refusedAddress, reason: range, host: target.hostAndPort)
      }
    case .name(let name):
      if Self.isLocalName(name) {
        throw HTTPError(.refusedAddress, reason: "a local name", host: target.hostAndPort)
      }
    }
    return true
  }

  /// Only the operator's own calls go to Unix sockets.
  func check(unixSocket: String?) throws(HTTPError) {
    guard unixSocket != nil, self != .unrestricted else { return }
    throw HTTPError(.refusedAddress, reason: "a guarded client does not call Unix sockets")
  }

  /// Names without a dot, and the domains that are never in the public DNS (RFC 6761, 6762, 7686, 8375, 9476).
  private static func isLocalName(_ name: String) -> Bool {
    let labels = name.split(separator: ".")
    guard labels.count > 1, let last = labels.last else { return true }
    if labels.suffix(2) == ["home", "arpa"] { return true }
    return ["alt", "internal", "invalid", "local", "localdomain", "localhost", "onion", "test"].contains(
      String(last))
  }
}
