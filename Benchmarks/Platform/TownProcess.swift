// A town in a process of its own, so that what it costs is not the contender's.

import Glibc
import TestKit

/// A town on all cores but the last, which is the contender's alone. It does what it is told, line by line.
struct TownProcess: Sendable {
  let invitation: TownInvitation
  /// The core for the contender.
  let freeCore: Int
  private let process: ChildProcess

  /// Starts a town of a kind: the first word of one of this program's processes.
  static func start(_ kind: String) async throws -> TownProcess {
    let cores = Int(sysconf(CInt(_SC_NPROCESSORS_ONLN)))
    guard cores > 1 else { throw TestKitError("a core for the bot alone needs another one") }
    let process = try await ChildProcess.start(
      ["taskset", "-c", "0-\(cores - 2)", "/proc/\(getpid())/exe", kind])
    guard let line = await process.nextLine() else {
      process.kill()
      throw TestKitError("the town did not start")
    }
    return TownProcess(invitation: try TownInvitation(line: line), freeCore: cores - 1, process: process)
  }

  /// Tells the town what to do, and returns what it says of it.
  func ask(_ order: String, within timeout: Duration) async throws -> String {
    process.write("\(order)\n")
    guard let line = await process.nextLine(timeout: timeout) else {
      throw TestKitError("the town gave no answer to \(order)")
    }
    return line
  }

  func end() { process.kill() }
}

/// In a town: tells the process that started it, at once.
func put(_ line: String) {
  let bytes = Array("\(line)\n".utf8)
  _ = write(1, bytes, bytes.count)
}
