// Times of day that come again, as five fields (plugin-host contract, section 18).

package import EventLoop

/// A schedule in UTC: minute, hour, day of the month, month, day of the week.
package struct CronSpec: Hashable, Sendable {
  /// Why a text is no schedule.
  package struct Mistake: Error, Hashable, Sendable {
    /// A sentence for the plugin's author.
    package let message: String
  }

  /// Bits of what is listed.
  private let minutes: UInt64
  private let hours: UInt64
  private let days: UInt64
  private let months: UInt64
  private let weekdays: UInt64

  /// The shortest time between two firings of one hour that is allowed, in minutes.
  package static let shortestGap = 5

  /// - Parameter text: five fields between spaces, each `*`, `N`, `N-M`, `*/S`, `N-M/S`, or several of these with commas.
  /// - Throws: `Mistake`. A schedule that fires too often is no mistake here: see `gap`.
  package init(_ text: String) throws(Mistake) {
    guard text.utf8.count <= 200 else { throw Mistake(message: "A schedule has at most 200 characters.") }
    let fields = text.split { $0 == " " || $0 == "\t" || $0 == "\n" || $0 == "\r" }
    guard fields.count == 5 else {
      throw Mistake(message: "A schedule has five fields, and this one has \(fields.count).")
    }
    minutes = try Self.bits(fields[0], 0...59, "minute")
    hours = try Self.bits(fields[1], 0...23, "hour")
    days = try Self.bits(fields[2], 1...31, "day of the month")
    months = try Self.bits(fields[3], 1...12, "month")
    weekdays = try Self.bits(fields[4], 0...6, "day of the week")
  }

  private static func bits(
    _ field: Substring, _ range: ClosedRange<Int>, _ name: String
  ) throws(Mistake) -> UInt64 {
    var bits: UInt64 = 0
    for part in field.split(separator: ",", omittingEmptySubsequences: false) {
      guard let values = values(part, range) else {
        let shown = ArtifactFinding.quoted(String(field), 40)
        throw Mistake(
          message:
            "\(shown) is no \(name): it takes *, numbers from \(range.lowerBound) to \(range.upperBound), "
            + "ranges such as 1-5, and steps such as */10.")
      }
      for value in values { bits |= 1 << UInt64(value) }
    }
    return bits
  }

  private static func values(_ part: Substring, _ range: ClosedRange<Int>) -> StrideThrough<Int>? {
    let pieces = part.split(separator: "/", omittingEmptySubsequences: false)
    guard pieces.count <= 2 else { return nil }
    var (first, last) = (range.lowerBound, range.upperBound)
    let ends = pieces[0].split(separator: "-", omittingEmptySubsequences: false)
    switch ends.count {
    case 1 where pieces[0] == "*": break
    // A step needs something to step through.
    case 1 where pieces.count == 1:
      guard let value = number(ends[0]) else { return nil }
      (first, last) = (value, value)
    case 2:
      guard let from = number(ends[0]), let to = number(ends[1]) else { return nil }
      (first, last) = (from, to)
    default: return nil
    }
    guard range.contains(first), range.contains(last), first <= last else { return nil }
    guard pieces.count == 2 else { return stride(from: first, through: last, by: 1) }
    guard let step = number(pieces[1]), step > 0 else { return nil }
    return stride(from: first, through: last, by: step)
  }

  private static func number(_ text: Substring) -> Int? {
    guard (1...4).contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) }) else {
      return nil
    }
    return Int(text)
  }

  /// The smallest number of minutes between two listed minutes, around the hour; 60 for one minute.
  package var gap: Int {
    let listed = (0..<60).filter { minutes & (1 << UInt64($0)) != 0 }
    guard listed.count > 1, let first = listed.first else { return 60 }
    return zip(listed, listed.dropFirst() + [first + 60]).map { $1 - $0 }.min() ?? 60
  }

  /// Whether it fires more often than is allowed.
  package var isTooFrequent: Bool { gap < Self.shortestGap }

  // MARK: Instants

  /// Whether it fires in the minute that an instant lies in.
  package func matches(_ instant: Timestamp) -> Bool {
    let minute = Self.minute(of: instant)
    let day = Self.floor(minute, 1440)
    let ofDay = minute - day * 1440
    return minutes & (1 << UInt64(ofDay % 60)) != 0 && hours & (1 << UInt64(ofDay / 60)) != 0
      && fires(onDay: day)
  }

  /// The beginning of the first minute after the one `instant` lies in, in which it fires.
  ///
  /// - Returns: nil when that never comes, such as for 31 February.
  package func next(after instant: Timestamp) -> Timestamp? {
    let start = Self.minute(of: instant) + 1
    let firstDay = Self.floor(start, 1440)
    // Eight years may lie between two leap days, and 40 until one falls on a given day of the week; day fields are joined
    // by "or", so the former is the most.
    for day in firstDay..<(firstDay + 366 * 9) where fires(onDay: day) {
      var earliest = max(0, start - day * 1440)
      while earliest < 1440 {
        let (hour, minute) = (earliest / 60, earliest % 60)
        if hours & (1 << UInt64(hour)) == 0 {
          earliest = (hour + 1) * 60
        } else if minutes & (1 << UInt64(minute)) == 0 {
          earliest += 1
        } else {
          return Timestamp(milliseconds: Int64(day * 1440 + earliest) * 60_000)
        }
      }
    }
    return nil
  }

  private func fires(onDay day: Int) -> Bool {
    let date = CivilDate(daysSince1970: day)
    guard months & (1 << UInt64(date.month)) != 0 else { return false }
    let isDay = days & (1 << UInt64(date.day)) != 0
    // 1970-01-01 was a Thursday.
    let weekday = (day + 4) - Self.floor(day + 4, 7) * 7
    let isWeekday = weekdays & (1 << UInt64(weekday)) != 0
    let everyDay: UInt64 = (1 << 32) - 2
    switch (days == everyDay, weekdays == 0b111_1111) {
    case (true, false): return isWeekday
    case (false, true): return isDay
    default: return isDay || isWeekday
    }
  }

  private static func minute(of instant: Timestamp) -> Int { floor(Int(instant.milliseconds), 60_000) }

  private static func floor(_ value: Int, _ divisor: Int) -> Int {
    value % divisor < 0 ? value / divisor - 1 : value / divisor
  }
}
