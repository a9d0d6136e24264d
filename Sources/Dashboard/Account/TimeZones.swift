// The names of time zones that a reader can choose.

import Glibc

/// The zones of the system's database that people live in, and universal time.
enum TimeZones {
  /// Sorted; universal time alone where the system has no database. Read once: a file of 20 kilobytes.
  static let all: [String] = read("/usr/share/zoneinfo/zone.tab")

  /// The third column of `zone.tab`.
  static func read(_ path: String) -> [String] {
    guard let file = fopen(path, "re") else { return ["UTC"] }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 64 << 10)
    bytes.removeLast(bytes.count - fread(&bytes, 1, bytes.count, file))
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    let names = lines.filter { !$0.hasPrefix("#") }.compactMap { line in
      line.split(separator: "\t").dropFirst(2).first.map(String.init)
    }
    return ["UTC"] + Set(names).sorted()
  }
}
