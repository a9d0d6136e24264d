// The fuzz program: `fuzz <target> [libFuzzer options] [corpus …]`, or `fuzz --list`. Run it by Scripts/fuzz.

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

/// The target this process runs; written once, before libFuzzer calls anything else.
nonisolated(unsafe) private var chosen: FuzzTarget?

/// libFuzzer, which owns `main`, calls this first. The target's name is taken out of the arguments, and its limit
/// put in that place.
@_cdecl("LLVMFuzzerInitialize")
func initialize(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>
) -> CInt {
  let name = count.pointee > 1 ? arguments.pointee[1].map { String(cString: $0) } : nil
  guard let name, name != "--list" else {
    for target in fuzzTargets { print(target.name) }
    exit(0)
  }
  chosen = fuzzTargets.first { $0.name == name }
  guard let chosen else {
    print("no fuzz target of that name; --list shows them")
    exit(2)
  }
  // libFuzzer keeps pointers into its arguments: the copy is never freed.
  arguments.pointee[1] = strdup("-max_len=\(chosen.maximumLength)")
  return 0
}

/// libFuzzer calls this on the main thread, once per input.
@_cdecl("LLVMFuzzerTestOneInput")
func feed(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  let input = [UInt8](UnsafeBufferPointer(start: data, count: size))
  do {
    try chosen?.run(input)
  } catch {
    // A target handles the errors it expects; any other is a finding.
    fatalError("\(error)")
  }
  return 0
}
