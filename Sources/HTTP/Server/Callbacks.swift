// The functions that the library calls, on its own threads: find the object, pass the call on.

internal import CMicrohttpd
internal import CSystem
internal import Telemetry

private func core(_ context: UnsafeMutableRawPointer?) -> ServerCore? {
  context.map { Unmanaged<ServerCore>.fromOpaque($0).takeUnretainedValue() }
}

/// Whether a new connection is welcome.
func acceptPolicy(
  _ context: UnsafeMutableRawPointer?, _ address: UnsafePointer<sockaddr>?, _ length: socklen_t
)
  -> MHD_Result
{
  core(context)?.mayConnect(IPAddress(address)) ?? false ? .YES : .NO
}

/// A connection began or ended.
func connectionChanged(
  _ context: UnsafeMutableRawPointer?, _ handle: OpaquePointer?,
  _ slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _ event: MHD_ConnectionNotificationCode
) {
  guard let core = core(context), let handle, let slot else { return }
  if cmhd_is_start(event) {
    let connection = core.opened(peer: IPAddress(cmhd_peer(handle)), descriptor: cmhd_descriptor(handle))
    slot.pointee = Unmanaged.passRetained(connection).toOpaque()
  } else if let pointer = slot.pointee {
    slot.pointee = nil
    core.closed(Unmanaged<Connection>.fromOpaque(pointer).takeRetainedValue())
  }
}

/// The request line is there: makes the exchange, which the library keeps until `requestCompleted`.
func requestLine(
  _ context: UnsafeMutableRawPointer?, _ target: UnsafePointer<CChar>?, _ handle: OpaquePointer?
) -> UnsafeMutableRawPointer? {
  guard let core = core(context), let handle, let target, let pointer = cmhd_socket_context(handle) else {
    return nil
  }
  let connection = Unmanaged<Connection>.fromOpaque(pointer).takeUnretainedValue()
  let now = core.now
  connection.enter(.head, now: now)
  let exchange = Exchange(
    core: core, connection: connection, handle: handle,
    target: Array(UnsafeRawBufferPointer(start: target, count: strlen(target))), now: now)
  return Unmanaged.passRetained(exchange).toOpaque()
}

/// Head, body and answer.
func access(
  _ context: UnsafeMutableRawPointer?, _ handle: OpaquePointer?, _ path: UnsafePointer<CChar>?,
  _ method: UnsafePointer<CChar>?, _ version: UnsafePointer<CChar>?, _ upload: UnsafePointer<CChar>?,
  _ uploadCount: UnsafeMutablePointer<Int>?, _ slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> MHD_Result {
  guard let pointer = slot?.pointee, let method, let version, let uploadCount else { return .NO }
  let exchange = Unmanaged<Exchange>.fromOpaque(pointer).takeUnretainedValue()
  return exchange.access(
    method: String(cString: method), isHTTP11: strcmp(version, "HTTP/1.0") != 0, upload: upload,
    count: &uploadCount.pointee)
}

/// The library lets go of the exchange.
func requestCompleted(
  _ context: UnsafeMutableRawPointer?, _ handle: OpaquePointer?,
  _ slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _ code: MHD_RequestTerminationCode
) {
  guard let pointer = slot?.pointee else { return }
  slot?.pointee = nil
  Unmanaged<Exchange>.fromOpaque(pointer).takeRetainedValue()
    .completed(inOrder: cmhd_is_in_order(code))
}

/// The library's own complaints: about clients mostly, so they are not errors of ours.
func libraryLog(_ line: UnsafePointer<CChar>?) {
  guard let line else { return }
  serverLog.debug("libmicrohttpd", ["message": .string(String(cString: line))])
}
