// What a room logs with.

/// How much a log entry matters.
package enum LogLevel: Int, Sendable, Comparable, CaseIterable {
  case trace, debug, info, notice, warning, error

  package static func < (left: LogLevel, right: LogLevel) -> Bool { left.rawValue < right.rawValue }

  /// The name in lower case, as settings and JSON have it.
  package var name: String { "\(self)" }

  /// The level of that name, in whatever case.
  package init?(name: some StringProtocol) {
    guard let level = Self.allCases.first(where: { $0.name == name.lowercased() }) else { return nil }
    self = level
  }
}

/// A value in a log entry. Build it from a literal or with the case that fits.
package enum LogValue: Sendable, Equatable, ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral
{
  case string(String)
  case integer(Int64)
  case double(Double)
  case boolean(Bool)

  package init(stringLiteral value: String) { self = .string(value) }
  package init(integerLiteral value: Int64) { self = .integer(value) }
  package init(floatLiteral value: Double) { self = .double(value) }
  package init(booleanLiteral value: Bool) { self = .boolean(value) }
}

/// The log of one room.
///
///     let log = Log(room: "http")
///     log.info("request", ["method": "GET", "status": .integer(200)])
///
/// The message is a fixed phrase one can search the code for; what varies goes into the fields. Everything is
/// redacted before it reaches a sink, and carries the current `TraceID`. An entry below the room's level costs one
/// atomic load; one above it is queued, never waited for.
package struct Log: Sendable {
  /// The room's name, by which levels are set: lower case, the folder's name.
  package let room: String
  private let system: LogSystem
  private let threshold: LogThreshold

  /// Keep the value: making one looks the room up.
  package init(room: String) { self.init(room: room, system: .process) }

  /// The log of a room in another system than the process's: for tests.
  package init(room: String, system: LogSystem) {
    (self.room, self.system) = (room, system)
    threshold = system.threshold(of: room)
  }

  /// Whether entries of this level are written now: for fields that take work before the call.
  package func isEnabled(_ level: LogLevel) -> Bool { threshold.admits(level) }

  /// Writes an entry, if the room's level lets it pass; `fields` is not evaluated otherwise.
  package func log(
    _ level: LogLevel, _ message: StaticString, _ fields: @autoclosure () -> [String: LogValue] = [:]
  ) {
    guard threshold.admits(level) else { return }
    system.write(level, room: room, message, fields())
  }

  /// Writes an entry at `.trace`, the lowest level.
  package func trace(_ message: StaticString, _ fields: @autoclosure () -> [String: LogValue] = [:]) {
    log(.trace, message, fields())
  }
  /// Writes an entry at `.debug`.
  package func debug(_ message: StaticString, _ fields: @autoclosure () -> [String: LogValue] = [:]) {
    log(.debug, message, fields())
  }
  /// Writes an entry at `.info`, the lowest level that is written unless the settings say otherwise.
  package func info(_ message: StaticString, _ fields: @autoclosure () -> [String: LogValue] = [:]) {
    log(.info, message, fields())
  }
  /// Writes an entry at `.notice`.
  package func notice(_ message: StaticString, _ fields: @autoclosure () -> [String: LogValue] = [:]) {
    log(.notice, message, fields())
  }
  /// Writes an entry at `.warning`.
  package func warning(_ message: StaticString, _ fields: @autoclosure () -> [String: LogValue] = [:]) {
    log(.warning, message, fields())
  }
  /// Writes an entry at `.error`, the highest level: no setting keeps it out.
  package func error(_ message: StaticString, _ fields: @autoclosure () -> [String: LogValue] = [:]) {
    log(.error, message, fields())
  }
}
