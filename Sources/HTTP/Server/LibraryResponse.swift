// From our answer to the library's.

internal import CMicrohttpd
internal import CSystem
internal import EventLoop
internal import HTTPTypes
internal import Glibc

extension Exchange {
  /// The library's form of an answer, owned by the caller; nil when the library refuses it.
  func makeResponse(_ response: HTTPResponse, _ stream: ResponseStream?) -> OpaquePointer? {
    guard let made = makeBody(response.body, stream) else { return nil }
    for field in response.fields.fields where !Self.isLibrarys(field.name) {
      guard MHD_add_response_header(made, field.name, field.value) == .YES else {
        MHD_destroy_response(made)
        return nil
      }
    }
    if response.closesConnection { _ = MHD_add_response_header(made, "Connection", "close") }
    return made
  }

  /// Framing and connection fields are the library's business.
  private static func isLibrarys(_ name: String) -> Bool {
    switch name.utf8.count {
    case 10: name.equalsIgnoringASCIICase("connection")
    case 14: name.equalsIgnoringASCIICase("content-length")
    case 17: name.equalsIgnoringASCIICase("transfer-encoding")
    default: false
    }
  }

  private func makeBody(_ body: HTTPResponse.Body, _ stream: ResponseStream?) -> OpaquePointer? {
    switch body {
    case .none:
      return cmhd_response_copying(nil, 0)
    case .bytes(let bytes):
      return bytes.withUnsafeBytes { buffer in
        cmhd_response_copying(buffer.baseAddress, buffer.count)
      }
    case .stream(let body):
      return makeStream(body, stream)
    case .file(let file):
      let copy = fcntl(file.file.descriptor, F_DUPFD_CLOEXEC, 0)
      guard copy >= 0 else { return nil }
      let made = MHD_create_response_from_fd_at_offset64(
        UInt64(file.range.count), copy, UInt64(file.range.lowerBound))
      if made == nil { close(copy) }
      return made
    case .upgrade(let upgrade):
      upgradeLoop = UpgradeTarget(upgrade: upgrade)
      return MHD_create_response_for_upgrade(upgradeConnection, nil)
    }
  }

  private func makeStream(_ body: StreamedBody, _ stream: ResponseStream?) -> OpaquePointer? {
    let size = body.length.map { UInt64(max(0, $0)) } ?? cmhd_size_unknown()
    // For HEAD there is no stream, and the reader is not called.
    let context = Unmanaged.passRetained(stream ?? ResponseStream())
    let made = MHD_create_response_from_callback(
      size, 32 * 1024, readStream, context.toOpaque(), releaseStream)
    if made == nil { context.release() }
    return made
  }

  /// The library hands the socket over. MHD thread.
  fileprivate func takeOver(_ descriptor: CInt, _ handle: OpaquePointer, early: [UInt8]) {
    let loop = upgradeLoop?.upgrade.loop ?? core.loop
    let peer = request?.client.address?.description ?? ""
    upgraded(UpgradedSocket(descriptor: descriptor, handle: handle, early: early, peer: peer, loop: loop))
  }
}

// File-scope functions, called by the library on its thread.

private func readStream(
  _ context: UnsafeMutableRawPointer?, _ position: UInt64, _ buffer: UnsafeMutablePointer<CChar>?,
  _ count: Int
) -> Int {
  guard let context, let buffer else { return -2 }
  return Unmanaged<ResponseStream>.fromOpaque(context).takeUnretainedValue()
    .read(into: UnsafeMutableRawBufferPointer(start: buffer, count: count))
}

private func releaseStream(_ context: UnsafeMutableRawPointer?) {
  if let context { Unmanaged<ResponseStream>.fromOpaque(context).release() }
}

private func upgradeConnection(
  _ context: UnsafeMutableRawPointer?, _ connection: OpaquePointer?, _ exchange: UnsafeMutableRawPointer?,
  _ early: UnsafePointer<CChar>?, _ earlyCount: Int, _ descriptor: CInt, _ handle: OpaquePointer?
) {
  guard let exchange, let handle else { return }
  Unmanaged<Exchange>.fromOpaque(exchange).takeUnretainedValue()
    .takeOver(descriptor, handle, early: Array(UnsafeRawBufferPointer(start: early, count: earlyCount)))
}
