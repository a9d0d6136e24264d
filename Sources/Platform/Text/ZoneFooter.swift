// The rule at the end of a zone file: what holds after its last listed change (RFC 9636, section 3.3; POSIX's TZ).

import EventLoop

/// A rule such as `CET-1CEST,M3.5.0,M10.5.0/3`.
struct ZoneFooter: Sendable {
  /// When in a year the clocks change, in seconds after the year's beginning on the clocks before the change.
  private struct Change {
    let month: Int
    /// 1 to 4; 5 is the last.
    let week: Int
    /// 0 is Sunday.
    let weekday: Int
    let time: Int

    func seconds(in year: Int) -> Int64 {
      let first = CivilDate(year: year, month: month, day: 1).daysSince1970
      // 1970-01-01 was a Thursday.
      let firstWeekday = ((first + 4) % 7 + 7) % 7
      var day = first + (weekday - firstWeekday + 7) % 7 + (week - 1) * 7
      let next = CivilDate(year: month == 12 ? year + 1 : year, month: month % 12 + 1, day: 1).daysSince1970
      while day >= next { day -= 7 }
      return Int64(day) * 86_400 + Int64(time)
    }
  }

  private let standard: Int
  private let summer: (offset: Int, start: Change, end: Change)?

  /// nil for an empty rule, and for one with days counted by number, which no zone of today uses.
  init?(_ text: String) {
    var rest = text[...]
    guard Self.skipName(&rest), let standard = Self.offset(&rest) else { return nil }
    self.standard = -standard
    guard !rest.isEmpty else {
      summer = nil
      return
    }
    guard Self.skipName(&rest) else { return nil }
    let offset = rest.first == "," ? self.standard + 3600 : Self.offset(&rest).map { -$0 }
    guard let offset, let start = Self.change(&rest), let end = Self.change(&rest) else { return nil }
    summer = (offset, start, end)
  }

  func offset(at seconds: Int64) -> Int {
    guard let summer else { return standard }
    let days = (seconds + Int64(standard)).dividedDown(by: 86_400)
    let year = CivilDate(daysSince1970: Int(days)).year
    let start = summer.start.seconds(in: year) - Int64(standard)
    let end = summer.end.seconds(in: year) - Int64(summer.offset)
    let isSummer = start < end ? (start..<end).contains(seconds) : !(end..<start).contains(seconds)
    return isSummer ? summer.offset : standard
  }

  /// `CET`, or `<+0330>`.
  private static func skipName(_ rest: inout Substring) -> Bool {
    if rest.first == "<" {
      guard let end = rest.firstIndex(of: ">") else { return false }
      rest = rest[rest.index(after: end)...]
      return true
    }
    let name = rest.prefix { $0.isLetter }
    rest = rest.dropFirst(name.count)
    return !name.isEmpty
  }

  /// `[+-]hh[:mm[:ss]]` in seconds, by POSIX west of Greenwich.
  private static func offset(_ rest: inout Substring) -> Int? {
    let isNegative = rest.first == "-"
    if isNegative || rest.first == "+" { rest.removeFirst() }
    let text = rest.prefix { $0.isNumber || $0 == ":" }
    rest = rest.dropFirst(text.count)
    let parts = text.split(separator: ":").compactMap { Int($0) }
    guard (1...3).contains(parts.count) else { return nil }
    let seconds = zip(parts, [3600, 60, 1]).reduce(0) { $0 + $1.0 * $1.1 }
    return isNegative ? -seconds : seconds
  }

  /// `,Mm.w.d[/time]`.
  private static func change(_ rest: inout Substring) -> Change? {
    guard rest.hasPrefix(",M") else { return nil }
    rest = rest.dropFirst(2)
    let text = rest.prefix { $0.isNumber || $0 == "." }
    rest = rest.dropFirst(text.count)
    let parts = text.split(separator: ".").compactMap { Int($0) }
    guard parts.count == 3, (1...12).contains(parts[0]), (1...5).contains(parts[1]),
      (0...6).contains(parts[2])
    else { return nil }
    var time: Int? = 7200
    if rest.first == "/" {
      rest.removeFirst()
      time = offset(&rest)
    }
    return time.map { Change(month: parts[0], week: parts[1], weekday: parts[2], time: $0) }
  }
}
