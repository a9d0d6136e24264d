// The pure parsers: paths, fields, framing, ranges, conditions, cookies, proxies.

import HTTPServer
import HTTPTypes
import Testing

@Suite struct ParsingTests {
  @Test(arguments: [
    ("/", []), ("/a", ["a"]), ("/a/b", ["a", "b"]), ("/a%20b", ["a b"]), ("/%C3%A9", ["é"]),
    ("http://example.org/x", ["x"]), ("http://example.org", []), ("/a+b", ["a+b"]), ("/...", ["..."]),
  ])
  func `a path is decoded into segments`(_ target: String, _ segments: [String]) throws {
    #expect(try RequestPath.parse(Array(target.utf8)).segments == segments)
  }

  @Test(arguments: [
    "", "a", "//", "/a//b", "/..", "/a/../b", "/%2e%2e/x", "/.", "/%2E", "/a%2fb", "/a%2Fb", "/a%5cb",
    "/a\\b",
    "/%00", "/a%0ab", "/%7f", "/%", "/%4", "/%zz", "/%ff", "/%c0%af", "/a#b", "/a b", "ftp://x/", "/a?\u{1}",
  ])
  func `a path that could be read two ways is refused`(_ target: String) {
    #expect(throws: HTTPProblem.self) { try RequestPath.parse(Array(target.utf8)) }
  }

  static let smuggling: [(String, [RawField])] = [
    ("two lengths", [.init("Host", "x"), .init("Content-Length", "1"), .init("Content-Length", "1")]),
    (
      "length and chunked",
      [.init("Host", "x"), .init("Content-Length", "1"), .init("Transfer-Encoding", "chunked")]
    ),
    (
      "two codings",
      [.init("Host", "x"), .init("Transfer-Encoding", "chunked"), .init("Transfer-Encoding", "chunked")]
    ),
    ("unknown coding", [.init("Host", "x"), .init("Transfer-Encoding", "xchunked")]),
    ("coding list", [.init("Host", "x"), .init("Transfer-Encoding", "gzip, chunked")]),
    ("name with space", [.init("Host", "x"), .init("Content-Length ", "1")]),
    ("name with tab", [.init("Host", "x"), .init("Transfer-Encoding\t", "chunked")]),
    ("empty name", [.init("Host", "x"), .init("", "1")]),
    ("no host", [.init("Accept", "*/*")]),
    ("two hosts", [.init("Host", "x"), .init("Host", "y")]),
    ("host with slash", [.init("Host", "x/y")]),
    ("signed length", [.init("Host", "x"), .init("Content-Length", "+1")]),
    ("length list", [.init("Host", "x"), .init("Content-Length", "1, 1")]),
    ("hexadecimal length", [.init("Host", "x"), .init("Content-Length", "0x1")]),
    ("huge length", [.init("Host", "x"), .init("Content-Length", "9999999999999999999")]),
    ("empty length", [.init("Host", "x"), .init("Content-Length", "")]),
    ("control byte", [.init("Host", "x"), .init("X", "a\u{1}b")]),
  ]

