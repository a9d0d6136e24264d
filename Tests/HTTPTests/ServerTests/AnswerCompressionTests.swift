// Answers made for one request, compressed: what is, what is not, and that it says what it was.

import Compression
import HTTPServer
import HTTPTypes
import TestKit
import Testing

@Suite struct AnswerCompressionTests {
  private static let text = String(repeating: "A calm and clear page. ", count: 400)

  private func answer(_ response: HTTPResponse, accepting field: String?) async throws -> HTTPResponse {
    var router = Router()
    router.useAroundAll(AnswerCompression.middleware)
    router.get("/", name: "page") { _ in response }
    var fields: HTTPFields = [:]
    if let field { fields["Accept-Encoding"] = field }
    return try await router.closed().respond(to: HTTPRequest(method: .get, target: "/", fields: fields))
  }

  private func bytes(_ response: HTTPResponse) throws -> [UInt8] {
    guard case .bytes(let bytes) = response.body else { throw TestKitError("no bytes") }
    return Array(bytes)
  }

  @Test(arguments: [("gzip", CompressionFormat.gzip), ("gzip;q=0.5, zstd", .zstd), ("br, *", .zstd)])
  func `text goes out in the coding the client likes best, and is the same after it`(
    field: String, format: CompressionFormat
  ) async throws {
    let answer = try await answer(.html(Self.text), accepting: field)
    let body = try bytes(answer)
    #expect(answer.fields["Content-Encoding"] == "\(format)")
    #expect(body.count * 10 < Self.text.utf8.count)
    #expect(try decompress(body, as: format, limit: 1 << 20) == Array(Self.text.utf8))
  }

  @Test(arguments: [nil, "identity", "br", "gzip;q=0", "gzip;q=0.1, identity"])
  func `whoever accepts none of it gets plain text, and caches know why`(field: String?) async throws {
    var page = HTTPResponse.html(Self.text)
    page.fields["Vary"] = "Cookie"
    let answer = try await answer(page, accepting: field)
    #expect(answer.fields["Content-Encoding"] == nil)
    #expect(answer.fields["Vary"] == "Cookie, Accept-Encoding")
    #expect(try bytes(answer) == Array(Self.text.utf8))
  }

  @Test func `pictures, events, short answers, and what has a form of its own stay as they are`() async throws
  {
    let long = Array(Self.text.utf8)
    var tagged = HTTPResponse.html(Self.text)
    tagged.fields["ETag"] = "\"1\""
    var encoded = HTTPResponse.html(Self.text)
    encoded.fields["Content-Encoding"] = "br"
    let cases = [
      HTTPResponse(contentType: "image/png", bytes: long),
      HTTPResponse(contentType: "text/event-stream", bytes: long),
      .html(String(repeating: "x", count: AnswerCompression.minimumSize - 1)), tagged, encoded,
    ]
    for response in cases {
      let answer = try await answer(response, accepting: "gzip, zstd")
      #expect(answer.fields.fields.map(\.value) == response.fields.fields.map(\.value))
      #expect(try bytes(answer) == bytes(response))
    }
    // What cannot be made shorter is not made longer.
    var noise = SystemRandomNumberGenerator()
    let random = (0..<4_000).map { _ in UInt8.random(in: 0...255, using: &noise) }
    let dense = try await answer(HTTPResponse(contentType: "text/plain", bytes: random), accepting: "gzip")
    #expect(try dense.fields["Content-Encoding"] == nil && bytes(dense) == random)
  }
}
