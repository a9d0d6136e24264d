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
    let descriptor = csystem_stop_signals()
    guard descriptor >= 0 else { throw EventLoopError(call: "sigaction", errno: csystem_errno()) }
    try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
      loop.execute {
        do {
          try loop.watch(descriptor, for: .readable) { _ in
            loop.unwatch(descriptor)
            continuation.resume()
          }
        } catch {
          continuation.resume(throwing: error)
        }
      }
    }
  }
}
