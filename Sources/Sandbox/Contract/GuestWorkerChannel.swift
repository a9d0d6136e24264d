// The two pipes of a worker, whoever started its process.

/// What comes out of a worker's process.
package enum GuestOutput: Sendable, Hashable {
  /// Bytes as they came: lines have to be put together.
  case standardOutput([UInt8])
  case standardError([UInt8])
  /// The process ended; nothing follows. nil where the code cannot be told.
  case ended(code: Int?)
}

/// A process that was started for a plugin. The output must be read all the time, or the plugin blocks.
package protocol GuestChannel: Sendable {
  /// What names the process in logs: a container's id.
  var label: String { get }
  /// What came next, in order; nil after the end. For one reader, who must go on reading: a reader that stalls stalls the
  /// process, and what is buffered meanwhile is bounded.
  ///
  /// - Throws: when the connection to the process is lost.
  func read() async throws -> GuestOutput?
  /// Writes to standard input; calls are written in their order, and return once the bytes are on their way.
  ///
  /// - Throws: when the process is gone, or does not read for 10 seconds.
  func write(_ bytes: [UInt8]) async throws
  /// Closes standard input: a plugin that behaves ends then.
  func closeInput() async
  /// Ends the process: SIGTERM if `isGentle`, then or else SIGKILL; and removes what was made for it.
  func end(isGentle: Bool) async
  /// What it uses at the moment; nil where that cannot be told.
  func usage() async -> GuestUsage?
  /// After the end: whether the process was killed because it used more memory than it may.
  var ranOutOfMemory: Bool { get async }
}

extension GuestChannel {
  /// Where nobody can tell.
  package var ranOutOfMemory: Bool { get async { false } }
}

/// What a worker uses.
package struct GuestUsage: Sendable, Hashable {
  /// Bytes, page cache left out where the engine tells it.
  package let memory: Int
  /// Of a core, since the process began.
  package let processor: Duration

  package init(memory: Int, processor: Duration) { (self.memory, self.processor) = (memory, processor) }
}

/// Starts workers.
package protocol GuestLauncher: Sendable {
  /// Starts a process for a release. Its output begins with the first byte.
  ///
  /// - Throws: why it could not be started, in words for an operator.
  func launch(_ release: GuestRelease) async throws -> any GuestChannel
}
