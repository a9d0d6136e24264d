// What processes of this machine use, as the kernel tells it.

import Foundation
import Glibc

/// A look at all processes.
struct Processes: Sendable {
  private let ids: Set<pid_t>

  /// Those that run now.
  static var now: Processes {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return Processes(ids: Set(names.compactMap { pid_t($0) }))
  }

  func subtracting(_ others: Processes) -> Processes { Processes(ids: ids.subtracting(others.ids)) }

  func filter(_ isWanted: (_ name: String, _ arguments: String) -> Bool) -> Processes {
    Processes(ids: ids.filter { isWanted(Self.text($0, "comm"), Self.text($0, "cmdline")) })
  }

  var count: Int { ids.count }

  func kill() { for id in ids { Glibc.kill(id, SIGKILL) } }

  /// Bytes of memory: what processes share is counted once, in parts.
  var memory: Int {
    ids.reduce(0) { sum, id in
      let line = Self.text(id, "smaps_rollup").split(separator: "\n").first { $0.hasPrefix("Pss:") }
      let size = line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
      return sum + size << 10
    }
  }

  /// Seconds of processor time that they have had, in user mode and in the kernel.
  var processorSeconds: Double {
    ids.reduce(0) { sum, id in
      // The name stands in brackets and may hold anything.
      let fields = Self.text(id, "stat").split(separator: ")").last?.split(separator: " ") ?? []
      guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else {
        return sum
      }
      return sum + (user + system) / Double(sysconf(CInt(_SC_CLK_TCK)))
    }
  }

  private static func text(_ id: pid_t, _ file: String) -> String {
    guard let content = FileManager.default.contents(atPath: "/proc/\(id)/\(file)") else { return "" }
    return String(decoding: content, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
