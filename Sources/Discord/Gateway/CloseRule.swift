// What each close code of the gateway means for the next attempt.

/// What to do after Discord closed the connection
/// (https://discord.com/developers/docs/topics/opcodes-and-status-codes#gateway-gateway-close-event-codes).
enum CloseRule: Equatable {
  /// Go on with the session.
  case resume
  /// The session is of no use any more: begin a new one.
  case newSession
  /// 4008, too many sends: go on with the session, but not soon.
  case resumeLater
  /// 4013 and 4014: the same intents will be refused again.
  case otherIntents(isKnown: Bool)
  /// No attempt can succeed until a person has acted.
  case giveUp(ShardCrash)

  /// The rule for a code; nil when the connection ended without one.
  ///
  /// Codes that are not documented, those of WebSocket itself and a lost connection leave the session as it is: a
  /// resume that is refused costs one exchange, a session that is thrown away costs events.
  init(code: UInt16?) {
    self =
      switch code {
      case 4003, 4007, 4009: .newSession
      case 4004: .giveUp(.authenticationFailed)
      case 4008: .resumeLater
      case 4010: .giveUp(.invalidShard)
      case 4011: .giveUp(.shardingRequired)
      case 4012: .giveUp(.invalidVersion)
      case 4013: .otherIntents(isKnown: false)
      case 4014: .otherIntents(isKnown: true)
      default: .resume
      }
  }

  /// With what we close a connection whose session shall live on: neither 1000 nor 1001, which would end it.
  static let keepingSession: UInt16 = 4000
  /// With what we close when the session is not wanted any more.
  static let endingSession: UInt16 = 1000
}
