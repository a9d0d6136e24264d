// Why an answer was not given, as plugins understand it.

import DiscordBot
import SandboxContract

extension RPCError {
  /// What a plugin is told of an answer that was not given. What it could have known itself is `VALIDATION_ERROR`.
  init(_ error: InteractionError) {
    if let cause = error.cause {
      self.init(cause)
      return
    }
    switch error.code {
    case .tooLate: self = .discord(404, "Unknown interaction (\(error.code))")
    case .invalid: self = .invalid(error.detail ?? "\(error.code)")
    case .unreadable, .callFailed: self.init(.internalFault, "the answer was not sent")
    default: self = .invalid("\(error.code)")
    }
  }
}
