// One sentence about a failed call, for people and logs.

internal import DiscordCore

extension RESTError {
  package var description: String {
    var text = "\(route) failed: \(cause)"
    if !fieldErrors.isEmpty { text += " (\(fieldList))" }
    if let detail { text += ": \(detail)" }
    if let advice { text += ". \(advice)" }
    return text
  }

  private var cause: String {
    guard code == .refused else { return code.description }
    if let known = discordCode?.meaning { return known }
    let number = discordCode.map { ", code \($0)" } ?? ""
    return "Discord refused it with status \(status.map(String.init) ?? "unknown")\(number)"
  }

  /// At most three fields; Discord's sentence only where it quotes nothing of what was sent.
  private var fieldList: String {
    let shown = fieldErrors.prefix(3).map { error in
      let words = error.quotesNothing ? error.message : error.code
      return error.path.isEmpty ? words : "\(error.path): \(words)"
    }
    let rest = fieldErrors.count - shown.count
    return shown.joined(separator: "; ") + (rest > 0 ? "; and \(rest) more" : "")
  }

  private var advice: String? {
    switch kind {
    case .missingPermission where !missingPermissions.isEmpty:
      "Give the bot's role \(missingPermissions.names.joined(separator: ", ")), in the channel too, and move it "
        + "above the members and roles it acts on"
    case .missingPermission: "Check the bot's permissions and the place of its role"
    case .retry(let after): "Try again in \(Self.spoken(after))"
    case .operatorAction where code == .tokenRejected: "Set a new token from the developer portal"
    case .unavailable: "Try again later"
    case .bug: "This is a mistake in Guildhall; please report it"
    case .userMistake, .unreachable, .gone, .alreadyDone, .operatorAction, .cancelled: nil
    }
  }

  private static func spoken(_ duration: Duration) -> String {
    let seconds = max(1, duration.components.seconds + (duration.components.attoseconds > 0 ? 1 : 0))
    return switch seconds {
    case ..<120: "\(seconds) s"
    case ..<7_200: "\((seconds + 59) / 60) min"
    default: "\((seconds + 3_599) / 3_600) h"
    }
  }
}

extension RESTError.FieldError {
  /// Whether Discord's sentence for this mistake holds numbers and names of its own only.
  fileprivate var quotesNothing: Bool {
    [
      "BASE_TYPE_REQUIRED", "BASE_TYPE_BAD_LENGTH", "BASE_TYPE_MAX_LENGTH", "BASE_TYPE_MIN_LENGTH",
      "NUMBER_TYPE_MAX", "NUMBER_TYPE_MIN", "NUMBER_TYPE_COERCE", "MODEL_TYPE_CONVERT", "LIST_TYPE_CONVERT",
      "MAX_EMBED_SIZE_EXCEEDED",
    ].contains(code)
  }
}
