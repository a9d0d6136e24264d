// What the server reads of a request, and the few things it writes that hold a client's words.

import HTTPServer
import HTTPTypes
import JSON

let serverChecks: [HTTPCheck] = [
  { try checkHead($0.allBytes) },
  { checkPath($0.allBytes) },
  { checkForm($0.allBytes) },
  { checkCookies($0.allText) },
  { checkConditions(&$0) },
  { checkDates(&$0) },
  { checkAddresses($0.allText) },
  { try checkForwardedFor($0.allText) },
  { try checkForwarded($0.allText) },
  { checkMultipart(&$0) },
  { checkFileName($0.allText) },
  { checkEvent(&$0) },
  { try checkProblem(&$0) },
]

/// A request line and its fields.
private func checkHead(_ bytes: [UInt8]) throws {
  var lines = bytes.split(separator: 10, omittingEmptySubsequences: false)
  let target = Array(lines.removeFirst())
  let fields = lines.map { line in
    let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
    return RawField(name: line[..<colon], value: line[colon...].dropFirst())
  }
  for isHTTP11 in [true, false] {
    guard let framing = try? RequestScreening.framing(of: fields, isHTTP11: isHTTP11) else { continue }
    for field in fields {
      require(HTTPFields.isToken(String(decoding: field.name, as: UTF8.self)), "a name that is no token")
      require(!field.value.filter { $0 != 9 }.hasControl, "a control character in a value")
    }
    let head = RequestHead(method: .get, target: target, isHTTP11: isHTTP11, fields: fields)
    let lengths = head.values("content-length")
    let codings = head.values("TRANSFER-ENCODING")
    require(head.values("host").count == 1 || !isHTTP11 && head.first("Host") == nil, "a host too many")
    switch framing {
    case .none: require(lengths.isEmpty && codings.isEmpty, "a body overlooked")
    case .length(let count): require(Int64(lengths[0]) == count && codings.isEmpty, "a wrong length")
    case .chunked: require(lengths.isEmpty && codings.count == 1 && isHTTP11, "a wrong chunked")
    }
    try readAll(head)
  }
}

/// Everything a handler may ask of a request.
private func readAll(_ head: RequestHead) throws {
  guard
    let request = try? HTTPRequest(
      target: String(decoding: head.target, as: UTF8.self), fields: head.fields)
  else { return }
  require(request.fields == head.fields, "fields that change")
  _ = (try? request.query, request.cookies, request.contentType)
}

private func checkPath(_ target: [UInt8]) {
  guard let path = try? RequestPath.parse(target) else { return }
  for segment in path.segments {
    require(!segment.isEmpty && segment != "." && segment != "..", "a segment that means structure")
    require(!segment.utf8.hasControl, "a control character in a path")
    require(!segment.utf8.contains { $0 == 0x2F || $0 == 0x5C }, "a slash in a segment")
  }
  var plain = path.segments.map { "/" + PercentEncoding.encode($0) }.joined()
  if path.segments.isEmpty || path.hasTrailingSlash { plain += "/" }
  require(!plain.hasPrefix("//"), "an address of another host")
  if let query = path.rawQuery { plain += "?" + query }
  require((try? RequestPath.parse(Array(plain.utf8))) == path, "a path does not survive")
}

private func checkForm(_ bytes: [UInt8]) {
  guard let form = try? FormFields.parse(bytes) else { return }
  require(form.pairs.count <= FormFields.maximumCount, "too many pairs")
  require(!form.pairs.contains { ($0.name + $0.value).utf8.contains(0) }, "a NUL in a form")
  let plain = form.pairs.map { PercentEncoding.encode($0.name) + "=" + PercentEncoding.encode($0.value) }
  require(
    (try? FormFields.parse(Array(plain.joined(separator: "&").utf8))) == form, "a form does not survive")
}

private func checkCookies(_ text: String) {
  let cookies = RequestCookies.parse(text.split(separator: "\n").map(String.init))
  require(cookies.pairs.count <= RequestCookies.maximumCount, "too many cookies")
  for (name, value) in cookies.pairs {
    require(HTTPFields.isToken(name), "a cookie's name that is no token")
    require(!value.utf8.contains(0x3B), "a semicolon in a cookie")
    guard let line = try? SetCookie(name, value).serialized() else { continue }
    require(!line.utf8.hasControl, "a control character in a cookie")
    require(RequestCookies.parse([line])[name] == value, "a cookie does not survive")
  }
}