  @Test(arguments: smuggling)
  func `ambiguous framing is refused and ends the connection`(_ name: String, _ fields: [RawField]) {
    let problem = #expect(throws: HTTPProblem.self) {
      try RequestScreening.framing(of: fields, isHTTP11: true)
    }
    #expect(problem?.closesConnection == true)
  }

  @Test func `proper framing is understood`() throws {
    let host = RawField("host", "example.org:8080")
    #expect(try RequestScreening.framing(of: [host], isHTTP11: true) == .none)
    #expect(try RequestScreening.framing(of: [], isHTTP11: false) == .none)
    #expect(
      try RequestScreening.framing(of: [host, .init("content-length", "17")], isHTTP11: true) == .length(17))
    #expect(
      try RequestScreening.framing(of: [host, .init("Transfer-Encoding", "Chunked")], isHTTP11: true)
        == .chunked)
  }

  @Test(
    arguments: [
      (nil, ByteRange.whole), ("bytes=0-0", .part(0..<1)), ("bytes=0-", .part(0..<10)),
      ("bytes=-3", .part(7..<10)),
      ("bytes=-30", .part(0..<10)), ("bytes=5-100", .part(5..<10)), ("bytes=10-", .unsatisfiable),
      ("bytes=-0", .unsatisfiable), ("bytes=5-4", .whole), ("bytes=0-1,3-4", .whole), ("items=0-1", .whole),
      ("bytes=a-b", .whole), ("bytes=", .whole), ("bytes=9223372036854775807-", .whole),
    ] as [(String?, ByteRange)])
  func `a range is read`(_ field: String?, _ range: ByteRange) {
    #expect(ByteRange.parse(field, size: 10) == range)
  }

  @Test func `a validator answers conditions`() {
    let validators = Validators(etag: "\"a,b\"", lastModified: 784_111_777)
    #expect(validators.isNotModified(ifNoneMatch: "\"x\", \"a,b\"", ifModifiedSince: nil))
    #expect(validators.isNotModified(ifNoneMatch: "W/\"a,b\"", ifModifiedSince: nil))
    #expect(validators.isNotModified(ifNoneMatch: "*", ifModifiedSince: nil))
    #expect(!validators.isNotModified(ifNoneMatch: "\"a\"", ifModifiedSince: "Sun, 06 Nov 1994 08:49:37 GMT"))
    #expect(validators.isNotModified(ifNoneMatch: nil, ifModifiedSince: "Sun, 06 Nov 1994 08:49:37 GMT"))
    #expect(!validators.isNotModified(ifNoneMatch: nil, ifModifiedSince: "Sun, 06 Nov 1994 08:49:36 GMT"))
    #expect(!validators.isNotModified(ifNoneMatch: nil, ifModifiedSince: "yesterday"))
    #expect(validators.allowsRange(ifRange: "\"a,b\""))
    #expect(!validators.allowsRange(ifRange: "W/\"a,b\""))
    #expect(validators.allowsRange(ifRange: "Sun, 06 Nov 1994 08:49:37 GMT"))
  }

  @Test(arguments: [0, 951_782_400, 784_111_777, 1_709_164_800, 4_102_444_799] as [Int64])
  func `a date survives being written and read`(_ seconds: Int64) {
    #expect(HTTPDate.parse(HTTPDate.format(seconds)) == seconds)
  }

  @Test func `the standard's own date is written as it says`() {
    #expect(HTTPDate.format(784_111_777) == "Sun, 06 Nov 1994 08:49:37 GMT")
  }

  @Test(
    arguments: [
      (nil, nil), ("gzip", "gzip"), ("gzip, zstd", "zstd"), ("zstd;q=0.1, gzip;q=0.9", "gzip"), ("*", "zstd"),
      ("zstd;q=0, *", "gzip"), ("identity", nil), ("br", nil), ("gzip;q=0.2, identity;q=0.5", nil),
      ("GZIP;Q=1.0", "gzip"), ("gzip;q=x", nil),
    ] as [(String?, String?)])
  func `a coding is negotiated`(_ field: String?, _ coding: String?) {
    #expect(ContentNegotiation.choose(["zstd", "gzip"], acceptEncoding: field) == coding)
  }

  @Test func `queries keep order and repetition`() throws {
    let fields = try FormFields.parse(Array("a=1&b=&a=2&c&&%C3%A9=x+y%2B".utf8))
    #expect(fields.values("a") == ["1", "2"])
    #expect(fields["b"] == "")
    #expect(fields["c"] == "")
    #expect(fields["é"] == "x y+")
    #expect(fields["d"] == nil)
  }

  @Test(arguments: ["a=%", "a=%ff", "%00=1", "a=%4"])
  func `a query that is not properly encoded is refused`(_ text: String) {
    #expect(throws: HTTPProblem.self) { try FormFields.parse(Array(text.utf8)) }
  }

  @Test func `cookies are read leniently`() {
    let cookies = RequestCookies.parse(["a=1; b=\"two\";bad; c=x=y ", "a=3"])
    #expect(cookies["a"] == "1")
    #expect(cookies["b"] == "two")
    #expect(cookies["c"] == "x=y")
    #expect(cookies.pairs.count == 4)
  }

  @Test func `a cookie is safe unless told otherwise`() throws {
    var cookie = SetCookie("__Host-session", "abc")
    cookie.maxAge = .seconds(60)
    #expect(
      try cookie.serialized() == "__Host-session=abc; Path=/; Max-Age=60; Secure; HttpOnly; SameSite=Lax")
  }

  static let badCookies: [SetCookie] = {
    var insecureHost = SetCookie("__Host-a", "b")
    insecureHost.isSecure = false
    var domainHost = SetCookie("__Host-a", "b")
    domainHost.domain = "example.org"
    var pathHost = SetCookie("__Host-a", "b")
    pathHost.path = "/x"
    var insecureNone = SetCookie("a", "b")
    (insecureNone.isSecure, insecureNone.sameSite) = (false, .none)
    var injected = SetCookie("a", "b")
    injected.path = "/; Domain=evil"
    return [
      insecureHost, domainHost, pathHost, insecureNone, injected, SetCookie("a b", "c"),
      SetCookie("a", "b;c"),
    ]
  }()

  @Test(arguments: badCookies)
  func `a cookie that browsers would drop is refused`(_ cookie: SetCookie) {
    #expect(throws: HTTPServerError.self) { try cookie.serialized() }
  }

  @Test(arguments: [
    ("a.png", "a.png"), ("../../etc/passwd", "passwd"), ("C:\\x\\y.txt", "y.txt"), ("", "file"),
    ("...", "file"),
    (".htaccess", "htaccess"), ("a\u{202e}gpj.exe", "agpj.exe"), ("a\r\nb", "ab"), ("a<b>.txt", "a_b_.txt"),
    ("/", "file"), ("../a/\u{301}b", "\u{301}b"),
    ("a\\\u{301}b", "\u{301}b"), (".\u{301}a", "\u{301}a"),
  ])
  func `a file name is made harmless`(_ name: String, _ harmless: String) {
    #expect(FileName.sanitized(name) == harmless)
  }

  @Test(arguments: ["\u{301}a", "a\u{2028}b", "a\u{c}b", "a;b\u{600}", "\u{85}"])
  func `a part's name may begin and end with any mark`(_ name: String) throws {
    var parser = try MultipartParser(contentType: "multipart/form-data; boundary=b", partLimit: 1)
    let text =
      "--b\r\nContent-Disposition: form-data; name=\"\(name)\"; filename=\"\(name)\"\r\n\r\n\r\n--b--\r\n"
    guard case .part(let head) = try parser.feed(Array(text.utf8)).first else {
      Issue.record("no part")
      return
    }
    #expect(Array(head.name.utf8) == Array(name.utf8))
    #expect(head.fileName.map { Array($0.utf8) } == Array(name.utf8))
  }

  @Test func `an event cannot smuggle another`() {
    let event = ServerSentEvent("a\nb\r\nc\rdata: d", event: "x\nid: 7", id: "1\r\n2", retry: .seconds(3))
    #expect(
      String(decoding: event.serialized, as: UTF8.self)
        == "id: 12\nevent: xid: 7\nretry: 3000\ndata: a\ndata: b\ndata: c\ndata: data: d\n\n")
  }
}

