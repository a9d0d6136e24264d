// Messages as an asynchronous sequence, with a bound that pushes back on the peer.

internal import EventLoop
internal import Synchronization

/// The messages of one connection, in order. Ends with the connection.
package struct WebSocketMessages: AsyncSequence, Sendable {
  package typealias Element = WebSocketMessage
  package typealias Failure = Never

  let connection: WebSocketConnection

  package func makeAsyncIterator() -> AsyncIterator {
    AsyncIterator(connection: connection)
  }

  /// Takes messages one by one; a second iterator goes on where the first stopped.
  package struct AsyncIterator: AsyncIteratorProtocol {
    let connection: WebSocketConnection

    /// The next message; nil after the end, and when the task is cancelled.
    package mutating func next() async -> WebSocketMessage? {
      await connection.messageInbox().next(of: connection)
    }
  }
}

extension WebSocketConnection {
  fileprivate func messageInbox() -> MessageInbox {
    let (inbox, isNew) = inbox.withLock { slot in
      if let inbox = slot { return (inbox, false) }
      let inbox = MessageInbox(bound: options.messageBound)
      slot = inbox
      return (inbox, true)
    }
    if isNew { loop.execute { self.start(inbox) } }
    return inbox
  }
}

/// The handler behind `messages`.
final class MessageInbox: WebSocketHandler, Sendable {
  private struct State {
    var messages: [WebSocketMessage] = []
    var waiter: CheckedContinuation<WebSocketMessage?, Never>?
    var isPaused = false
    var isEnded = false
  }

  private let bound: Int
  private let state = Mutex(State())

  init(bound: Int) {
    self.bound = max(1, bound)
  }

  func webSocket(_ connection: WebSocketConnection, received message: RawSpan, as kind: WebSocketMessageKind)
  {
    let copy = message.withUnsafeBytes { bytes -> WebSocketMessage in
      kind == .text ? .text(String(decoding: bytes, as: UTF8.self)) : .binary([UInt8](bytes))
    }
    let (waiter, isFull) = state.withLock { state in
      if let waiter = state.waiter {
        state.waiter = nil
        return (Optional(waiter), false)
      }
      state.messages.append(copy)
      state.isPaused = state.messages.count >= bound
      return (nil, state.isPaused)
    }
    waiter?.resume(returning: copy)
    if isFull { connection.pauseReading() }
  }

  func webSocket(_ connection: WebSocketConnection, closed close: WebSocketClose) {
    let waiter = state.withLock { state in
      state.isEnded = true
      defer { state.waiter = nil }
      return state.waiter
    }
    waiter?.resume(returning: nil)
  }

  func next(of connection: WebSocketConnection) async -> WebSocketMessage? {
    let (message, resumes) = state.withLock { state -> (WebSocketMessage?, Bool) in
      guard !state.messages.isEmpty else { return (nil, false) }
      let message = state.messages.removeFirst()
      let resumes = state.isPaused && state.messages.count <= bound / 2
      if resumes { state.isPaused = false }
      return (message, resumes)
    }
    if resumes { connection.loop.execute { connection.resumeReading() } }
    if let message { return message }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in wait(continuation) }
    } onCancel: {
      let waiter = state.withLock { state in
        defer { state.waiter = nil }
        return state.waiter
      }
      waiter?.resume(returning: nil)
    }
  }

  private func wait(_ continuation: CheckedContinuation<WebSocketMessage?, Never>) {
    enum Step {
      case wait
      case give(WebSocketMessage?)
    }
    let step = state.withLock { state -> Step in
      if !state.messages.isEmpty { return .give(state.messages.removeFirst()) }
      // Asked under the lock: a cancellation from now on finds the waiter.
      if state.isEnded || Task.isCancelled { return .give(nil) }
      precondition(state.waiter == nil, "one iteration of `messages` at a time")
      state.waiter = continuation
      return .wait
    }
    if case .give(let message) = step { continuation.resume(returning: message) }
  }
}
