// The file system that plugins run in, brought to the engine when it does not have it yet.

import HTTPClient
import HTTPTypes
import JSON
import Synchronization
import Vault

/// The image of the runtime.
package enum RuntimeImage {
  /// Sees to it that the engine has the image of a tar that `Scripts/build-runtime` made.
  ///
  /// - Returns: what to name the image in containers: the name holds the tar's digest, so another tar is another image.
  /// - Throws: `EngineError` with `.missingImage` when there is no such file.
  package static func prepare(tar path: String, on client: EngineClient) async throws -> String {
    let (name, file) = try await open(path)
    client.imageTars.withLock { $0[name] = path }
    if try await client.hasImage(name) { return name }
    try await client.importImage(name, from: file)
    return name
  }

  private static func open(_ path: String) async throws -> (name: String, file: ReadableFile) {
    guard try await LocalFiles.exists(path) else {
      throw EngineError(.missingImage, reason: "run ./guildhall setup build, which makes it")
    }
    let file = try await ReadableFile.open(path)
    return ("localhost/guildhall-runtime:\(try await digest(of: file).prefix(24))", file)
  }

  /// Brings an image again that was prepared and is not there any more.
  fileprivate static func restore(_ name: String, tar path: String, on client: EngineClient) async throws {
    // Somebody else may have brought it.
    if try await client.hasImage(name) { return }
    let (current, file) = try await open(path)
    guard current == name else {
      throw EngineError(.missingImage, reason: "the runtime was built anew; start again to use it")
    }
    try await client.importImage(name, from: file)
  }

  private static func digest(of file: ReadableFile) async throws -> String {
    var hash = SHA256()
    var offset = 0
    while let chunk = try await file.chunk(at: offset) {
      hash.update(chunk)
      offset += chunk.count
    }
    return hash.finalize().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}

extension EngineClient {
  /// Whether the engine has an image of that name.
  package func hasImage(_ name: String) async throws -> Bool {
    do {
      try await call(.get, "/images/\(name)/json")
      return true
    } catch let error as EngineError where error.code == .notFound {
      return false
    }
  }

  /// Brings an image again that `RuntimeImage.prepare` had seen to, once for all who need it: `docker image prune -a` takes
  /// the runtime while no plugin runs.
  ///
  /// - Returns: false for an image that is not ours.
  /// - Throws: `EngineError`; `.missingImage` where its tar is gone, or another by now.
  func bringAgain(_ name: String) async throws -> Bool {
    guard let tar = imageTars.withLock({ $0[name] }) else { return false }
    try await imageWork.run(name) { try await RuntimeImage.restore(name, tar: tar, on: self) }
    return true
  }

  /// Makes an image of a file system in a tar.
  func importImage(_ name: String, from file: ReadableFile) async throws {
    let body = RequestBody.produced(length: file.size) { write in
      var offset = 0
      while let chunk = try await file.chunk(at: offset) {
        try await write(chunk)
        offset += chunk.count
      }
    }
    // The tag stands in the name: Podman takes no notice of the parameter for it.
    let answer = try await call(
      .post, "/images/create", query: [("fromSrc", "-"), ("repo", name)], upload: body, timeout: .seconds(300)
    )
    // The answer is 200 before the work is done; what went wrong stands in one of its lines.
    for line in answer.split(separator: UInt8(ascii: "\n")) {
      // A line that is no JSON says nothing of an error.
      if let message = (try? JSONValue(parsing: Array(line)))?["error"]?.string {
        throw EngineError(.refused, reason: "the runtime image was not imported", detail: message)
      }
    }
    guard try await hasImage(name) else {
      throw EngineError(.refused, reason: "the runtime image was not imported")
    }
  }
}
