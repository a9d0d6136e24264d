// Time zones against another reader of the same database, and points in time as people type them.

import EventLoop
import PlatformText
import TestKit
import Testing

@Suite struct ZoneTests {
  @Test(.timeLimit(.minutes(1)))
  func `offsets agree with Python's at random instants of 130 years`() async throws {
    let python = try await ChildProcess.start([
      testPython, "Tests/PlatformTests/TextTests/Fixtures/zone_offsets.py",
    ])
    let output = await python.remainingOutput()
    var zones: [String: ZoneRules] = [:]
    var lines = 0
    for line in output.split(separator: "\n") {
      let parts = line.split(separator: " ")
      try #require(parts.count == 3)
      let name = String(parts[0])
      let zone = try #require(zones[name] ?? ZoneRules(named: name))
      zones[name] = zone
      let seconds = try #require(Int64(parts[1]))
      let offset = zone.offset(at: Timestamp(milliseconds: seconds * 1000))
      #expect(offset == Int(parts[2]), "\(line)")
      lines += 1
    }
    #expect(lines == 9600)
  }

  @Test(arguments: ["", "../../etc/passwd", "europe/berlin", "Europe/Nowhere", "Europe", "/Europe/Berlin"])
  func `what is no zone is none`(name: String) {
    #expect(ZoneRules(named: name) == nil)
  }

  @Test func `a time that is skipped or comes twice has one instant`() throws {
    let berlin = try #require(ZoneRules(named: "Europe/Berlin"))
    // 2026-03-29 02:30 does not exist, 2026-10-25 02:30 comes twice.
    let skipped = berlin.instant(
      local: Int64(CivilDate(year: 2026, month: 3, day: 29).daysSince1970) * 86_400 + 9000)
    #expect(skipped.description.hasPrefix("2026-03-29T01:30"))
    let twice = berlin.instant(
      local: Int64(CivilDate(year: 2026, month: 10, day: 25).daysSince1970) * 86_400 + 9000)
    #expect(twice.description.hasPrefix("2026-10-25T00:30"))
  }
}

@Suite struct HumanInstantTests {
  /// Saturday, 2026-11-21 14:00 in Berlin.
  private let now = Timestamp(milliseconds: 1_795_266_000_000)

  @Test(arguments: [
    ("tomorrow 18:00", "2026-11-22T17:00"), ("in 2 hours", "2026-11-21T15:00"), ("7d", "2026-11-28T13:00"),
    ("18:00", "2026-11-21T17:00"), ("9am", "2026-11-22T08:00"), ("12am", "2026-11-21T23:00"),
    ("friday 9:30pm", "2026-11-27T20:30"), ("saturday", "2026-11-27T23:00"),
    ("2026-12-24 20:15", "2026-12-24T19:15"),
    ("2027-07-01T12:00", "2027-07-01T10:00"), ("24.12. 20:15", "2026-12-24T19:15"),
    ("1.1.", "2026-12-31T23:00"),
    ("24.12.2027", "2027-12-23T23:00"), ("<t:1700000000:R>", "2023-11-14T22:13"),
    ("noon", "2026-11-22T11:00"),
    ("tomorrow at noon", "2026-11-22T11:00"),
  ])
  func `what people type is understood in their zone`(text: String, expected: String) throws {
    let berlin = try #require(ZoneRules(named: "Europe/Berlin"))
    let instant = try #require(HumanInstant.parse(text, now: now, zone: berlin))
    #expect(instant.description.hasPrefix(expected), "\(instant)")
  }

  @Test(arguments: [
    "", "soon", "25:00", "18:60", "13pm", "2026-02-30", "31.4.", "tomorrow evening", "-5", "<t:x>", "18",
    "1.2",
  ])
  func `what is no point in time is refused`(text: String) {
    #expect(HumanInstant.parse(text, now: now) == nil)
  }
}
