// Instants, written in UTC by the calendar's own arithmetic.

import HTML
import Testing

@Suite struct `Instants` {
  @Test(
    arguments: [
      (0, "1970-01-01T00:00:00Z"), (-1, "1969-12-31T23:59:59Z"), (951_782_399, "2000-02-28T23:59:59Z"),
      (951_782_400, "2000-02-29T00:00:00Z"), (4_107_542_400, "2100-03-01T00:00:00Z"),
      (1_795_248_125, "2026-11-21T08:02:05Z"), (.min, "0000-01-01T00:00:00Z"), (.max, "9999-12-31T23:59:59Z"),
    ] as [(Int64, String)]) func `are written by the calendar`(_ seconds: Int64, _ text: String)
  {
    #expect(rendered(TimeText(secondsSince1970: seconds)).contains("datetime=\"\(text)\""))
  }

  @Test(
    arguments: [
      (.date, "2026-11-21"), (.time, "08:02 UTC"), (.dateTime, "2026-11-21 08:02 UTC"),
      (.relative, "2026-11-21 08:02 UTC"),
    ] as [(TimeText.Form, String)]) func `can be read without scripts`(_ form: TimeText.Form, _ text: String)
  {
    #expect(rendered(TimeText(secondsSince1970: 1_795_248_125, form)).hasSuffix(">\(text)</time>"))
  }
}
