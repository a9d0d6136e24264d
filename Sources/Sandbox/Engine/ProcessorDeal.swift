// Which processor a worker runs on.

import HTTPTypes
import JSON

/// Deals the machine's processors out to workers, one after the other: one that computes without end is in the way on one of
/// them, and not on all.
actor ProcessorDeal {
  /// nil until the engine was asked.
  private var processors: [Int]?
  private var dealt = 0

  /// The next worker's processor, as engines name it; nil where there is one only, or the engine keeps nobody to it.
  func next(of client: EngineClient) async -> String? {
    if processors == nil {
      // An engine that does not say it is not asked for it; the worker is started all the same.
      let info = try? EngineClient.json(await client.call(.get, "/info", timeout: .seconds(10)))
      let allowed = info?["CPUSet"]?.bool == true ? await Self.allowed() : []
      processors = processors ?? allowed
    }
    guard let processors, processors.count > 1 else { return nil }
    dealt += 1
    return "\(processors[dealt % processors.count])"
  }

  /// The engine refused one of them: nobody is kept to any from now on.
  func stop() { processors = [] }

  /// Those that this process may use.
  private static func allowed() async -> [Int] {
    guard let status = try? await LocalFiles.read("/proc/self/status", limit: 64 << 10) else { return [] }
    let line = String(decoding: status, as: UTF8.self).split(separator: "\n").first {
      $0.hasPrefix("Cpus_allowed_list:")
    }
    return list(line?.split(whereSeparator: \.isWhitespace).last ?? "")
  }

  /// `0-2,5` as numbers (cpuset(7), list format).
  static func list(_ text: Substring) -> [Int] {
    text.split(separator: ",").flatMap { part -> [Int] in
      let ends = part.split(separator: "-").compactMap { Int($0) }
      guard let first = ends.first, let last = ends.last, first <= last, last < 4_096 else { return [] }
      return Array(first...last)
    }
  }
}
