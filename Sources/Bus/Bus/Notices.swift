// Notices inside one process: who listens to what, with a bounded buffer each.

internal import EventLoop
internal import Synchronization

/// The notices of one subscription, in the order they were published. For one reader.
package struct NoticeStream: AsyncSequence, Sendable {
  package typealias Element = NoticeEvent
  let mailbox: NoticeMailbox

  package func makeAsyncIterator() -> Iterator { Iterator(mailbox: mailbox) }

  /// Waits for the next notice; nil once the bus is closed or the task cancelled.
  package struct Iterator: AsyncIteratorProtocol {
    let mailbox: NoticeMailbox

    package func next() async -> NoticeEvent? { await mailbox.next() }
  }

  /// Ends the subscription; the reader gets nil.
  package func cancel() { mailbox.finish() }
}

/// One subscriber's buffer. When it is dropped, so is the subscription.
final class NoticeMailbox: Sendable {
  private struct State {
    var events = FirstInFirstOut<NoticeEvent>()
    var hasMissed = false
    var isFinished = false
    var reader: CheckedContinuation<NoticeEvent?, Never>?
  }

  private let capacity: Int
  private let state = Mutex(State())

  init(capacity: Int) {
    self.capacity = max(1, capacity)
  }

  var isFinished: Bool { state.withLock { $0.isFinished } }

  func deliver(_ event: NoticeEvent) {
    let reader = state.withLock { state -> CheckedContinuation<NoticeEvent?, Never>? in
      guard !state.isFinished else { return nil }
      if let reader = state.reader {
        state.reader = nil
        return reader
      }
      if event == .missed {
        state.hasMissed = true
      } else {
        if state.events.count == capacity {
          _ = state.events.popFirst()
          state.hasMissed = true
        }
        state.events.append(event)
      }
      return nil
    }
    reader?.resume(returning: event)
  }

  func next() async -> NoticeEvent? {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let outcome = state.withLock { state -> NoticeEvent?? in
          if state.hasMissed {
            state.hasMissed = false
            return .some(.missed)
          }
          if let event = state.events.popFirst() { return .some(event) }
          if state.isFinished || Task.isCancelled { return .some(nil) }
          state.reader = continuation
          return nil
        }
        if let outcome { continuation.resume(returning: outcome) }
      }
    } onCancel: {
      finish()
    }
  }

  func finish() {
    let reader = state.withLock { state in
      state.isFinished = true
      defer { state.reader = nil }
      return state.reader
    }
    reader?.resume(returning: nil)
  }
}

/// Everyone in this process who listens.
final class NoticeHub: Sendable {
  private struct Subscriber {
    let topics: Set<String>
    weak var mailbox: NoticeMailbox?
  }

  private struct State {
    var subscribers: [Subscriber] = []
    var isClosed = false
  }

  private let state = Mutex(State())

  func subscribe(to topics: Set<String>, buffer: Int) throws(BusError) -> NoticeStream {
    let mailbox = NoticeMailbox(capacity: buffer)
    let isClosed = state.withLock { state in
      state.subscribers.removeAll { $0.mailbox?.isFinished ?? true }
      state.subscribers.append(Subscriber(topics: topics, mailbox: mailbox))
      return state.isClosed
    }
    guard !isClosed else { throw BusError(.closed) }
    return NoticeStream(mailbox: mailbox)
  }

  func deliver(_ payload: [UInt8], to topic: String) {
    for mailbox in mailboxes(where: { $0.contains(topic) }) {
      mailbox.deliver(.notice(topic: topic, payload: payload))
    }
  }

  /// Tells every subscriber that something may have been lost.
  func deliverMissed() {
    for mailbox in mailboxes(where: { _ in true }) { mailbox.deliver(.missed) }
  }

  func close() {
    state.withLock { $0.isClosed = true }
    for mailbox in mailboxes(where: { _ in true }) { mailbox.finish() }
  }

  private func mailboxes(where isWanted: (Set<String>) -> Bool) -> [NoticeMailbox] {
    state.withLock { $0.subscribers.compactMap { isWanted($0.topics) ? $0.mailbox : nil } }
  }
}
