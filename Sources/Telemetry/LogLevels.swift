// Which room may say how much: `GUILDHALL_LOG`.

internal import Synchronization

/// A default level and the rooms that differ from it.
///
///     try LogLevels("info,http=debug,storage=warning")
package struct LogLevels: Sendable, Equatable, CustomStringConvertible {
  /// The level of rooms that are not named.
  package var standard: LogLevel
  /// The others, by the room's name.
  package var rooms: [String: LogLevel]

  package init(standard: LogLevel = .info, rooms: [String: LogLevel] = [:]) {
    (self.standard, self.rooms) = (standard, rooms)
  }

  /// Reads a list, separated by commas, of levels and `room=level`; spaces do not matter, the last word on a room
  /// counts. Empty text is `info`.
  ///
  /// - Throws: `LogLevelsError`, whose description says what is wrong and what would be right.
  package init(_ text: String) throws(LogLevelsError) {
    self.init()
    for part in text.split(separator: ",") {
      let words = part.split(separator: "=", omittingEmptySubsequences: false).map(Self.trimmed)
      if words == [""] { continue }
      guard let level = words.last.flatMap({ LogLevel(name: $0) }) else {
        throw LogLevelsError(part: Self.trimmed(part), isLevelUnknown: words.count <= 2)
      }
      switch words.count {
      case 1: standard = level
      case 2 where !words[0].isEmpty: rooms[words[0].lowercased()] = level
      default: throw LogLevelsError(part: Self.trimmed(part), isLevelUnknown: false)
      }
    }
  }

  /// The level of a room.
  package subscript(room: String) -> LogLevel { rooms[room] ?? standard }

  /// The text that reads as this value.
  package var description: String {
    ([standard.name] + rooms.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.name)" }).joined(
      separator: ",")
  }

  private static func trimmed(_ text: Substring) -> String {
    var text = text
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}

/// A part of a level list that cannot be read.
package struct LogLevelsError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The part, as it was written.
  package let part: String
  let isLevelUnknown: Bool

  package var description: String {
    let levels = LogLevel.allCases.map(\.name).joined(separator: ", ")
    return isLevelUnknown
      ? "\"\(part)\" in the log levels names no level; there are \(levels)"
      : "\"\(part)\" in the log levels is neither a level nor room=level, such as http=debug"
  }
}

/// The level of one room, shared by all its `Log` values, so that it can change while they are in use.
final class LogThreshold: Sendable {
  private let level: Atomic<Int>

  init(_ level: LogLevel) { self.level = Atomic(level.rawValue) }

  func admits(_ level: LogLevel) -> Bool { level.rawValue >= self.level.load(ordering: .relaxed) }

  func set(_ level: LogLevel) { self.level.store(level.rawValue, ordering: .relaxed) }
}
