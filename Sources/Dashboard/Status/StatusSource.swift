// What the status page shows, kept in memory so that the page is there when the store is not.

import EventLoop
import PlatformSite
import Synchronization
import Telemetry

/// How the installation is and was.
struct StatusReport: Sendable {
  var components: [ComponentStatus]
  /// The days of each part, the oldest first.
  var days: [StatusComponent: [UptimeDay]]
  /// The newest first.
  var incidents: [Incident]
  var readAt: Timestamp
  /// Whether it could be read now; otherwise it is what was known before.
  var isCurrent: Bool

  var current: [Incident] { incidents.filter { !$0.isResolved && $0.status != .scheduled } }
  var planned: [Incident] { incidents.filter { !$0.isResolved && $0.status == .scheduled } }
  var past: [Incident] { incidents.filter(\.isResolved) }

  /// How all of it is: as its worst part, whatever else is not known.
  var overall: ComponentState {
    let states = Set(components.map(\.state))
    return [.down, .degraded, .unknown].first(where: states.contains) ?? .operational
  }
}

/// Reads the board at most every few seconds, however many ask.
final class StatusSource: Sendable {
  private static let freshness = Duration.seconds(5)
  private static let patience = Duration.seconds(2)
  private static let incidentCount = 50

  private let board: StatusBoard
  private let time: any TimeSource
  private let kept = Mutex<StatusReport?>(nil)
  private let log = Log(room: "status")

  init(_ board: StatusBoard, time: any TimeSource) { (self.board, self.time) = (board, time) }

  /// The newest that can be had. It never fails: what cannot be read is as it was known, and the parts are unknown.
  func report() async -> StatusReport {
    let now = time.now
    if let kept = kept.withLock({ $0 }), kept.isCurrent, kept.readAt <= now,
      now < kept.readAt + Self.freshness
    {
      return kept
    }
    let board = board
    let read = await Deadline.within(Self.patience, by: time) { try await Self.read(board, at: now) }
    if let read {
      kept.withLock { $0 = read }
      return read
    }
    log.warning("the status could not be read: what was known is shown")
    var report =
      kept.withLock { $0 }
      ?? StatusReport(components: [], days: [:], incidents: [], readAt: now, isCurrent: false)
    report.isCurrent = false
    // What this process saw itself it still knows; of the rest nobody can tell.
    let own = await Deadline.within(Self.patience, by: time) { await board.components(at: now) }
    report.components = own ?? StatusComponent.allCases.map { .unknown($0) }
    return report
  }

  private static func read(_ board: StatusBoard, at now: Timestamp) async throws -> StatusReport {
    var days: [StatusComponent: [UptimeDay]] = [:]
    for component in StatusComponent.allCases {
      days[component] = try await board.history(component, at: now)
    }
    var incidents = try await board.incidents.list(limit: incidentCount)
    // What goes on is shown however old it is.
    let shown = Set(incidents.map(\.number))
    incidents += try await board.incidents.unresolved().filter { !shown.contains($0.number) }
    return StatusReport(
      components: await board.components(at: now), days: days, incidents: incidents, readAt: now,
      isCurrent: true)
  }
}
