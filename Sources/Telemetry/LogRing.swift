// The newest entries in memory, for whoever looks at the log from a page.

internal import Synchronization

/// A sink that keeps the newest entries, which are redacted already, and hands on new ones.
package final class LogRing: LogSink {
  /// An entry with its number, which grows with each.
  package struct Line: Sendable, Equatable {
    package let number: Int64
    package let entry: LogEntry
  }

  /// Who may follow at once; further ones see what is kept, and nothing new.
  private static let followers = 32

  private struct State {
    var lines: [Line] = []
    var next: Int64 = 1
    var followers: [Int64: AsyncStream<Line>.Continuation] = [:]
    var nextFollower: Int64 = 1
  }

  private let capacity: Int
  private let state = Mutex(State())

  /// `capacity`: how many entries are kept.
  package init(capacity: Int = 500) { self.capacity = max(1, capacity) }

  package func receive(_ entry: LogEntry) {
    state.withLock { state in
      let line = Line(number: state.next, entry: entry)
      state.next += 1
      if state.lines.count == capacity { state.lines.removeFirst() }
      state.lines.append(line)
      for follower in state.followers.values { follower.yield(line) }
    }
  }

  /// What is kept, the oldest first.
  package var lines: [Line] { state.withLock { $0.lines } }

  /// New entries as they come, until the reader's task ends. A reader who is slow misses the oldest.
  ///
  /// `number`: those after it that are still kept come first; nil for new ones alone.
  package func follow(after number: Int64? = nil) -> AsyncStream<Line> {
    let (stream, continuation) = AsyncStream.makeStream(of: Line.self, bufferingPolicy: .bufferingNewest(500))
    let id = state.withLock { state -> Int64? in
      guard state.followers.count < Self.followers else { return nil }
      if let number { for line in state.lines where line.number > number { continuation.yield(line) } }
      defer { state.nextFollower += 1 }
      state.followers[state.nextFollower] = continuation
      return state.nextFollower
    }
    guard let id else {
      continuation.finish()
      return stream
    }
    continuation.onTermination = { [weak self] _ in
      self?.state.withLock { _ = $0.followers.removeValue(forKey: id) }
    }
    return stream
  }
}

/// A sink that gives entries to several.
package struct FanSink: LogSink {
  private let sinks: [any LogSink]

  package init(_ sinks: [any LogSink]) { self.sinks = sinks }

  package func receive(_ entry: LogEntry) {
    for sink in sinks { sink.receive(entry) }
  }
}
