// Reading `Retry-After`: seconds, or one of HTTP's three date forms.

package import EventLoop

/// The `Retry-After` field (RFC 9110 section 10.2.3).
package enum RetryAfter {
  /// The wait a value asks for, zero for a date that has passed; nil for anything else. Waits beyond a day are
  /// cut to a day.
  package static func parse(_ value: String, now: Timestamp) -> Duration? {
    let bytes = Array(value.utf8.drop { $0 == 32 || $0 == 9 })
    let text = bytes.prefix(bytes.count - bytes.reversed().prefix { $0 == 32 || $0 == 9 }.count)
    guard (1...40).contains(text.count) else { return nil }
    if text.allSatisfy({ (48...57).contains($0) }) {
      guard text.count <= 9, let seconds = Int(String(decoding: text, as: UTF8.self)) else { return longest }
      return min(.seconds(seconds), longest)
    }
    guard let date = HTTPDate.parse(String(decoding: text, as: UTF8.self), now: now) else { return nil }
    return min(max(date - now, .zero), longest)
  }

  private static let longest: Duration = .seconds(86_400)
}

/// Dates as HTTP writes them (RFC 9110 section 5.6.7).
package enum HTTPDate {
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// Reads `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT` and `Sun Nov  6 08:49:37 1994`; nil
  /// for anything else. The name of the day is not checked. `now` settles the century of the second form: no date
  /// is more than 50 years ahead.
  package static func parse(_ text: String, now: Timestamp) -> Timestamp? {
    let words = text.split(separator: " ").map(String.init)
    switch words.count {
    case 6 where words[5] == "GMT":
      return moment(year: number(words[3], digits: 4), month: words[2], day: words[1], time: words[4])
    case 5:
      return moment(year: number(words[4], digits: 4), month: words[1], day: words[2], time: words[3])
    case 4 where words[3] == "GMT":
      let parts = words[1].split(separator: "-").map(String.init)
      guard parts.count == 3, let short = number(parts[2], digits: 2) else { return nil }
      let thisYear = 1970 + Int(now.milliseconds / 31_556_952_000)
      var year = thisYear - thisYear % 100 + short
      if year > thisYear + 50 { year -= 100 }
      return moment(year: year, month: parts[1], day: parts[0], time: words[2])
    default: return nil
    }
  }

  private static func moment(year: Int?, month: String, day: String, time: String) -> Timestamp? {
    let clock = time.split(separator: ":", omittingEmptySubsequences: false).map {
      number(String($0), digits: 2)
    }
    guard let year, year >= 1600, let month = months.firstIndex(of: month),
      let day = number(day, digits: 2) ?? number(day, digits: 1),
      (1...31).contains(day), clock.count == 3, let hour = clock[0], hour < 24, let minute = clock[1],
      minute < 60,
      let second = clock[2], second <= 60
    else { return nil }
    let days = CivilDate(year: year, month: month + 1, day: day).daysSince1970
    return Timestamp(milliseconds: Int64(((days * 24 + hour) * 60 + minute) * 60 + second) * 1_000)
  }

  private static func number(_ text: String, digits: Int) -> Int? {
    guard text.utf8.count == digits, text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
    return Int(text)
  }
}
