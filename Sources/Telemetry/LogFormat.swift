// How an entry looks: a line for people, or a line of JSON.

/// The form of a line.
package enum LogFormat: Sendable, Equatable {
  /// `12:34:56.789Z INFO  http     request method=GET status=200 [4bf92f35]`, times in UTC.
  case human(colors: Bool)
  /// One object: `time` (RFC 3339), `level`, `room`, `message`, `trace` and `fields` where there are any.
  case json

  /// Longest value of a field, in bytes of UTF-8; what is beyond is cut off and said to be.
  static let maximumValueSize = 8_192

  /// The line, with its newline, and no other: what could break the line or steer a terminal is escaped.
  package func line(_ entry: LogEntry) -> [UInt8] {
    var line = LineWriter()
    switch self {
    case .human(let colors): line.writeHuman(entry, colors: colors)
    case .json: line.writeJSON(entry)
    }
    line.append("\n")
    return line.bytes
  }
}

private struct LineWriter {
  private(set) var bytes: [UInt8] = []

  init() { bytes.reserveCapacity(256) }

  mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

  mutating func writeHuman(_ entry: LogEntry, colors: Bool) {
    let time = CivilTime(milliseconds: entry.milliseconds)
    append("\(time.clock)Z ")
    let name = padded(entry.level.name.uppercased(), to: 7)
    append(colors ? "\u{1B}[\(entry.level.color)m\(name)\u{1B}[0m " : "\(name) ")
    append("\(padded(entry.room, to: 10)) ")
    writeEscaped(entry.message, quote: false)
    for (key, value) in entry.fields.sorted(by: { $0.key < $1.key }) {
      append(colors ? " \u{1B}[2m" : " ")
      writeEscaped(key, quote: false)
      append(colors ? "=\u{1B}[0m" : "=")
      writeHuman(value)
    }
    if let trace = entry.trace {
      append(colors ? " \u{1B}[2m[\(trace.short)]\u{1B}[0m" : " [\(trace.short)]")
    }
  }

  private mutating func writeHuman(_ value: LogValue) {
    guard case .string(let text) = value else { return writeScalar(value) }
    let isPlain =
      text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x22 && $0 != 0x3D && $0 != 0x7F } && !text.isEmpty
    writeEscaped(text, quote: !isPlain)
  }

  mutating func writeJSON(_ entry: LogEntry) {
    let time = CivilTime(milliseconds: entry.milliseconds)
    append("{\"time\":\"\(time.date)T\(time.clock)Z\",\"level\":\"\(entry.level.name)\",\"room\":")
    writeEscaped(entry.room, quote: true)
    append(",\"message\":")
    writeEscaped(entry.message, quote: true)
    if let trace = entry.trace { append(",\"trace\":\"\(trace)\"") }
    if !entry.fields.isEmpty {
      var separator = ",\"fields\":{"
      for (key, value) in entry.fields.sorted(by: { $0.key < $1.key }) {
        append(separator)
        writeEscaped(key, quote: true)
        append(":")
        if case .string(let text) = value { writeEscaped(text, quote: true) } else { writeScalar(value) }
        separator = ","
      }
      append("}")
    }
    append("}")
  }

  private mutating func writeScalar(_ value: LogValue) {
    switch value {
    case .string(let text): writeEscaped(text, quote: true)
    case .integer(let number): append("\(number)")
    // JSON has no infinity and no NaN.
    case .double(let number): append(number.isFinite ? "\(number)" : "\"\(number)\"")
    case .boolean(let value): append(value ? "true" : "false")
    }
  }

  /// JSON's escapes, which people can read too; also for the C1 controls, which some terminals obey.
  private mutating func writeEscaped(_ text: String, quote: Bool) {
    if quote { append("\"") }
    var count = 0
    for scalar in text.unicodeScalars {
      count += UTF8.width(scalar)
      guard count <= LogFormat.maximumValueSize else {
        append("… (\(text.utf8.count) bytes)")
        break
      }
      switch scalar {
      case "\"" where quote: append("\\\"")
      case "\\": append("\\\\")
      case "\n": append("\\n")
      case "\r": append("\\r")
      case "\t": append("\\t")
      case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}", "\u{202A}"..."\u{202E}",
        "\u{2066}"..."\u{2069}":
        let digits = String(scalar.value, radix: 16)
        append("\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits)
      default:
        bytes.append(contentsOf: scalar.utf8)
      }
    }
    if quote { append("\"") }
  }

  private func padded(_ text: String, to width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.utf8.count))
  }
}

extension LogLevel {
  /// The terminal's colour (ECMA-48, select graphic rendition).
  fileprivate var color: Int {
    switch self {
    case .trace: 90
    case .debug: 36
    case .info: 32
    case .notice: 34
    case .warning: 33
    case .error: 31
    }
  }
}

/// A moment in the Gregorian calendar, UTC.
struct CivilTime {
  /// `2026-01-31`
  let date: String
  /// `23:59:59.999`
  let clock: String

  init(milliseconds: Int64) {
    let (days, rest) = Self.divideDown(milliseconds, 86_400_000)
    // Counted in years from March and eras of 400 years, in which leap days come last and arithmetic is uniform.
    let (era, dayOfEra) = Self.divideDown(days + 719_468, 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    date = "\(Self.digits(year, 4))-\(Self.digits(month, 2))-\(Self.digits(day, 2))"
    let clock = [rest / 3_600_000, rest / 60_000 % 60, rest / 1_000 % 60].map { Self.digits($0, 2) }
    self.clock = clock.joined(separator: ":") + "." + Self.digits(rest % 1_000, 3)
  }

  private static func divideDown(_ value: Int64, _ divisor: Int64) -> (Int64, Int64) {
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }

  private static func digits(_ value: Int64, _ width: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
  }
}