@Suite struct ProxyTests {
  /// Peer, trusted networks, fields, and whom the server should see.
  struct Case: Sendable, CustomTestStringConvertible {
    let peer: String
    var trusted = ["127.0.0.1", "10.0.0.0/8", "fd00::/8"]
    var dialect = ProxyTrust.Dialect.xForwarded
    let fields: [String: [String]]
    let client: String
    var scheme = "http"
    var host = "us"
    var testDescription: String { "\(peer) \(fields)" }
  }

  static let cases: [Case] = [
    Case(peer: "203.0.113.9", fields: ["x-forwarded-for": ["1.2.3.4"]], client: "203.0.113.9"),
    Case(peer: "127.0.0.1", fields: [:], client: "127.0.0.1"),
    Case(peer: "127.0.0.1", fields: ["x-forwarded-for": ["1.2.3.4"]], client: "1.2.3.4"),
    Case(peer: "127.0.0.1", fields: ["x-forwarded-for": ["6.6.6.6, 1.2.3.4"]], client: "1.2.3.4"),
    Case(peer: "127.0.0.1", fields: ["x-forwarded-for": ["6.6.6.6, 1.2.3.4, 10.1.1.1"]], client: "1.2.3.4"),
    Case(peer: "127.0.0.1", fields: ["x-forwarded-for": ["1.2.3.4", "10.1.1.1"]], client: "1.2.3.4"),
    Case(peer: "127.0.0.1", fields: ["x-forwarded-for": ["10.2.2.2, 10.1.1.1"]], client: "10.2.2.2"),
    Case(peer: "127.0.0.1", fields: ["x-forwarded-for": ["1.2.3.4, junk, 10.1.1.1"]], client: "10.1.1.1"),
    Case(peer: "127.0.0.1", fields: ["x-forwarded-for": ["1.2.3.4:5678"]], client: "1.2.3.4"),
    Case(peer: "127.0.0.1", fields: ["x-forwarded-for": ["[2001:db8::1]:443"]], client: "2001:db8::1"),
    Case(peer: "127.0.0.1", fields: ["x-forwarded-for": ["2001:db8::1"]], client: "2001:db8::1"),
    Case(peer: "::ffff:10.0.0.1", fields: ["x-forwarded-for": ["1.2.3.4"]], client: "1.2.3.4"),
    Case(peer: "fd00::1", fields: ["x-forwarded-for": ["1.2.3.4"]], client: "1.2.3.4"),
    Case(
      peer: "127.0.0.1", fields: ["x-forwarded-proto": ["https"], "x-forwarded-host": ["guild.example"]],
      client: "127.0.0.1", scheme: "https", host: "guild.example"),
    Case(
      peer: "9.9.9.9", fields: ["x-forwarded-proto": ["https"], "x-forwarded-host": ["guild.example"]],
      client: "9.9.9.9"),
    // U+0600 makes one `Character` with what follows it: the comma of the next proxy.
    Case(
      peer: "127.0.0.1", fields: ["x-forwarded-for": ["6.6.6.6:\u{600}, 203.0.113.9"]],
      client: "203.0.113.9"),
    Case(
      peer: "127.0.0.1", fields: ["x-forwarded-for": ["6.6.6.6\u{600}, 203.0.113.9"]], client: "203.0.113.9"),
    Case(peer: "127.0.0.1", fields: ["x-forwarded-for": ["6.6.6.6:80x"]], client: "127.0.0.1"),
    Case(peer: "127.0.0.1", fields: ["x-forwarded-host": ["evil/path"]], client: "127.0.0.1"),
    Case(peer: "127.0.0.1", fields: ["x-forwarded-proto": ["gopher"]], client: "127.0.0.1"),
    Case(peer: "127.0.0.1", fields: ["forwarded": ["for=1.2.3.4;proto=https"]], client: "127.0.0.1"),
    Case(
      peer: "127.0.0.1", dialect: .forwarded,
      fields: ["forwarded": ["for=6.6.6.6, for=\"[2001:db8::1]:4711\";proto=https;host=guild.example"]],
      client: "2001:db8::1", scheme: "https", host: "guild.example"),
    Case(
      peer: "127.0.0.1", dialect: .forwarded,
      fields: ["forwarded": ["for=1.2.3.4, for=unknown, for=10.1.1.1"]],
      client: "10.1.1.1"),
    Case(
      peer: "127.0.0.1", dialect: .forwarded, fields: ["x-forwarded-for": ["6.6.6.6"]], client: "127.0.0.1"),
    // An open quote swallows what the proxy appends; nothing in it is believed then.
    Case(
      peer: "127.0.0.1", dialect: .forwarded, fields: ["forwarded": ["for=6.6.6.6:\", for=203.0.113.9"]],
      client: "127.0.0.1"),
    Case(
      peer: "127.0.0.1", dialect: .forwarded,
      fields: ["forwarded": ["proto=https;host=evil;x=\", for=203.0.113.9;proto=http"]], client: "127.0.0.1"),
    Case(
      peer: "127.0.0.1", dialect: .forwarded,
      fields: ["forwarded": ["for=6.6.6.6:\u{600}, for=203.0.113.9:_a"]], client: "203.0.113.9"),
  ]

