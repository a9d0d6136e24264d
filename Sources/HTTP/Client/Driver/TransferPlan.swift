// One attempt, fully decided: what a transfer needs to know, as values.

internal import HTTPTypes

/// Everything about one attempt of a call.
struct TransferPlan: Sendable {
  enum Content: Sendable {
    /// No body, and none announced.
    case none
    case bytes([UInt8])
    case pipe(UploadPipe, length: Int?)
  }

  /// As libcurl gets it; the plain form of a checked `HTTPTarget`.
  let url: String
  /// `host:port`, for errors.
  let host: String
  let isSecure: Bool
  let method: HTTPMethod
  /// Header lines in libcurl's notation.
  let fieldLines: [String]
  let content: Content
  /// Whether libcurl may send the request again on its own when a reused connection turns out to be dead.
  let mayRepeat: Bool
  var requiresPublicAddress: Bool
  var connectTimeout: Duration
  let firstByteTimeout: Duration?
  /// What is left of the call's total.
  var remaining: Duration?
  let lowSpeed: HTTPClient.LowSpeed?
  let responseLimit: Int
  let headerLimit: Int
  let version: HTTPClient.VersionPreference
  let unixSocket: String?
  let decompresses: Bool
}
