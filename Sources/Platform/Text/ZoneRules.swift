// What the clocks of a time zone show: the zone files of the system (RFC 9636), read without Foundation.

package import EventLoop
import Glibc

/// A time zone, as the system's database has it.
package struct ZoneRules: Sendable, Hashable {
  /// The name in the IANA database, such as `Europe/Berlin`.
  package let name: String
  /// When the offset changes, in seconds since 1970, ascending, each with the offset that holds from then on.
  private let transitions: [(Int64, Int32)]
  /// Before the first transition.
  private let firstOffset: Int32
  /// After the last one.
  private let footer: ZoneFooter?

  package static func == (left: Self, right: Self) -> Bool { left.name == right.name }
  package func hash(into hasher: inout Hasher) { hasher.combine(name) }

  /// Universal time.
  package static let utc = ZoneRules(name: "UTC", transitions: [], firstOffset: 0, footer: nil)

  private init(name: String, transitions: [(Int64, Int32)], firstOffset: Int32, footer: ZoneFooter?) {
    (self.name, self.transitions) = (name, transitions)
    (self.firstOffset, self.footer) = (firstOffset, footer)
  }

  /// The zone of that name; nil when the database has none. Reads a file of a few kilobytes: keep the value.
  ///
  /// - Parameters:
  ///   - name: may come from a person: only names of zones are looked up, no other paths.
  ///   - folder: where the database lies.
  package init?(named name: String, in folder: String = "/usr/share/zoneinfo") {
    guard name.utf8.count <= 64,
      name.split(separator: "/", omittingEmptySubsequences: false).allSatisfy(Self.isPart),
      let bytes = Self.read("\(folder)/\(name)"), let file = ZoneFile(bytes)
    else { return nil }
    self.init(
      name: name, transitions: file.transitions, firstOffset: file.firstOffset,
      footer: ZoneFooter(file.footer))
  }

  /// A capital letter, then letters, digits, `_`, `+` and `-`.
  private static func isPart(_ part: Substring) -> Bool {
    guard let first = part.first, first.isASCII, first.isUppercase else { return false }
    return part.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_+-".contains($0)) }
  }

  private static func read(_ path: String) -> [UInt8]? {
    guard let file = fopen(path, "re") else { return nil }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 64 << 10)
    bytes.removeLast(bytes.count - fread(&bytes, 1, bytes.count, file))
    return bytes
  }

  /// Seconds to add to universal time.
  package func offset(at instant: Timestamp) -> Int {
    let seconds = instant.milliseconds.dividedDown(by: 1000)
    guard let last = transitions.last else {
      return footer?.offset(at: seconds) ?? Int(firstOffset)
    }
    if seconds >= last.0 { return footer?.offset(at: seconds) ?? Int(last.1) }
    var (low, high) = (0, transitions.count)
    while low < high {
      let middle = (low + high) / 2
      if transitions[middle].0 <= seconds { low = middle + 1 } else { high = middle }
    }
    return Int(low == 0 ? firstOffset : transitions[low - 1].1)
  }

  /// The instant at which the zone's clocks show that date and time. One that is skipped is taken as if the clocks had
  /// not been moved yet; of one that comes twice, the first. `local` counts seconds since 1970-01-01 00:00 on the zone's
  /// clocks.
  package func instant(local: Int64) -> Timestamp {
    // Offsets differ by less than a day from one side of a change to the other.
    let before = Int64(offset(at: Timestamp(milliseconds: (local - 86_400) * 1000)))
    let after = Int64(offset(at: Timestamp(milliseconds: (local + 86_400) * 1000)))
    for candidate in [before, after] {
      let instant = Timestamp(milliseconds: (local - candidate) * 1000)
      if Int64(offset(at: instant)) == candidate { return instant }
    }
    return Timestamp(milliseconds: (local - before) * 1000)
  }
}

extension Int64 {
  /// Division that rounds down, also for what is negative.
  package func dividedDown(by divisor: Int64) -> Int64 {
    self >= 0 ? self / divisor : -((-self + divisor - 1) / divisor)
  }
}

/// The 64-bit part of a zone file (RFC 9636, section 3).
private struct ZoneFile {
  var transitions: [(Int64, Int32)] = []
  var firstOffset: Int32 = 0
  var footer = ""

  /// nil for what is no zone file, or is cut short.
  init?(_ bytes: [UInt8]) {
    guard let first = Header(bytes, at: 0), first.version >= UInt8(ascii: "2"),
      let header = Header(bytes, at: first.end(timeSize: 4))
    else { return nil }
    let times = header.start
    let types = times + header.timeCount * 8
    let infos = types + header.timeCount
    let end = header.end(timeSize: 8)
    guard end < bytes.count, header.typeCount > 0 else { return nil }
    func offset(_ type: Int) -> Int32 {
      Int32(truncatingIfNeeded: Self.number(bytes, infos + min(type, header.typeCount - 1) * 6, 4))
    }
    firstOffset = offset(0)
    transitions = (0..<header.timeCount).map { index in
      (Self.number(bytes, times + index * 8, 8), offset(Int(bytes[types + index])))
    }
    // A line feed, the rule, a line feed.
    footer = String(decoding: bytes[(end + 1)...].prefix { $0 != 10 }, as: UTF8.self)
  }

  private static func number(_ bytes: [UInt8], _ start: Int, _ size: Int) -> Int64 {
    let raw = bytes[start..<(start + size)].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return size == 4 ? Int64(Int32(truncatingIfNeeded: raw)) : Int64(bitPattern: raw)
  }

  private struct Header {
    let version: UInt8
    let start: Int
    private let counts: [Int]
    var timeCount: Int { counts[3] }
    var typeCount: Int { counts[4] }

    init?(_ bytes: [UInt8], at offset: Int) {
      guard offset >= 0, bytes.count >= offset + 44,
        bytes[offset..<(offset + 4)].elementsEqual([0x54, 0x5A, 0x69, 0x66])  // "TZif"
      else { return nil }
      version = bytes[offset + 4]
      counts = (0..<6).map { Int(ZoneFile.number(bytes, offset + 20 + $0 * 4, 4)) }
      start = offset + 44
      guard counts.allSatisfy({ (0...65_536).contains($0) }), end(timeSize: 4) <= bytes.count else {
        return nil
      }
    }

    func end(timeSize: Int) -> Int {
      start + counts[3] * (timeSize + 1) + counts[4] * 6 + counts[5] + counts[2] * (timeSize + 4) + counts[1]
        + counts[0]
    }
  }
}
