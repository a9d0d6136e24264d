// The one place where sockets to other servers are opened, and where forbidden addresses stop.

internal import CCurl

/// Opens the sockets of one transfer, after looking at the address libcurl resolved. Confined to the loop.
final class SocketGuard {
  private let requiresPublicAddress: Bool
  private let multi: CurlMulti
  /// Whether an address was refused; then a failed connect means "not allowed", not "not there".
  private(set) var hasRefused = false

  init(requiresPublicAddress: Bool, multi: CurlMulti) {
    self.multi = multi
    self.requiresPublicAddress = requiresPublicAddress
  }

  /// Makes libcurl ask this guard; it must live as long as the handle's transfer.
  func install(on handle: EasyHandle) {
    let context = Unmanaged.passUnretained(self).toOpaque()
    handle.check(ccurl_set_open_socket(handle.pointer, curlOpenSocket, context))
    multi.installClosing(on: handle)
  }

  fileprivate func open(_ address: UnsafePointer<curl_sockaddr>) -> curl_socket_t {
    if requiresPublicAddress {
      var bytes = [UInt8](repeating: 0, count: 16)
      let count = Int(ccurl_address_bytes(address, &bytes))
      guard PublicAddress.classify(bytes.prefix(count)).isAllowed else {
        hasRefused = true
        return ccurl_socket_bad
      }
    }
    return multi.openSocket(
      family: address.pointee.family, kind: address.pointee.socktype, protocol: address.pointee.protocol)
  }
}

/// Called by libcurl on the loop, for every address it tries.
private func curlOpenSocket(
  _ context: UnsafeMutableRawPointer?, _ purpose: curlsocktype,
  _ address: UnsafeMutablePointer<curl_sockaddr>?
) -> curl_socket_t {
  guard let context, let address else { return ccurl_socket_bad }
  return Unmanaged<SocketGuard>.fromOpaque(context).takeUnretainedValue().open(address)
}
