// A file as it came with a request.

/// A file of a multipart request.
package struct UploadedPart: Sendable {
  /// Bytes of one file: the default limit of 10 MiB (https://discord.com/developers/docs/reference#uploading-files).
  package static let maximumSize = 10 << 20

  /// The form field, such as `files[0]`.
  package var field: String
  package var fileName: String
  package var contentType: String?
  package var bytes: [UInt8]

  package init(field: String, fileName: String, contentType: String?, bytes: [UInt8]) {
    (self.field, self.fileName, self.contentType, self.bytes) = (field, fileName, contentType, bytes)
  }

  /// The number in the field's brackets.
  package var index: Int? {
    guard field.hasPrefix("files["), field.hasSuffix("]") else { return nil }
    return Int(field.dropFirst(6).dropLast())
  }
}
