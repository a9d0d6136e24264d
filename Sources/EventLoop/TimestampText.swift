// Moments as ISO 8601 writes them: what JSON interfaces carry.

extension Timestamp {
  /// Reads `2026-01-31T12:34:56.789012+00:00` and its relatives: any number of decimals (beyond milliseconds they are
  /// cut off), `Z` or an offset with or without colon or minutes, none for UTC, a space for the `T`, a date alone for
  /// its midnight. Nil for anything else, days that do not exist included.
  package init?(iso8601 text: Span<UInt8>) {
    let parsed = text.withUnsafeBufferPointer { Timestamp(reading: TimestampReader(text: $0)) }
    guard let parsed else { return nil }
    self = parsed
  }

  private init?(reading text: TimestampReader) {
    var reader = text
    guard let year = reader.number(4), reader.skip(UInt8(ascii: "-")), let month = reader.number(2),
      reader.skip(UInt8(ascii: "-")), let day = reader.number(2)
    else { return nil }
    let date = CivilDate(year: year, month: month, day: day)
    guard date.isValid else { return nil }
    var milliseconds = Int64(date.daysSince1970) * 86_400_000
    if !reader.isAtEnd {
      guard
        reader.skip(UInt8(ascii: "T")) || reader.skip(UInt8(ascii: " ")) || reader.skip(UInt8(ascii: "t")),
        let time = reader.timeOfDay(), let offset = reader.offset(), reader.isAtEnd
      else { return nil }
      milliseconds += Int64(time - offset)
    }
    self.init(milliseconds: milliseconds)
  }

  /// As `init(iso8601: Span<UInt8>)`.
  package init?(iso8601 text: String) {
    var text = text
    let parsed = text.withUTF8 { Timestamp(iso8601: $0.span) }
    guard let parsed else { return nil }
    self = parsed
  }

  /// `2026-01-31T12:34:56Z`, with three decimals where there are any. For years before 0 and after 9999 the text is
  /// not ISO 8601's any more.
  package var iso8601: String {
    let rest = Int(milliseconds - secondsRoundedDown * 1_000)
    let whole = description
    guard rest != 0 else { return whole }
    let digits = String(rest)
    return "\(whole.dropLast()).\(String(repeating: "0", count: 3 - digits.count))\(digits)Z"
  }

  /// Whole seconds since 1970, toward the past.
  var secondsRoundedDown: Int64 {
    let (quotient, remainder) = milliseconds.quotientAndRemainder(dividingBy: 1_000)
    return remainder < 0 ? quotient - 1 : quotient
  }
}

extension Timestamp: CustomStringConvertible {
  /// As RFC 3339 writes it, to the second: `2026-01-01T00:00:00Z`.
  package var description: String {
    let seconds = Int(secondsRoundedDown)
    let days = (seconds >= 0 ? seconds : seconds - 86_399) / 86_400
    let date = CivilDate(daysSince1970: days)
    let second = seconds - days * 86_400
    func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let year = String(date.year)
    let zeros = date.year >= 0 ? String(repeating: "0", count: max(0, 4 - year.count)) : ""
    let day = "\(zeros)\(year)-\(padded(date.month))-\(padded(date.day))"
    return "\(day)T\(padded(second / 3_600)):\(padded(second / 60 % 60)):\(padded(second % 60))Z"
  }
}

/// Reads the parts of a moment from left to right.
private struct TimestampReader {
  /// Valid as long as the span it was made of.
  let text: UnsafeBufferPointer<UInt8>
  private var position = 0

  init(text: UnsafeBufferPointer<UInt8>) { self.text = text }

  var isAtEnd: Bool { position == text.count }

  mutating func skip(_ byte: UInt8) -> Bool {
    guard position < text.count, text[position] == byte else { return false }
    position += 1
    return true
  }

  /// The number that exactly so many digits spell.
  mutating func number(_ digits: Int) -> Int? {
    guard position + digits <= text.count else { return nil }
    var value = 0
    for index in position..<position + digits {
      let digit = text[index] &- UInt8(ascii: "0")
      guard digit < 10 else { return nil }
      value = value * 10 + Int(digit)
    }
    position += digits
    return value
  }

  /// Hours, minutes and perhaps seconds with decimals, in milliseconds. A leap second is the second after.
  mutating func timeOfDay() -> Int? {
    guard let hour = number(2), hour < 24, skip(UInt8(ascii: ":")), let minute = number(2), minute < 60 else {
      return nil
    }
    var milliseconds = (hour * 60 + minute) * 60_000
    guard skip(UInt8(ascii: ":")) else { return milliseconds }
    guard let second = number(2), second <= 60 else { return nil }
    milliseconds += second * 1_000
    guard skip(UInt8(ascii: ".")) || skip(UInt8(ascii: ",")) else { return milliseconds }
    var weight = 100
    var hasDigit = false
    while position < text.count {
      let digit = text[position] &- UInt8(ascii: "0")
      guard digit < 10 else { break }
      milliseconds += Int(digit) * weight
      weight /= 10
      position += 1
      hasDigit = true
    }
    return hasDigit ? milliseconds : nil
  }

  /// How far the clock is ahead of UTC, in milliseconds; zero where nothing is said.
  mutating func offset() -> Int? {
    if isAtEnd || skip(UInt8(ascii: "Z")) || skip(UInt8(ascii: "z")) { return 0 }
    let isAhead = skip(UInt8(ascii: "+"))
    guard isAhead || skip(UInt8(ascii: "-")), let hours = number(2), hours < 24 else { return nil }
    var minutes = 0
    if !isAtEnd {
      // With or without a colon.
      _ = skip(UInt8(ascii: ":"))
      guard let written = number(2), written < 60 else { return nil }
      minutes = written
    }
    return (isAhead ? 1 : -1) * (hours * 60 + minutes) * 60_000
  }
}
