// How much of what a plugin writes is read: one that floods waits, and nobody else does.

import EventLoop

/// Lines and bytes that a worker may write. What is beyond stays in the pipe, and the plugin with it.
struct ReadBudget: Sendable {
  /// At once, and in a second from then on.
  private static let (lineBurst, linesPerSecond) = (5_000.0, 1_000.0)
  private static let (byteBurst, bytesPerSecond) = (Double(32 << 20), Double(4 << 20))

  private var lines = lineBurst
  private var bytes = byteBurst
  private var at: Duration

  init(at now: Duration) { at = now }

  /// Takes what was read; more than there is makes the next read wait.
  mutating func spend(lines count: Int, bytes size: Int, at now: Duration) {
    let passed = max(0, (now - at) / .seconds(1))
    at = now
    lines = min(Self.lineBurst, lines + passed * Self.linesPerSecond) - Double(count)
    bytes = min(Self.byteBurst, bytes + passed * Self.bytesPerSecond) - Double(size)
  }

  /// How long the next read has to wait.
  func wait(at now: Duration) -> Duration {
    let owed = max(-lines / Self.linesPerSecond, -bytes / Self.bytesPerSecond)
    return max(.zero, at + .seconds(owed) - now)
  }
}
