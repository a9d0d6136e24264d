// A transfer's options in libcurl's terms, and the callbacks that lead back to it.

internal import CCurl
internal import EventLoop
internal import HTTPTypes

extension Transfer {
  func applyRequest(to handle: EasyHandle) {
    switch plan.content {
    case .none where plan.method == .head: handle.set(CURLOPT_NOBODY, 1)
    case .none: handle.set(CURLOPT_HTTPGET, 1)
    case .bytes(let bytes): applyUpload(to: handle, length: bytes.count)
    case .pipe(_, let length): applyUpload(to: handle, length: length ?? -1)
    }
    if plan.method != .get && plan.method != .head { handle.set(CURLOPT_CUSTOMREQUEST, plan.method.rawValue) }
    handle.setFields(plan.fieldLines)
    if plan.decompresses { handle.set(CURLOPT_ACCEPT_ENCODING, "") }
    switch plan.version {
    case .http1: handle.set(CURLOPT_HTTP_VERSION, ccurl_version_1_1)
    case .http2:
      handle.set(CURLOPT_HTTP_VERSION, ccurl_version_2_tls)
      // Wait for a connection that is being made rather than make another: it may carry us too.
      if plan.isSecure { handle.set(CURLOPT_PIPEWAIT, 1) }
    case .http2PriorKnowledge:
      handle.set(CURLOPT_HTTP_VERSION, ccurl_version_2_prior)
      handle.set(CURLOPT_PIPEWAIT, 1)
    }
    if let lowSpeed = plan.lowSpeed {
      handle.set(CURLOPT_LOW_SPEED_LIMIT, max(1, lowSpeed.bytesPerSecond))
      handle.set(CURLOPT_LOW_SPEED_TIME, max(1, Int(lowSpeed.duration.wholeMilliseconds) / 1_000))
    }
  }

  /// Every body goes through the read callback as an upload: nothing is copied twice, and no `Content-Type` is
  /// made up.
  private func applyUpload(to handle: EasyHandle, length: Int) {
    handle.set(CURLOPT_UPLOAD, 1)
    handle.set(CURLOPT_INFILESIZE_LARGE, offset: length)
    handle.set(CURLOPT_UPLOAD_BUFFERSIZE, 65_536)
  }

  /// The engine keeps the transfer alive as long as its handle is in the multi.
  func installCallbacks(on handle: EasyHandle) {
    let context = Unmanaged.passUnretained(self).toOpaque()
    handle.check(ccurl_set_header(handle.pointer, curlReceivedHeader, context))
    handle.check(ccurl_set_write(handle.pointer, curlReceivedBody, context))
    handle.check(ccurl_set_read(handle.pointer, curlWantsBody, context))
    handle.check(ccurl_set_seek(handle.pointer, curlWantsRewind, context))
    handle.check(ccurl_set_prerequest(handle.pointer, curlStartsRequest, context))
  }
}

// Called by libcurl on the loop, inside one of our calls to it.

private func transfer(_ context: UnsafeMutableRawPointer) -> Transfer {
  Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
}

private func curlReceivedHeader(
  _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
  guard let bytes, let context else { return 0 }
  let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
  return transfer(context).receiveHeader(line) ? line.count : 0
}

private func curlReceivedBody(
  _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
  guard let bytes, let context else { return Int(ccurl_write_error) }
  let chunk = UnsafeRawBufferPointer(start: bytes, count: size * count)
  return transfer(context).receiveBody(chunk) ? chunk.count : Int(ccurl_write_error)
}

private func curlWantsBody(
  _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
  guard let bytes, let context else { return Int(ccurl_read_abort) }
  return transfer(context).sendBody(into: UnsafeMutableRawBufferPointer(start: bytes, count: size * count))
}

private func curlWantsRewind(_ context: UnsafeMutableRawPointer?, _ offset: curl_off_t, _ origin: CInt)
  -> CInt
{
  guard let context, origin == 0 else { return CURL_SEEKFUNC_FAIL }
  return transfer(context).rewindBody(to: Int(offset)) ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL
}

private func curlStartsRequest(
  _ context: UnsafeMutableRawPointer?, _ remoteAddress: UnsafeMutablePointer<CChar>?,
  _ localAddress: UnsafeMutablePointer<CChar>?, _ remotePort: CInt, _ localPort: CInt
) -> CInt {
  guard let context else { return CURL_PREREQFUNC_ABORT }
  return transfer(context).requestStarts() ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
}
