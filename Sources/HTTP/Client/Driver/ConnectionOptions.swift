// The options every transfer of a client has: how connections are made and trusted.

internal import CCurl
internal import EventLoop

/// What all transfers of a client share. Used on the loop; the list belongs to it.
final class ConnectionOptions: @unchecked Sendable {
  // `@unchecked`: immutable after `init`; libcurl only reads the list.

  private let certificateAuthorities: String?
  private let proxy: String
  private let pins: UnsafeMutablePointer<curl_slist>?

  init(_ configuration: HTTPClient.Configuration) throws(HTTPError) {
    if configuration.proxy != nil, configuration.outbound != .unrestricted {
      throw HTTPError(.invalidRequest, reason: "a guarded client cannot use a proxy")
    }
    certificateAuthorities = configuration.certificateAuthorities
    proxy = configuration.proxy ?? ""
    pins = configuration.pinnedAddresses.reduce(nil) { list, pin in curl_slist_append(list, pin) ?? list }
  }

  deinit {
    curl_slist_free_all(pins)
  }

  /// Applies them to a fresh or reset handle.
  func apply(to handle: EasyHandle, url: String, connectTimeout: Duration, unixSocket: String?) {
    handle.set(CURLOPT_NOSIGNAL, 1)
    handle.set(CURLOPT_URL, url)
    handle.set(CURLOPT_PATH_AS_IS, 1)
    handle.set(CURLOPT_PROTOCOLS_STR, "http,https")
    handle.set(CURLOPT_REDIR_PROTOCOLS_STR, "http,https")
    handle.set(CURLOPT_FOLLOWLOCATION, 0)
    // An empty text, because nothing set means that the environment's proxies apply.
    handle.set(CURLOPT_PROXY, proxy)
    handle.set(CURLOPT_CONNECTTIMEOUT_MS, max(1, Int(connectTimeout.wholeMilliseconds)))
    handle.set(CURLOPT_SSLVERSION, ccurl_tls_1_2)
    // Debian's default CApath disables libcurl's cache of the trust store: 24 ms and 0.8 MB for each connection.
    handle.set(CURLOPT_CAPATH, nil)
    if let certificateAuthorities { handle.set(CURLOPT_CAINFO, certificateAuthorities) }
    if let unixSocket { handle.set(CURLOPT_UNIX_SOCKET_PATH, unixSocket) }
    if let pins { handle.setList(CURLOPT_RESOLVE, pins) }
  }
}
