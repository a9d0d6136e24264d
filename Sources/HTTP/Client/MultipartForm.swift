// Forms with files, as browsers send them.

internal import Glibc

/// A `multipart/form-data` body (RFC 7578), its parts in order.
package struct MultipartForm: Sendable {
  private enum Content: Sendable {
    case bytes([UInt8])
    case file(path: String)
  }

  private struct Part: Sendable {
    let head: String
    let content: Content
  }

  private var parts: [Part] = []

  package init() {}

  /// Adds a field of text.
  package mutating func add(_ name: String, _ value: String) {
    append(name: name, fileName: nil, contentType: nil, .bytes(Array(value.utf8)))
  }

  /// Adds bytes as a file. A media type with control characters in it is replaced by `application/octet-stream`.
  package mutating func add(
    _ name: String, fileName: String?, contentType: String?, bytes: [UInt8]
  ) {
    append(name: name, fileName: fileName, contentType: contentType, .bytes(bytes))
  }

  /// Adds a file of this machine, read while it is sent. A file that cannot be read, or changes its size
  /// meanwhile, ends the call with `.bodyFailed`.
  package mutating func add(_ name: String, fileName: String, contentType: String?, path: String) {
    append(name: name, fileName: fileName, contentType: contentType, .file(path: path))
  }

  private mutating func append(name: String, fileName: String?, contentType: String?, _ content: Content) {
    var head = "Content-Disposition: form-data; name=\"\(Self.escaped(name))\""
    if let fileName { head += "; filename=\"\(Self.escaped(fileName))\"" }
    if let contentType {
      let isPlain = contentType.utf8.allSatisfy { (0x20...0x7E).contains($0) }
      head += "\r\nContent-Type: \(isPlain ? contentType : "application/octet-stream")"
    }
    parts.append(Part(head: head, content: content))
  }

  /// As the HTML standard's "escape a multipart/form-data name": what could end the quoted text or the line.
  private static func escaped(_ name: String) -> String {
    var text = ""
    for scalar in name.unicodeScalars {
      switch scalar {
      case "\"": text += "%22"
      case "\r": text += "%0D"
      case "\n": text += "%0A"
      case "\0": text += "%00"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text
  }

  // MARK: Encoding

  /// The body with this boundary: plain bytes when every part is, else a stream that can be repeated.
  ///
  /// - Throws: `HTTPError` with `.bodyFailed` when a file cannot be examined.
  func encoded(boundary: String) throws(HTTPError) -> RequestBody {
    var segments: [Content] = []
    var text: [UInt8] = []
    var length = 0
    for part in parts {
      text += Array("--\(boundary)\r\n\(part.head)\r\n\r\n".utf8)
      switch part.content {
      case .bytes(let bytes): text += bytes
      case .file(let path):
        length += try Self.fileSize(path)
        segments += [.bytes(text), .file(path: path)]
        length += text.count
        text = []
      }
      text += Array("\r\n".utf8)
    }
    text += Array("--\(boundary)--\r\n".utf8)
    guard !segments.isEmpty else { return .bytes(text) }
    let all = segments + [.bytes(text)]
    return .produced(length: length + text.count) { write in
      for segment in all {
        switch segment {
        case .bytes(let bytes): try await write(bytes)
        case .file(let path): try await Self.copyFile(path, to: write)
        }
      }
    }
  }

  private static func fileSize(_ path: String) throws(HTTPError) -> Int {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw HTTPError(.bodyFailed, reason: "a file of the form cannot be read")
    }
    return Int(status.st_size)
  }

  /// Reads of 64 KiB from a local file are short enough for the shared pool.
  private static func copyFile(_ path: String, to write: RequestBody.Writer) async throws {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw HTTPError(.bodyFailed, reason: "a file of the form cannot be read")
    }
    defer { close(descriptor) }
    while true {
      var count = 0
      let chunk = [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, initialized in
        count = read(descriptor, buffer.baseAddress, buffer.count)
        initialized = max(0, count)
      }
      guard count >= 0 else { throw HTTPError(.bodyFailed, reason: "a file of the form cannot be read") }
      guard count > 0 else { return }
      try await write(chunk)
    }
  }
}
