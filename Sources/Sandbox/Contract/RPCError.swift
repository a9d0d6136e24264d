// What a plugin is told when a call of its fails (plugin-host contract, section 11).

package import JSON

/// An error as the SDK understands it. The SDK chooses the exception by `code`; an unknown code is classified by words of
/// the message, so every error has one that is known or `.internalFault`.
package struct RPCError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A code of section 11.4.
  package struct Code: Hashable, Sendable {
    /// As it stands on the wire.
    package let rawValue: String

    /// What a limiter or a tenant's budget says no to.
    package static let rateLimited = Code(rawValue: "RATE_LIMITED")
    package static let quotaExceeded = Code(rawValue: "QUOTA_EXCEEDED")
    /// What the server did not grant.
    package static let capabilityDenied = Code(rawValue: "CAPABILITY_DENIED")
    /// Too many keys.
    package static let kvQuotaExceeded = Code(rawValue: "KV_QUOTA_EXCEEDED")
    /// What Discord says no to; the message holds `error <status>`.
    package static let discordAPI = Code(rawValue: "DISCORD_API_ERROR")
    /// What the bot itself may not do.
    package static let botMissingPermission = Code(rawValue: "BOT_MISSING_PERMISSION")
    /// What was given is not what the method takes.
    package static let validation = Code(rawValue: "VALIDATION_ERROR")
    /// No such method.
    package static let unknownMethod = Code(rawValue: "UNKNOWN_METHOD")
    /// A fault of ours.
    package static let internalFault = Code(rawValue: "INTERNAL")
    /// The other end of the network failed.
    package static let upstream = Code(rawValue: "UPSTREAM_ERROR")
    package static let notFound = Code(rawValue: "NOT_FOUND")
  }

  /// What the SDK chooses the exception by.
  package let code: Code
  /// What the plugin's author reads. Never a secret, never another server's data.
  package let message: String
  /// Seconds until the call may succeed; nil where waiting does not help.
  package let retryAfter: Double?
  /// The Discord permission that the bot lacks, in lower case; for `.botMissingPermission` only.
  package let permission: String?

  package init(
    _ code: Code, _ message: String, retryAfter: Double? = nil, permission: String? = nil
  ) {
    (self.code, self.message) = (code, message)
    (self.retryAfter, self.permission) = (retryAfter, permission)
  }

  /// What was given is not what the method takes.
  package static func invalid(_ message: String) -> RPCError { RPCError(.validation, message) }

  package var description: String { "\(code.rawValue): \(message)" }

  /// As the `error` member of an answer.
  package var json: JSONValue {
    var object = JSONObject()
    object["message"] = .string(message)
    object["code"] = .string(code.rawValue)
    if let retryAfter { object["retry_after"] = .double(retryAfter) }
    if let permission { object["permission"] = .string(permission) }
    return .object(object)
  }
}