private func checkConditions(_ reader: inout InputReader) {
  let size = Int64(reader.number() >> (1 + reader.byte() & 63))
  let text = reader.allText
  if case .part(let range) = ByteRange.parse(text, size: size) {
    require(!range.isEmpty && range.lowerBound >= 0 && range.upperBound <= size, "a range outside")
  }
  let validators = Validators(etag: "\"a,b\"", lastModified: size)
  _ = validators.isNotModified(ifNoneMatch: text, ifModifiedSince: nil)
  _ = validators.isNotModified(ifNoneMatch: nil, ifModifiedSince: text)
  _ = validators.allowsRange(ifRange: text)
  let coding = ContentNegotiation.choose(["zstd", "gzip"], acceptEncoding: text)
  require(coding == nil || coding == "zstd" || coding == "gzip", "a coding that was not offered")
  _ = MediaType.of(path: text)
}

private func checkDates(_ reader: inout InputReader) {
  // The first second of the year 10000, which has no IMF-fixdate.
  let end: Int64 = 253_402_300_800
  let moment = Int64(reader.number() % UInt64(end))
  require(HTTPDate.parse(HTTPDate.format(moment)) == moment, "a date does not survive")
  guard let parsed = HTTPDate.parse(reader.allText), parsed < end else { return }
  require(HTTPDate.parse(HTTPDate.format(parsed)) == parsed, "a read date does not survive")
}

private func checkAddresses(_ text: String) {
  if let address = IPAddress(text) {
    require(!text.utf8.contains(0), "an address with a tail")
    require(IPAddress(address.description) == address, "an address does not survive")
    for length in 0...(address.isV4 ? 32 : 128) {
      require(IPNetwork("\(address)/\(length)")?.contains(address) == true, "outside of its own network")
    }
  }
  if let network = IPNetwork(text) {
    require(!text.utf8.contains(0), "a network with a tail")
    require(
      text.split(separator: "/").first.flatMap { IPAddress($0) }.map(network.contains) == true, "outside")
  }
}

/// What a proxy appends counts, whatever the client sent before it.
private func checkForwardedFor(_ sent: String) throws {
  guard !sent.utf8.hasControl else { return }
  for (added, seen) in [("203.0.113.9", "203.0.113.9"), ("2001:db8::9", "2001:db8::9"), ("", "10.0.0.1")] {
    let view = try view(.xForwarded, ["x-forwarded-for": [sent + ", " + added]])
    require(view.address?.description == seen, "a client chose its own address")
  }
  let view = try view(.xForwarded, ["x-forwarded-proto": [sent], "x-forwarded-host": [sent]])
  require(view.scheme == "http" || view.scheme == "https", "a scheme that is none")
  require(!view.host.utf8.contains { $0 <= 0x20 || $0 == 0x2F || $0 >= 0x7F }, "a host that is none")
}

private func checkForwarded(_ sent: String) throws {
  guard !sent.utf8.hasControl else { return }
  for added in ["203.0.113.9", "\"[2001:db8::9]:443\""] {
    let view = try view(.forwarded, ["forwarded": ["\(sent), for=\(added);proto=http;host=real.example"]])
    let seen = view.address?.description
    // The peer itself where the client broke the grammar.
    require(
      seen == "10.0.0.1" || seen == "203.0.113.9" || seen == "2001:db8::9", "a client chose its address")
    require(view.scheme == "http", "a client chose its scheme")
    require(view.host == "us" || view.host == "real.example", "a client chose its host")
  }
}

private func view(_ dialect: ProxyTrust.Dialect, _ fields: [String: [String]]) throws -> ClientView {
  let trust = try ProxyTrust(networks: ["10.0.0.0/8"], dialect: dialect)
  let lookup = { (name: StaticString) in "\(name)" == "host" ? ["us"] : fields["\(name)"] ?? [] }
  let peer = IPAddress(v4: 10 << 24 | 1)
  require(ProxyTrust.none.resolve(peer: peer, values: lookup).address == peer, "nobody is believed")
  return trust.resolve(peer: peer, values: lookup)
}

