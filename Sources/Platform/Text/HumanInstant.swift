// Points in time as people type them: "tomorrow 18:00", "in 2 hours", "friday 9am", "2026-12-24 20:15".

package import EventLoop

/// Reading points in time.
package enum HumanInstant {
  /// Reads a point in time on the clocks of a zone.
  ///
  /// Understood are spans (`7d`, `in 2 hours`), times of day (`18:00`, `9am`; the next one to come), days (`today`,
  /// `tomorrow`, names of weekdays, always ahead, `2026-12-24`, `24.12.`, `24.12.2026`) with or without a time of day
  /// (midnight without), and Discord's own `<t:…>`.
  ///
  /// - Returns: nil for anything else, and for dates that the calendar does not have.
  package static func parse(_ text: some StringProtocol, now: Timestamp, zone: ZoneRules = .utc) -> Timestamp?
  {
    let lowered = text.lowercased()
    var words = lowered.split(whereSeparator: {
      $0 == " " || $0 == "," || $0 == "t" && lowered.isISO(before: $0)
    })[...]
    if words.count == 1, let stamp = discordStamp(words[words.startIndex]) { return stamp }
    words = words.filter { $0 != "at" && $0 != "on" && $0 != "um" }[...]
    if words.first == "in" { words = words.dropFirst() }
    if let span = HumanDuration.parse(words.joined(separator: " ")) { return now + span }
    let offset = Int64(zone.offset(at: now))
    let local = now.milliseconds.dividedDown(by: 1000) + offset
    let today = Int(local.dividedDown(by: 86_400))
    guard let first = words.first else { return nil }
    if let day = day(first, today: today) {
      let rest = words.dropFirst().joined()
      guard let time = rest.isEmpty ? 0 : timeOfDay(rest) else { return nil }
      return zone.instant(local: Int64(day) * 86_400 + time)
    }
    guard let time = timeOfDay(words.joined()) else { return nil }
    let instant = zone.instant(local: Int64(today) * 86_400 + time)
    return instant > now ? instant : zone.instant(local: Int64(today + 1) * 86_400 + time)
  }

  /// `<t:1700000000>` and `<t:1700000000:R>`
  /// (https://discord.com/developers/docs/reference#message-formatting).
  private static func discordStamp(_ word: Substring) -> Timestamp? {
    guard word.hasPrefix("<t:"), word.hasSuffix(">"),
      let digits = word.dropFirst(3).dropLast().split(separator: ":").first, digits.utf8.count <= 12,
      let seconds = Int64(digits)
    else { return nil }
    return Timestamp(milliseconds: seconds * 1000)
  }

  private static let weekdays = [
    "sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday",
  ]

  /// Days since 1970.
  private static func day(_ word: Substring, today: Int) -> Int? {
    switch word {
    case "today", "tonight": return today
    case "tomorrow", "tmr": return today + 1
    default: break
    }
    if word.count >= 3, let weekday = weekdays.firstIndex(where: { $0.hasPrefix(word) }) {
      let current = ((today + 4) % 7 + 7) % 7
      return today + ((weekday - current + 6) % 7 + 1)
    }
    let isISO = word.contains("-")
    let parts = word.split(separator: isISO ? "-" : ".", omittingEmptySubsequences: isISO).map { Int($0) }
    switch (isISO, parts.count) {
    case (true, 3): return valid(parts[0], parts[1], parts[2])
    case (false, 3):
      if let year = parts[2] { return valid(year, parts[1], parts[0]) }
      // "24.12." is the next one to come.
      let year = CivilDate(daysSince1970: today).year
      guard word.hasSuffix("."), let day = valid(year, parts[1], parts[0]) else { return nil }
      return day >= today ? day : valid(year + 1, parts[1], parts[0])
    default: return nil
    }
  }

  private static func valid(_ year: Int?, _ month: Int?, _ day: Int?) -> Int? {
    guard let year, let month, let day, (1970...2200).contains(year) else { return nil }
    let date = CivilDate(year: year, month: month, day: day)
    return date.isValid ? date.daysSince1970 : nil
  }

  /// Seconds after midnight: `18:00`, `18:00:30`, `9am`, `9:30pm`, `noon`, `midnight`.
  private static func timeOfDay(_ text: String) -> Int64? {
    if text == "noon" { return 43_200 }
    if text == "midnight" { return 0 }
    var digits = text[...]
    var half: Int64?
    for (suffix, hours) in [("am", Int64(0)), ("pm", 12)] where digits.hasSuffix(suffix) {
      digits = digits.dropLast(2)
      half = hours
    }
    let parts = digits.split(separator: ":", omittingEmptySubsequences: false)
    guard (half == nil ? 2...3 : 1...3).contains(parts.count),
      parts.allSatisfy({ (1...2).contains($0.utf8.count) })
    else { return nil }
    let numbers = parts.compactMap { $0.first == "+" || $0.first == "-" ? nil : Int64($0) }
    guard numbers.count == parts.count, numbers.dropFirst().allSatisfy({ $0 < 60 }) else { return nil }
    var hour = numbers[0]
    if let half {
      guard (1...12).contains(hour) else { return nil }
      hour = hour % 12 + half
    }
    guard hour < 24 else { return nil }
    return hour * 3600 + (numbers.count > 1 ? numbers[1] : 0) * 60 + (numbers.count > 2 ? numbers[2] : 0)
  }
}

extension String {
  /// Whether this is `2026-12-24t18:00`: the only text in which a `t` separates.
  fileprivate func isISO(before letter: Character) -> Bool {
    count >= 16 && self[index(startIndex, offsetBy: 10)] == letter
      && self[index(startIndex, offsetBy: 4)] == "-"
  }
}
