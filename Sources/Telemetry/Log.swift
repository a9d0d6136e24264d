// Structured logs: a room speaks, a sink writes.

/// How much a log entry matters.
package enum LogLevel: Int, Sendable, Comparable, CaseIterable {
  case trace, debug, info, notice, warning, error

  package static func < (left: LogLevel, right: LogLevel) -> Bool { left.rawValue < right.rawValue }
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
/// redacted before it leaves the process, and carries the current `TraceID`.
package struct Log: Sendable {
  /// The room's name, by which levels are set: lower case, the folder's name.
  package let room: String

  package init(room: String) { self.room = room }

  /// Writes an entry, if the room's level lets it pass; `fields` is not evaluated otherwise.
  package func log(_ level: LogLevel, _ message: StaticString, _ fields: @autoclosure () -> [String: LogValue] = [:]) {}

  package func trace(_ message: StaticString, _ fields: @autoclosure () -> [String: LogValue] = [:]) {
    log(.trace, message, fields())
  }
  package func debug(_ message: StaticString, _ fields: @autoclosure () -> [String: LogValue] = [:]) {
    log(.debug, message, fields())
  }
  package func info(_ message: StaticString, _ fields: @autoclosure () -> [String: LogValue] = [:]) {
    log(.info, message, fields())
  }
  package func notice(_ message: StaticString, _ fields: @autoclosure () -> [String: LogValue] = [:]) {
    log(.notice, message, fields())
  }
  package func warning(_ message: StaticString, _ fields: @autoclosure () -> [String: LogValue] = [:]) {
    log(.warning, message, fields())
  }
  package func error(_ message: StaticString, _ fields: @autoclosure () -> [String: LogValue] = [:]) {
    log(.error, message, fields())
  }
}
