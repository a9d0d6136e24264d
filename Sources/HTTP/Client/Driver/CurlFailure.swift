// From libcurl's result codes to our error codes.

internal import CCurl

extension HTTPError {
  /// What a transfer's result means; nil for success.
  init?(_ code: CURLcode, of handle: EasyHandle, hasRefusedAddress: Bool) {
    guard code != CURLE_OK else { return nil }
    let message = handle.message
    let words = String(cString: curl_easy_strerror(code))
    let detail = message.map { "\(words): \($0)" } ?? words
    if hasRefusedAddress, [CURLE_COULDNT_CONNECT, CURLE_OPERATION_TIMEDOUT].contains(code) {
      self.init(.refusedAddress, reason: "the host has no public address", detail: detail)
    } else if code == CURLE_OPERATION_TIMEDOUT {
      // libcurl keeps two limits for us, connecting and low speed, and tells them apart in its message only.
      self.init(message?.hasPrefix("Operation too slow") == true ? .stalled : .connectTimeout, detail: detail)
    } else {
      self.init(Self.meaning(of: code), detail: detail)
    }
  }

  private static func meaning(of code: CURLcode) -> Code {
    switch code {
    case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: .resolve
    case CURLE_COULDNT_CONNECT, CURLE_INTERFACE_FAILED, CURLE_PROXY: .connect
    case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CACERT_BADFILE,
      CURLE_SSL_CERTPROBLEM,
      CURLE_SSL_CIPHER, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_ENGINE_INITFAILED,
      CURLE_USE_SSL_FAILED:
      .tls
    case CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE, CURLE_HTTP2_STREAM,
      CURLE_SEND_FAIL_REWIND:
      .lost
    case CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL, CURLE_BAD_CONTENT_ENCODING, CURLE_HTTP2,
      CURLE_WRITE_ERROR:
      .protocolViolation
    case CURLE_URL_MALFORMAT, CURLE_BAD_FUNCTION_ARGUMENT: .invalidRequest
    case CURLE_FILESIZE_EXCEEDED: .tooLarge
    default: .library
    }
  }
}
