// Why an interaction could not be answered.

package import DiscordModels
package import DiscordREST

/// An answer that was not sent. `description` is one sentence, safe to log.
package struct InteractionError: Error, Sendable, CustomStringConvertible {
  /// What was wrong.
  package struct Code: Hashable, Sendable, CustomStringConvertible {
    private enum Value: String {
      case tooLate = "the interaction was not answered within three seconds"
      case expired = "the interaction is older than 15 minutes"
      case alreadyAnswered = "the interaction has its answer already"
      case notAnswered = "the interaction has no answer yet that could be followed or changed"
      case modalAfterDeferral =
        "a form can only be the first answer, and the interaction was deferred after two seconds"
      case deferredAsReply =
        "the interaction was deferred with a reply of its own, so the message cannot be updated"
      case wrongKind = "this kind of interaction does not take this answer"
      case followUpLimit = "an app that is installed to the user only may follow up five times"
      case invalid = "the answer breaks one of Discord's limits"
      case callFailed = "Discord did not take the answer"
      case unreadable = "the interaction cannot be read"
    }

    private let value: Value
    private init(_ value: Value) { self.value = value }
    package var description: String { value.rawValue }

    /// Three seconds passed without a first response. Declare an `AutoDeferral`, or answer sooner.
    package static let tooLate = Code(.tooLate)
    package static let expired = Code(.expired)
    package static let alreadyAnswered = Code(.alreadyAnswered)
    package static let notAnswered = Code(.notAnswered)
    /// Declare the handler with `AutoDeferral.never` and open the form at once.
    package static let modalAfterDeferral = Code(.modalAfterDeferral)
    /// Declare `AutoDeferral.update` for handlers that update.
    package static let deferredAsReply = Code(.deferredAsReply)
    package static let wrongKind = Code(.wrongKind)
    package static let followUpLimit = Code(.followUpLimit)
    /// `detail` names the field and the limit.
    package static let invalid = Code(.invalid)
    /// `cause` says why.
    package static let callFailed = Code(.callFailed)
    package static let unreadable = Code(.unreadable)
  }

  /// What happened, and more of it for logs.
  package let code: Code
  package let detail: String?
  /// The call's failure, with the code `.callFailed`.
  package let cause: RESTError?

  package init(_ code: Code, _ detail: String? = nil) {
    (self.code, self.detail, cause) = (code, detail, nil)
  }

  package init(_ cause: RESTError) {
    (code, detail, self.cause) = (.callFailed, nil, cause)
  }

  package init(_ cause: CompositionError) {
    (code, detail, self.cause) = (.invalid, "\(cause)", nil)
  }

  package var description: String {
    if let cause { return "\(code): \(cause)" }
    return detail.map { "\(code): \($0)" } ?? "\(code)"
  }
}
