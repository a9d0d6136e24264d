// How the installation's parts are: reported by probes, shown to everybody.

package import EventLoop
package import Storage
import Synchronization
import Telemetry

/// The state of the installation's parts, and how long a day it was so.
///
/// Every process may report: what one wrote of, another does not write again. Reports are counted in memory and written
/// once a minute at most for each part; what cannot be written waits. `report` and `flush` do not throw, because the
/// store may be what is down.
package final class StatusBoard: Sendable {
  /// How many days are kept.
  package static let daysKept: Int64 = 90
  /// The least time between two writes of a part.
  package static let writeInterval = Duration.seconds(60)

  private struct Part {
    var meter: ComponentMeter
    var writtenAt: Timestamp
    var isWriting = false
  }

  private let store: UptimeStore
  private let parts = Mutex<[StatusComponent: Part]>([:])
  private let log = Log(room: "status")

  /// What the operator writes of incidents and maintenance.
  package let incidents: IncidentBook

  /// Declare `SiteSchema.platform` in the store's schema.
  package init(store: PlatformStore) {
    self.store = UptimeStore(store: store)
    incidents = IncidentBook(store: store)
  }

  // MARK: Reporting

  /// A part is in that state. Report at least every minute or two: after three without a report its state is unknown.
  package func report(_ component: StatusComponent, _ state: ComponentState, at now: Timestamp) async {
    let isDue = parts.withLock { parts in
      guard var part = parts[component] else {
        // Written at once, so that a page made by another process has it.
        parts[component] = Part(meter: ComponentMeter(state, at: now), writtenAt: now)
        return true
      }
      part.meter.report(state, at: now)
      parts[component] = part
      return part.writtenAt + Self.writeInterval <= now || now < part.writtenAt
    }
    if isDue { await write(component, at: now) }
  }

  /// Writes what was counted: at the end of the process.
  package func flush(at now: Timestamp) async {
    for component in StatusComponent.allCases { await write(component, at: now) }
  }

  private func write(_ component: StatusComponent, at now: Timestamp) async {
    let taken = parts.withLock { parts -> (ComponentMeter, [ComponentMeter.Piece])? in
      guard var part = parts[component], !part.isWriting else { return nil }
      let pieces = part.meter.take(until: now)
      (part.isWriting, part.writtenAt) = (true, now)
      parts[component] = part
      return (part.meter, pieces)
    }
    guard let (meter, pieces) = taken else { return }
    do {
      try await store.write(component, meter, pieces)
      parts.withLock { $0[component]?.isWriting = false }
    } catch {
      log.error(
        "the state of a part could not be written",
        ["component": .string(component.rawValue), "error": .string("\(error)")])
      parts.withLock { parts in
        parts[component]?.isWriting = false
        parts[component]?.meter.putBack(pieces)
      }
    }
  }

  // MARK: Reading

  /// How every part is. When the store cannot be read, as far as this process knows.
  package func components(at now: Timestamp) async -> [ComponentStatus] {
    var stored: [StatusComponent: (state: ComponentState, since: Timestamp, at: Timestamp)] = [:]
    do { stored = try await store.components() } catch {
      log.error("the state of the parts could not be read", ["error": .string("\(error)")])
    }
    let own = parts.withLock { $0.mapValues(\.meter) }
    return StatusComponent.allCases.map { component in
      let known = stored[component]
      if let meter = own[component], meter.reportedAt >= (known?.at ?? meter.reportedAt) {
        var since = meter.since
        if let known, known.state == meter.state, since < known.at + ComponentMeter.staleAfter {
          since = min(since, known.since)
        }
        return Self.status(component, meter.state, since: since, reported: meter.reportedAt, at: now)
      }
      guard let known else {
        return ComponentStatus(component: component, state: .unknown, since: nil, reportedAt: nil)
      }
      return Self.status(component, known.state, since: known.since, reported: known.at, at: now)
    }
  }

  private static func status(
    _ component: StatusComponent, _ state: ComponentState, since: Timestamp, reported: Timestamp,
    at now: Timestamp
  ) -> ComponentStatus {
    let stale = reported + ComponentMeter.staleAfter
    let isStale = now >= stale
    return ComponentStatus(
      component: component, state: isStale ? .unknown : state, since: isStale ? stale : since,
      reportedAt: reported)
  }

  /// The days of a part, the oldest first, today among them as far as it was written. Days of which nothing was written
  /// are left out.
  ///
  /// - Parameters:
  ///   - component: which part.
  ///   - count: how many days back, today included: 1 to 90.
  ///   - now: the present.
  /// - Returns: a row a day.
  /// - Throws: what `Store` throws.
  package func history(_ component: StatusComponent, days count: Int = 90, at now: Timestamp) async throws
    -> [UptimeDay]
  {
    let back = min(max(count, 1), Int(Self.daysKept)) - 1
    return try await store.days(component, from: now - .seconds(86_400 * back))
  }
}
