// The connection for tasks that are not on its loop.

internal import EventLoop
internal import Synchronization

/// Whether a waiting task was cancelled, as the loop sees it.
private final class Cancellation: Sendable {
  let isRequested = Atomic(false)
}

extension WebSocketConnection {
  private static let lastWriter = Atomic<UInt64>(0)

  /// The messages that arrive, until the connection ends or the iterating task is cancelled; why it ended tells
  /// `closed()`. At most `messageBound` messages are held, then reading pauses. One iteration at a time; each message
  /// is copied and costs a thread change.
  package var messages: WebSocketMessages { WebSocketMessages(connection: self) }

  /// Sends a text message as soon as there is room in the queue, which is how a slow peer holds back its sender.
  ///
  /// - Throws: `WebSocketError` with `.closed`, `.messageTooLarge`, `.outOfMemory`; `CancellationError`, and then
  ///   nothing was sent.
  package func send(text: String) async throws {
    try await send(Array(text.utf8), as: .text)
  }

  /// Sends a binary message, as `send(text:)` does.
  ///
  /// - Throws: what `send(text:)` throws.
  package func send(binary bytes: [UInt8]) async throws {
    try await send(bytes, as: .binary)
  }

  /// Closes in order and returns how the connection ended, at the latest after `closeTimeout`. Messages that
  /// still arrive are dropped.
  @discardableResult
  package func close(code: WebSocketCloseCode = .normal, reason: String = "") async -> WebSocketClose {
    await onLoop { self.startClosing(code: code, reason: reason) }
    return await closed()
  }

  /// Waits for the end, which comes only if somebody reads: a handler, or an iteration of `messages`.
  package func closed() async -> WebSocketClose {
    await withCheckedContinuation { continuation in
      loop.execute {
        if self.isReported {
          continuation.resume(returning: self.ending ?? .lost)
        } else {
          self.waiters.add(closer: continuation)
        }
      }
    }
  }

  private func send(_ bytes: [UInt8], as kind: WebSocketMessageKind) async throws {
    while true {
      try Task.checkCancellation()
      let outcome = await onLoop { () -> Result<Void, WebSocketError> in
        do throws(WebSocketError) {
          return .success(try self.enqueue(bytes.span.bytes, as: kind))
        } catch {
          return .failure(error)
        }
      }
      guard case .failure(let error) = outcome else { return }
      guard error.code == .overloaded else { throw error }
      await waitForRoom(bytes.count)
    }
  }

  private func waitForRoom(_ count: Int) async {
    let id = Self.lastWriter.wrappingAdd(1, ordering: .relaxed).newValue
    let cancellation = Cancellation()
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        loop.execute {
          guard self.phase != .ended, !self.hasRoom(for: count),
            !cancellation.isRequested.load(ordering: .relaxed)
          else {
            return continuation.resume()
          }
          self.waiters.add(writer: id, continuation)
        }
      }
    } onCancel: {
      // The flag first: a wait that begins after this command has run must not begin.
      cancellation.isRequested.store(true, ordering: .relaxed)
      loop.execute { self.waiters.cancel(writer: id) }
    }
  }

  private func onLoop<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
    if loop.isCurrent { return body() }
    return await withCheckedContinuation { continuation in
      loop.execute { continuation.resume(returning: body()) }
    }
  }
}
