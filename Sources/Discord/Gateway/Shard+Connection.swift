// The connection of a shard: opened, greeted, closed.

internal import Compression
internal import DiscordModels
internal import EventLoop
internal import HTTPClient
internal import Telemetry
package import WebSocket

extension Shard: WebSocketHandler {
  /// Runs something that takes time beside the loop, and comes back to it unless it was given up meanwhile.
  func startErrand<Value: Sendable>(
    _ work: @escaping @Sendable () async -> Value, then finish: @escaping @Sendable (Value) -> Void
  ) {
    giveUpErrand()
    let number = errandNumber
    // Unstructured, since the loop's turn that asks cannot wait; ended by `giveUpErrand`.
    errand = Task {
      let value = await work()
      loop.execute {
        guard self.errandNumber == number else { return self.discard(value) }
        self.errand = nil
        finish(value)
      }
    }
  }

  func giveUpErrand() {
    errand?.cancel()
    errand = nil
    errandNumber += 1
  }

  /// A connection that nobody waits for any more is closed; everything else is just dropped.
  private func discard(_ value: some Sendable) {
    if case .success(let connection)? = value as? ConnectionResult { connection.startClosing() }
  }

  private typealias ConnectionResult = Result<WebSocketConnection, ConnectionFailure>

  private enum ConnectionFailure: Error {
    case unauthorized
    case passing
  }

  // MARK: Opening

  func connect(to address: String?) {
    startErrand {
      await self.open(address)
    } then: { result in
      let now = self.time.uptime
      switch result {
      case .success(let connection):
        self.connection = connection
        self.queue.reconnected()
        self.perform(self.machine.connected(now: now))
        connection.start(self)
      case .failure(.unauthorized): self.perform(self.machine.failedForGood(.authenticationFailed))
      case .failure(.passing): self.perform(self.machine.connectionFailed(now: now))
      }
    }
  }

  private func open(_ address: String?) async -> ConnectionResult {
    do {
      var base = address
      if base == nil { base = try await gate.information().url }
      guard let base else { return .failure(.passing) }
      var request = WebSocketClient.Request(
        GatewayAddress.complete(base, compression: configuration.compression))
      request.options.maximumMessageSize = configuration.maximumMessageSize
      request.options.incomingCompression =
        switch configuration.compression {
        case .none: nil
        case .zlibStream: .zlib
        case .zstdStream: .zstd
        }
      return .success(try await WebSocketClient.connect(request, over: context.client))
    } catch let error as GatewayError where error.code == .unauthorized {
      return .failure(.unauthorized)
    } catch {
      Self.log.info("gateway not reached", ["shard": "\(id)", "error": "\(error)"])
      return .failure(.passing)
    }
  }

  func requestPermit() {
    startErrand { () -> Result<Void, GatewayError> in
      do throws(GatewayError) {
        return .success(try await self.gate.permit(self.id))
      } catch {
        return .failure(error)
      }
    } then: { result in
      let now = self.time.uptime
      switch result {
      case .success: self.perform(self.machine.permitted(now: now))
      case .failure(let error) where error.code == .identifyBudgetSpent:
        self.perform(self.machine.refusedPermit())
      case .failure(let error) where error.code == .unauthorized:
        self.perform(self.machine.failedForGood(.authenticationFailed))
      // The gate could not ask Discord: come back later.
      case .failure: self.perform(self.machine.unreadable(now: now))
      }
    }
  }

  // MARK: Closing

  func disconnect(_ code: UInt16) {
    giveUpErrand()
    guard let connection else { return }
    self.connection = nil
    isPaused = false
    GatewayMetrics.disconnects.increment()
    connection.startClosing(code: WebSocketCloseCode(code))
  }

  package func webSocket(_ connection: WebSocketConnection, closed close: WebSocketClose) {
    guard connection === self.connection else { return }
    giveUpErrand()
    self.connection = nil
    isPaused = false
    GatewayMetrics.disconnects.increment()
    let isSaid = close.origin == .peer && close.code != .noCode && close.code != .abnormal
    perform(machine.closed(code: isSaid ? close.code.rawValue : nil, now: time.uptime))
  }

  // MARK: Sending

  func send(_ control: ShardMachine.Control) {
    let now = time.uptime
    do throws(GatewayError) {
      switch control {
      case .heartbeat(let sequence):
        // Discord closes on the 121st payload of a minute; a beat that it orders beyond that is left out.
        guard queue.allowsControl(now: now) else { return }
        queue.noteControl(now: now)
        transmit(GatewayPayload.heartbeat(sequence))
      case .identify(let intents):
        queue.noteControl(now: now)
        let payload = try GatewayPayload.identify(
          configuration, intents: intents, shard: id, presence: presence)
        try SendQueue.check(payload)
        transmit(payload)
      case .resume(let id, let sequence):
        queue.noteControl(now: now)
        GatewayMetrics.resumes.increment()
        transmit(try GatewayPayload.resume(configuration, id: id, sequence: sequence))
      }
    } catch {
      // Nothing of ours makes such a payload; Discord's silence will end the attempt.
      Self.log.error("gateway payload not sent", ["shard": "\(id)", "error": "\(error)"])
    }
  }

  func transmit(_ payload: [UInt8]) {
    guard let connection else { return }
    do {
      try connection.enqueue(payload.span.bytes, as: .text)
    } catch {
      // Closed, and then `closed` follows; or the peer reads nothing, and then the heartbeats notice.
      Self.log.debug("gateway payload not taken", ["shard": "\(id)", "error": "\(error)"])
    }
  }
}

/// Addresses of the gateway.
enum GatewayAddress {
  /// Version, encoding and compression are the client's to add, to `resume_gateway_url` as well.
  static func complete(_ base: String, compression: GatewayCompression) -> String {
    var address = base
    let authority = address.range(ofScheme: "://") ?? address.startIndex
    if !address[authority...].contains("/") {
      // The path comes before a query.
      let end = address[authority...].firstIndex(of: "?") ?? address.endIndex
      address.insert("/", at: end)
    }
    address += address.contains("?") ? "&" : "?"
    address += "v=10&encoding=json"
    if let value = compression.queryValue { address += "&compress=\(value)" }
    return address
  }
}

extension String {
  /// Where the text after a separator begins.
  fileprivate func range(ofScheme separator: String) -> String.Index? {
    var rest = self[...]
    while !rest.isEmpty {
      if rest.hasPrefix(separator) { return rest.index(rest.startIndex, offsetBy: separator.count) }
      rest.removeFirst()
    }
    return nil
  }
}
