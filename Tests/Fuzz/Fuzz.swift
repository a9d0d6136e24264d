// The fuzz program: `fuzz <target> [libFuzzer options] [corpus …]`, or `fuzz --list`. Run it by Scripts/fuzz.

import CLibFuzzer
import Glibc

/// One thing that takes bytes from outside.
struct FuzzTarget: Sendable {
  /// Its name on the command line, and its folder in `Corpus/`.
  let name: String
  /// Bytes of the longest input.
  let maximumLength: Int
  /// Feeds one input. Anything that ends the process is a finding: a trap, `require`, a sanitizer's report.
  let run: @Sendable ([UInt8]) throws -> Void
}

/// Ends the process if `condition` does not hold: that is how a target reports a finding.
func require(_ condition: Bool, _ message: StaticString, file: StaticString = #fileID, line: UInt = #line) {
  guard !condition else { return }
  fatalError("\(message)", file: file, line: line)
}

/// The target this process runs; written once in `main`, before libFuzzer calls anything.
nonisolated(unsafe) private var chosen: FuzzTarget?

/// libFuzzer calls this from the main thread, once per input.
private func feed(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  let input = [UInt8](UnsafeBufferPointer(start: data, count: size))
  do {
    try chosen?.run(input)
  } catch {
    // A target handles the errors it expects; any other is a finding.
    fatalError("\(error)")
  }
  return 0
}

@main
struct Fuzz {
  static func main() {
    let arguments = CommandLine.arguments
    guard arguments.count > 1, arguments[1] != "--list" else {
      for target in fuzzTargets { print(target.name) }
      return
    }
    chosen = fuzzTargets.first { $0.name == arguments[1] }
    guard let chosen else {
      print("no fuzz target of that name; --list shows them")
      exit(2)
    }
    // libFuzzer keeps pointers into its arguments, so they live as long as the process.
    let options = [arguments[0], "-max_len=\(chosen.maximumLength)"] + arguments.dropFirst(2)
    var count = CInt(options.count)
    let words = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: options.count + 1)
    for (index, option) in options.enumerated() { words[index] = strdup(option) }
    words[options.count] = nil
    var start: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = words
    exit(LLVMFuzzerRunDriver(&count, &start, feed))
  }
}
