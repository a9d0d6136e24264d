// What this process was started with.

import CSystem
import EventLoop
import Glibc

/// The environment and the signals of this process.
enum ProcessSettings {
  /// All environment variables.
  static var environment: [String: String] {
    var variables: [String: String] = [:]
    var entry = csystem_environment()
    while let pointer = entry?.pointee {
      let text = String(cString: pointer)
      if let equals = text.firstIndex(of: "=") {
        variables[String(text[..<equals])] = String(text[text.index(after: equals)...])
      }
      entry = entry?.advanced(by: 1)
    }
    return variables
  }

  /// Returns when the process is asked to stop: by `SIGTERM`, or by Ctrl-C. A second request ends it at once.
  static func waitForStop(on loop: EventLoop) async throws {
    try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
      loop.execute {
        // Their default would end the process before the descriptor is read.
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGTERM)
        sigaddset(&signals, SIGINT)
        let descriptor = signalfd(-1, &signals, CInt(SFD_CLOEXEC | SFD_NONBLOCK))
        guard descriptor >= 0 else {
          return continuation.resume(throwing: EventLoopError(call: "signalfd", errno: csystem_errno()))
        }
        do {
          try loop.watch(descriptor, for: .readable) { _ in
            loop.unwatch(descriptor)
            close(descriptor)
            csystem_unblock_stop_signals()
            continuation.resume()
          }
        } catch {
          continuation.resume(throwing: error)
        }
      }
    }
  }
}
