// Multipart forms whose files go to disk while they arrive.

internal import CSystem
internal import EventLoop
internal import HTTPTypes
internal import Synchronization
internal import Glibc

/// A multipart form: its plain fields, and its files on disk.
package struct MultipartForm: Sendable {
  package let fields: FormFields
  package let files: [UploadedFile]
}

/// An uploaded file. It is removed when the request ends: move it (`rename`) to keep it.
package struct UploadedFile: Sendable {
  /// The form field's name.
  package let field: String
  /// The client's name for the file, made harmless: no folders, no control characters, at most 120 bytes, never
  /// empty and never beginning with a dot. Fit to be shown and to be stored.
  package let fileName: String
  /// As the client claims; nil without a claim. Never serve a file under it unchecked.
  package let contentType: String?
  package let path: String
  /// In bytes.
  package let size: Int
}

/// How much a multipart form may bring.
package struct UploadLimits: Sendable {
  /// Bytes of one file.
  package var fileBytes = 8 * 1024 * 1024
  /// Bytes of one plain field.
  package var fieldBytes = 64 * 1024
  /// Bytes of all parts together. The route's `BodyLimit` holds as well, and must be raised to match.
  package var totalBytes = 16 * 1024 * 1024
  /// Fields and files together.
  package var parts = 100

  package init() {}
}

extension HTTPRequest {
  /// Reads the body as a multipart form, files straight to disk.
  ///
  /// `folder`: where a folder for this request is made, mode 0700; it is removed with what is left in it
  ///   when the request ends, however it ends.
  /// - Throws: `HTTPProblem` 400, 413 or 415; `HTTPServerError.file` when the disk refuses; what the body throws.
  package func multipart(into folder: String, limits: UploadLimits = UploadLimits()) async throws
    -> MultipartForm
  {
    let parser = try MultipartParser(contentType: self["Content-Type"], partLimit: limits.parts)
    let receiver = try UploadReceiver(parser: parser, limits: limits, folder: "\(folder)/upload-\(id)")
    scratch.remove(atEnd: receiver.folder)
    for try await chunk in body { try await receiver.receive(chunk) }
    return try await receiver.finish()
  }
}

/// Writes the files of one form.
private actor UploadReceiver {
  /// Writing may wait for a disk, so it happens on a thread of its own: a loop with nothing else on it.
  private static let diskThread = Result { try EventLoop(name: "http-uploads") }

  nonisolated let folder: String
  private nonisolated let executor: EventLoop
  private let limits: UploadLimits
  private var parser: MultipartParser
  private var head: MultipartParser.PartHead?
  private var file: (descriptor: CInt, path: String)?
  private var size = 0
  private var total = 0
  private var value: [UInt8] = []
  private var fields = FormFields()
  private var files: [UploadedFile] = []

  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  init(parser: MultipartParser, limits: UploadLimits, folder: String) throws {
    executor = try Self.diskThread.get()
    self.parser = parser
    self.limits = limits
    self.folder = folder
  }

  func receive(_ chunk: [UInt8]) throws {
    for event in try parser.feed(chunk) {
      switch event {
      case .part(let head): try begin(head)
      case .data(let bytes): try append(bytes)
      case .partEnd: try end()
      }
    }
  }

  func finish() throws -> MultipartForm {
    try parser.finish()
    return MultipartForm(fields: fields, files: files)
  }

  private func begin(_ head: MultipartParser.PartHead) throws {
    self.head = head
    size = 0
    value = []
    guard head.fileName != nil else { return }
    if files.isEmpty, mkdir(folder, 0o700) != 0, csystem_errno() != EEXIST { throw failure("mkdir") }
    let path = "\(folder)/\(files.count)"
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode_t(0o600))
    guard descriptor >= 0 else { throw failure("open") }
    file = (descriptor, path)
  }

  private func append(_ bytes: ArraySlice<UInt8>) throws {
    size += bytes.count
    total += bytes.count
    let limit = file == nil ? limits.fieldBytes : limits.fileBytes
    guard size <= limit else {
      throw HTTPProblem.tooLarge(
        file == nil ? "A field may have at most \(limit) bytes." : "A file may have at most \(limit) bytes.")
    }
    guard total <= limits.totalBytes else {
      throw HTTPProblem.tooLarge("The form may have at most \(limits.totalBytes) bytes.")
    }
    guard let file else {
      value += bytes
      return
    }
    try write(bytes, to: file.descriptor)
  }

  private func write(_ bytes: ArraySlice<UInt8>, to descriptor: CInt) throws {
    var rest = bytes
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, csystem_errno() == EINTR { continue }
      guard count > 0 else { throw failure("write") }
      rest = rest.dropFirst(count)
    }
  }

  private func end() throws {
    guard let head else { return }
    self.head = nil
    if let file {
      self.file = nil
      guard close(file.descriptor) == 0 else { throw failure("close") }
      files.append(
        UploadedFile(
          field: head.name, fileName: FileName.sanitized(head.fileName ?? ""), contentType: head.contentType,
          path: file.path, size: size))
    } else {
      guard let text = String(validating: value, as: UTF8.self), !value.contains(0) else {
        throw HTTPProblem.badRequest("A field is not UTF-8.")
      }
      fields.append(head.name, text)
    }
  }

  private nonisolated func failure(_ call: String) -> HTTPServerError {
    HTTPServerError(.file, "\(call) of an upload failed (errno \(csystem_errno()))")
  }

  deinit {
    if let file { close(file.descriptor) }
  }
}

/// Names of files that come from outside.
package enum FileName {
  /// A harmless form of a client's file name; see `UploadedFile.fileName`.
  package static func sanitized(_ name: String) -> String {
    // Scalars throughout: as a `Character`, a slash or dot with a combining mark behind it is neither.
    let last = name.unicodeScalars.split { $0 == "/" || $0 == "\\" }.last ?? name.unicodeScalars.prefix(0)
    var result = String.UnicodeScalarView()
    var size = 0
    for scalar in last where size < 116 {
      switch scalar {
      case "\u{0}"..."\u{1f}", "\u{7f}"..."\u{9f}", "\u{200e}", "\u{200f}", "\u{202a}"..."\u{202e}",
        "\u{2066}"..."\u{2069}":
        // Control characters, and those that turn the direction of text (`exe.gpj` that reads `jpg.exe`).
        continue
      case "<", ">", ":", "\"", "|", "?", "*": result.append("_")
      default: result.append(scalar)
      }
      size += UTF8.width(scalar)
    }
    while result.first == "." || result.first == " " { result.removeFirst() }
    while result.last == "." || result.last == " " { result.removeLast() }
    return result.isEmpty ? "file" : String(result)
  }
}
