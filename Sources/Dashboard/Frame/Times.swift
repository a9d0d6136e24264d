// Instants of the platform as the design system shows them.

import EventLoop
import HTML
import PlatformText

extension TimeText {
  /// An instant of the platform.
  init(_ instant: Timestamp, _ form: Form = .dateTime) {
    self.init(secondsSince1970: instant.milliseconds.dividedDown(by: 1_000), form)
  }
}

/// Numbers as pages write them.
enum Figures {
  /// A share from 0 to 1 in per cent with two digits behind the point, rounded down: what is not whole does not look so.
  static func percent(_ share: Double) -> String {
    guard share.isFinite else { return "–" }
    let hundredths = Int((min(max(share, 0), 1) * 10_000).rounded(.down))
    if hundredths == 10_000 { return "100 %" }
    let rest = hundredths % 100
    return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest) %"
  }

  /// Bytes in the largest unit that leaves a number above one, with a digit behind the point below ten.
  static func bytes(_ count: Int64) -> String {
    var (value, unit) = (Double(max(count, 0)), 0)
    let units = ["B", "KiB", "MiB", "GiB", "TiB"]
    while value >= 1_024, unit < units.count - 1 { (value, unit) = (value / 1_024, unit + 1) }
    return "\(decimal(value)) \(units[unit])"
  }

  /// A number with a digit behind the point below ten, and none from there on.
  static func decimal(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return "–" }
    if value >= 10 || value == value.rounded() { return grouped(Int64(value.rounded())) }
    let tenths = Int64((value * 10).rounded())
    return "\(tenths / 10).\(abs(tenths % 10))"
  }

  /// A whole number with thin spaces between thousands.
  static func grouped(_ value: Int64) -> String {
    let digits = Array(String(value.magnitude))
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text += "\u{202F}" }
      text.append(digit)
    }
    return value < 0 ? "-\(text)" : text
  }
}
