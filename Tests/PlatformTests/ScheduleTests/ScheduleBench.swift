// A schedule on an engine, with a clock of its own and a record of what fired.

import EventLoop
import PlatformSchedule
import Storage
import StorageTestKit
import Telemetry
import TestKit

struct ScheduleBench: Sendable {
  let guild = Tenant(42)
  let schedule: Schedule
  let time: ManualTime
  /// The keys of the timers that fired.
  let fired = Recorder<String>()

  /// Of `test.timer`; without a handler it notes what fired.
  func runner(
    limits: ScheduleLimits = ScheduleLimits(), onGivenUp: Recorder<String>? = nil,
    _ handler: ScheduleRunner.Handler? = nil
  ) -> ScheduleRunner {
    let fired = fired
    let plain: ScheduleRunner.Handler = { firing in
      fired.record(firing.name.key)
      return .done
    }
    return ScheduleRunner(
      schedule, handlers: ["test.timer": handler ?? plain], limits: limits, time: time,
      metrics: MetricRegistry(), random: { 0.5 },
      onGivenUp: { firing, _ in onGivenUp?.record(firing.name.key) })
  }

  func name(_ key: String, of other: Tenant? = nil) -> TimerName {
    TimerName("test.timer", guild: other ?? guild, key: key)
  }

  func set(_ key: String, of other: Tenant? = nil, in delay: Duration) async throws {
    try await schedule.set(name(key, of: other), at: time.now + delay)
  }

  /// The keys of a guild's timers that are set.
  func pending(of other: Tenant? = nil) async throws -> [String] {
    try await schedule.pending(other ?? guild).map(\.name.key)
  }
}

func withScheduleBench(_ engine: Engine, _ body: (ScheduleBench) async throws -> Void) async throws {
  try await withInstallation(engine) { installation in
    try await installation.run(schema: Schema(platform: [ScheduleSchema.owner])) { storage in
      try await body(ScheduleBench(schedule: Schedule(store: storage.platform), time: ManualTime()))
    }
  }
}
