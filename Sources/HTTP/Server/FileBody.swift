// Files as answers: sent by the kernel, with ranges and conditions.

internal import CSystem
internal import HTTPTypes
internal import Glibc

/// A part of an open file, sent by `sendfile`.
package struct FileBody: Sendable {
  let file: OpenFile
  let range: Range<Int64>
}

/// A file opened for reading.
package final class OpenFile: Sendable {
  let descriptor: CInt
  /// In bytes, when it was opened.
  package let size: Int64
  /// Seconds since 1970.
  package let lastModified: Int64
  private let nanoseconds: Int64

  /// Opens a regular file; a link in the last place is refused.
  ///
  /// - Throws: `HTTPServerError.file`.
  package init(_ path: String) throws(HTTPServerError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else { throw HTTPServerError(.file, "open failed (errno \(csystem_errno()))") }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw HTTPServerError(.file, "not a regular file")
    }
    self.descriptor = descriptor
    size = Int64(status.st_size)
    lastModified = Int64(status.st_mtim.tv_sec)
    nanoseconds = Int64(status.st_mtim.tv_nsec)
  }

  /// A tag from size and time of change: strong as long as nobody changes a file twice within a clock tick.
  var etag: String {
    "\"\(String(size, radix: 16))-\(String(lastModified * 1_000_000_000 + nanoseconds, radix: 16))\""
  }

  /// All bytes, for a file small enough to keep.
  func contents() throws(HTTPServerError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: Int(size))
    var offset = 0
    while offset < bytes.count {
      let count = bytes.withUnsafeMutableBytes { buffer in
        let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[offset...])
        return pread(descriptor, rest.baseAddress, rest.count, Int(offset))
      }
      guard count > 0 else { throw HTTPServerError(.file, "read failed (errno \(csystem_errno()))") }
      offset += count
    }
    return bytes
  }

  deinit { close(descriptor) }
}

extension HTTPResponse {
  /// A file of this machine, with ranges (206, 416), `If-Range`, `ETag`, `Last-Modified` and 304.
  ///
  /// The path must come from our own configuration or tables: it is opened as it is. Opening may wait for a disk,
  /// so it happens off the caller's thread.
  ///
  /// - Throws: `HTTPProblem` 404 when there is no such regular file.
  @concurrent
  package static func file(_ path: String, contentType: String? = nil, for request: HTTPRequest) async throws
    -> HTTPResponse
  {
    let file: OpenFile
    do { file = try OpenFile(path) } catch { throw HTTPProblem.notFound }
    return ranged(
      request, size: file.size, validators: Validators(etag: file.etag, lastModified: file.lastModified),
      fields: ["Content-Type": contentType ?? MediaType.of(path: path)]
    ) { .file(FileBody(file: file, range: $0)) }
  }

  /// The answer to a request for a representation of known size: 304, 416, 206 or 200.
  static func ranged(
    _ request: HTTPRequest, size: Int64, validators: Validators, fields: HTTPFields,
    body: (Range<Int64>) -> Body
  ) -> HTTPResponse {
    var fields = fields
    if let etag = validators.etag { fields["ETag"] = etag }
    if let date = validators.lastModified { fields["Last-Modified"] = HTTPDate.format(date) }
    fields["Accept-Ranges"] = "bytes"
    let isRead = request.method == .get || request.method == .head
    if isRead,
      validators.isNotModified(
        ifNoneMatch: request["If-None-Match"], ifModifiedSince: request["If-Modified-Since"])
    {
      fields["Content-Type"] = nil
      return HTTPResponse(status: .notModified, fields: fields)
    }
    let mayRange = request.method == .get && validators.allowsRange(ifRange: request["If-Range"])
    switch mayRange ? ByteRange.parse(request["Range"], size: size) : .whole {
    case .whole:
      return HTTPResponse(status: .ok, fields: fields, body: body(0..<size))
    case .part(let range):
      fields["Content-Range"] = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(size)"
      return HTTPResponse(status: .partialContent, fields: fields, body: body(range))
    case .unsatisfiable:
      return HTTPResponse(status: .rangeNotSatisfiable, fields: ["Content-Range": "bytes */\(size)"])
    }
  }
}
