// How long a part was in which state: a value that is told of reports and cuts time into pieces.

import EventLoop

/// Counts the states of one part between two writes.
struct ComponentMeter: Sendable {
  /// A time in one state.
  struct Piece: Hashable, Sendable {
    let state: ComponentState
    var from: Timestamp
    var until: Timestamp
  }

  /// After which a report is no longer believed.
  static let staleAfter = Duration.seconds(180)
  /// Pieces that wait to be written; beyond it the oldest are dropped, and their time is written as unknown.
  static let limit = 1_000

  private(set) var pieces: [Piece] = []
  private(set) var state: ComponentState
  /// When the state began, and when it was reported last.
  private(set) var since: Timestamp
  private(set) var reportedAt: Timestamp
  private var countedUntil: Timestamp

  /// Begins with the first report.
  init(_ state: ComponentState, at now: Timestamp) {
    (self.state, since, reportedAt, countedUntil) = (state, now, now, now)
  }

  /// A part's state is this, from now on.
  mutating func report(_ next: ComponentState, at now: Timestamp) {
    let believed = state(at: now)
    count(until: now)
    if believed != next { since = now }
    (state, reportedAt) = (next, now)
  }

  /// What the part's state is taken for at that moment.
  func state(at now: Timestamp) -> ComponentState {
    now < reportedAt + Self.staleAfter ? state : .unknown
  }

  /// Hands out what was counted until now.
  mutating func take(until now: Timestamp) -> [Piece] {
    count(until: now)
    defer { pieces = [] }
    return pieces
  }

  /// Takes back what could not be written.
  mutating func putBack(_ former: [Piece]) {
    let later = pieces
    pieces = []
    for piece in former + later { append(piece.state, piece.from, piece.until) }
  }

  private mutating func count(until now: Timestamp) {
    // A clock that went back counts nothing until it is where it was.
    guard now > countedUntil else { return }
    let stale = reportedAt + Self.staleAfter
    append(state, countedUntil, min(now, stale))
    append(.unknown, max(countedUntil, stale), now)
    countedUntil = now
  }

  private mutating func append(_ state: ComponentState, _ from: Timestamp, _ until: Timestamp) {
    guard from < until else { return }
    if let last = pieces.last, last.state == state, last.until == from {
      pieces[pieces.count - 1].until = until
      return
    }
    pieces.append(Piece(state: state, from: from, until: until))
    if pieces.count > Self.limit { pieces.removeFirst() }
  }
}
