// Faults that strike connections.

internal import EventLoop
internal import JSON
internal import SimulatorWorld
internal import WebSocket

extension GatewayServer {
  /// Carries out the orders that strike connections, on those that are there.
  func strikeConnections() {
    for link in links.values {
      guard let session = link.session else { continue }
      let site = FaultSite(application: session.principal.application)
      for fault in faults.strike(site, at: world.now, where: \.strikesConnections) {
        strike(link, session, fault)
      }
    }
  }

  private func strike(_ link: GatewayLink, _ session: GatewaySession, _ fault: Fault) {
    switch fault {
    case .dropConnection: link.drop()
    case .closeConnection(let code): link.close(GatewayClose(code: code, reason: "Ordered."))
    case .reconnect: link.send(opcode: GatewayOpcode.reconnect, .null)
    case .invalidSession(let resumable):
      link.send(opcode: GatewayOpcode.invalidSession, .bool(resumable))
      if !resumable {
        link.session = nil
        end(session)
      }
    default: break
    }
  }

  /// Faults that begin with a connection take hold of those that are there already.
  func applyStandingFaults() {
    strikeConnections()
    for link in links.values {
      let site = FaultSite(application: link.session?.principal.application)
      if !faults.strike(site, at: world.now, where: { $0 == .swallowAcknowledgements }).isEmpty {
        link.conversation.swallowsAcknowledgements = true
      }
    }
  }
}
