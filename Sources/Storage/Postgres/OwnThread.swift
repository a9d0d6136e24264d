// A thread for one call that blocks: name resolution, the log-in, and the cancel request of libpq.

internal import CSystem
internal import Glibc

/// Runs `body` on a thread of its own that ends with it; returns the `errno` of `pthread_create`, 0 for success.
///
/// libpq resolves names, and sends a cancel request, in calls that block. They are rare, and their number is
/// bounded by the number of connections.
func runOnOwnThread(_ body: @escaping @Sendable () -> Void) -> CInt {
  var attributes = pthread_attr_t()
  pthread_attr_init(&attributes)
  pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED))
  defer { pthread_attr_destroy(&attributes) }
  var thread = pthread_t()
  let errand = Unmanaged.passRetained(Errand(body: body))
  let code = pthread_create(&thread, &attributes, runErrand, errand.toOpaque())
  if code != 0 { errand.release() }
  return code
}

private final class Errand: Sendable {
  let body: @Sendable () -> Void
  init(body: @escaping @Sendable () -> Void) { self.body = body }
}

private func runErrand(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let context else { return nil }
  Unmanaged<Errand>.fromOpaque(context).takeRetainedValue().body()
  return nil
}
