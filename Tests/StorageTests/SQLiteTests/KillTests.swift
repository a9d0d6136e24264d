// kill -9 in a loop: no acknowledged write is lost.

import CSystem
import Glibc
import SQL
import SQLite
import TestKit
import Testing

@Suite(.serialized, .timeLimit(.minutes(3)))
struct KillTests {
  @Test(arguments: [true, false])
  func `a hundred kills lose nothing that was acknowledged`(isSealed: Bool) async throws {
    let bench = try Bench()
    let path = bench.folder.file("main.db")
    let hex = (0..<32).map { $0 < 16 ? "0\(String($0, radix: 16))" : String($0, radix: 16) }.joined()
    var random = SeededRandom(state: isSealed ? 1 : 2)
    var acknowledged: Set<Int> = []
    var next = 0
    for round in 0..<100 {
      var writer = try CrashWriter(["sqlite", path, isSealed ? hex : "-", String(next)])
      // Killed at a random acknowledgement: in the middle of whatever the writer's other tasks do then.
      let ids = try writer.acknowledgements(killingAfter: Int.random(in: 1...150, using: &random))
      #expect(!ids.isEmpty)
      acknowledged.formUnion(ids)
      next = (acknowledged.max() ?? 0) + 1_000

      let database = try await bench.open(isSealed: isSealed)
      var found: Set<Int> = []
      for row in try await database.rows("SELECT id FROM ack") { found.insert(try row.get(0)) }
      let problems = round % 10 == 9 ? try await database.integrityCheck() : []
      await database.close()
      #expect(acknowledged.isSubset(of: found), "round \(round)")
      #expect(problems == [], "round \(round)")
    }
  }
}

/// A `storage-crash-writer` process.
struct CrashWriter {
  private let process: pid_t
  private let output: CInt

  /// Starts it beside this test's own executable.
  init(_ arguments: [String]) throws {
    var buffer = [CChar](repeating: 0, count: 4_096)
    let count = readlink("/proc/self/exe", &buffer, buffer.count)
    let own = String(decoding: buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let path = String(own[..<(own.lastIndex(of: "/") ?? own.endIndex)]) + "/storage-crash-writer"
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
  mutating func acknowledgements(killingAfter count: Int) throws -> [Int] {
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
