// Names for requests, and the files a request leaves behind.

internal import CSystem
internal import Synchronization

/// Numbers requests: a random start per process, then one by one, so that names do not repeat across restarts.
enum RequestID {
  private static let counter = Atomic<UInt64>(UInt64.random(in: 0...UInt64.max))

  static func next() -> UInt64 {
    counter.wrappingAdd(1, ordering: .relaxed).newValue
  }

  static func text(_ number: UInt64) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

/// Folders that go away with the request: uploads that nobody moved elsewhere.
final class RequestScratch: Sendable {
  private let folders = Mutex<[String]>([])

  func remove(atEnd folder: String) {
    folders.withLock { $0.append(folder) }
  }

  /// Removes what was registered. Called when the handler is done; blocks for the file system.
  func clean() {
    let paths = folders.withLock { folders in
      defer { folders = [] }
      return folders
    }
    for path in paths { csystem_remove_tree(path) }
  }

  deinit { clean() }
}
