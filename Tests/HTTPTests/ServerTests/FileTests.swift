// Files, assets and uploads, asked for by curl and Python.

import CSystem
import EventLoop
import Glibc
import HTTPServer
import HTTPTypes
import TestKit
import Testing

extension ServerTests {
  @Suite(.serialized, .timeLimit(.minutes(1))) struct FileTests {
    @Test func `ranges, tags and dates of a file`() async throws {
      let folder = try TemporaryDirectory()
      let path = folder.file("data.bin")
      try write((0..<200_000).map { UInt8(truncatingIfNeeded: $0 / 7) }, to: path)
      try await withServer { router in
        router.get("/file", name: "file") { request in try await .file(path, for: request) }
        router.get("/missing", name: "missing") { request in try await .file(path + "x", for: request) }
      } _: { port, _ in
        let url = "http://127.0.0.1:\(port)/file"
        let whole = try await run("sh", ["-c", "curl -s \(url) | cmp - \(path) && echo same"])
        #expect(whole.output == "same\n")
        let head = try await run("curl", ["-sI", url]).output
        #expect(head.contains("Content-Length: 200000") && head.contains("Accept-Ranges: bytes"))
        let etag = try #require(head.field("ETag"))
        let date = try #require(head.field("Last-Modified"))
        let part = try await run("curl", ["-s", "-D", "-", "-o", folder.file("part"), "-r", "100-299", url])
          .output
        #expect(part.status == 206 && part.field("Content-Range") == "bytes 100-299/200000")
        let same = try await run(
          "sh", ["-c", "tail -c +101 \(path) | head -c 200 | cmp - \(folder.file("part")) && echo same"])
        #expect(same.output == "same\n")
        for (fields, status) in [
          (["Range: bytes=200000-"], 416), (["Range: bytes=-5"], 206), (["If-None-Match: \(etag)"], 304),
          (["If-Modified-Since: \(date)"], 304), (["If-None-Match: \"other\""], 200),
          (["Range: bytes=0-1", "If-Range: \(etag)"], 206),
          (["Range: bytes=0-1", "If-Range: \"other\""], 200),
        ] {
          let arguments = ["-s", "-D", "-", "-o", "/dev/null"] + fields.flatMap { ["-H", $0] } + [url]
          let answer = try await run("curl", arguments).output
          #expect(answer.status == status, "\(fields)")
        }
        let missing = try await run(
          "curl", ["-s", "-o", "/dev/null", "-w", "%{http_code}", "http://127.0.0.1:\(port)/missing"])
        #expect(missing.output == "404")
      }
    }

    @Test func `assets are served as they are where compression gains nothing`() async throws {
      let folder = try TemporaryDirectory()
      try write(
        Array(String(repeating: "body { color: red }\n", count: 400).utf8), to: folder.file("app.css"))
      let assets = try StaticFiles(folder: folder.path, compresses: false)
      let fields: HTTPFields = ["Host": "localhost", "Accept-Encoding": "zstd, gzip"]
      let answer = try await assets.response(
        for: "app.css", HTTPRequest(target: assets.url("app.css"), fields: fields))
      #expect(answer.fields["Content-Encoding"] == nil && answer.fields["Vary"] == nil)
      #expect(answer.fields["ETag"] != nil)
    }

    @Test func `assets have fingerprints, compressed forms and no way out`() async throws {
      let folder = try TemporaryDirectory()
      let css = Array(String(repeating: "body { color: red }\n", count: 400).utf8)
      try write(css, to: folder.file("app.css"))
      mkdir(folder.file("img"), 0o755)
      try write([1, 2, 3], to: folder.file("img/a.png"))
      try write(Array("secret".utf8), to: folder.file(".hidden"))
      symlink("/etc/passwd", folder.file("link.txt"))
      try write([UInt8](repeating: 7, count: 300_000), to: folder.file("big.bin"))
      let assets = try StaticFiles(folder: folder.path)
      #expect(assets.names == ["app.css", "big.bin", "img/a.png"])
      let url = assets.url("app.css")
      #expect(url.hasPrefix("/assets/app.") && url.hasSuffix(".css") && url.utf8.count == 32)
      try await withServer {
        assets.addRoutes(to: &$0)
      } _: { port, _ in
        let base = "http://127.0.0.1:\(port)"
        let plain = try await run("curl", ["-s", "-D", "-", base + url]).output
        #expect(plain.field("Cache-Control") == "public, max-age=31536000, immutable")
        #expect(
          plain.field("Content-Type") == "text/css; charset=utf-8" && plain.field("Vary") == "Accept-Encoding"
        )
        #expect(plain.contains("color: red"))
        let named = try await run("curl", ["-sI", base + "/assets/app.css"]).output
        #expect(named.field("Cache-Control") == "no-cache")
        let zipped = try await run(
          "sh", ["-c", "curl -s -H 'Accept-Encoding: gzip' \(base + url) | gzip -dc | wc -c"])
        #expect(zipped.output.contains("\(css.count)"))
        let zstd = try await run("curl", ["-sI", "-H", "Accept-Encoding: gzip, zstd", base + url]).output
        #expect(zstd.field("Content-Encoding") == "zstd")
        let tag = try #require(zstd.field("ETag"))
        let again = try await run(
          "curl", ["-sI", "-H", "Accept-Encoding: zstd", "-H", "If-None-Match: \(tag)", base + url]
        ).output
        #expect(again.status == 304 && again.field("Cache-Control")?.contains("immutable") == true)
        let other = try await run("curl", ["-sI", "-H", "If-None-Match: \(tag)", base + url]).output
        #expect(other.status == 200)
        let big = try await run("sh", ["-c", "curl -s -r 1-5 \(base + assets.url("big.bin")) | wc -c"])
        #expect(big.output.contains("5"))
        for path in [
          "/assets/.hidden", "/assets/link.txt", "/assets/../app.css", "/assets/%2e%2e/x", "/assets",
          "/assets/img",
        ] {
          let answer = try await run(
            "curl", ["-s", "--path-as-is", "-o", "/dev/null", "-w", "%{http_code}", base + path])
          #expect(answer.output == "404" || answer.output == "400", "\(path)")
        }
      }
    }

