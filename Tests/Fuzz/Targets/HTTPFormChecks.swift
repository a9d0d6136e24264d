// A form as the client writes it, read by the server.

import HTTPClient

/// Names and values survive the way from our client to our server.
func checkForm(_ reader: inout InputReader) throws {
  var form = MultipartForm()
  var sent: [(name: String, fileName: String?, bytes: [UInt8])] = []
  while !reader.rest.isEmpty, sent.count < 8 {
    let kind = reader.byte()
    let (name, fileName, bytes) = (reader.text(), kind & 1 == 0 ? reader.text() : nil, reader.bytes())
    form.add(name, fileName: fileName, contentType: kind & 2 == 0 ? reader.text() : nil, bytes: bytes)
    sent.append((name, fileName, bytes))
  }
  // Long enough that no content of 4 KiB brings it about by chance; the fuzzer may copy it all the same.
  let boundary = "guildhall-0123456789abcdef"
  guard !sent.contains(where: { String(decoding: $0.bytes, as: UTF8.self).contains(boundary) }),
    let body = try fuzzEncodedForm(form, boundary: boundary), !sent.isEmpty
  else { return }
  guard let parts = parts(of: [body], "multipart/form-data; boundary=\(boundary)") else {
    return require(false, "our server refuses our client's form")
  }
  require(parts.count == sent.count, "a part too many or too few")
  for (part, sent) in zip(parts, sent) {
    require(part.name == asRead(sent.name), "a name does not survive")
    require(part.fileName == sent.fileName.map(asRead), "a file name does not survive")
    require(part.bytes == sent.bytes, "a value does not survive")
  }
}

/// Line ends stay escaped, as in every server; a quote that was written as an escape comes back as a quote.
private func asRead(_ name: String) -> String {
  var bytes: [UInt8] = []
  for byte in name.utf8 {
    switch byte {
    case 0: bytes += Array("%00".utf8)
    case 10: bytes += Array("%0A".utf8)
    case 13: bytes += Array("%0D".utf8)
    default: bytes.append(byte)
    }
    if bytes.suffix(3) == Array("%22".utf8)[...] { bytes.replaceSubrange((bytes.count - 3)..., with: [0x22]) }
  }
  return String(decoding: bytes, as: UTF8.self)
}
