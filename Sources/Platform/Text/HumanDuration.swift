// Spans of time as people type them: "7d", "1h30m", "2 weeks", "2 Wochen", "90".

/// Reading and writing spans of time.
package enum HumanDuration {
  /// What a span is made of, in English, German and Spanish: no word means two things. A month is 30 days and a year 365:
  /// a span has no calendar.
  private static let units: [(names: [String], seconds: Int64)] = [
    (["y", "yr", "yrs", "year", "years", "jahr", "jahre", "jahren", "año", "años"], 365 * 86_400),
    (
      ["mo", "mon", "month", "months", "monat", "monate", "monaten", "mes", "meses"],
      30 * 86_400
    ),
    (["w", "wk", "wks", "week", "weeks", "woche", "wochen", "semana", "semanas"], 7 * 86_400),
    (["d", "day", "days", "tag", "tage", "tagen", "día", "días", "dia", "dias"], 86_400),
    (["h", "hr", "hrs", "hour", "hours", "std", "stunde", "stunden", "hora", "horas"], 3600),
    (["m", "min", "mins", "minute", "minutes", "minuten", "minuto", "minutos"], 60),
    (
      ["s", "sec", "secs", "second", "seconds", "sek", "sekunde", "sekunden", "seg", "segundo", "segundos"],
      1
    ),
  ]

  /// What may stand between two parts. After it comes a number, so the Spanish "y" is never taken for a year.
  private static let joints = ["and ", "und ", "y "]

  /// The longest span that is read: a hundred years.
  package static let longest = Duration.seconds(100 * 365 * 86_400)

  /// Reads a span: numbers (with a decimal point if need be) and units, with or without spaces, "and" and commas.
  ///
  /// English, German and Spanish words are read wherever, because people mix them: the guild's language does not matter.
  ///
  /// - Parameters:
  ///   - text: what a person typed; case does not matter.
  ///   - bareUnit: what a number alone counts; nil refuses it.
  /// - Returns: the span to the second; nil for anything that is no span, negative, or longer than `longest`.
  package static func parse(_ text: some StringProtocol, bareUnit: Duration? = nil) -> Duration? {
    var rest = Substring(text.lowercased())
    var total = 0.0
    var isEmpty = true
    while skipFiller(&rest) {
      guard let amount = number(&rest) else { return nil }
      while rest.first == " " { rest.removeFirst() }
      let name = rest.prefix { $0.isLetter }
      rest.removeFirst(name.count)
      if name.isEmpty {
        guard isEmpty, rest.isEmpty, let bareUnit else { return nil }
        total = amount * Double(bareUnit.components.seconds)
      } else {
        guard let unit = units.first(where: { $0.names.contains(String(name)) }) else { return nil }
        total += amount * Double(unit.seconds)
      }
      isEmpty = false
    }
    guard !isEmpty, total.rounded() <= Double(longest.components.seconds) else { return nil }
    return .seconds(Int64(total.rounded()))
  }

  /// Drops what stands between two parts; false at the end.
  private static func skipFiller(_ rest: inout Substring) -> Bool {
    rest = rest.drop { $0 == " " || $0 == "," }
    if let joint = joints.first(where: { rest.hasPrefix($0) }) {
      rest = rest.dropFirst(joint.count).drop { $0 == " " }
    }
    return !rest.isEmpty
  }

  /// Takes a number from the front: at most nine digits before and three after the point.
  private static func number(_ rest: inout Substring) -> Double? {
    let whole = rest.prefix { $0.isASCII && $0.isNumber }
    guard (1...9).contains(whole.count) else { return nil }
    rest.removeFirst(whole.count)
    var text = String(whole)
    if rest.first == ".", let digit = rest.dropFirst().first, digit.isASCII, digit.isNumber {
      let fraction = rest.dropFirst().prefix { $0.isASCII && $0.isNumber }
      guard fraction.count <= 3 else { return nil }
      rest.removeFirst(fraction.count + 1)
      text += ".\(fraction)"
    }
    return Double(text)
  }

  /// The shortest way to type the span, to the second: "1w2d", "0s". `parse` reads it back, and it is the same in every
  /// language: what people are shown is what they may type.
  package static func format(_ span: Duration) -> String {
    var seconds = max(0, span.components.seconds)
    if seconds == 0 { return "0s" }
    var text = ""
    for unit in units where unit.names[0] != "mo" && unit.names[0] != "y" {
      text += seconds >= unit.seconds ? "\(seconds / unit.seconds)\(unit.names[0])" : ""
      seconds %= unit.seconds
    }
    return text
  }
}
