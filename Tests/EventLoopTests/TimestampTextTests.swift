// Moments as text: what is read, what is refused, and that the calendar is right.

import EventLoop
import Testing

@Suite struct TimestampTextTests {
  @Test(arguments: [
    ("1970-01-01T00:00:00Z", 0), ("2026-01-01T00:00:00Z", 1_767_225_600_000),
    ("2026-01-01T00:00:00+00:00", 1_767_225_600_000), ("2026-01-01T00:00:00.123456+00:00", 1_767_225_600_123),
    ("2026-01-01T00:00:00.9999999Z", 1_767_225_600_999), ("2026-01-01T01:30:00+01:30", 1_767_225_600_000),
    ("2025-12-31T16:00:00-0800", 1_767_225_600_000), ("2026-01-01T02:00:00+02", 1_767_225_600_000),
    ("2026-01-01 00:00:00", 1_767_225_600_000), ("2026-01-01", 1_767_225_600_000),
    ("2026-01-01T00:00", 1_767_225_600_000), ("2026-01-01t00:00:00z", 1_767_225_600_000),
    ("2026-01-01T00:00:00.5", 1_767_225_600_500), ("2016-12-31T23:59:60Z", 1_483_228_800_000),
    ("2000-02-29T12:00:00Z", 951_825_600_000), ("1969-12-31T23:59:59.500Z", -500),
    ("0001-01-01T00:00:00Z", -62_135_596_800_000), ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
  ])
  func `a moment is read`(text: String, milliseconds: Int64) {
    #expect(Timestamp(iso8601: text)?.milliseconds == milliseconds)
  }

  @Test(arguments: [
    "", "2026", "2026-13-01", "2026-00-10", "2026-02-29", "2100-02-29", "2026-04-31", "2026-01-00",
    "2026-01-01T",
    "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-01-01T00:00:61Z", "2026-01-01T00:00:00.Z",
    "2026-01-01T00:00:00+", "2026-01-01T00:00:00+1", "2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00ZZ",
    "2026-1-1T00:00:00Z", " 2026-01-01", "2026-01-01T00:00:00Z ", "-026-01-01", "２０２６-01-01", "soon",
  ])
  func `what is no moment is refused`(text: String) {
    #expect(Timestamp(iso8601: text) == nil)
  }

  @Test func `what is written is read back`() {
    for milliseconds in stride(from: Int64(-62_135_596_800_000), to: 253_402_300_799_999, by: 98_765_432_123)
    {
      let moment = Timestamp(milliseconds: milliseconds)
      #expect(Timestamp(iso8601: moment.iso8601) == moment)
    }
    #expect(Timestamp(milliseconds: 1_767_225_600_007).iso8601 == "2026-01-01T00:00:00.007Z")
    #expect(Timestamp(milliseconds: 1_767_225_600_000).iso8601 == "2026-01-01T00:00:00Z")
    #expect(Timestamp(milliseconds: -1).description == "1969-12-31T23:59:59Z")
  }

  @Test func `every day of 800 years follows the one before`() {
    var previous = CivilDate(year: 1599, month: 12, day: 31)
    for days in CivilDate(year: 1600, month: 1, day: 1)
      .daysSince1970..<CivilDate(year: 2400, month: 1, day: 1)
      .daysSince1970
    {
      let date = CivilDate(daysSince1970: days)
      let isNextDay = date.month == previous.month && date.day == previous.day + 1
      let isNextMonth = date.day == 1 && (date.month == previous.month + 1 || date.month == 1)
      guard isNextDay || isNextMonth, date.daysSince1970 == days, date.isValid else {
        Issue.record("\(date) after \(previous)")
        return
      }
      previous = date
    }
    #expect(previous == CivilDate(year: 2399, month: 12, day: 31))
    #expect(
      !CivilDate(year: 1900, month: 2, day: 29).isValid && CivilDate(year: 2000, month: 2, day: 29).isValid)
  }
}
