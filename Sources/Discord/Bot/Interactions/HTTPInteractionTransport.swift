// How the first response travels inside the answer to Discord's own request.

internal import DiscordCore
internal import DiscordLimits
internal import DiscordModels
internal import DiscordREST
internal import EventLoop
internal import HTTPServer
internal import HTTPTypes
internal import JSON
internal import Synchronization

/// Answers by the HTTP response as long as it is open, then by REST.
///
/// Two connections race: a follow-up by REST may reach Discord before the response it follows. So calls that find the
/// interaction unknown in its first seconds are sent again.
struct HTTPInteractionTransport: InteractionTransport {
  private let slot: ResponseSlot
  private let rest: any InteractionTransport
  private let time: any TimeSource
  /// Until when an unknown interaction may only be late.
  private let patienceEnds: Duration

  init(slot: ResponseSlot, rest: any InteractionTransport, receivedAt: Duration, time: any TimeSource) {
    (self.slot, self.rest, self.time) = (slot, rest, time)
    patienceEnds = receivedAt + InteractionLimits.firstResponse + .seconds(2)
  }

  func respond(_ response: InteractionResponse) async throws(InteractionError) {
    if response.files.isEmpty {
      guard slot.fill(.init(response)) else { throw InteractionError(.tooLate) }
    } else {
      // Files go by the callback; the request is then answered without a body.
      try await rest.respond(response)
      _ = slot.fill(.init(status: .accepted))
    }
  }

  func editOriginal(_ edit: MessageEdit) async throws(InteractionError) {
    try await patiently { () async throws(InteractionError) in try await rest.editOriginal(edit) }
  }

  func deleteOriginal() async throws(InteractionError) {
    try await patiently { () async throws(InteractionError) in try await rest.deleteOriginal() }
  }

  func followUp(_ message: MessageCreate) async throws(InteractionError) -> MessageID {
    try await patiently { () async throws(InteractionError) in try await rest.followUp(message) }
  }

  func editFollowUp(_ message: MessageID, _ edit: MessageEdit) async throws(InteractionError) {
    try await rest.editFollowUp(message, edit)
  }

  func deleteFollowUp(_ message: MessageID) async throws(InteractionError) {
    try await rest.deleteFollowUp(message)
  }

  private func patiently<Result>(
    _ call: () async throws(InteractionError) -> Result
  ) async throws(InteractionError) -> Result {
    while true {
      do {
        return try await call()
      } catch {
        guard error.meansNotThereYet, time.uptime < patienceEnds else { throw error }
        // Cancelled: the error that there is says more than the cancellation.
        guard (try? await time.sleep(for: .milliseconds(100))) != nil else { throw error }
      }
    }
  }
}

extension InteractionError {
  fileprivate var meansNotThereYet: Bool {
    guard let cause else { return false }
    return cause.discordCode == .unknownInteraction || cause.discordCode == .unknownWebhook
      || cause.discordCode == .unknownMessage
  }
}

/// The one answer that an HTTP request gets, given once.
final class ResponseSlot: Sendable {
  private enum State {
    case empty
    case awaited(CheckedContinuation<HTTPResponse?, Never>)
    case filled(HTTPResponse)
    case closed
  }

  private let state = Mutex(State.empty)

  /// Gives the answer.
  ///
  /// - Returns: false if there was one, or nobody waits any more.
  func fill(_ response: HTTPResponse) -> Bool {
    let (isTaken, waiter) = state.withLock { state -> (Bool, CheckedContinuation<HTTPResponse?, Never>?) in
      switch state {
      case .empty:
        state = .filled(response)
        return (true, nil)
      case .awaited(let waiter):
        state = .closed
        return (true, waiter)
      case .filled, .closed: return (false, nil)
      }
    }
    waiter?.resume(returning: response)
    return isTaken
  }

  /// Gives up: nothing can be answered from here on.
  func close() {
    let waiter = state.withLock { state -> CheckedContinuation<HTTPResponse?, Never>? in
      guard case .awaited(let waiter) = state else {
        if case .empty = state { state = .closed }
        return nil
      }
      state = .closed
      return waiter
    }
    waiter?.resume(returning: nil)
  }

  /// The answer, once it is there; nil if the slot was closed. Called once.
  func response() async -> HTTPResponse? {
    await withCheckedContinuation { continuation in
      let answer = state.withLock { state -> HTTPResponse?? in
        switch state {
        case .empty:
          state = .awaited(continuation)
          return nil
        case .filled(let response):
          state = .closed
          return .some(response)
        case .awaited, .closed: return .some(nil)
        }
      }
      if let answer { continuation.resume(returning: answer) }
    }
  }
}

extension HTTPResponse {
  /// The response as JSON; 500 for what cannot be written, which would be a mistake of ours.
  init(_ response: InteractionResponse) {
    var writer = JSONWriter()
    response.write(to: &writer)
    do {
      self.init(contentType: "application/json", bytes: try writer.finish())
    } catch {
      self.init(status: .internalServerError)
    }
  }
}
