// Where a connection stands between its start and its end.

/// The closing handshake (RFC 6455 section 7), seen from one end.
enum ClosePhase: Equatable {
  /// Nothing is read yet. → open, closing, ended
  case unstarted
  /// Messages travel. → closing, agreed, failing, ended
  case open
  /// Our close frame is sent, the peer's is awaited; messages that still come are dropped. → agreed, failing, ended
  case closing
  /// Both close frames are sent. The server ends the connection now, the client waits for it. → ended
  case agreed
  /// The peer broke a rule and was told. What still comes is thrown away, unread: closing with bytes in the receive
  /// buffer would reset the connection and could destroy our close frame on its way. → ended
  case failing
  /// The stream is closed and the handler told.
  case ended

  /// Whether frames are still parsed.
  var parses: Bool { self == .open || self == .closing }
}

extension WebSocketClose {
  /// The bytes stopped.
  static let lost = WebSocketClose(code: .abnormal, origin: .lost)
}

/// Our own pings, one at a time.
struct PingState {
  /// Any byte since the last ping shows that the peer lives.
  var hasHeard = true
  /// Whether reading was paused since the last ping: silence means nothing then.
  var wasDeaf = false
  /// Whether the next firing judges a ping (and is due after the timeout) or sends one (after the interval).
  var isAwaitingAnswer = false

  /// What to do when the timer fires.
  enum Action: Equatable {
    /// Send a ping and look again after the timeout.
    case ping
    /// All is well: send the next ping after what is left of the interval.
    case rest
    /// The peer is gone.
    case giveUp
  }

  mutating func fire(isPaused: Bool) -> Action {
    if isAwaitingAnswer {
      isAwaitingAnswer = false
      guard hasHeard || wasDeaf || isPaused else { return .giveUp }
      return .rest
    }
    (isAwaitingAnswer, hasHeard, wasDeaf) = (true, false, isPaused)
    return .ping
  }
}
