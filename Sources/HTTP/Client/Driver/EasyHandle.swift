// One libcurl easy handle with the memory that must outlive its options.

internal import CCurl

/// Owns a `CURL *`, its error buffer and its field list. Confined to the loop of the multi it works in.
final class EasyHandle {
  let pointer: UnsafeMutableRawPointer
  // libcurl writes into it while a transfer runs, so it cannot be an array's storage.
  private let errorBuffer: UnsafeMutablePointer<CChar>
  private var fields: UnsafeMutablePointer<curl_slist>?
  private var failure: CURLcode = CURLE_OK

  /// Nil when memory is short.
  init?() {
    guard let pointer = curl_easy_init() else { return nil }
    self.pointer = pointer
    errorBuffer = .allocate(capacity: Int(ccurl_error_size))
    errorBuffer.initialize(repeating: 0, count: Int(ccurl_error_size))
  }

  deinit {
    curl_easy_cleanup(pointer)
    curl_slist_free_all(fields)
    errorBuffer.deallocate()
  }

  /// Back to a fresh handle; connections and caches live in the multi and stay.
  func reset() {
    curl_easy_reset(pointer)
    curl_slist_free_all(fields)
    fields = nil
    failure = CURLE_OK
    errorBuffer[0] = 0
  }

  /// libcurl's own words about the last failure of this handle.
  var message: String? {
    errorBuffer[0] == 0 ? nil : String(cString: errorBuffer)
  }

  // MARK: Options

  /// Sets options; the first that libcurl refuses is what the call fails with.
  func configure(_ body: (EasyHandle) -> Void) throws(HTTPError) {
    failure = CURLE_OK
    check(ccurl_set_error_buffer(pointer, errorBuffer))
    body(self)
    guard failure == CURLE_OK else {
      throw HTTPError(.library, detail: String(cString: curl_easy_strerror(failure)))
    }
  }

  func set(_ option: CURLoption, _ value: Int) {
    check(ccurl_set_long(pointer, option, value))
  }

  func set(_ option: CURLoption, offset value: Int) {
    check(ccurl_set_offset(pointer, option, Int64(value)))
  }

  func set(_ option: CURLoption, _ value: String?) {
    check(ccurl_set_text(pointer, option, value))
  }

  func setList(_ option: CURLoption, _ list: UnsafeMutablePointer<curl_slist>?) {
    check(ccurl_set_list(pointer, option, list))
  }

  /// Sends these lines as header fields, in libcurl's notation.
  func setFields(_ lines: [String]) {
    for line in lines {
      guard let longer = curl_slist_append(fields, line) else { return check(CURLE_OUT_OF_MEMORY) }
      fields = longer
    }
    setList(CURLOPT_HTTPHEADER, fields)
  }

  func check(_ code: CURLcode) {
    if failure == CURLE_OK { failure = code }
  }

  // MARK: Results

  func number(_ info: CURLINFO) -> Int {
    var value = 0
    // An info that is not there leaves 0, which is what callers take for "unknown".
    ccurl_get_long(pointer, info, &value)
    return value
  }

  func text(_ info: CURLINFO) -> String? {
    var value: UnsafePointer<CChar>?
    guard ccurl_get_text(pointer, info, &value) == CURLE_OK else { return nil }
    return value.map { String(cString: $0) }
  }

  /// The socket a finished `CONNECT_ONLY` transfer left open.
  var activeSocket: CInt? {
    var socket = ccurl_socket_bad
    guard ccurl_get_socket(pointer, CURLINFO_ACTIVESOCKET, &socket) == CURLE_OK, socket != ccurl_socket_bad
    else { return nil }
    return socket
  }
}
