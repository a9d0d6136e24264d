// A process that writes until it is killed, and says what was acknowledged.

import CSystem
import Glibc

/// A `storage-crash-writer` process.
package struct CrashWriter {
  private let process: pid_t
  private let output: CInt

  /// Starts it beside this test's own executable.
  package init(_ arguments: [String]) throws {
    let path = besideThisTest("storage-crash-writer")
    var ends: [CInt] = [-1, -1]
    guard pipe(&ends) == 0 else { throw TestKitError("pipe failed") }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
    defer { posix_spawn_file_actions_destroy(&actions) }
    var process = pid_t()
    var words: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    let code = posix_spawn(&process, path, &actions, nil, &words, environ)
    close(ends[1])
    guard code == 0 else {
      close(ends[0])
      throw TestKitError("cannot start \(path) (\(code))")
    }
    self.process = process
    output = ends[0]
  }

  /// Reads ids until there are `count`, kills the process, and returns all it acknowledged.
  package mutating func acknowledgements(killingAfter count: Int) throws -> [Int] {
    defer { close(output) }
    var text: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4_096)
    var lines = 0
    var isKilled = false
    while true {
      let count = lines >= count && !isKilled ? -1 : read(output, &buffer, buffer.count)
      if count == -1 {
        kill(process, SIGKILL)
        isKilled = true
        continue
      }
      guard count > 0 else { break }
      text += buffer[..<count]
      lines += buffer[..<count].count { $0 == UInt8(ascii: "\n") }
    }
    var status: CInt = 0
    waitpid(process, &status, 0)
    guard isKilled else { throw TestKitError("the writer ended by itself (status \(status))") }
    return text.split(separator: UInt8(ascii: "\n")).compactMap { Int(String(decoding: $0, as: UTF8.self)) }
  }
}
