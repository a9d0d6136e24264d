// The doors for the fuzzer: what servers answer and what users put into forms, without libcurl.

package import HTTPTypes

/// Reads header lines as libcurl would hand them over, each with its line end. No line may trap; at most 4 KiB are
/// read.
///
/// - Returns: the final section's status and fields once it is complete; nil before, and for what is refused.
package func fuzzResponseHead(_ lines: [[UInt8]]) -> (status: HTTPStatus, fields: HTTPFields)? {
  var reader = ResponseHeadReader(limit: 4 << 10)
  for line in lines {
    switch line.withUnsafeBytes({ reader.read($0) }) {
    case .more: continue
    case .complete(let status, let fields, _): return (status, fields)
    case .tooLarge, .malformed: return nil
    }
  }
  return nil
}

/// The bytes a form without files from disk is sent as; nil for one with such files.
package func fuzzEncodedForm(_ form: MultipartForm, boundary: String) throws(HTTPError) -> [UInt8]? {
  guard case .bytes(let bytes) = try form.encoded(boundary: boundary).content else { return nil }
  return bytes
}
