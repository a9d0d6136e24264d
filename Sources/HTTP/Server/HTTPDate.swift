// Dates of header fields (RFC 9110 section 5.6.7), in whole seconds since 1970.

internal import EventLoop

/// Writing and reading `Sun, 06 Nov 1994 08:49:37 GMT`.
package enum HTTPDate {
  private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// The date as IMF-fixdate. `seconds` of the years 1970 to 9999.
  package static func format(_ seconds: Int64) -> String {
    let day = seconds / 86_400
    let second = seconds % 86_400
    let date = CivilDate(daysSince1970: Int(day))
    let time = "\(two(second / 3_600)):\(two(second / 60 % 60)):\(two(second % 60))"
    return "\(days[Int(day % 7)]), \(two(Int64(date.day))) \(months[date.month - 1]) \(date.year) \(time) GMT"
  }

  /// The moment an IMF-fixdate names; nil for anything else. The two obsolete forms are not read: a condition
  /// that is not understood is ignored, and the whole answer sent.
  package static func parse(_ text: String) -> Int64? {
    let bytes = Array(text.utf8)
    guard bytes.count == 29, bytes[3] == UInt8(ascii: ","), bytes[25...] == Array(" GMT".utf8)[...],
      let day = number(bytes[5..<7]), let year = number(bytes[12..<16]), let hour = number(bytes[17..<19]),
      let minute = number(bytes[20..<22]), let second = number(bytes[23..<25]),
      let month = months.firstIndex(of: String(decoding: bytes[8..<11], as: UTF8.self)),
      (1...31).contains(day), hour < 24, minute < 60, second <= 60, year >= 1970
    else { return nil }
    let date = CivilDate(year: Int(year), month: month + 1, day: Int(day))
    return Int64(date.daysSince1970) * 86_400 + hour * 3_600 + minute * 60 + second
  }

  private static func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }

  private static func number(_ digits: ArraySlice<UInt8>) -> Int64? {
    var value: Int64 = 0
    for byte in digits {
      guard byte &- 0x30 < 10 else { return nil }
      value = value * 10 + Int64(byte - 0x30)
    }
    return value
  }
}
