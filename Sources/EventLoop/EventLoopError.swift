// Why the kernel refused the loop something.

internal import CSystem

/// A system call of the loop that failed.
package struct EventLoopError: Error, CustomStringConvertible {
  /// The call's name, as in its manual page.
  package let call: String
  /// The `errno` it left.
  package let errno: CInt

  package init(call: String, errno: CInt) {
    self.call = call
    self.errno = errno
  }

  package var description: String {
    "\(call) failed: \(String(cString: strerror(errno))) (errno \(errno))"
  }
}
