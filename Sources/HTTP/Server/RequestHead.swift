// Request line and fields, as bytes until someone asks for text.

internal import CMicrohttpd
package import HTTPTypes

/// The head of one request. Immutable; fields are kept as bytes, because most are never looked at.
package final class RequestHead: Sendable {
  package let method: HTTPMethod
  /// The request target as it was sent.
  package let target: [UInt8]
  package let isHTTP11: Bool
  package let rawFields: [RawField]

  package init(method: HTTPMethod, target: [UInt8], isHTTP11: Bool = true, fields: [RawField]) {
    self.method = method
    self.target = target
    self.isHTTP11 = isHTTP11
    rawFields = fields
  }

  /// Bytes of all names and values.
  var fieldBytes: Int { rawFields.reduce(0) { $0 + $1.name.count + $1.value.count } }

  /// The first field of that name, without regard to case.
  package func first(_ name: some StringProtocol) -> String? {
    for field in rawFields where Self.matches(field.name, name) {
      return String(decoding: field.value, as: UTF8.self)
    }
    return nil
  }

  /// Every field of that name.
  package func values(_ name: some StringProtocol) -> [String] {
    rawFields.filter { Self.matches($0.name, name) }.map { String(decoding: $0.value, as: UTF8.self) }
  }

  /// Every field of that name, which is in lower case.
  func values(lowercased name: StaticString) -> [String] {
    var result: [String] = []
    for field in rawFields where field.isNamed(name) {
      result.append(String(decoding: field.value, as: UTF8.self))
    }
    return result
  }

  /// All fields as text.
  package var fields: HTTPFields {
    var fields = HTTPFields()
    for field in rawFields {
      fields.append(String(decoding: field.name, as: UTF8.self), String(decoding: field.value, as: UTF8.self))
    }
    return fields
  }

  private static func matches(_ bytes: ArraySlice<UInt8>, _ name: some StringProtocol) -> Bool {
    let name = name.utf8
    guard bytes.count == name.count else { return false }
    return bytes.elementsEqual(name) { left, right in
      left == right || (left ^ right == 0x20 && (left | 0x20) &- 0x61 < 26)
    }
  }
}

extension RequestHead {
  /// Copies the fields of a connection. MHD thread, first access call.
  static func copyFields(of connection: OpaquePointer) -> [RawField] {
    var spans: [FieldSpan] = []
    spans.reserveCapacity(12)
    var collector = FieldCollector(bytes: [], spans: spans)
    collector.bytes.reserveCapacity(512)
    withUnsafeMutablePointer(to: &collector) { pointer in
      _ = MHD_get_connection_values_n(connection, cmhd_header_kind(), collectField, pointer)
    }
    let bytes = collector.bytes
    return collector.spans.map { span in
      RawField(name: bytes[span.start..<span.nameEnd], value: bytes[span.nameEnd..<span.end])
    }
  }
}

private struct FieldSpan {
  let start: Int
  let nameEnd: Int
  let end: Int
}

private struct FieldCollector {
  var bytes: [UInt8]
  var spans: [FieldSpan]
}

/// Appends one field to the collector; a file-scope function because the library calls it.
private func collectField(
  _ context: UnsafeMutableRawPointer?, _ kind: MHD_ValueKind, _ name: UnsafePointer<CChar>?, _ nameCount: Int,
  _ value: UnsafePointer<CChar>?, _ valueCount: Int
) -> MHD_Result {
  guard let context, let name else { return .NO }
  let collector = context.assumingMemoryBound(to: FieldCollector.self)
  let start = collector.pointee.bytes.count
  collector.pointee.bytes.append(contentsOf: UnsafeRawBufferPointer(start: name, count: nameCount))
  let nameEnd = collector.pointee.bytes.count
  if let value {
    collector.pointee.bytes.append(contentsOf: UnsafeRawBufferPointer(start: value, count: valueCount))
  }
  collector.pointee.spans.append(
    FieldSpan(start: start, nameEnd: nameEnd, end: collector.pointee.bytes.count))
  return .YES
}
