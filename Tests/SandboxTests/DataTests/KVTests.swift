// `kv.*`, on both engines.

import DiscordCore
import EventLoop
import JSON
import PlatformData
import SQL
import SandboxContract
import SandboxData
import Storage
import StorageTestKit
import Testing

@Suite(.timeLimit(.minutes(5))) struct KVTests {
  @Test(arguments: Engine.allCases)
  func `a value comes back as it was, for its plugin in its server only`(_ engine: Engine) async throws {
    try await withStage(engine) { stage async throws in
      let value: JSONValue = ["b": [1, 2.5, nil, true, "Grüße \u{0}🎉"], "a": ["x": 18_446_744_073]]
      try await stage.call("kv.put", ["key": "k", "value": value])
      #expect(try await stage.call("kv.get", ["key": "k"]) == ["value": value])
      #expect(try await stage.call("kv.get", ["key": "k"], as: "beta") == ["value": nil])
      #expect(try await stage.call("kv.get", ["key": "k"], in: there) == ["value": nil])
      try await stage.call("kv.put", ["key": "k", "value": "new"])
      #expect(try await stage.call("kv.get", ["key": "k"]) == ["value": "new"])
      try await stage.call("kv.del", ["key": "k"])
      try await stage.call("kv.del", ["key": "k"])
      #expect(try await stage.call("kv.get", ["key": "k"]) == ["value": nil])
    }
  }

  @Test(arguments: Engine.allCases)
  func `a value with value_json survives what the SDK unwraps`(_ engine: Engine) async throws {
    try await withStage(engine) { stage async throws in
      let value: JSONValue = ["value_json": 1, "other": 2]
      try await stage.call("kv.put", ["key": "k", "value": value])
      #expect(try await stage.call("kv.get", ["key": "k"]) == ["value": ["value_json": value]])
      #expect(try await stage.call("kv.mget", ["keys": ["k"]]) == ["values": ["k": value]])
      #expect(try await stage.call("kv.list_values", ["prefix": ""]) == ["values": ["k": value]])
    }
  }

  @Test(arguments: Engine.allCases)
  func `keys are listed in the order of their bytes, page by page`(_ engine: Engine) async throws {
    try await withStage(engine) { stage async throws in
      let keys = [
        "Z", "a", "a\u{0}", "a\u{0}b", "a\u{1}", "a ", "a%", "a_b", "ab", "aé", "ae\u{301}", "b", "日", "🎉",
      ]
      for key in keys.reversed() { try await stage.call("kv.put", ["key": .string(key), "value": 1]) }
      let sorted = keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      #expect(try await list(stage, [:]) == sorted.map { Array($0.utf8) })
      var paged: [[UInt8]] = []
      while true {
        let after = String(decoding: paged.last ?? [], as: UTF8.self)
        let page = try await list(stage, ["limit": 3, "start_after": .string(after)])
        paged += page
        guard page.count == 3 else { break }
      }
      #expect(paged == sorted.map { Array($0.utf8) })
      #expect(try await list(stage, ["start_after": "a_b", "prefix": "a"]).first == Array("ab".utf8))
      #expect(try await list(stage, ["start_after": "b", "prefix": "a"]).isEmpty)
      #expect(try await list(stage, ["start_after": "A", "prefix": "b"]) == [Array("b".utf8)])
    }
  }

  private func list(_ stage: Stage, _ params: JSONValue) async throws -> [[UInt8]] {
    let answer = try await stage.call("kv.list", params)
    return (answer["keys"]?.array ?? []).compactMap { $0.string.map { Array($0.utf8) } }
  }

  @Test(arguments: Engine.allCases)
  func `a prefix is itself, whatever wildcards it has`(_ engine: Engine) async throws {
    try await withStage(engine) { stage async throws in
      for key in ["%", "%x", "_", "_x", "x", "\\", "\u{10FFFF}", "\u{10FFFF}x", "\u{D7FF}x", "\u{0}x"] {
        try await stage.call("kv.put", ["key": .string(key), "value": 1])
      }
      for prefix in ["%", "_", "\u{10FFFF}"] {
        #expect(
          try await stage.call("kv.list", ["prefix": .string(prefix)])
            == ["keys": [.string(prefix), .string(prefix + "x")]])
      }
      #expect(try await stage.call("kv.list", ["prefix": "\u{D7FF}"]) == ["keys": ["\u{D7FF}x"]])
      #expect(try await stage.call("kv.list", ["prefix": "\u{0}"]) == ["keys": ["\u{0}x"]])
      #expect(try await stage.call("kv.list", ["prefix": "\\", "count_only": true]) == ["count": 1])
      #expect(try await stage.call("kv.list", ["count_only": true, "limit": 0]) == ["count": 10])
    }
  }

  @Test(arguments: Engine.allCases)
  func `what ended is invisible everywhere, and the sweep deletes it`(_ engine: Engine) async throws {
    try await withStage(engine) { stage async throws in
      try await stage.call("kv.put", ["key": "short", "value": 5, "ttl_seconds": 60])
      try await stage.call("kv.put", ["key": "long", "value": 6, "ttl_seconds": 9e15])
      try await stage.call("kv.put", ["key": "kept", "value": 7, "ttl_seconds": 60])
      try await stage.call("kv.put", ["key": "kept", "value": 8])
      try await stage.call("kv.put", ["key": "zero", "value": 9, "ttl_seconds": 0])
      #expect(try await stage.call("kv.get", ["key": "short"]) == ["value": 5])
      stage.time.advance(by: .seconds(60))
      #expect(try await stage.call("kv.get", ["key": "short"]) == ["value": nil])
      #expect(try await stage.call("kv.mget", ["keys": ["short", "kept"]]) == ["values": ["kept": 8]])
      #expect(try await stage.call("kv.list") == ["keys": ["kept", "long", "zero"]])
      #expect(try await stage.call("kv.list", ["count_only": true]) == ["count": 3])
      #expect(try await stage.call("kv.list_values") == ["values": ["kept": 8, "long": 6, "zero": 9]])
      #expect(try await stage.call("kv.increment", ["key": "short", "amount": 2]) == ["value": 2])
      try await stage.call("kv.put", ["key": "short", "value": 5, "ttl_seconds": 60])
      #expect(try await stage.call("kv.increment", ["key": "short", "amount": 2]) == ["value": 7])
      stage.time.advance(by: .seconds(60))
      #expect(try await stage.call("kv.get", ["key": "short"]) == ["value": nil])
      stage.time.advance(by: .seconds(90_000))
      let report = try await RetentionSweeper(stage.storage, time: stage.time).sweep()
      #expect(report.deleted == ["sandbox_kv": 1])
      #expect(try await stage.call("kv.list", ["count_only": true]) == ["count": 3])
    }
  }

  @Test(arguments: Engine.allCases)
  func `adding is atomic, however many do it`(_ engine: Engine) async throws {
    try await withStage(engine) { stage async throws in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for index in 0..<40 {
          group.addTask {
            let params: JSONValue = ["key": "n", "path": index % 2 == 0 ? "a.b" : "c", "amount": 3]
            try await stage.call("kv.increment", params)
          }
        }
        try await group.waitForAll()
      }
      // Which of the two came first is the race's.
      let sums = try await stage.call("kv.get", ["key": "n"])["value"]
      #expect(sums?["a"] == ["b": 60] && sums?["c"] == 60 && sums?.object?.fields.count == 2)
      #expect(try await stage.call("kv.decr", ["key": "d", "amount": 4]) == ["value": -4])
      #expect(try await stage.call("kv.increment", ["key": "d"]) == ["value": -3])
    }
  }

  @Test func `adding takes what is no number for 0 and what is no object for an empty one`() async throws {
    try await withStage(.embedded) { stage async throws in
      func add(_ old: JSONValue, _ path: String, _ amount: JSONValue = 1) async throws -> JSONValue? {
        try await stage.call("kv.put", ["key": "k", "value": old])
        try await stage.call("kv.increment", ["key": "k", "path": .string(path), "amount": amount])
        return try await stage.call("kv.get", ["key": "k"])["value"]
      }
      #expect(try await add("text", "") == 1)
      #expect(try await add(true, "") == 1)
      #expect(try await add(2.5, "") == 3.5)
      #expect(try await add([1], "a") == ["a": 1])
      #expect(try await add(["a": "x", "b": 2], "a.c") == ["a": ["c": 1], "b": 2])
      #expect(try await add(["e\u{301}": 1], "é") == ["e\u{301}": 1, "é": 1])
      #expect(try await add(.unsigned(1 << 63), "", -1) == .integer(.max))
    }
  }

  @Test func `adding to infinity and beyond 64 bits is refused and changes nothing`() async throws {
    try await withStage(.embedded) { stage async throws in
      for (old, amount): (JSONValue, JSONValue) in [
        (.integer(.max), 1), (.integer(.min), -1), (.unsigned(.max), 1), (1, 1e300), (1, .double(.infinity)),
        (1, .double(.nan)), (1, .unsigned(.max)), (1, .integer(.min)), (1, "1"), (1, true), (1, 1.5),
      ] {
        try await stage.call("kv.put", ["key": "k", "value": old])
        #expect(try await stage.refusal("kv.increment", ["key": "k", "amount": amount]) == .validation)
        #expect(try await stage.call("kv.get", ["key": "k"]) == ["value": old])
      }
      #expect(try await stage.refusal("kv.put", ["key": "k", "value": .double(.nan)]) == .validation)
      #expect(try await stage.refusal("kv.put", ["key": "k", "value": 1, "ttl_seconds": "x"]) == .validation)
      for ttl: JSONValue in [.double(.infinity), .double(.nan), .integer(.max), .unsigned(.max), -5] {
        try await stage.call("kv.put", ["key": "ttl", "value": 1, "ttl_seconds": ttl])
        #expect(try await stage.call("kv.get", ["key": "ttl"]) == ["value": 1])
      }
    }
  }

  @Test(arguments: Engine.allCases)
  func `sizes, depths and counts are checked here`(_ engine: Engine) async throws {
    try await withStage(engine) { stage async throws in
      let longest = String(repeating: "\u{10FFFF}", count: 256)
      try await stage.call("kv.put", ["key": .string(longest), "value": 1])
      #expect(try await stage.call("kv.list", ["prefix": .string(longest)]) == ["keys": [.string(longest)]])
      let largest = JSONValue.string(String(repeating: "x", count: 65_534))
      try await stage.call("kv.put", ["key": "large", "value": largest])
      #expect(try await stage.call("kv.get", ["key": "large"]) == ["value": largest])
      func nested(_ depth: Int) -> JSONValue { (0..<depth).reduce(.null) { value, _ in .array([value]) } }
      try await stage.call("kv.put", ["key": "deep", "value": nested(128)])
      let tooLong = JSONValue.string(longest + "x")
      let many = JSONValue.array((0..<51).map { .string("\($0)") })
      let entries = JSONObject(fields: (0..<26).map { .init(key: "\($0)", value: 1) })
      let refused: [(String, JSONValue)] = [
        ("kv.put", ["key": tooLong, "value": 1]), ("kv.put", ["key": "", "value": 1]),
        ("kv.put", ["value": 1]),
        ("kv.put", ["key": 1, "value": 1]),
        ("kv.put", ["key": "k", "value": .string(String(repeating: "x", count: 65_535))]),
        ("kv.put", ["key": "k", "value": .string(String(repeating: "\u{1}", count: 20_000))]),
        ("kv.put", ["key": "k", "value": nested(129)]), ("kv.put", ["key": "k", "value": nested(511)]),
        ("kv.get", ["key": tooLong]), ("kv.del", ["key": tooLong]), ("kv.increment", ["key": tooLong]),
        ("kv.increment", ["key": "k", "path": "a..b"]), ("kv.increment", ["key": "k", "path": "."]),
        (
          "kv.increment",
          ["key": "k", "path": .string(Array(repeating: "a", count: 33).joined(separator: "."))]
        ),
        ("kv.decr", ["key": ""]), ("kv.list", ["prefix": tooLong]), ("kv.list", ["start_after": tooLong]),
        ("kv.list", ["limit": "x"]), ("kv.mget", ["keys": many]), ("kv.mget", ["keys": ["a", ""]]),
        ("kv.mget", ["keys": "a"]), ("kv.mput", ["entries": .object(entries)]),
        ("kv.mput", ["entries": ["": 1]]),
        ("kv.mput", ["entries": [1]]), ("kv.list_values", ["prefix": tooLong]),
      ]
      for (method, params) in refused {
        #expect(try await stage.refusal(method, params) == .validation, "\(method)")
      }
      #expect(try await stage.call("kv.list", ["count_only": true]) == ["count": 3])
    }
  }

  @Test(arguments: Engine.allCases)
  func `many are written all or none, and a key that stands twice is one`(_ engine: Engine) async throws {
    try await withStage(engine) { stage async throws in
      let entries = JSONObject(fields: [
        .init(key: "a", value: 1), .init(key: "b", value: ["x": 1]), .init(key: "a", value: 2),
      ])
      try await stage.call("kv.put", ["key": "b", "value": 0, "ttl_seconds": 5])
      try await stage.call("kv.mput", ["entries": .object(entries)])
      stage.time.advance(by: .seconds(10))
      #expect(
        try await stage.call("kv.mget", ["keys": ["b", "none", "a", "b"]])
          == ["values": ["b": ["x": 1], "a": 2]])
      let large = JSONValue.string(String(repeating: "x", count: 70_000))
      #expect(try await stage.refusal("kv.mput", ["entries": ["a": 9, "z": large]]) == .validation)
      #expect(try await stage.call("kv.list_values") == ["values": ["a": 2, "b": ["x": 1]]])
      let fifty = JSONValue.array((0..<50).map { .string("\($0)") })
      #expect(try await stage.call("kv.mget", ["keys": fifty]) == ["values": [:]])
      #expect(try await stage.call("kv.mget", ["keys": []]) == ["values": [:]])
      #expect(try await stage.call("kv.mput", ["entries": [:]]) == ["ok": true])
    }
  }

  @Test(arguments: Engine.allCases)
  func `the 10,001st key is refused on every way, and what ended or went makes room`(_ engine: Engine)
    async throws
  {
    try await withStage(engine) { stage async throws in
      for start in stride(from: 0, to: 9_975, by: 25) {
        let fields = (start..<start + 25).map { JSONObject.Field(key: "k\($0)", value: 1) }
        try await stage.call("kv.mput", ["entries": .object(JSONObject(fields: fields))])
      }
      for index in 0..<25 {
        try await stage.call("kv.put", ["key": .string("t\(index)"), "value": 1, "ttl_seconds": 100])
      }
      #expect(try await stage.refusal("kv.put", ["key": "new", "value": 1]) == .kvQuotaExceeded)
      #expect(try await stage.refusal("kv.increment", ["key": "new"]) == .kvQuotaExceeded)
      #expect(try await stage.refusal("kv.decr", ["key": "new"]) == .kvQuotaExceeded)
      #expect(try await stage.refusal("kv.mput", ["entries": ["k1": 2, "new": 1]]) == .kvQuotaExceeded)
      #expect(try await stage.call("kv.get", ["key": "k1"]) == ["value": 1])
      #expect(try await stage.refusal("kv.put", ["key": "k1", "value": 3]) == nil)
      #expect(try await stage.refusal("kv.put", ["key": "new", "value": 1], as: "beta") == nil)
      try await stage.call("kv.del", ["key": "k2"])
      #expect(try await stage.refusal("kv.mput", ["entries": ["x": 2, "y": 1]]) == .kvQuotaExceeded)
      #expect(try await stage.refusal("kv.put", ["key": "new", "value": 1]) == nil)
      stage.time.advance(by: .seconds(100))
      let fields = (0..<25).map { JSONObject.Field(key: "n\($0)", value: 1) }
      #expect(try await stage.refusal("kv.mput", ["entries": .object(JSONObject(fields: fields))]) == nil)
      #expect(try await stage.refusal("kv.put", ["key": "more", "value": 1]) == .kvQuotaExceeded)
      #expect(try await stage.call("kv.list", ["count_only": true]) == ["count": 10_000])
    }
  }

  @Test(arguments: Engine.allCases)
  func `those who come at once do not get past the limit`(_ engine: Engine) async throws {
    try await withStage(engine) { stage async throws in
      for start in stride(from: 0, to: 9_975, by: 25) {
        let fields = (start..<start + 25).map { JSONObject.Field(key: "k\($0)", value: 1) }
        try await stage.call("kv.mput", ["entries": .object(JSONObject(fields: fields))])
      }
      await withTaskGroup(of: Void.self) { group in
        for index in 0..<50 {
          // Half of them have to be refused; which, is theirs.
          group.addTask { _ = try? await stage.call("kv.put", ["key": .string("n\(index)"), "value": 1]) }
        }
      }
      #expect(try await stage.call("kv.list", ["count_only": true]) == ["count": 10_000])
    }
  }
}
