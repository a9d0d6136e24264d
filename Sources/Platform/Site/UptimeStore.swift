// Every SQL statement about the state of the installation's parts.

import EventLoop
import SQL
import Storage

/// How the parts are, and the days they were so.
struct UptimeStore: Sendable {
  private static let day = Duration.seconds(86_400)

  let store: PlatformStore

  /// Writes what was counted of a part. Time that another process wrote of is not written twice; time that nobody wrote of
  /// is written as the state of before while that is believed, then as unknown.
  func write(_ component: StatusComponent, _ meter: ComponentMeter, _ pieces: [ComponentMeter.Piece])
    async throws
  {
    let end = pieces.last?.until ?? meter.reportedAt
    let name = component.rawValue
    try await store.write { session in
      // Keeps other writers from the row until this one is done.
      try await session.execute("UPDATE site_component SET state = state WHERE component = \(name)")
      let row = try await session.rows(
        "SELECT state, since, counted_until, reported_at FROM site_component WHERE component = \(name)"
      ).first
      var since = meter.since
      if let row {
        let former = Stored(
          state: ComponentState(rawValue: try row.get(0)) ?? .unknown,
          counted: Timestamp(milliseconds: try row.get(2)),
          believed: Timestamp(milliseconds: try row.get(3)) + ComponentMeter.staleAfter)
        // It goes on in the same state, unless nobody knew for a while.
        if former.state == meter.state, meter.since < former.believed {
          since = min(since, Timestamp(milliseconds: try row.get(1)))
        }
        try await add(former.followed(by: pieces, until: end), to: component, session)
        try await session.execute(
          """
          UPDATE site_component SET state = \(meter.state.rawValue), since = \(since.milliseconds),
            reported_at = \(meter.reportedAt.milliseconds),
            counted_until = \(max(former.counted, end).milliseconds) WHERE component = \(name)
          """)
      } else {
        try await add(pieces, to: component, session)
        try await session.execute(
          """
          INSERT INTO site_component (component, state, since, reported_at, counted_until)
          VALUES (\(name), \(meter.state.rawValue), \(since.milliseconds), \(meter.reportedAt.milliseconds),
            \(end.milliseconds))
          """)
      }
    }
  }

  /// How far a part was counted before.
  private struct Stored {
    let state: ComponentState
    let counted: Timestamp
    /// Until when what was reported last is believed.
    let believed: Timestamp

    /// The time after that: what is in the pieces, and where they have none the state of before while it is believed.
    func followed(by pieces: [ComponentMeter.Piece], until end: Timestamp) -> [ComponentMeter.Piece] {
      var result: [ComponentMeter.Piece] = []
      var reached = counted
      func fill(until next: Timestamp) {
        let turn = min(max(reached, believed), next)
        if reached < turn { result.append(.init(state: state, from: reached, until: turn)) }
        if turn < next { result.append(.init(state: .unknown, from: turn, until: next)) }
      }
      for var piece in pieces where piece.until > reached {
        if piece.from > reached { fill(until: piece.from) }
        piece.from = max(piece.from, reached)
        result.append(piece)
        reached = piece.until
      }
      if end > reached { fill(until: end) }
      return result
    }
  }

  private func add(
    _ pieces: [ComponentMeter.Piece], to component: StatusComponent, _ session: any SQLSession
  ) async throws {
    for (day, states) in Self.byDay(pieces).sorted(by: { $0.key < $1.key }) {
      func count(_ state: ComponentState) -> Int64 { states[state, default: 0] }
      try await session.execute(
        """
        INSERT INTO site_uptime (component, day_at, operational_ms, degraded_ms, down_ms, unknown_ms)
        VALUES (\(component.rawValue), \(day), \(count(.operational)), \(count(.degraded)), \(count(.down)),
          \(count(.unknown)))
        ON CONFLICT (component, day_at) DO UPDATE SET
          operational_ms = site_uptime.operational_ms + excluded.operational_ms,
          degraded_ms = site_uptime.degraded_ms + excluded.degraded_ms,
          down_ms = site_uptime.down_ms + excluded.down_ms,
          unknown_ms = site_uptime.unknown_ms + excluded.unknown_ms
        """)
    }
  }

  /// Milliseconds by day and state; of a gap longer than what is kept, what is kept.
  private static func byDay(_ pieces: [ComponentMeter.Piece]) -> [Int64: [ComponentState: Int64]] {
    let length = day.wholeMilliseconds
    var result: [Int64: [ComponentState: Int64]] = [:]
    for piece in pieces {
      let until = piece.until.milliseconds
      var from = max(piece.from.milliseconds, until - StatusBoard.daysKept * length)
      while from < until {
        let start = dayStart(Timestamp(milliseconds: from))
        let end = min(until, start + length)
        result[start, default: [:]][piece.state, default: 0] += end - from
        from = end
      }
    }
    return result
  }

  /// The beginning of the moment's day, UTC.
  static func dayStart(_ now: Timestamp) -> Int64 {
    let length = day.wholeMilliseconds
    let (whole, rest) = now.milliseconds.quotientAndRemainder(dividingBy: length)
    return (rest < 0 ? whole - 1 : whole) * length
  }

  /// How the parts were when that was written last, and when they were reported.
  func components() async throws -> [StatusComponent: (
    state: ComponentState, since: Timestamp, at: Timestamp
  )] {
    var result: [StatusComponent: (state: ComponentState, since: Timestamp, at: Timestamp)] = [:]
    for row in try await store.rows("SELECT component, state, since, reported_at FROM site_component") {
      // A part or a state of a newer version is none here.
      guard let component = StatusComponent(rawValue: try row.get(0)),
        let state = ComponentState(rawValue: try row.get(1))
      else { continue }
      result[component] = (
        state, Timestamp(milliseconds: try row.get(2)), Timestamp(milliseconds: try row.get(3))
      )
    }
    return result
  }

  /// The days from that moment's on, the oldest first.
  func days(_ component: StatusComponent, from start: Timestamp) async throws -> [UptimeDay] {
    try await store.rows(
      """
      SELECT day_at, operational_ms, degraded_ms, down_ms, unknown_ms FROM site_uptime
      WHERE component = \(component.rawValue) AND day_at >= \(Self.dayStart(start)) ORDER BY day_at
      """
    ).map { row in
      let states: [ComponentState] = [.operational, .degraded, .down, .unknown]
      var durations: [ComponentState: Duration] = [:]
      for (index, state) in states.enumerated() {
        let milliseconds: Int64 = try row.get(index + 1)
        if milliseconds > 0 { durations[state] = .milliseconds(milliseconds) }
      }
      let day: Int64 = try row.get(0)
      return UptimeDay(
        component: component, day: CivilDate(daysSince1970: Int(day / Self.day.wholeMilliseconds)),
        durations: durations)
    }
  }
}
