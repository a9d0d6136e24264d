// Each component against its golden HTML. `GUILDHALL_UPDATE_GOLDENS=1 swift test --filter Golden` writes them anew.

import Glibc
import HTML
import Testing

@Suite struct `Golden components` {
  @Test(arguments: specimens.map(\.name)) func `are written as they were`(_ name: String) throws {
    let specimen = try #require(specimens.first { $0.name == name })
    let html = broken(rendered(specimen.content))
    let path = "\(goldens)/\(name).html"
    if getenv("GUILDHALL_UPDATE_GOLDENS") != nil {
      let file = try #require(fopen(path, "we"))
      defer { fclose(file) }
      #expect(fputs(html, file) >= 0)
    }
    #expect(html == contents(of: path))
  }

  @Test(arguments: specimens.map(\.name)) func `carry no style and no event handler`(_ name: String) throws {
    let specimen = try #require(specimens.first { $0.name == name })
    let html = rendered(specimen.content)
    #expect(!html.contains(" style="))
    #expect(!html.contains(/[ ]on[a-z]+=/))
  }
}

private let goldens = #filePath.replacing("GoldenTests.swift", with: "Goldens")

/// One tag a line, so that a difference is seen where it is.
private func broken(_ html: String) -> String {
  html.replacing("><", with: ">\n<") + "\n"
}

private func contents(of path: String) -> String {
  guard let file = fopen(path, "re") else { return "" }
  defer { fclose(file) }
  var result: [UInt8] = []
  while case let byte = getc(file), byte != EOF { result.append(UInt8(truncatingIfNeeded: byte)) }
  return String(decoding: result, as: UTF8.self)
}
