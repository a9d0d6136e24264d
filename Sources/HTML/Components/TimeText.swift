// Instants: written in UTC, and turned into the reader's zone and language by a script.

/// An instant. Without scripts it reads `2026-11-21 08:00 UTC`.
package struct TimeText: HTMLComponent, Sendable {
  /// How the script writes it.
  package enum Form: String, Sendable {
    case date, time
    /// Date and time of day.
    case dateTime = "date-time"
    /// "3 minutes ago", which ticks; the date when it is over a month away.
    case relative
  }

  private let seconds: Int64
  private let form: Form

  /// `secondsSince1970`: in UTC; brought within the years 0 to 9999.
  package init(secondsSince1970: Int64, _ form: Form = .dateTime) {
    seconds = min(max(secondsSince1970, -62_167_219_200), 253_402_300_799)
    self.form = form
  }

  package func render(into html: inout HTMLWriter) {
    let (date, time) = Self.text(seconds)
    let shown =
      switch form {
      case .date: date
      case .time: "\(time.prefix(5)) UTC"
      case .dateTime, .relative: "\(date) \(time.prefix(5)) UTC"
      }
    html.element(
      .time, .dateTime("\(date)T\(time)Z"), .data("time", form.rawValue),
      .data("relative", form == .relative ? "" : nil), text: shown)
  }

  /// `2026-11-21` and `08:00:00`, by the days of the Gregorian calendar counted from 1 March of year 0.
  private static func text(_ seconds: Int64) -> (String, String) {
    let (days, rest) = (floorDivided(seconds, by: 86_400), floorRemainder(seconds, by: 86_400))
    let shifted = days + 719_468
    let era = floorDivided(shifted, by: 146_097)
    let dayOfEra = floorRemainder(shifted, by: 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (
      "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))",
      "\(padded(rest / 3600, 2)):\(padded(rest / 60 % 60, 2)):\(padded(rest % 60, 2))"
    )
  }

  private static func floorDivided(_ value: Int64, by divisor: Int64) -> Int64 {
    (value - floorRemainder(value, by: divisor)) / divisor
  }

  private static func floorRemainder(_ value: Int64, by divisor: Int64) -> Int64 {
    (value % divisor + divisor) % divisor
  }

  private static func padded(_ value: Int64, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
