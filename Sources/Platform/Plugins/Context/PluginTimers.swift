// A plugin's durable timers in one guild.

package import EventLoop
package import JSON
package import PlatformSchedule
import PlatformTenancy
import Storage

/// Sets and cancels timers of one plugin in one guild. A timer is called by name and key; setting it again moves it.
package struct PluginTimers: Sendable {
  private let core: ContextCore

  init(_ core: ContextCore) { self.core = core }

  /// Sets a timer, or moves it; durable when the call returns.
  ///
  /// - Throws: `SQLError`.
  package func set(_ name: String, key: String, at due: Timestamp, _ payload: JSONValue = .null) async throws
  {
    try await core.host.timers.set(
      timer(name, key), at: due, payload == .null ? [] : payload.encoded())
  }

  /// Takes a timer back; returns whether there was one.
  ///
  /// - Throws: `SQLError`.
  @discardableResult
  package func cancel(_ name: String, key: String) async throws -> Bool {
    try await core.host.timers.cancel(timer(name, key))
  }

  private func timer(_ name: String, _ key: String) -> TimerName {
    TimerName("\(core.plugin).\(name)", guild: Tenant(core.guild), key: key)
  }
}

/// What contexts need of the schedule.
package protocol TimerStore: Sendable {
  /// See `Schedule.set`.
  func set(_ name: TimerName, at due: Timestamp, _ payload: [UInt8]) async throws
  /// See `Schedule.cancel`.
  @discardableResult func cancel(_ name: TimerName) async throws -> Bool
}

extension Schedule: TimerStore {}

extension TimerFiring {
  /// What was given when the timer was set; null when that was nothing.
  package var value: JSONValue {
    // What cannot be read was written by another version: the handler finds nothing in it and says so.
    payload.isEmpty ? .null : (try? JSONValue(parsing: payload)) ?? .null
  }
}
