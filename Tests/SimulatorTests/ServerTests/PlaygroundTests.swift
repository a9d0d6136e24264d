// Tests of the playground's files: what the page names is there, nothing inline, every sentence in the catalog.

import HTTPServer
import HTTPTypes
import JSON
import Testing

@testable import Simulator

@Suite struct PlaygroundTests {
  private func get(_ path: String) async throws -> HTTPResponse {
    var router = Router()
    try Playground.load().addRoutes(to: &router)
    return try await router.closed().respond(to: HTTPRequest(target: path, fields: ["Host": "localhost"]))
  }

  private func text(_ path: String) async throws -> String {
    let response = try await get(path)
    guard case .bytes(let bytes) = response.body else { return "" }
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test func `the page and its files carry the policy`() async throws {
    for path in ["/playground", "/playground/assets/scripts/main.js", "/playground/strings/en.json"] {
      let response = try await get(path)
      #expect(response.status == .ok, "\(path)")
      #expect(response.fields["Content-Security-Policy"] == Playground.contentSecurityPolicy)
    }
    for forbidden in ["unsafe", "http:", "https:", "*", "data:"] {
      #expect(!Playground.contentSecurityPolicy.contains(forbidden))
    }
  }

  @Test func `the page loads every module at once`() async throws {
    let page = try await text("/playground")
    let playground = try Playground.load()
    #expect(playground.names.count > 40)
    for name in playground.names where name.hasPrefix("scripts/") || name.hasPrefix("styles/") {
      #expect(page.contains("\"/playground/assets/\(name)\""), "\(name)")
    }
  }

  @Test func `modules are short, and make no markup from text`() async throws {
    for name in try Playground.load().names where name.hasSuffix(".js") {
      let script = try await text("/playground/assets/\(name)")
      #expect(script.hasPrefix("// "), "\(name) does not say what it is for")
      #expect(script.split(separator: "\n", omittingEmptySubsequences: false).count <= 300, "\(name)")
      for forbidden in [
        "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function",
      ] {
        #expect(!script.contains(forbidden), "\(name): \(forbidden)")
      }
    }
  }

  @Test func `every sentence is in the catalog and every key of it is used`() async throws {
    let catalog = try JSONValue(parsing: Array(try await text("/playground/strings/en.json").utf8))
    let strings = Set(try #require(catalog["strings"]?.object).fields.map(\.key))
    var scripts = ""
    for name in try Playground.load().names where name.hasSuffix(".js") {
      scripts += try await text("/playground/assets/\(name)")
    }
    var asked: Set<String> = []
    for match in scripts.matches(of: /\bt(n?)\(\s*"([\w.]+)"/) {
      let key = String(match.2)
      asked.formUnion(match.1.isEmpty ? [key] : ["\(key).one", "\(key).other"])
    }
    #expect(asked.count > 150)
    for key in asked where !strings.contains(key) { Issue.record("no sentence for \(key)") }
    // Some keys are put together: by code, kind, state or name of a fault.
    let made = [
      "error.", "system.", "presence.", "connection.", "alone.", "nowhere.", "fault.", "faults.",
      "workbench.", "inspector.",
    ]
    for key in strings where !asked.contains(key) && !made.contains(where: key.hasPrefix) {
      #expect(scripts.contains("\"\(key)\""), "nobody says \(key)")
    }
  }
}
