// Spans of time as people type them.

import PlatformText
import Testing

@Suite struct HumanDurationTests {
  @Test(arguments: [
    ("7d", 604_800), ("1h30m", 5400), ("1h 30m", 5400), ("2mo", 5_184_000), ("1 week, 2 days", 777_600),
    ("1 hour and 5 minutes", 3900), ("1.5h", 5400), ("90S", 90), ("0s", 0), ("1y", 31_536_000),
  ])
  func `what people type is understood`(text: String, seconds: Int) {
    #expect(HumanDuration.parse(text) == .seconds(seconds))
  }

  @Test(arguments: [
    ("2 Wochen", 1_209_600), ("1 Tag und 6 Stunden", 108_000), ("3 Monate", 7_776_000), ("90 Sek", 90),
    ("2 semanas", 1_209_600), ("1 día y 6 horas", 108_000), ("2 años", 63_072_000), ("5 minutos", 300),
    ("1 mes", 2_592_000), ("1y 2d", 31_708_800), ("1 y y 2 d", 31_708_800),
  ])
  func `German and Spanish words are understood, too`(text: String, seconds: Int) {
    #expect(HumanDuration.parse(text) == .seconds(seconds))
  }

  @Test(arguments: [
    "", " ", "5m y", "5m und", "1 dia siete horas", "7", "d", "-5m", "5 parsecs", "1h30", "1.2345h",
    "1000000000s", "101y", "5m and", "1..5h", "７d",
  ])
  func `what is no span is refused`(text: String) {
    #expect(HumanDuration.parse(text) == nil)
  }

  @Test func `a bare number counts the unit that was asked for`() {
    #expect(HumanDuration.parse("10", bareUnit: .seconds(60)) == .seconds(600))
  }

  @Test func `what is written can be read back`() {
    for seconds in [0, 1, 59, 60, 3601, 86_400, 604_800, 31_536_001, 123_456_789] {
      let span = Duration.seconds(seconds)
      #expect(HumanDuration.parse(HumanDuration.format(span)) == span)
    }
    #expect(HumanDuration.format(.seconds(9 * 86_400)) == "1w2d")
  }
}
