// Schedules: what is one, when it fires, how often it may.

import EventLoop
import SandboxArtifacts
import Testing

private func instant(_ year: Int, _ month: Int, _ day: Int, _ hour: Int = 0, _ minute: Int = 0) -> Timestamp {
  let days = CivilDate(year: year, month: month, day: day).daysSince1970
  return Timestamp(milliseconds: Int64(((days * 24 + hour) * 60 + minute) * 60_000))
}

@Suite struct CronSpecReadingTests {
  @Test(arguments: [
    "* * * * *", "*/5 * * * *", "0 * * * *", "0,30 * * * *", "0-30 * * * *", "10-50/10 * * * *", "0 0 1 1 0",
    "59 23 31 12 6", "  0\t9  *  *  1-5 ", "0-10/5,30 * * * *", "*/90 * * * *", "05 07 * * *",
    "0 0 1-31 1-12 0-6",
  ])
  func `a schedule is read`(text: String) throws { _ = try CronSpec(text) }

  @Test(arguments: [
    "", "* * * *", "* * * * * *", "60 * * * *", "-1 * * * *", "* 24 * * *", "* * 0 * *", "* * 32 * *",
    "* * * 0 *",
    "* * * 13 *", "* * * * 7", "@daily", "0 0 * JAN *", "0 0 * * SUN", "*/0 * * * *", "*/ * * * *",
    "/5 * * * *",
    "5/10 * * * *", "30-10 * * * *", "1-2-3 * * * *", "1,,2 * * * *", ",1 * * * *", "1, * * * *",
    "*/5/5 * * * *",
    "**/5 * * * *", "1.5 * * * *", "+5 * * * *", "٥ * * * *", "0x5 * * * *", "99999999999999999999 * * * *",
    "*-5 * * * *", "? * * * *", "L * * * *",
  ])
  func `anything else is a mistake, with words`(text: String) {
    let mistake = #expect(throws: CronSpec.Mistake.self) { _ = try CronSpec(text) }
    #expect(mistake?.message.hasSuffix(".") == true)
  }

  @Test func `a flood of commas is refused unread`() {
    #expect(throws: CronSpec.Mistake.self) {
      _ = try CronSpec(String(repeating: "0,", count: 100_000) + "0 * * * *")
    }
  }

  @Test(arguments: [
    ("* * * * *", 1), ("*/5 * * * *", 5), ("*/4 * * * *", 4), ("0 * * * *", 60), ("0,3 * * * *", 3),
    ("58,0 * * * *", 2), ("0,55 * * * *", 5), ("0,56 * * * *", 4), ("0,30 * * * *", 30), ("*/7 * * * *", 4),
    ("0,3 5 1 1 *", 3), ("7 * * * *", 60), ("10-20/5 * * * *", 5), ("*/59 * * * *", 1), ("*/90 * * * *", 60),
    ("*/15 * * * *", 15), ("3,8,13 * * * *", 5),
  ])
  func `the gap is the smallest between listed minutes, around the hour`(text: String, gap: Int) throws {
    let spec = try CronSpec(text)
    #expect(spec.gap == gap)
    #expect(spec.isTooFrequent == (gap < 5))
  }
}

@Suite struct CronSpecFiringTests {
  @Test(arguments: [
    // 2026-11-29 is a Sunday.
    ("* * * * *", instant(2026, 11, 29, 10, 7), true), ("7 10 * * *", instant(2026, 11, 29, 10, 7), true),
    ("7 11 * * *", instant(2026, 11, 29, 10, 7), false), ("* * * * 0", instant(2026, 11, 29), true),
    ("* * * * 1", instant(2026, 11, 29), false), ("* * 29 * *", instant(2026, 11, 29), true),
    // Both day fields restricted: either will do.
    ("* * 13 * 5", instant(2026, 11, 27), true), ("* * 13 * 5", instant(2026, 10, 13), true),
    ("* * 13 * 5", instant(2026, 10, 14), false), ("* * 29 * 1", instant(2026, 11, 29), true),
    // A field that lists everything restricts nothing.
    ("* * 1-31 * 1", instant(2026, 11, 29), false), ("* * */1 * 1", instant(2026, 11, 30), true),
    ("* * 29 * 0-6", instant(2026, 11, 28), false), ("* * 29 * */1", instant(2026, 11, 29), true),
    ("* * * 11 *", instant(2026, 11, 29), true), ("* * * 10 *", instant(2026, 11, 29), false),
    ("0 0 29 2 *", instant(2028, 2, 29), true), ("0 0 * * 3", instant(1969, 12, 31), true),
  ])
  func `it fires in its minutes`(text: String, at: Timestamp, fires: Bool) throws {
    let spec = try CronSpec(text)
    #expect(spec.matches(at) == fires)
    // Seconds do not count.
    #expect(spec.matches(at + .milliseconds(59_999)) == fires)
  }

  @Test(arguments: [
    ("* * * * *", instant(2026, 11, 29, 10, 7), instant(2026, 11, 29, 10, 8)),
    ("*/15 * * * *", instant(2026, 11, 29, 23, 50), instant(2026, 11, 30)),
    ("0 0 * * *", instant(2026, 12, 31, 0, 0), instant(2027, 1, 1)),
    ("30 6 * * 1-5", instant(2026, 11, 27, 6, 30), instant(2026, 11, 30, 6, 30)),
    ("0 0 29 2 *", instant(2026, 1, 1), instant(2028, 2, 29)),
    ("0 0 29 2 *", instant(2096, 2, 29), instant(2104, 2, 29)),
    ("0 0 31 * *", instant(2026, 4, 1), instant(2026, 5, 31)),
    ("0 0 1 1 *", instant(2026, 1, 1), instant(2027, 1, 1)),
    ("0 12 13 * 5", instant(2026, 11, 1), instant(2026, 11, 6, 12, 0)),
    ("59 23 31 12 *", instant(2026, 12, 31, 23, 58), instant(2026, 12, 31, 23, 59)),
  ])
  func `the next time is found`(text: String, after: Timestamp, expected: Timestamp) throws {
    #expect(try CronSpec(text).next(after: after) == expected)
    #expect(try CronSpec(text).next(after: after + .milliseconds(30_000)) == expected)
  }

  @Test func `a day that never comes is never`() throws {
    #expect(try CronSpec("0 0 31 2 *").next(after: instant(2026, 1, 1)) == nil)
    #expect(try CronSpec("0 0 30 2,2 *").next(after: instant(2026, 1, 1)) == nil)
    #expect(try CronSpec("0 0 31 4,6,9,11 *").next(after: instant(2026, 1, 1)) == nil)
  }

  /// The search against the plain reading of the rule, minute by minute.
  @Test(arguments: ["*/7 3-5 * * *", "0 0,12 1,15 * 2", "5,35 */6 * 2,11 *", "13 4 * * 0"])
  func `next is the first minute that matches`(text: String) throws {
    let spec = try CronSpec(text)
    var current = instant(2026, 11, 28, 3, 59)
    for _ in 0..<20 {
      let next = try #require(spec.next(after: current))
      var minute = current + .seconds(60)
      while !spec.matches(minute) { minute = minute + .seconds(60) }
      #expect(minute == next)
      current = next
    }
  }
}
