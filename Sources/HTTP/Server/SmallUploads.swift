// Multipart forms that stay in memory: a file or two that are looked at and not kept as files.

internal import HTTPTypes

/// A file of a form, whole.
package struct SmallUpload: Sendable {
  /// The form field's name.
  package let field: String
  /// As in `UploadedFile`.
  package let fileName: String
  package let bytes: [UInt8]
}

extension HTTPRequest {
  /// Reads the body as a multipart form into memory; of the limits, `totalBytes` bounds it all.
  ///
  /// - Throws: `HTTPProblem` 400, 413 or 415; what the body throws.
  package func smallMultipart(
    limits: UploadLimits = UploadLimits()
  ) async throws -> (fields: FormFields, files: [SmallUpload]) {
    var parser = try MultipartParser(contentType: self["Content-Type"], partLimit: limits.parts)
    var form = SmallForm(limits: limits)
    for try await chunk in body {
      for event in try parser.feed(chunk) { try form.take(event) }
    }
    try parser.finish()
    return (form.fields, form.files)
  }
}

/// A form while it comes in.
private struct SmallForm {
  let limits: UploadLimits
  var fields = FormFields()
  var files: [SmallUpload] = []
  private var head: MultipartParser.PartHead?
  private var part: [UInt8] = []
  private var total = 0

  init(limits: UploadLimits) { self.limits = limits }

  mutating func take(_ event: MultipartParser.Event) throws(HTTPProblem) {
    switch event {
    case .part(let head):
      self.head = head
      part = []
    case .data(let bytes):
      part += bytes
      total += bytes.count
      let limit = head?.fileName == nil ? limits.fieldBytes : limits.fileBytes
      guard part.count <= limit, total <= limits.totalBytes else {
        throw HTTPProblem.tooLarge("A file may have at most \(limits.fileBytes) bytes.")
      }
    case .partEnd:
      guard let head else { return }
      guard head.fileName == nil else {
        files.append(
          SmallUpload(
            field: head.name, fileName: FileName.sanitized(head.fileName ?? ""), bytes: part))
        return
      }
      guard let text = String(validating: part, as: UTF8.self), !part.contains(0) else {
        throw HTTPProblem.badRequest("A field is not UTF-8.")
      }
      fields.append(head.name, text)
    }
  }
}
