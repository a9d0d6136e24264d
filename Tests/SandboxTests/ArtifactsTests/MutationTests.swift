// A good zip with bytes changed at random: refused or let in, and nothing else.

import JSON
import SandboxArtifacts
import SandboxTestKit
import Testing

/// Random numbers that are the same in every run (SplitMix64).
struct SeededNumbers: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

@Suite struct MutationTests {
  private let source: PluginSource = {
    var source = PluginSource()
    source.manifest = #"""
      {"id": "starter", "name": "Starter", "version": "1.0.0", "capabilities": ["storage:kv"],
       "slash_commands": [{"name": "hello", "description": "Says it", "options": [
         {"type": 3, "name": "to", "description": "Whom", "required": true}]}],
       "cron": [{"spec": "*/15 * * * *", "name": "tick"}], "proxy_domains": ["api.example.com"],
       "dashboard_manifest": {"pages": [{"id": "p", "title": "P", "widgets": [
         {"id": "w", "type": "table", "rpc_method": "rows", "columns": ["a", {"key": "b", "label": "B"}]}]}]}}
      """#
    source.files = [
      (
        "__main__.py",
        """
        @plugin.on_slash_command("hello")
        def hello(ctx, event): ctx.kv.get("x")
        @plugin.cron("*/15 * * * *")
        def tick(ctx): pass
        @plugin.on_dashboard("rows")
        def rows(ctx, params): return {}

        """
      ), ("requirements.txt", "httpx==0.27\n"),
    ]
    return source
  }()

  @Test func `a thousand damaged zips are refused or read, and nothing breaks`() throws {
    let good = try source.zip()
    _ = try Artifact(zip: good)
    var refused = 0
    for seed in 0..<1_000 {
      var numbers = SeededNumbers(seed: UInt64(seed))
      var bytes = good
      for _ in 0..<Int.random(in: 1...8, using: &numbers) {
        let place = Int.random(in: 0..<bytes.count, using: &numbers)
        switch Int.random(in: 0..<4, using: &numbers) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &numbers)
        case 1: bytes[place] ^= 1 << UInt8.random(in: 0...7, using: &numbers)
        case 2: bytes.remove(at: place)
        default: bytes.insert(0xFF, at: place)
        }
      }
      do { _ = try Artifact(zip: bytes) } catch { refused += 1 }
    }
    // Nearly everything in a zip matters: a reader that lets most through does not look.
    #expect(refused > 800)
  }

  @Test func `a thousand damaged manifests are refused or read, and nothing breaks`() throws {
    let good = Array(source.manifest.utf8)
    for seed in 0..<1_000 {
      var numbers = SeededNumbers(seed: UInt64(seed) + 10_000)
      var bytes = good
      for _ in 0..<Int.random(in: 1...6, using: &numbers) {
        let place = Int.random(in: 0..<bytes.count, using: &numbers)
        let pieces: [String] = [
          "null", "[]", "{}", "-1", "1e308", "\"\"", "true", "[[", "}", "\u{202E}", "9999999999999999999",
        ]
        if Bool.random(using: &numbers) {
          bytes[place] = UInt8.random(in: 0x20...0x7E, using: &numbers)
        } else if let piece = pieces.randomElement(using: &numbers) {
          let end = min(bytes.count, place + Int.random(in: 0...12, using: &numbers))
          bytes.replaceSubrange(place..<end, with: Array(piece.utf8))
        }
      }
      let zip = try ZipWriter.zip([
        ZipEntry("manifest.json", bytes: bytes), ZipEntry("__main__.py", source.files[0].text),
      ])
      do { _ = try Artifact(zip: zip) } catch { #expect(!error.findings.isEmpty) }
    }
  }

  /// Replaces every value of a good manifest by every kind of wrong one.
  @Test func `every value of a manifest may be of any type`() throws {
    let tree = try JSONValue(parsing: Array(source.manifest.utf8))
    let wrong: [JSONValue] = [
      .null, .bool(true), .integer(-1), .double(1.5), .string(""),
      .string(String(repeating: "é", count: 70_000)),
      .array([]), .array([.null]), .object(JSONObject()), .array([.array([.integer(1)])]),
    ]
    var count = 0
    for variant in wrong.flatMap({ variants(of: tree, with: $0) }) {
      count += 1
      let zip = try ZipWriter.zip([
        ZipEntry("manifest.json", bytes: try variant.encoded()),
        ZipEntry("__main__.py", source.files[0].text),
      ])
      do { _ = try Artifact(zip: zip) } catch { #expect(!error.findings.isEmpty) }
    }
    #expect(count > 300)
  }

  private func variants(of value: JSONValue, with wrong: JSONValue) -> [JSONValue] {
    var all = [wrong]
    switch value {
    case .array(let items):
      for (index, item) in items.enumerated() {
        all += variants(of: item, with: wrong).map { variant in
          var items = items
          items[index] = variant
          return .array(items)
        }
      }
    case .object(let object):
      for (index, field) in object.fields.enumerated() {
        all += variants(of: field.value, with: wrong).map { variant in
          var object = object
          object.fields[index].value = variant
          return .object(object)
        }
      }
    default: break
    }
    return all
  }
}