/// Whole and in pieces, a form is the same.
private func checkMultipart(_ reader: inout InputReader) {
  let pieces = reader.pieces()
  let type = reader.byte() & 1 == 0 ? "multipart/form-data; boundary=b" : reader.text()
  let body = reader.allBytes
  let whole = parts(of: [body], type)
  require(whole == parts(of: body.split(into: pieces), type), "pieces matter")
}

/// A part, put together again.
struct FormPart: Equatable {
  let name: String
  let fileName: String?
  let contentType: String?
  var bytes: [UInt8] = []
  var isComplete = false
}

/// nil when the form is refused.
func parts(of pieces: [[UInt8]], _ contentType: String) -> [FormPart]? {
  guard var parser = try? MultipartParser(contentType: contentType, partLimit: 16) else { return nil }
  var parts: [FormPart] = []
  for piece in pieces {
    guard let events = try? parser.feed(piece) else { return nil }
    for event in events {
      switch event {
      case .part(let head):
        parts.append(FormPart(name: head.name, fileName: head.fileName, contentType: head.contentType))
      case .data(let bytes): parts[parts.count - 1].bytes += bytes
      case .partEnd: parts[parts.count - 1].isComplete = true
      }
    }
  }
  guard (try? parser.finish()) != nil else { return nil }
  require(parts.count <= 16 && parts.allSatisfy(\.isComplete), "a part too many or too short")
  return parts
}

private func checkFileName(_ text: String) {
  let name = FileName.sanitized(text)
  require((1...120).contains(name.utf8.count), "a name too long or empty")
  require(!name.utf8.hasControl, "a control character in a name")
  require(!name.utf8.contains { $0 == 0x2F || $0 == 0x5C }, "a folder in a name")
  require(name.utf8.first != 0x2E, "a hidden file")
  require(FileName.sanitized(name) == name, "a harmless name changes")
}

/// An event is one event, and a browser reads the data that was sent.
private func checkEvent(_ reader: inout InputReader) {
  let (id, event) = (reader.text(), reader.text())
  let data = reader.allText
  let sent = ServerSentEvent(data, event: event, id: id, retry: .seconds(1)).serialized
  let text = String(decoding: sent, as: UTF8.self)
  require(!text.utf8.contains(13), "a line end inside")
  let lines = text.utf8.split(separator: 10, omittingEmptySubsequences: false).map(String.init)
  let names = lines.map { line in String(line?.utf8.prefix { $0 != 0x3A } ?? Substring("?").utf8) }
  require(names.dropLast(2).dropFirst(3).allSatisfy { $0 == "data" }, "a field smuggled in")
  require(names.prefix(3) == ["id", "event", "retry"] && names.suffix(2) == ["", ""], "an event's shape")
  let read = lines.dropLast(2).dropFirst(3).map { line in line.map { Array($0.utf8.dropFirst(6)) } ?? [] }
  let bytes = Array(data.utf8)
  // CR LF is one line end: its LF is left out.
  let ends = Set(bytes.indices.filter { $0 > 0 && bytes[$0] == 10 && bytes[$0 - 1] == 13 })
  let single = bytes.indices.filter { !ends.contains($0) }.map { bytes[$0] }
  let expected = single.split(omittingEmptySubsequences: false) { $0 == 10 || $0 == 13 }.map { Array($0) }
  require(read == expected, "data does not survive")
}

/// The answer to a bad request may repeat a client's words, never as markup.
private func checkProblem(_ reader: inout InputReader) throws {
  let accept = reader.text()
  let words = reader.allText
  let problem = HTTPProblem(.badRequest, words, detail: words)
  for accept in [accept, "application/json", "text/html"] {
    let response = problem.response(accept: accept, requestID: "0")
    guard case .bytes(let bytes) = response.body, let type = response.fields["Content-Type"] else {
      return require(false, "an answer without a body")
    }
    if type == "application/problem+json" { try JSONCoding.validate(Array(bytes)) }
    if type.hasPrefix("text/html") {
      require(bytes.count { $0 == UInt8(ascii: "<") } == 14, "markup of a client")
    }
  }
}