  @Test(arguments: cases)
  func `only a named proxy is believed`(_ testCase: Case) throws {
    let trust = try ProxyTrust(networks: testCase.trusted, dialect: testCase.dialect)
    let view = trust.resolve(peer: IPAddress(testCase.peer)) { name in
      "\(name)" == "host" ? ["us"] : testCase.fields["\(name)"] ?? []
    }
    #expect(view.address?.description == testCase.client)
    #expect(view.scheme == testCase.scheme)
    #expect(view.host == testCase.host)
  }

  @Test(arguments: [
    "10.0.0.0/33", "10.0.0.0/+8", "10.0.0.0\0/8", "10.0.0.0/-1", "example.org", "", "10.0.0.0/8/8",
    "fd00::/129",
  ])
  func `a network that is none is refused`(_ text: String) {
    #expect(throws: HTTPServerError.self) { try ProxyTrust(networks: [text]) }
  }
}

@Suite struct HostileInputTests {
  @Test(.timeLimit(.minutes(1))) func `no bytes whatever stop the parsers`() {
    var generator = SystemRandomNumberGenerator()
    let words = [
      "%", "%00", "%2f", "/", "..", "--b", "\r\n", "\r\n\r\n", ":", ";", ",", "\"", "=", "bytes=", "-", "9",
      "for=", "[", "]",
      "Content-Disposition: form-data; name=\"a\"", "chunked", "Transfer-Encoding", "q=", "é", "\u{0}",
    ].map { Array($0.utf8) }
    for _ in 0..<20_000 {
      var bytes: [UInt8] = [.random(in: 0...9, using: &generator)]
      for _ in 0..<Int.random(in: 0...12, using: &generator) {
        if Bool.random(using: &generator) {
          bytes += words.randomElement(using: &generator) ?? []
        } else {
          bytes.append(.random(in: 0...255, using: &generator))
        }
      }
      HTTPFuzz.run(bytes)
    }
  }
}
