// One sending of a call, and what it means to the limits, to the next attempt, and to the caller.

internal import DiscordLimits
internal import HTTPClient
internal import HTTPTypes

/// How one sending ended.
struct Attempt {
  /// Nil for a call whose task was cancelled before it was sent.
  private let result: Result<HTTPClient.Response, HTTPError>?
  private let error: ErrorBody?
  /// For the machine.
  let outcome: EgressOutcome

  /// Nil stands for a call whose task was cancelled before it was sent.
  init(_ result: Result<HTTPClient.Response, HTTPError>?) {
    self.result = result
    switch result {
    case nil:
      error = nil
      outcome = .notSent
    case .success(let response):
      let hasError = !response.status.isSuccess || response.status == .accepted
      let error = hasError ? ErrorBody(response.body) : nil
      self.error = error
      outcome = .answered(EgressAnswer(response, error))
    case .failure(let error):
      self.error = nil
      outcome = error.isBeforeSending ? .notSent : .lost
    }
  }

  /// How it ended, if that is worth another attempt.
  var ending: EgressRetry.Ending? {
    switch result {
    case .success(let response) where response.status == .tooManyRequests: .refusedByLimit
    case .success(let response) where response.status.code >= 500:
      .failed(retryAfter: AnswerHead(response.fields).retryAfter)
    case .success, nil: nil
    case .failure(let error):
      switch error.code {
      case .cancelled, .closed, .invalidRequest, .bodyFailed, .refusedAddress, .tooLarge, .protocolViolation:
        nil
      case .resolve, .connect, .tls, .connectTimeout, .overloaded: .notSent
      default: .lost
      }
    }
  }

  /// Whether a delete found nothing because an earlier attempt of it had done its work.
  func isGoneAlready(_ call: RESTCall, mayHaveArrived: Bool) -> Bool {
    guard mayHaveArrived, call.method == .delete, case .success(let response) = result else { return false }
    return response.status == .notFound
  }

  /// What the caller gets.
  func answer(to call: RESTCall) throws(RESTError) -> RESTAnswer {
    switch result {
    case nil: throw RESTError(.cancelled, kind: .cancelled, route: call.route)
    case .failure(let error): throw RESTError(error, of: call)
    case .success(let response):
      if let failure = RESTError(response, error, EgressAnswer(response, error), to: call) { throw failure }
      return RESTAnswer(status: response.status.code, body: response.body)
    }
  }
}
