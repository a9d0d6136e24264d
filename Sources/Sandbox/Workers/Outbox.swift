// What is on its way to a worker: lines in their order, and no more of them than a process that reads would let wait.

import SandboxContract
import Synchronization

/// The lines that wait for a process to read them.
final class Outbox: Sendable {
  /// Bytes that may wait: the answers to 32 calls of a megabyte.
  static let limit = 32 << 20
  /// Bytes beyond which a process is not heard before it has read some of them.
  static let quietLimit = 1 << 20

  private let lines: AsyncStream<[UInt8]>
  private let continuation: AsyncStream<[UInt8]>.Continuation
  /// Bytes; nil once nothing is written any more.
  private let waiting = Mutex<Int?>(0)

  init() { (lines, continuation) = AsyncStream.makeStream() }

  /// Adds a line. Returns false when too much waits: the process asks and does not read. A line to a process that is lost is
  /// passed over.
  func add(_ line: [UInt8]) -> Bool {
    let fits = waiting.withLock { waiting in
      guard let count = waiting else { return true }
      guard count + line.count <= Self.limit else { return false }
      waiting = count + line.count
      return true
    }
    if fits { continuation.yield(line) }
    return fits
  }

  /// Whether so much waits that the process had better read first.
  var isFull: Bool { waiting.withLock { $0 ?? 0 > Self.quietLimit } }

  /// Nothing is added any more; the input is closed after the last line.
  func finish() { continuation.finish() }

  /// Writes until `finish`, or until the process does not read, which ends it.
  func write(to channel: any GuestChannel) async {
    for await line in lines {
      do { try await channel.write(line) } catch {
        // Whoever reads the process's output waits no longer, and so hears of its end.
        waiting.withLock { $0 = nil }
        continuation.finish()
        await channel.end(isGentle: false)
        return
      }
      waiting.withLock { $0 = $0.map { $0 - line.count } }
    }
    await channel.closeInput()
  }
}
