// The operator's list of frauds: what comes with the program, or a file in its place, read again every day.

import Glibc
import Synchronization
import Telemetry
import Threads

/// The list that all servers share. Before `use` it is the one that comes with the program.
package final class OperatorScamList: Sendable {
  /// Of this process. Its file is named once, at start.
  package static let shared = OperatorScamList()

  /// More than this is no list: 16 MB are half a million domains.
  private static let maximumSize = 16 << 20

  private struct State {
    var path: String?
    var stamp: Stamp?
    var number = 0
    var list = ScamList.bundled
  }

  /// What tells a changed file.
  private struct Stamp: Equatable {
    let seconds: Int
    let nanoseconds: Int
    let size: Int
  }

  private let state = Mutex(State())
  private let threads = WorkerThreads(limit: 1, maximumWaiting: 64)
  private let log = Log(room: "automod")

  package init() {}

  /// The list, and a number that changes with it.
  var current: (number: Int, list: ScamList) { state.withLock { ($0.number, $0.list) } }

  /// Has the list come from that file, whenever it exists: `scams.txt` of the data folder.
  package func use(_ path: String) async {
    state.withLock { ($0.path, $0.stamp) = (path, nil) }
    await refresh()
  }

  /// Reads the file again if it has changed. What cannot be read leaves the list as it is.
  package func refresh() async {
    let (path, known) = state.withLock { ($0.path, $0.stamp) }
    guard let path else { return }
    do {
      let found = try await threads.run { () -> (Stamp, [UInt8])? in
        guard let stamp = Self.stamp(path), stamp != known else { return nil }
        guard stamp.size <= Self.maximumSize, let bytes = Self.read(path, stamp.size) else {
          throw Unreadable()
        }
        return (stamp, bytes)
      }
      guard let (stamp, bytes) = found else { return }
      var unread = 0
      var list = ScamList(parsing: String(decoding: bytes, as: UTF8.self), unreadLines: &unread)
      // A list of domains alone still needs to know what they imitate.
      if list.genuine.isEmpty { list.genuine = ScamList.bundled.genuine }
      if list.lures.isEmpty { list.lures = ScamList.bundled.lures }
      state.withLock { state in
        state.number += 1
        (state.stamp, state.list) = (stamp, list)
      }
      log.info(
        "the list of frauds was read",
        ["domains": .integer(Int64(list.domains.count)), "unread": .integer(Int64(unread))])
    } catch {
      log.warning("the list of frauds cannot be read", ["path": .string(path)])
    }
  }

  private struct Unreadable: Error {}

  private static func stamp(_ path: String) -> Stamp? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    return Stamp(
      seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec, size: Int(status.st_size))
  }

  private static func read(_ path: String, _ size: Int) -> [UInt8]? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: size)
    var count = 0
    while count < size {
      let read = bytes.withUnsafeMutableBytes { buffer in
        Glibc.read(file, buffer.baseAddress.map { $0 + count }, size - count)
      }
      if read < 0 { return nil }
      if read == 0 { break }
      count += read
    }
    return Array(bytes.prefix(count))
  }
}
