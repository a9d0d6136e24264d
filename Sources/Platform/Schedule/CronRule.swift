// Instants that come again and again, as cron writes them: "0 6 * * 1" is every Monday at six.

package import EventLoop
package import PlatformText

/// Five fields, separated by spaces: minute, hour, day of the month, month, day of the week (0 and 7 are Sunday). A field
/// is `*`, numbers, ranges (`1-5`) and steps (`*/15`), joined by commas. As in POSIX crontab(5), where day of the month
/// and day of the week are both restricted, either will do.
package struct CronRule: Hashable, Sendable, CustomStringConvertible {
  /// As it was written.
  package let description: String
  private let minutes: Set<Int>
  private let hours: Set<Int>
  private let days: Set<Int>
  private let months: Set<Int>
  private let weekdays: Set<Int>
  private let restrictsDays: Bool
  private let restrictsWeekdays: Bool

  /// nil when the text is no rule.
  package init?(_ text: String) {
    let fields = text.split(separator: " ")
    guard fields.count == 5, let minutes = Self.numbers(fields[0], 0...59),
      let hours = Self.numbers(fields[1], 0...23), let days = Self.numbers(fields[2], 1...31),
      let months = Self.numbers(fields[3], 1...12), let weekdays = Self.numbers(fields[4], 0...7)
    else { return nil }
    (description, self.minutes, self.hours) = (text, minutes, hours)
    (self.days, self.months) = (days, months)
    self.weekdays = Set(weekdays.map { $0 % 7 })
    restrictsDays = fields[2].first != "*"
    restrictsWeekdays = fields[4].first != "*"
  }

  /// Every day at that minute of the day.
  package static func daily(hour: Int = 4, minute: Int = 0) -> CronRule {
    precondition((0...23).contains(hour) && (0...59).contains(minute), "no time of day")
    return CronRule(
      description: "\(minute) \(hour) * * *", minutes: [minute], hours: [hour], days: Set(1...31),
      months: Set(1...12), weekdays: Set(0...6))
  }

  /// Every hour at that minute.
  package static func hourly(minute: Int = 0) -> CronRule {
    precondition((0...59).contains(minute), "no minute")
    return CronRule(
      description: "\(minute) * * * *", minutes: [minute], hours: Set(0...23), days: Set(1...31),
      months: Set(1...12), weekdays: Set(0...6))
  }

  private init(
    description: String, minutes: Set<Int>, hours: Set<Int>, days: Set<Int>, months: Set<Int>,
    weekdays: Set<Int>
  ) {
    (self.description, self.minutes, self.hours, self.days) = (description, minutes, hours, days)
    (self.months, self.weekdays) = (months, weekdays)
    (restrictsDays, restrictsWeekdays) = (false, false)
  }

  /// The next instant after `instant` on the clocks of the zone; nil when there is none within eight years (as for the
  /// 30th of February). A time that a change of the clocks skips comes as much later; one that comes twice counts once.
  package func next(after instant: Timestamp, zone: ZoneRules = .utc) -> Timestamp? {
    let local = instant.milliseconds.dividedDown(by: 1000) + Int64(zone.offset(at: instant))
    let firstDay = local.dividedDown(by: 86_400)
    for day in firstDay..<(firstDay + 8 * 366) where matches(day: day) {
      for hour in hours.sorted() {
        for minute in minutes.sorted() {
          let candidate = zone.instant(local: day * 86_400 + Int64(hour * 3600 + minute * 60))
          if candidate > instant { return candidate }
        }
      }
    }
    return nil
  }

  private func matches(day: Int64) -> Bool {
    let date = CivilDate(daysSince1970: Int(day))
    guard months.contains(date.month) else { return false }
    // 1970-01-01 was a Thursday.
    let weekday = Int(((day + 4) % 7 + 7) % 7)
    let isDay = days.contains(date.day)
    let isWeekday = weekdays.contains(weekday)
    return restrictsDays && restrictsWeekdays ? isDay || isWeekday : isDay && isWeekday
  }

  private static func numbers(_ field: Substring, _ bounds: ClosedRange<Int>) -> Set<Int>? {
    var numbers: Set<Int> = []
    for part in field.split(separator: ",", omittingEmptySubsequences: false) {
      let pieces = part.split(separator: "/", omittingEmptySubsequences: false)
      guard pieces.count <= 2, let range = range(pieces[0], bounds) else { return nil }
      guard pieces.count == 2 else {
        numbers.formUnion(range)
        continue
      }
      guard let step = Int(pieces[1]), step > 0, pieces[0] == "*" || pieces[0].contains("-") else {
        return nil
      }
      numbers.formUnion(stride(from: range.lowerBound, through: range.upperBound, by: step))
    }
    return numbers
  }

  private static func range(_ text: Substring, _ bounds: ClosedRange<Int>) -> ClosedRange<Int>? {
    if text == "*" { return bounds }
    let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    guard (1...2).contains(ends.count), let low = ends[0], let high = ends[ends.count - 1],
      bounds.contains(low), bounds.contains(high), low <= high
    else { return nil }
    return low...high
  }
}