    @Test func `uploads go to disk, whole and bounded, and go away`() async throws {
      let folder = try TemporaryDirectory()
      let uploads = folder.file("uploads")
      mkdir(uploads, 0o700)
      let source = folder.file("source.bin")
      try write((0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 / 5) }, to: source)
      var limits = HTTPLimits()
      limits.bodyBytes = 8 << 20
      try await withServer(limits: limits) { router in
        router.post("/upload", name: "upload") { request in
          var upload = UploadLimits()
          (upload.fileBytes, upload.fieldBytes, upload.totalBytes, upload.parts) = (4 << 20, 100, 5 << 20, 4)
          let form = try await request.multipart(into: uploads, limits: upload)
          let files = form.files.map { "\($0.field) \($0.fileName) \($0.size) \($0.contentType ?? "-")" }
          for file in form.files { rename(file.path, folder.file("kept-\(file.field)")) }
          return HTTPResponse(
            text: (form.fields.pairs.map { "\($0.name)=\($0.value)" } + files).joined(separator: "\n"))
        }
      } _: { port, _ in
        let url = "http://127.0.0.1:\(port)/upload"
        let good = try await run(
          "curl",
          [
            "-s", "-F", "title=Ä b", "-F", "one=@\(source);filename=../../x y.bin;type=a/b", "-F",
            "two=@\(source)", url,
          ])
        // Two files of three million bytes are more than five MiB together.
        #expect(good.output.contains("Content too large"))
        let fine = try await run(
          "curl", ["-s", "-F", "title=Ä b", "-F", "one=@\(source);filename=../../x y.bin;type=a/b", url])
        #expect(fine.output == "title=Ä b\none x y.bin 3000000 a/b")
        let same = try await run("cmp", [source, folder.file("kept-one")])
        #expect(same.status == 0)
        let long = String(repeating: "x", count: 101)
        for (arguments, status) in [
          (["-F", "a=\(long)"], "413"),
          (["-F", "a=1", "-F", "b=1", "-F", "c=1", "-F", "d=1", "-F", "e=1"], "413"),
          (["-d", "a=1"], "415"),
          (["-H", "Content-Type: multipart/form-data; boundary=x", "-d", "--x\r\nbroken"], "400"),
          (["-H", "Content-Type: multipart/form-data", "-d", "a"], "400"),
        ] {
          let answer = try await run(
            "curl", ["-s", "-o", "/dev/null", "-w", "%{http_code}"] + arguments + [url])
          #expect(answer.output == status, "\(arguments)")
        }
        // Nothing is left, not even of what failed.
        #expect(try await eventually { rmdir(uploads) == 0 })
      }
    }

    @Test(arguments: [1, 2, 3, 7, 64, 100_000])
    func `a multipart form means the same however it is cut`(_ size: Int) throws {
      let text = """
        preamble\r\n--b\r\nContent-Disposition: form-data; name="a"\r\n\r\none\r\n--c\r\n--b  \r
        content-disposition: form-data; name="f"; filename="x;y.txt"\r\nContent-Type: text/plain\r\n\r\n\r\n\r
        --b--epilogue
        """
      var parser = try MultipartParser(contentType: "multipart/form-data; boundary=\"b\"", partLimit: 5)
      var found: [String] = []
      var data: [UInt8] = []
      let bytes = Array(text.utf8)
      var start = 0
      while start < bytes.count {
        let end = min(bytes.count, start + size)
        for event in try parser.feed(Array(bytes[start..<end])) {
          switch event {
          case .part(let head):
            found.append("\(head.name) \(head.fileName ?? "-") \(head.contentType ?? "-")")
          case .data(let piece): data += piece
          case .partEnd:
            found.append(String(decoding: data, as: UTF8.self))
            data = []
          }
        }
        start = end
      }
      try parser.finish()
      #expect(found == ["a - -", "one\r\n--c", "f x;y.txt text/plain", "\r\n"])
    }

    @Test func `aiohttp finds its way`() async throws {
      let script = """
        import asyncio, sys, aiohttp
        async def main(base):
            async with aiohttp.ClientSession() as s:
                async def chunks():
                    for i in range(50):
                        yield bytes([i]) * 5000
                async with s.post(base + '/echo', data=chunks()) as r:
                    body = await r.read()
                    assert r.status == 200 and body == b''.join(bytes([i]) * 5000 for i in range(50)), len(body)
                for i in range(20):
                    async with s.get(base + '/query', params={'q': 'ä &=+' + str(i)}) as r:
                        assert await r.text() == 'ä &=+' + str(i)
                async with s.post(base + '/form', data={'a': '1', 'b': 'zwei ü'}) as r:
                    assert await r.text() == '1 zwei ü', await r.text()
                async with s.get(base + '/cookie') as r:
                    assert r.cookies['session'].value == 'abc' and r.cookies['session']['httponly']
                async with s.get(base + '/nothing', headers={'Accept': 'application/json'}) as r:
                    assert r.status == 404 and (await r.json(content_type=None))['title'] == 'Not found'
                results = await asyncio.gather(*[s.get(base + '/query?q=x') for _ in range(200)])
                assert all(r.status == 200 for r in results)
        asyncio.run(main(sys.argv[1]))
        print('fine')
        """
      try await withServer { router in
        router.post("/echo", name: "echo") { request in
          HTTPResponse(contentType: "application/octet-stream", bytes: try await request.body.collect())
        }
        router.get("/query", name: "query") { request in HTTPResponse(text: try request.query["q"] ?? "-") }
        router.post("/form", name: "form") { request in
          let form = try await request.form()
          return HTTPResponse(text: "\(form["a"] ?? "") \(form["b"] ?? "")")
        }
        router.get("/cookie", name: "cookie") { _ in
          var response = HTTPResponse()
          try response.set(SetCookie("session", "abc"))
          return response
        }
      } _: { port, _ in
        let answer = try await run(testPython, ["-c", script, "http://127.0.0.1:\(port)"])
        #expect(answer.output == "fine\n")
      }
    }
  }
}

private func write(_ bytes: [UInt8], to path: String) throws {
  let descriptor = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0o600)
  defer { close(descriptor) }
  guard bytes.withUnsafeBytes({ Glibc.write(descriptor, $0.baseAddress, $0.count) }) == bytes.count else {
    throw TestKitError("write failed")
  }
}

extension String {
  /// The value of a field in a raw head.
  fileprivate func field(_ name: String) -> String? {
    for line in split(whereSeparator: \.isNewline) where line.lowercased().hasPrefix(name.lowercased() + ":")
    {
      return String(line.dropFirst(name.count + 2))
    }
    return nil
  }
}
