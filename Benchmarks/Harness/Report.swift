// Running suites and reporting them: a table for people, JSON for machines, an exit code for scripts.

import CSystem
import Glibc

/// Runs what the command line asks for and ends the process: 0 when every goal holds, 1 when one does not, 2 when
/// the arguments were not understood.
///
///     guildhall-bench [SUITE | PART OF A NAME] [--json FILE]
package func runBenchmarks(_ arguments: [String], suites: [String: [Benchmark]]) async -> Never {
  var rest = arguments.dropFirst()
  var names: [String] = []
  var file: String?
  while let argument = rest.popFirst() {
    if argument == "--json" {
      guard let path = rest.popFirst() else { stop("--json takes the name of a file", 2) }
      file = path
    } else {
      names.append(argument)
    }
  }
  let wanted = names.isEmpty ? suites.keys.sorted() : names
  var rows: [BenchmarkRow] = []
  var hasFailed = false
  put(header)
  for name in wanted {
    let chosen = suites[name] ?? suites.values.flatMap { $0 }.filter { $0.name.contains(name) }
    guard !chosen.isEmpty else {
      let known = suites.sorted { $0.key < $1.key }.map {
        "\($0.key) (\($0.value.map(\.name).joined(separator: ", ")))"
      }
      stop("there is no benchmark '\(name)'; there are: \(known.joined(separator: "; "))", 2)
    }
    for benchmark in chosen {
      do {
        let measured = try await benchmark.run()
        for row in measured { put(row.line) }
        rows += measured
      } catch {
        hasFailed = true
        put("failed   \(benchmark.name): \(error)")
      }
    }
  }
  if let file { save(rows, to: file) }
  exit(hasFailed || rows.contains { !$0.holds } ? 1 : 0)
}

private let header = "holds  ratio      goal       ours            peer            unit        what"

extension BenchmarkRow {
  /// The row as the table shows it.
  fileprivate var line: String {
    [
      (holds ? "yes" : "NO").padded(6), short(ratio).padded(10), goalText.padded(10), short(ours).padded(15),
      short(peerValue).padded(15), unit.padded(11), "\(name) (\(peer))",
    ].joined(separator: " ")
  }

  private var goalText: String {
    switch goal {
    case .atLeast(let bound): "≥ \(short(bound))"
    case .atMost(let bound): "≤ \(short(bound))"
    }
  }

  fileprivate var json: String {
    let goal =
      switch goal {
      case .atLeast(let bound): ">= \(bound)"
      case .atMost(let bound): "<= \(bound)"
      }
    return """
        {"name": \(quoted(name)), "unit": \(quoted(unit)), "ours": \(number(ours)), "peer": \(quoted(peer)), \
      "peerValue": \(number(peerValue)), "ratio": \(number(ratio)), "goal": \(quoted(goal)), "holds": \(holds)}
      """
  }
}

/// Three significant figures or so: enough to compare, not more than was measured.
private func short(_ value: Double) -> String {
  guard value.isFinite else { return "–" }
  if value.magnitude >= 100 || value == value.rounded() && value.magnitude < 1e9 {
    return "\(Int(value.rounded()))"
  }
  return "\((value * 100).rounded() / 100)"
}

private func number(_ value: Double) -> String { value.isFinite ? "\(value)" : "null" }

private func quoted(_ text: String) -> String {
  var quoted = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"", "\\": quoted += "\\\(scalar)"
    case "\u{0}"..<" ": quoted += " "
    default: quoted.unicodeScalars.append(scalar)
    }
  }
  return quoted + "\""
}

extension String {
  fileprivate func padded(_ width: Int) -> String {
    count >= width ? self : self + String(repeating: " ", count: width - count)
  }
}

private func put(_ line: String) {
  let bytes = Array("\(line)\n".utf8)
  _ = write(1, bytes, bytes.count)
}

private func stop(_ why: String, _ code: CInt) -> Never {
  let bytes = Array("guildhall-bench: \(why)\n".utf8)
  _ = write(2, bytes, bytes.count)
  exit(code)
}

private func save(_ rows: [BenchmarkRow], to path: String) {
  let text = Array("[\n\(rows.map(\.json).joined(separator: ",\n"))\n]\n".utf8)
  let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
  guard descriptor >= 0, write(descriptor, text, text.count) == text.count else {
    stop("cannot write \(path)", 2)
  }
  close(descriptor)
}
